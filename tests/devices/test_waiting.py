"""Carried batches that wait for those before them: what becomes of them when those never come, or come otherwise."""

import hashlib
import secrets

import httpx2

from daiban_schemas import entry
from daiban_sync import batch as batches
from daiban_sync import bundle, sealing, wire
from daiban_sync.batch import Batch
from daiban_sync.keys import SoftwareKey
from tests.accounts.desk import Desk, desk_of
from tests.devices.signing import heads
from tests.support.raw_device import RawDevice, raw_device
from tests.support.township import Township, new_id


def household(town: Township, head: str) -> bytes:
    fields = {"place": town.qingshan.hex(), "head": head, "phone": "13700000000"}
    return entry.change(new_id().hex(), "household", fields, seen=0, at=1)


async def carried(
    town: Township, phone: RawDevice, *packed: Batch, signer: SoftwareKey | None = None
) -> httpx2.Response:
    """Somebody brings a piece with these batches, under the phone's key or another."""
    keys, body = town.services.keys, wire.encode_request(wire.Hello(fresh=True), map(batches.pack, packed))
    stated = bundle.Statement(
        *(keys.origin.hex(), town.centre.hex(), phone.id.hex(), secrets.token_hex(16)),
        *(1, 1, town.clock(), hashlib.sha256(body).hexdigest()),
    )
    to = next(key.public for key in keys.sealed.values())
    content = bundle.pack(stated, body, signer or phone.key)
    piece = sealing.seal([content], secrets.token_bytes(32), to, bundle.purpose(keys.origin))
    async with town.stranger() as http:
        return await http.post("/v1/bundles", content=b"".join(piece))


async def apart(head: Desk) -> list[tuple[str, str]]:
    """Why something stands apart, and whose home it is."""
    found = []
    for line in await head.done("/v1/quarantine", "GET"):
        told = await head.done(f"/v1/quarantine/{line['device']}/{line['digest']}", "GET")
        found += [(line["code"], pair["kept"]["values"]["head"]) for pair in told["pairs"]]
    return sorted(found)


async def test_what_waits_behind_a_gap_comes_in_when_the_head_closes_it(town: Township) -> None:
    """The phone and the first stick lie in the river: nobody will ever bring anything again."""
    phone, head = await raw_device(town), await desk_of(town, "李红")
    phone.seal(household(town, "沉了的"))
    assert (await carried(town, phone, phone.seal(household(town, "第二天的")))).status_code == 200
    assert (await carried(town, phone, phone.seal(household(town, "第三天的")))).status_code == 200
    assert await heads(head) == set()
    closed = await head.done(f"/v1/devices/{phone.id.hex()}/gaps", last=1, reason="手机和优盘都掉进河里了")
    assert closed == {"first": 1, "last": 1}
    assert await heads(head) == {"第二天的", "第三天的"}


async def test_what_waits_of_a_phone_that_is_stolen_is_there_to_be_adopted(town: Township) -> None:
    phone, head = await raw_device(town), await desk_of(town, "李红")
    phone.seal(household(town, "还在手机上的"))
    await carried(town, phone, phone.seal(household(town, "捎来的")))
    assert await apart(head) == []
    await head.done(f"/v1/devices/{phone.id.hex()}/revoke", reason="被偷了")
    assert await apart(head) == [("chain.waiting", "捎来的")]


async def test_what_waits_of_a_phone_that_is_frozen_is_there_as_well(town: Township) -> None:
    phone, head = await raw_device(town), await desk_of(town, "李红")
    copy = phone.seal(household(town, "抄来的"), advance=False)
    own = phone.seal(household(town, "自己的"))
    phone.seal(household(town, "还在手机上的"))
    await carried(town, phone, phone.seal(household(town, "捎来的")))
    await phone.pushed(copy)
    await carried(town, phone, own)
    assert await apart(head) == [("chain.equivocation", "自己的"), ("chain.waiting", "捎来的")]


async def test_of_two_that_wait_under_one_sequence_neither_is_lost(town: Township) -> None:
    phone, head = await raw_device(town), await desk_of(town, "李红")
    first = phone.seal(household(town, "头一天的"))
    copy = phone.seal(household(town, "抄来的"), advance=False)
    for one in (copy, phone.seal(household(town, "自己的"))):
        await carried(town, phone, one)
    await carried(town, phone, first)
    stands = await heads(head)
    [(code, other)] = await apart(head)
    assert code == "chain.equivocation"
    assert (stands | {other}, len(stands)) == ({"头一天的", "抄来的", "自己的"}, 2)


async def test_what_waits_under_a_key_that_was_given_up_keeps_nobody_out(town: Township) -> None:
    """Somebody with a copy of the old key brought a batch for a sequence that the honest phone had not reached."""
    phone, head = await raw_device(town), await desk_of(town, "李红")
    first = phone.seal(household(town, "头一天的"))
    forged = phone.seal(household(town, "抄来的"), advance=False, sequence=3, first=3)
    await carried(town, phone, forged)
    await phone.new_key()
    second = phone.seal(household(town, "第二天的"))
    third = phone.seal(household(town, "第三天的"))
    for one in (first, second, third):
        assert (await carried(town, phone, one)).status_code == 200
    assert await heads(head) == {"头一天的", "第二天的", "第三天的"}


async def frozen(head: Desk, phone: RawDevice) -> bool:
    return any(one["state"] == "frozen" for one in await head.done("/v1/devices", "GET") if one["id"] == phone.id.hex())


async def test_what_waits_is_the_other_branch_where_the_phone_itself_brings_something_else(town: Township) -> None:
    """A copy's stick came first and waited; then the phone has a signal and goes past it."""
    phone, head = await raw_device(town), await desk_of(town, "李红")
    first = phone.seal(household(town, "头一天的"))
    copied = phone.seal(household(town, "抄来的"), advance=False)
    later = phone.seal(household(town, "又抄来的"), advance=False, sequence=3, first=3, previous=copied.digest)
    for one in (copied, later):
        await carried(town, phone, one)
    await phone.pushed(first)
    assert not await frozen(head, phone), "nothing contradicts anything yet"
    answer = await phone.pushed(phone.seal(household(town, "第二天的")), phone.seal(household(town, "第三天的")))
    assert [(one.sequence, one.code) for one in answer.problems] == [(2, "chain.equivocation")]
    assert await heads(head) == {"头一天的", "第二天的", "第三天的"}
    assert await apart(head) == [("chain.equivocation", "抄来的"), ("chain.waiting", "又抄来的")]
    assert await frozen(head, phone)


async def test_what_waits_is_let_go_where_the_phone_itself_brings_the_same(town: Township) -> None:
    phone, head = await raw_device(town), await desk_of(town, "李红")
    first, second = phone.seal(household(town, "头一天的")), phone.seal(household(town, "第二天的"))
    await carried(town, phone, second)
    await phone.pushed(first, second)
    assert not await frozen(head, phone)
    await head.done(f"/v1/devices/{phone.id.hex()}/revoke", reason="被偷了")
    assert await apart(head) == [], "nothing waits any more"


async def test_what_waits_in_a_gap_that_is_given_up_comes_in(town: Township) -> None:
    """The head gives up one batch too many: the second is there, it only waits for the first."""
    phone, head = await raw_device(town), await desk_of(town, "李红")
    phone.seal(household(town, "沉了的"))
    await carried(town, phone, phone.seal(household(town, "捎来的")))
    await head.done(f"/v1/devices/{phone.id.hex()}/gaps", last=2, reason="手机掉进河里了")
    assert await heads(head) == {"捎来的"}
    assert await apart(head) == []
