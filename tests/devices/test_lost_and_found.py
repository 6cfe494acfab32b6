"""Phones that are lost, found, stolen or cloned: what they hand in then, and how their agents work again."""

import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from daiban_client_sdk import Client, OfflineError
from daiban_client_sdk.errors import RefusedError
from daiban_client_sdk.transport import Transport
from daiban_schemas import entry
from daiban_sync import wire
from tests.support.phones import phone_in
from tests.support.raw_device import RawDevice, raw_device
from tests.support.township import Township, new_id

MINUTE = 60_000
HOUR = 60 * MINUTE


def household(town: Township, head: str, at: int = 1) -> bytes:
    fields = {"place": town.qingshan.hex(), "head": head, "phone": "13700000000"}
    return entry.change(new_id().hex(), "household", fields, seen=0, at=at)


async def done(http: httpx2.AsyncClient, path: str, **data: Any) -> Any:
    answer = await http.post(path, json=data)
    assert answer.is_success, answer.text
    return answer.json()


def code_of(answer: httpx2.Response) -> str:
    return str(answer.json()["code"])


async def heads(town: Township, http: httpx2.AsyncClient) -> set[str]:
    answer = await http.get("/v1/records/household")
    return {str(one["values"]["head"]) for one in answer.json()}


async def refused(client: Client) -> str:
    with pytest.raises(RefusedError) as error:
        await client.sync()
    return error.value.code


async def test_a_missing_phone_neither_takes_nor_gives_until_it_is_found(township: Township) -> None:
    phone, clerk, head = (
        await township.device("王芳"),
        await township.signed_in("赵敏"),
        await township.signed_in("李红"),
    )
    await phone.sync()
    device = phone.device.store.get("device")
    assert await done(clerk, f"/v1/devices/{device}/suspend", reason="早上赶集后找不到了") == {"state": "suspended"}
    await township.household(phone, "张桂兰")
    assert await refused(phone) == "device.suspended"
    assert "张桂兰" not in await heads(township, clerk)
    assert (
        code_of(await clerk.post(f"/v1/devices/{device}/reinstate", json={"reason": "找到了"})) == "permission.denied"
    )
    await done(head, f"/v1/devices/{device}/reinstate", reason="在车上找到了")
    assert (await phone.sync()).may_be_given_back
    assert "张桂兰" in await heads(township, clerk)
    story = (await head.get(f"/v1/devices/{device}/acts")).json()
    assert [(one["act"], one["by"]) for one in story["acts"]] == [("reinstate", "李红"), ("suspend", "赵敏")]


