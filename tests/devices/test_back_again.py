"""An honest phone that was frozen or revoked while its server was restored: enrolled anew, it hands in all of its work,
also what lies sealed on it and it cannot read any more."""

import shutil

import pytest
from sqlalchemy import select

from daiban_client_sdk import Client, DeviceError
from daiban_client_sdk.errors import RefusedError
from daiban_schemas.private import holds_private
from daiban_server.db import schema
from daiban_server.db.program import Program, rows
from tests.support.fire import Fire
from tests.support.phones import phone_in
from tests.support.township import Township

NUMBER = "610902195803077713"


async def home(town: Township, phone: Client, head: str) -> str:
    """A home with an identity number, so that its batch is sealed away after the receipt."""
    form = await phone.new("household")
    fields = {"place": town.qingshan.hex(), "head": head, "phone": "13700000000", "identity_number": NUMBER}
    await phone.save(form, fields)
    return form.record


async def refused(phone: Client) -> str:
    with pytest.raises(RefusedError) as error:
        await phone.sync()
    return error.value.code


async def numbers(town: Township) -> int:
    """How many entries at the centre hold the number in clear."""

    def program() -> Program[int]:
        found = yield from rows(select(schema.history.c.bodies).where(schema.history.c.centre == town.centre))
        return sum(row[0].count(NUMBER.encode()) for row in found)

    return await town.services.database.read(program())


async def heads(town: Township) -> set[str]:
    clerk = await town.signed_in("赵敏")
    return {str(one["values"]["head"]) for one in (await clerk.get("/v1/records/household")).json()}


def sealed(phone: Client) -> int:
    """How many batches lie sealed on a phone."""
    [(count,)] = phone.device.store.rows("SELECT count(*) FROM batch WHERE payload IS NOT NULL")
    assert not any(holds_private(body) and NUMBER.encode() in body for (body,) in _bodies(phone))
    return int(count)


def _bodies(phone: Client) -> list[tuple[bytes, ...]]:
    return phone.device.store.rows("SELECT body FROM entry")


async def enrolled_anew(town: Township, phone: Client) -> None:
    await town.approve(phone, await phone.enrol(await town.code_for("王芳"), "王芳的手机"))


async def test_frozen_after_a_restore_it_hands_in_what_lies_sealed(fire: Fire) -> None:
    """The copy spoke first to the restored server: the phone hears of the restore, and that it is frozen, at once."""
    town = fire.town
    wang = await town.device("王芳")
    await home(town, wang, "备份里有的")
    await wang.sync()
    backup = await fire.back_up()
    folder = wang.device.store.folder
    shutil.copytree(folder, folder.with_name("copied"))
    record = await home(town, wang, "封存的")
    await wang.sync()
    assert sealed(wang) == 2
    async with fire.restored(backup) as new:
        async with phone_in(folder.with_name("copied")) as copied:
            await fire.move(copied, to=new)
            await home(new, copied, "抄来的")
            await copied.sync()
        await fire.move(wang, to=new)
        await home(new, wang, "还没交的")
        assert await refused(wang) == "device.frozen"
        await enrolled_anew(new, wang)
        assert (await wang.sync()).may_be_given_back
        assert await heads(new) == {"备份里有的", "抄来的", "封存的", "还没交的"}
        shown = (await (await new.signed_in("赵敏")).get(f"/v1/records/household/{record}")).json()
        assert shown["conflicts"] == {}
        assert await numbers(new) == 4, "the centre has numbers, and no masks in their place"
        await wang.save(await wang.open(record), {"phone": "13700000009"})
        assert (await wang.sync()).may_be_given_back


async def test_a_restore_that_is_heard_of_after_enrolling_anew_costs_nothing(fire: Fire) -> None:
    """Revoked before the fire, enrolled anew behind it: what was signed under the first id comes before all else."""
    town = fire.town
    wang, head = await town.device("王芳"), await town.signed_in("李红")
    await wang.sync()
    backup = await fire.back_up()
    record = await home(town, wang, "第一次登记时交的")
    await wang.sync()
    await head.post(f"/v1/devices/{wang.device.store.get('device')}/revoke", json={"reason": "以为丢了"})
    assert await refused(wang) == "device.revoked"
    async with fire.restored(backup) as new:
        await fire.move(wang, to=new)
        await wang.save(await wang.open(record), {"phone": "13700000009"})
        await enrolled_anew(new, wang)
        with pytest.raises(DeviceError, match=r"bundle\.listens"):
            await wang.export(fire.folder / "stick")
        assert (await wang.sync()).may_be_given_back
        shown = (await (await new.signed_in("赵敏")).get(f"/v1/records/household/{record}")).json()
        assert (shown["values"]["head"], shown["values"]["phone"]) == ("第一次登记时交的", "13700000009")
        assert shown["conflicts"] == {}
        assert await numbers(new) == 1


async def test_frozen_enrolled_anew_and_then_the_server_burns(fire: Fire) -> None:
    """Two enrolments, both of them behind the backup: the server knows neither the second id nor its work."""
    town = fire.town
    wang, head = await town.device("王芳"), await town.signed_in("李红")
    await wang.sync()
    backup = await fire.back_up()
    await home(town, wang, "第一次登记时交的")
    await wang.sync()
    await head.post(f"/v1/devices/{wang.device.store.get('device')}/revoke", json={"reason": "以为丢了"})
    await refused(wang)
    await enrolled_anew(town, wang)
    await home(town, wang, "第二次登记时交的")
    await wang.sync()
    await home(town, wang, "还没交的")
    async with fire.restored(backup) as new:
        await fire.move(wang, to=new)
        assert await refused(wang) == "device.unknown"
        await enrolled_anew(new, wang)
        assert (await wang.sync()).may_be_given_back
        assert await heads(new) == {"第一次登记时交的", "第二次登记时交的", "还没交的"}
        assert await numbers(new) == 3
