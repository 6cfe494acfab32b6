"""A spool brings what lay in a gap that the head closed, or what a carried batch says that still waits."""

from daiban_schemas import entry
from daiban_sync.keys import SoftwareKey
from tests.accounts.desk import Desk, desk_of
from tests.devices.signing import heads
from tests.devices.test_waiting import apart, carried, household
from tests.support.raw_device import RawDevice, raw_device
from tests.support.township import Township, new_id


async def closed(head: Desk, phone: RawDevice, last: int) -> None:
    await head.done(f"/v1/devices/{phone.id.hex()}/gaps", last=last, reason="手机摔坏了")


async def state_of(head: Desk, phone: RawDevice) -> str:
    return next(str(one["state"]) for one in await head.done("/v1/devices", "GET") if one["id"] == phone.id.hex())


async def test_what_lay_in_a_closed_gap_comes_in_out_of_the_spool(town: Township) -> None:
    phone, head = await raw_device(town), await desk_of(town, "李红")
    lost, later = household(town, "缺口里的"), household(town, "后来的")
    given_up = phone.seal(lost)
    behind = phone.seal(later)
    await closed(head, phone, 1)
    await phone.pushed(behind)
    assert await heads(head) == {"后来的"}
    assert await phone.brought({1: lost}) == {"new": 1, "known": 0, "troubled": 0}
    assert await heads(head) == {"缺口里的", "后来的"}
    assert await phone.brought({1: lost, 2: later}) == {"new": 0, "known": 2, "troubled": 0}
    await phone.pushed(given_up)
    assert await heads(head) == {"缺口里的", "后来的"}
    assert await state_of(head, phone) == "active"


async def test_what_lay_in_a_closed_gap_replaces_nothing_that_was_written_before_it(town: Township) -> None:
    """It has no ancestors: what the phone wrote before and after stands beside it, for people to settle."""
    phone, head = await raw_device(town), await desk_of(town, "李红")
    record = new_id().hex()
    fields = {"place": town.qingshan.hex(), "head": "张桂兰", "phone": "13700000001"}
    await phone.pushed(phone.seal(entry.change(record, "household", fields, seen=0, at=1)))
    lost = entry.change(record, "household", {"phone": "13700000002"}, seen=0, at=2)
    phone.seal(lost)
    behind = phone.seal(household(town, "后来的"))
    await closed(head, phone, 2)
    await phone.pushed(behind)
    assert (await phone.brought({2: lost}))["known"] == 0
    shown = await head.done(f"/v1/records/household/{record}", "GET")
    assert set(shown["conflicts"]) == {"phone"}


async def test_what_a_spool_says_other_than_an_entry_that_is_parked_is_kept_apart(town: Township) -> None:
    """It was taken in and waits for a server that knows its kind: it is not in the history yet."""
    phone, head = await raw_device(town), await desk_of(town, "李红")
    parked = entry.change(new_id().hex(), "kind_of_later", {"name": "张小宝"}, seen=0, at=1)
    answer = await phone.pushed(phone.seal(parked))
    assert answer.outcomes[0]["details"] == [[1, "kind.unknown", []]]
    assert await phone.brought({1: parked}) == {"new": 0, "known": 1, "troubled": 0}
    assert (await phone.brought({1: household(town, "封存的")}))["code"] == "device.frozen"
    assert await apart(head) == [("chain.equivocation", "封存的")]


async def test_what_a_spool_says_other_than_a_batch_that_waits_is_kept_apart(town: Township) -> None:
    phone, head = await raw_device(town), await desk_of(town, "李红")
    first = household(town, "头一天的")
    phone.seal(first)
    await carried(town, phone, phone.seal(household(town, "捎来的")))
    assert (await phone.brought({1: first, 2: household(town, "封存的")}))["code"] == "device.frozen"
    assert await heads(head) == set()
    assert await apart(head) == [
        ("chain.equivocation", "头一天的"),
        ("chain.equivocation", "封存的"),
        ("chain.waiting", "捎来的"),
    ]


async def test_what_a_spool_and_a_batch_that_waits_say_alike_is_taken_once(town: Township) -> None:
    phone, head = await raw_device(town), await desk_of(town, "李红")
    first, second = household(town, "头一天的"), household(town, "第二天的")
    began = phone.seal(first)
    await carried(town, phone, phone.seal(second))
    assert await phone.brought({1: first, 2: second}) == {"new": 2, "known": 0, "troubled": 0}
    await carried(town, phone, began)
    assert await heads(head) == {"头一天的", "第二天的"}
    assert await state_of(head, phone) == "active"


async def test_what_waits_under_a_key_that_was_given_up_freezes_no_spool(town: Township) -> None:
    phone, head = await raw_device(town), await desk_of(town, "李红")
    first = phone.seal(household(town, "头一天的"))
    await carried(town, phone, phone.seal(household(town, "抄来的"), advance=False, sequence=3, first=3))
    await phone.pushed(first)
    await phone.new_key()
    assert isinstance(phone.key, SoftwareKey)
    saves = {2: household(town, "第二天的"), 3: household(town, "第三天的")}
    assert await phone.brought(saves) == {"new": 2, "known": 0, "troubled": 0}
    assert await state_of(head, phone) == "active"
