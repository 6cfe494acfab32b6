"""The spool when things go wrong on the phone: it dies while it is enrolled anew, or it was restored."""

import shutil
from pathlib import Path

import pytest

from tests.accounts.desk import desk_of
from tests.devices.signing import heads
from tests.devices.test_back_again import NUMBER, enrolled_anew, home, numbers, refused
from tests.support.fire import Fire
from tests.support.phones import phone_in
from tests.support.township import Township


async def brought(town: Township, folder: Path) -> int:
    """Somebody brings whatever lies sealed in a phone's folder; gives how many saves were new."""
    count = 0
    async with town.stranger() as http:
        for path in sorted((folder / "spool").glob("*.spool")):
            answer = await http.post("/v1/spools", content=path.read_bytes())
            assert answer.status_code == 200, answer.text
            count += answer.json()["new"]
    return count


class DiedError(Exception):
    """The phone's battery is flat."""


def dies_before(monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    """Let the phone die before it begins its spool anew, before it says whose that is, or before it lets go of the
    old one."""
    unlink = Path.unlink

    def dies(*_: object, **__: object) -> None:
        raise DiedError

    def letting_go(path: Path, missing_ok: bool = False) -> None:
        if path.suffix == ".spool":
            raise DiedError
        unlink(path, missing_ok)

    name, done = {
        "beginning": ("daiban_client_sdk.spool.Spool.begin", dies),
        "saying whose": ("daiban_client_sdk.spool.write_file", dies),
        "letting go": ("pathlib.Path.unlink", letting_go),
    }[moment]
    monkeypatch.setattr(name, done)


@pytest.mark.parametrize("moment", ["beginning", "saying whose", "letting go"])
async def test_a_phone_that_dies_while_it_is_enrolled_anew_has_all_of_its_work_in_the_spool(
    sqlite_township: Township, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = sqlite_township
    phone, head = await town.device("王芳"), await desk_of(town, "李红")
    await town.household(phone, "停用前的")
    await head.done(f"/v1/devices/{phone.device.store.get('device')}/revoke", reason="以为丢了")
    assert await refused(phone) == "device.revoked"
    code, folder = await town.code_for("王芳"), phone.device.store.folder
    with monkeypatch.context() as dying, pytest.raises(DiedError):
        dies_before(dying, moment)
        await phone.enrol(code, "王芳的手机")
    await phone.__aexit__(None, None, None)
    async with phone_in(folder, town.clock) as again:
        await town.approve(again, again.device.fingerprint())
        await town.household(again, "停用后的")
    assert await brought(town, folder) == 2
    assert await heads(head) == {"停用前的", "停用后的"}


async def test_an_earlier_versions_spool_goes_on_and_is_let_go(sqlite_township: Township) -> None:
    """Its files do not say whose they are."""
    town = sqlite_township
    phone = await town.device("王芳")
    await town.household(phone, "升级前的")
    spool = phone.device.store.folder / "spool"
    [path] = spool.glob("*.spool")
    path.rename(spool / path.name.rpartition("-")[2])
    await town.household(phone, "升级后的")
    assert await brought(town, phone.device.store.folder) == 2
    assert (await phone.sync()).may_be_given_back
    phone.device.store.run("UPDATE batch SET packed = x''")
    number = phone.device.outbox.ends()[1]
    phone.device.store.run("UPDATE entry SET number = number + 64 WHERE number = ?", number)
    phone.device.store.run(
        "INSERT INTO entry SELECT number + 1, record, kind, action, body, saved_at, NULL, NULL, NULL,"
        " NULL, 0, NULL FROM entry WHERE number = ?",
        number + 64,
    )
    phone.device.spool.release(phone.device.store)
    assert list(spool.glob("*.spool")) == []


async def test_what_the_phone_cannot_read_any_more_is_not_sealed_as_masks(fire: Fire) -> None:
    """After the receipt it keeps masks in place of the number. The restored server froze the phone, so all is sealed
    anew, and somebody brings that before the phone itself comes."""
    town = fire.town
    wang = await town.device("王芳")
    await wang.sync()
    backup = await fire.back_up()
    folder = wang.device.store.folder
    shutil.copytree(folder, folder.with_name("copied"))
    record = await home(town, wang, "收讫的")
    await wang.sync()
    async with fire.restored(backup) as new:
        async with phone_in(folder.with_name("copied")) as copied:
            await fire.move(copied, to=new)
            await home(new, copied, "抄来的")
            await copied.sync()
        await fire.move(wang, to=new)
        assert await refused(wang) == "chain.equivocation"
        await enrolled_anew(new, wang)
        await brought(new, folder)
        assert (await wang.sync()).may_be_given_back
        assert await numbers(new) == 2
        clerk = await new.signed_in("赵敏")
        asked = {"field": "identity_number", "reason": "compare"}
        told = await clerk.post(f"/v1/records/{record}/reveal", json=asked)
        assert NUMBER in told.text, told.text
