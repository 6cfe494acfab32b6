"""What was to hang under an erased record and never came to be one names people too, and is erased with it; and what a
lost phone hands in of it later stands apart without their names."""

from typing import Any

import httpx2

from daiban_schemas import entry
from daiban_sync.outcome import unpack
from tests.devices.test_waiting import carried
from tests.erasure.test_erasing import MARKERS, envelopes, erase, everything, named
from tests.support.raw_device import RawDevice, raw_device
from tests.support.township import Township, new_id

NAME, NUMBER, PHONE, ADDRESS = MARKERS


def change(record: str, kind: str, **fields: Any) -> bytes:
    return entry.change(record, kind, fields, seen=0, at=1)


def case_of(town: Township, home: str, **fields: Any) -> tuple[str, bytes]:
    record = new_id().hex()
    return record, change(record, "application", household=home, item=town.item.hex(), **fields)


async def household(town: Township, phone: RawDevice, head: str = "张桂兰") -> str:
    record = new_id().hex()
    await phone.pushed(phone.seal(change(record, "household", place=town.qingshan.hex(), head=head)))
    return record


async def office(town: Township) -> tuple[RawDevice, httpx2.AsyncClient]:
    return await raw_device(town), await town.signed_in("李红")


async def test_a_case_that_was_refused_goes_with_its_household_and_what_waited_for_it(township: Township) -> None:
    phone, head = await office(township)
    gone, stays = await household(township, phone), await household(township, phone, "留下的一户")
    case, refused = case_of(township, gone, applicant=NAME, status="completed")
    waits = change(new_id().hex(), "mandate", application=case, resident=NAME, phone=PHONE)
    kept = change(stays, "household", address="留下的门牌")
    told = await phone.pushed(phone.seal(refused, waits, kept))
    assert "field.server_only" in str(told.outcomes)
    assert named(await everything(township)) == [NAME, PHONE]
    assert (await erase(head, gone)).json() == {"erased": 3}, "the household, the case and its mandate"
    assert named(await everything(township)) == []
    [last] = [one for one in await envelopes(township) if one["first"] == 3]
    assert last["secret"] == b"", "so no guess of a name can be tried"
    assert [last["salts"][i : i + 16] == bytes(16) for i in (0, 16, 32)] == [True, True, False]
    again = await phone.pushed(phone.seal(change(case, "application", applicant=NAME)))
    assert "record.erased" in str(again.outcomes)
    assert named(await everything(township)) == []


async def test_a_case_that_waits_to_be_carried_in_goes_with_its_household(township: Township) -> None:
    phone, head = await office(township)
    gone = await household(township, phone)
    phone.seal(change(new_id().hex(), "household", place=township.qingshan.hex(), head="在路上的"))
    _, body = case_of(township, gone, applicant=NAME)
    assert (await carried(township, phone, phone.seal(body))).status_code == 200
    assert named(await everything(township)) == [NAME]
    assert (await erase(head, gone)).status_code == 200
    assert named(await everything(township)) == []


async def test_a_case_that_stands_apart_is_looked_at_before_its_household_goes(township: Township) -> None:
    phone, head = await office(township)
    gone = await household(township, phone)
    await head.post(f"/v1/devices/{phone.id.hex()}/revoke", json={"reason": "丢了"})
    _, body = case_of(township, gone, applicant=NAME)
    await phone.push(phone.seal(body))
    assert (await erase(head, gone)).json()["code"] == "erasure.quarantined"
    assert named(await everything(township)) == [NAME]
    [line] = (await head.get("/v1/quarantine")).json()
    await head.post(f"/v1/quarantine/{line['device']}/{line['digest']}/decision", json={"reason": "看过，不用"})
    assert (await erase(head, gone)).status_code == 200
    assert named(await everything(township)) == []


async def test_a_lost_phone_brings_nobody_back_who_was_erased(township: Township) -> None:
    """Its other work can still be looked at and adopted."""
    phone, head = await office(township)
    gone = await household(township, phone)
    assert (await erase(head, gone)).status_code == 200
    await head.post(f"/v1/devices/{phone.id.hex()}/revoke", json={"reason": "丢了"})
    _, under = case_of(township, gone, applicant=NAME)
    other = change(new_id().hex(), "household", place=township.qingshan.hex(), head="没来得及交的")
    await phone.push(phone.seal(change(gone, "household", phone=PHONE), under, other))
    assert named(await everything(township), (*MARKERS, "没来得及交的")) == ["没来得及交的"]
    [line] = (await head.get("/v1/quarantine")).json()
    pairs = (await head.get(f"/v1/quarantine/{line['device']}/{line['digest']}")).json()["pairs"]
    assert [one["kept"]["values"].get("head") for one in pairs] == [None, None, "没来得及交的"]


async def test_what_follows_about_a_case_that_hangs_under_the_erased_is_as_empty(township: Township) -> None:
    """The private change behind it, its mandate and its photo, in the same batch and in a later one; and nothing moves
    it out from under the erased."""
    phone, head = await office(township)
    gone, stays = await household(township, phone), await household(township, phone, "留下的一户")
    assert (await erase(head, gone)).status_code == 200
    case, first = case_of(township, gone, applicant=NAME)
    private = change(case, "application", identity_number=NUMBER)
    mandate = change(new_id().hex(), "mandate", application=case, resident=NAME, phone=PHONE)
    moved = change(case, "application", household=stays, note=ADDRESS)
    told = await phone.pushed(phone.seal(first, private, mandate, moved))
    assert [one.code for one in unpack(told.outcomes[0])] == ["record.erased"] * 4
    later = await phone.pushed(phone.seal(private, change(new_id().hex(), "photo", parent=case, paper=NAME)))
    assert [one.code for one in unpack(later.outcomes[0])] == ["record.erased"] * 2
    assert named(await everything(township)) == []


async def test_a_case_of_a_household_that_stands_is_not_erased_by_a_wrong_word(township: Township) -> None:
    phone, head = await office(township)
    gone, stays = await household(township, phone), await household(township, phone, "留下的一户")
    assert (await erase(head, gone)).status_code == 200
    case, first = case_of(township, stays, applicant="张桂兰")
    astray = change(case, "application", household=gone)
    told = await phone.pushed(phone.seal(first, astray))
    assert [one.code for one in unpack(told.outcomes[0])] == [None, "record.erased"]
    more = await phone.pushed(phone.seal(change(case, "application", applicant="张桂兰（改）")))
    assert [one.outcome for one in unpack(more.outcomes[0])] == ["merged"]