async def test_acts_of_one_millisecond_are_all_written_down(
    township: Township, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone, head = await raw_device(township), await township.signed_in("李红")
    stopped = township.clock()
    monkeypatch.setattr(type(township.clock), "__call__", lambda clock: stopped)
    for act, reason in (
        ("suspend", "找不到了"),
        ("reinstate", "在车上"),
        ("suspend", "又找不到了"),
        ("revoke", "真丢了"),
    ):
        await done(head, f"/v1/devices/{phone.id.hex()}/{act}", reason=reason)
    acts = (await head.get(f"/v1/devices/{phone.id.hex()}/acts")).json()["acts"]
    assert [one["reason"] for one in acts] == ["真丢了", "又找不到了", "在车上", "找不到了"], "in their order"


async def test_what_a_stolen_phone_hands_in_is_kept_apart_and_tells_the_thief_nothing(township: Township) -> None:
    """Case 9: changes that claim last week, mixed with the agent's own that were unsent."""
    phone, head = await raw_device(township), await township.signed_in("李红")
    await phone.pushed(phone.seal(household(township, "偷前交的")))
    await done(head, f"/v1/devices/{phone.id.hex()}/revoke", reason="被偷了", lost_at=township.clock() - HOUR)
    stolen = phone.seal(
        household(township, "没来得及交的"), household(township, "小偷写的", at=township.clock() - 9 * HOUR)
    )
    answer = await phone.push(stolen)
    assert (answer.status_code, code_of(answer)) == (403, "device.revoked")
    assert await heads(township, head) == {"偷前交的"}
    assert code_of(await phone.push(hello=wire.Hello(cursor=""))) == "device.revoked"
    listed = (await head.get("/v1/quarantine")).json()
    assert [(one["code"], one["sequence"], one["entries"], one["person"]) for one in listed] == [
        ("device.revoked", 2, 2, "王芳")
    ]
    story = (await head.get(f"/v1/devices/{phone.id.hex()}/acts")).json()
    assert story["acts"][0]["sequence"] == 1, "the last batch that had a receipt"
    assert [one["sequence"] for one in story["between"]] == [1], "it came in after the theft and before the report"
    assert "quarantine.device.revoked" in {one["code"] for one in (await head.get("/v1/tasks")).json()}


async def test_a_thief_cannot_fill_the_disk(township: Township, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("daiban_server.spine.quarantine.MOST", 3)
    phone, head = await raw_device(township), await township.signed_in("李红")
    await done(head, f"/v1/devices/{phone.id.hex()}/revoke", reason="被偷了")
    for n in range(5):
        await phone.push(phone.seal(household(township, f"第{n}份")))
    assert len((await head.get("/v1/quarantine")).json()) == 3


async def test_an_honest_phone_whose_copy_spoke_first_is_back_with_all_its_work(township: Township) -> None:
    """Case 2: somebody copied the phone. Both histories are shown side by side; the agent enrols anew and goes on."""
    phone, head = await township.device("王芳"), await township.signed_in("李红")
    await phone.sync()
    folder = phone.device.store.folder
    copied = folder.with_name("copied")
    shutil.copytree(folder, copied)
    async with phone_in(copied) as thief:
        await township.household(thief, "抄来的")
        await thief.sync()
    record = await township.household(phone, "张桂兰")
    await phone.save(await phone.open(record), {"phone": "13700000009"})
    assert await refused(phone) == "chain.equivocation"
    [line] = (await head.get("/v1/quarantine")).json()
    pairs = (await head.get(f"/v1/quarantine/{line['device']}/{line['digest']}")).json()["pairs"]
    assert (pairs[0]["kept"]["values"]["head"], pairs[0]["taken"]["values"]["head"]) == ("张桂兰", "抄来的")
    fingerprint = await phone.enrol(await township.code_for("王芳"), "王芳的手机")
    assert await refused(phone) == "device.pending"
    await township.approve(phone, fingerprint)
    assert (await phone.sync()).may_be_given_back
    shown = await head.get(f"/v1/records/household/{record}")
    assert (shown.json()["values"]["head"], shown.json()["values"]["phone"]) == ("张桂兰", "13700000009")
    assert not shown.json()["conflicts"]
    async with phone_in(copied) as thief:
        assert await refused(thief) == "device.frozen"
    pairs = (await head.get(f"/v1/quarantine/{line['device']}/{line['digest']}")).json()["pairs"]
    assert pairs[0]["again"], "the honest phone handed it in again: nothing is left to adopt"


async def test_a_phone_that_was_revoked_by_mistake_enrols_anew_and_keeps_its_work(township: Township) -> None:
    phone, head = await township.device("王芳"), await township.signed_in("李红")
    before = await township.household(phone, "丢前存的")
    await phone.sync()
    await done(head, f"/v1/devices/{phone.device.store.get('device')}/revoke", reason="以为丢了")
    await phone.save(await phone.open(before), {"phone": "13700000001"})
    await township.household(phone, "之后存的")
    assert await refused(phone) == "device.revoked"
    await township.approve(phone, await phone.enrol(await township.code_for("王芳"), "又找到了"))
    assert (await phone.sync()).may_be_given_back
    assert {"丢前存的", "之后存的"} <= await heads(township, head)
    shown = (await head.get(f"/v1/records/household/{before}")).json()
    assert (shown["values"]["phone"], shown["conflicts"]) == ("13700000001", {})
    await township.household(phone, "再之后的")
    assert (await phone.sync()).may_be_given_back


async def test_a_phone_is_enrolled_anew_only_for_its_own_person(township: Township) -> None:
    phone, head = await township.device("王芳"), await township.signed_in("李红")
    await township.household(phone, "王芳收的")
    await done(head, f"/v1/devices/{phone.device.store.get('device')}/revoke", reason="换人用")
    assert await refused(phone) == "device.revoked"
    with pytest.raises(Exception, match=r"enrolment\.other_person"):
        await phone.enrol(await township.code_for("刘强"), "刘强接着用")
    assert phone.device.status().entries == 1


async def test_a_rejected_phone_hears_so_and_may_try_again(township: Township) -> None:
    head = await township.signed_in("李红")
    phone = await township.clients.enter_async_context(phone_in(township.folder / "rejected"))
    await phone.enrol(await township.code_for("王芳"), "不认识的手机")
    device = phone.device.store.get("device")
    await done(head, f"/v1/devices/{device}/reject", reason="核对码对不上")
    assert await refused(phone) == "device.rejected"
    await township.approve(phone, await phone.enrol(await township.code_for("王芳"), "这回对了"))
    await phone.sync()


async def test_a_phone_takes_another_key_and_the_old_one_counts_no_more(township: Township) -> None:
    phone, head = await township.device("王芳"), await township.signed_in("李红")
    await township.household(phone, "旧密钥存的")
    await phone.sync()
    folder = phone.device.store.folder
    shutil.copytree(folder, folder.with_name("copied"))
    await township.household(phone, "换之前存的")
    await phone._run(phone.device.outbox.freeze, phone.device.identity(), lambda: bytes(32))
    before = phone.device.fingerprint()
    assert await phone.new_key() != before
    await township.household(phone, "换之后存的")
    assert (await phone.sync()).may_be_given_back
    assert {"旧密钥存的", "换之前存的", "换之后存的"} <= await heads(township, head)
    assert "device.new_key" in {one["code"] for one in (await head.get("/v1/tasks")).json()}
    async with phone_in(folder.with_name("copied")) as copied:
        await township.household(copied, "旧密钥签的")
        assert await refused(copied) == "signature.invalid"


@pytest.fixture
def cut(monkeypatch: pytest.MonkeyPatch) -> Callable[[Client], Awaitable[None]]:
    """Asks for another key, which the centre takes; the phone goes off before it hears so."""

    async def asked(phone: Client) -> None:
        with monkeypatch.context() as goes_off:

            def lost(device: object) -> None:
                raise OSError("the phone went off")

            goes_off.setattr("daiban_client_sdk.client._take_next_key", lost)
            with pytest.raises(OSError, match="went off"):
                await phone.new_key()

    return asked


@pytest.mark.parametrize("carries", [False, True])
async def test_a_new_key_may_lose_its_answer(
    township: Township, cut: Callable[[Client], Awaitable[None]], tmp_path: Path, *, carries: bool
) -> None:
    """What was saved and frozen since goes under the key that counts, without anybody asking again."""
    phone = await township.device("王芳")
    await township.household(phone, "换之前的")
    await cut(phone)
    await township.household(phone, "没听到回话时收的")
    if carries:
        await phone.export(tmp_path / "stick")
    assert (await phone.sync()).may_be_given_back
    await township.household(phone, "接着用")
    assert (await phone.sync()).may_be_given_back
    http = await township.signed_in("李红")
    assert await heads(township, http) == {"换之前的", "没听到回话时收的", "接着用"}


async def test_a_phone_that_was_revoked_before_it_heard_of_its_key_hears_so_and_enrols_anew(
    township: Township, cut: Callable[[Client], Awaitable[None]]
) -> None:
    phone, head = await township.device("王芳"), await township.signed_in("李红")
    await cut(phone)
    await township.household(phone, "没听到回话时收的")
    await done(head, f"/v1/devices/{phone.device.store.get('device')}/revoke", reason="以为丢了")
    assert await refused(phone) == "device.revoked"
    assert phone.device.store.get("state") == "revoked"


async def test_a_phone_whose_wish_for_a_key_never_arrived_hears_that_it_is_revoked(
    township: Township, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone, head = await township.device("王芳"), await township.signed_in("李红")
    asked = Transport.request

    async def cut(self: Transport, method: str, path: str, *rest: Any, **named: Any) -> Any:
        if path == "/v1/enrolment/key":
            raise OfflineError("cut")
        return await asked(self, method, path, *rest, **named)

    with monkeypatch.context() as far, pytest.raises(OfflineError):
        far.setattr(Transport, "request", cut)
        await phone.new_key()
    await township.household(phone, "之后收的")
    await done(head, f"/v1/devices/{phone.device.store.get('device')}/revoke", reason="以为丢了")
    assert await refused(phone) == "device.revoked"
    assert phone.device.store.get("state") == "revoked"
    assert [one["entries"] for one in (await head.get("/v1/quarantine")).json()] == [1], "kept for people to look at"


async def test_of_a_phone_that_died_before_it_heard_of_its_key_what_counts_is_taken_out(
    township: Township, cut: Callable[[Client], Awaitable[None]]
) -> None:
    phone = await township.device("王芳")
    await township.household(phone, "换之前的")
    await cut(phone)
    await township.household(phone, "没听到回话时收的")
    [spool] = (phone.device.store.folder / "spool").glob("*.spool")
    async with township.stranger() as http:
        answer = await http.post("/v1/spools", content=spool.read_bytes())
        assert answer.json() == {"new": 1, "known": 0, "troubled": 1}
    assert await heads(township, await township.signed_in("李红")) == {"换之前的"}


async def test_the_old_key_cannot_sign_what_comes_after_the_change(township: Township) -> None:
    phone = await raw_device(township)
    former = RawDevice(township, phone.id, phone.key, http=phone.http)
    await phone.pushed(phone.seal(household(township, "一")))
    await phone.new_key()
    former.sequence, former.previous, former.number = phone.sequence, phone.previous, phone.number
    forged = former.seal(household(township, "旧密钥签的"))
    answer = await phone.push(forged)
    assert (answer.status_code, code_of(answer)) == (401, "batch.signature")


async def test_the_head_hears_of_phones_that_fell_silent_once(township: Township) -> None:
    from daiban_server.jobs.loop import one_round

    phone = await township.device("王芳")
    await phone.sync()

    async def alarms() -> int:
        await one_round(township.services)
        signed_in = await township.signed_in("李红")
        return sum(one["code"] == "device.silent" for one in (await signed_in.get("/v1/tasks")).json())

    assert await alarms() == 0
    township.clock.ahead += 6 * 24 * HOUR
    assert await alarms() == 0
    township.clock.ahead += 2 * 24 * HOUR
    assert await alarms() == 1
    assert await alarms() == 1
