"""What the road and the law of large numbers do to a sync server: each case broke one somewhere."""

import asyncio
import secrets

import pytest
from sqlalchemy import select

from daiban_schemas import entry
from daiban_server.db import schema
from daiban_server.db.program import Program, first, rows
from daiban_server.spine import log
from daiban_server.spine.ledger import Ledger
from daiban_sync import batch, receipt, wire
from daiban_sync.merkle import Frontier
from tests.support.history import history_of, kept_of
from tests.support.raw_device import RawDevice, code_of, raw_device
from tests.support.township import Township, new_id

_STATE = select(schema.device.c.id, schema.device.c.state)


def household(town: Township, head: str = "张桂兰", at: int = 1, record: bytes | None = None) -> bytes:
    fields = {"place": town.qingshan.hex(), "head": head}
    return entry.change((record or new_id()).hex(), "household", fields, seen=0, at=at)


async def count(town: Township) -> int:
    return len(await history_of(town))


async def test_one_batch_sent_fifty_times_at_once_is_taken_once(township: Township) -> None:
    """Case 1: the response was lost after commit, and the phone and every proxy on the way try again."""
    device = await raw_device(township)
    before = await count(township)
    sealed = device.seal(*(household(township) for _ in range(20)))
    replies = await asyncio.gather(*(device.pushed(sealed) for _ in range(50)))
    assert await count(township) == before + 20
    assert len({receipt.pack(reply.receipts[0]) for reply in replies}) == 1
    assert {str(reply.outcomes) for reply in replies} == {str(replies[0].outcomes)}


async def test_a_cloned_phone_is_frozen_and_both_histories_are_kept(township: Township) -> None:
    """Case 2: a phone restored from a backup uses a sequence again, with other content."""
    device = await raw_device(township)
    original = device.seal(household(township, "原来的"))
    await device.pushed(original)
    clone = RawDevice(township, device.id, device.key, http=device.http)
    other = clone.seal(household(township, "克隆的"))
    reply = await clone.pushed(other)
    assert [problem.code for problem in reply.problems] == ["chain.equivocation"]
    assert reply.receipts == ()
    kept = await township.services.database.read(rows(select(schema.quarantine.c.packed)))
    assert [row[0] for row in kept] == [batch.pack(other)]
    assert code_of(await device.push(device.seal(household(township)))) == "device.frozen"
    assert code_of(await clone.push()) == "device.frozen"


async def test_an_honest_phone_whose_key_was_frozen_works_again_after_enrolling(township: Township) -> None:
    device = await raw_device(township)
    await device.pushed(device.seal(household(township)))
    clone = RawDevice(township, device.id, device.key, http=device.http)
    await clone.pushed(clone.seal(household(township, "克隆的")))
    again = await township.device("王芳", "新登记")
    record = await township.household(again, "李秀英")
    assert (await again.sync()).may_be_given_back
    assert await again.view(record)


async def test_a_gap_asks_for_what_is_missing_and_takes_nothing(township: Township) -> None:
    device = await raw_device(township)
    first_one = device.seal(household(township))
    second = device.seal(household(township))
    reply = await device.pushed(second)
    assert [(p.code, p.expected) for p in reply.problems] == [("chain.gap", 1)]
    reply = await device.pushed(first_one, second)
    assert len(reply.receipts) == 2


async def test_a_commit_that_fails_is_never_receipted(township: Township, monkeypatch: pytest.MonkeyPatch) -> None:
    """Case 4: the disk is full, or a constraint speaks at COMMIT. The phone keeps everything and tries again."""
    device = await raw_device(township)
    sealed = device.seal(household(township))
    before = await count(township)

    async def full(factories: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(township.services.database.opened._group, "_commit", full)  # type: ignore[attr-defined]
        answer = await device.push(sealed)
    assert answer.status_code == 503
    assert code_of(answer) == "server.busy"
    assert answer.headers["retry-after"]
    assert await count(township) == before
    reply = await device.pushed(sealed)
    assert len(reply.receipts) == 1


async def test_a_slow_transaction_never_commits_behind_a_position_that_was_read(township: Township) -> None:
    """Case 5: positions are given out under the counter's lock, so a poller that follows them skips nothing."""
    poller, slow, fast = [await raw_device(township) for _ in range(3)]
    seen: set[bytes] = set()
    cursor = ""
    written: set[bytes] = set()

    async def poll() -> None:
        nonlocal cursor
        answer = await poller.push(hello=wire.Hello(cursor=cursor))
        if answer.status_code == 200:
            reply = wire.decode_answer(answer.content)
            cursor = reply.answer.cursor
            seen.update(record.record for record in reply.records)

    async def write(device: RawDevice, size: int, times: int) -> None:
        for _ in range(times):
            ids = [new_id() for _ in range(size)]
            written.update(ids)
            await device.pushed(device.seal(*(household(township, record=id_) for id_ in ids)))

    async def keep_polling(done: asyncio.Event) -> None:
        while not done.is_set():
            await poll()

    done = asyncio.Event()
    polling = asyncio.create_task(keep_polling(done))
    await asyncio.gather(write(slow, 200, 3), write(fast, 1, 40))
    done.set()
    await polling
    for _ in range(20):
        await poll()
    assert written <= seen


@pytest.mark.parametrize("years", [-50, -7, 73])
async def test_a_phone_years_off_still_syncs_and_its_claims_are_bounded(township: Township, years: int) -> None:
    """Case 6: 1970, 2019, 2099. The signature is made over a nonce, and the offset is learnt from the answer."""
    off = years * 365 * 86_400_000
    phone = await township.device("王芳", "坏钟", lambda: max(0, township.clock() + off))
    record = await township.household(phone)
    assert (await phone.sync()).may_be_given_back
    now = township.clock()
    (stored,) = await kept_of(township, record)
    assert stored.effective <= now
    assert abs(phone.device.now() - now) < 60_000
    later = await phone.open(record)
    await phone.save(later, {"phone": "13700000009"})
    await phone.sync()
    *_, newest = await kept_of(township, record)
    assert now - 120_000 <= newest.effective <= township.clock()


async def test_a_clock_that_jumps_inside_a_batch_orders_nothing(township: Township) -> None:
    """Case 6: the second edit claims to be older than the first, and still replaces it: the chain says so."""
    device = await raw_device(township)
    record = new_id()
    first_one = household(township, "先写的", at=township.clock() + 10**10, record=record)
    second = entry.change(record.hex(), "household", {"head": "后写的"}, seen=0, at=0)
    await device.pushed(device.seal(first_one, second))
    clerk = await township.signed_in("赵敏")
    shown = (await clerk.get(f"/v1/records/household/{record.hex()}")).json()
    assert shown["values"]["head"] == "后写的"
    assert shown["conflicts"] == {}


async def test_a_child_before_its_parent_waits_and_is_then_applied(township: Township) -> None:
    device = await raw_device(township)
    home, application = new_id(), new_id()
    fields = {"household": home.hex(), "item": township.item.hex(), "applicant": "张桂兰"}
    child = entry.change(application.hex(), "application", fields, seen=0, at=1)
    edit = entry.change(application.hex(), "application", {"phone": "13700000000"}, seen=0, at=2)
    reply = await device.pushed(device.seal(child, edit))
    assert [code for _, code, _ in reply.outcomes[0]["details"]] == ["parent.missing", "record.unknown"]
    await device.pushed(device.seal(household(township, record=home)))
    clerk = await township.signed_in("赵敏")
    shown = (await clerk.get(f"/v1/records/application/{application.hex()}")).json()
    assert shown["values"]["phone"] == "13700000000"
    waiting = await township.services.database.read(rows(select(schema.parked.c.number)))
    assert waiting == []


async def test_an_unknown_kind_is_kept_and_shown_and_blocks_nothing(township: Township) -> None:
    device = await raw_device(township)
    future = entry.change(new_id().hex(), "drone_flight", {"height": 120}, seen=0, at=1)
    reply = await device.pushed(device.seal(future, household(township)))
    assert reply.outcomes[0]["details"] == [[1, "kind.unknown", []]]
    assert len(reply.records) == 1 + 1  # the household, and the district's item


async def test_a_fault_in_merging_keeps_custody_and_parks_the_batch(
    township: Township, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = await raw_device(township)

    def broken(self: Ledger) -> Program[None]:
        raise ZeroDivisionError("a bug of ours")
        yield

    with monkeypatch.context() as patched:
        flush, calls = Ledger.flush, iter([broken])
        patched.setattr(Ledger, "flush", lambda self: next(calls, flush)(self))
        reply = await device.pushed(device.seal(household(township)))
    assert len(reply.receipts) == 1
    assert reply.outcomes[0]["details"] == [[1, "merge.failed", []]]
    waiting = await township.services.database.read(rows(select(schema.parked.c.code)))
    assert waiting == [("merge.failed",)]
    assert len((await device.pushed(device.seal(household(township)))).receipts) == 1


async def test_positions_belong_to_commits_even_when_a_program_is_slow(township: Township) -> None:
    """A lock on the counter is held from the first statement on: a second writer waits for the first one's end."""
    database, centre = township.services.database, township.centre
    order: list[str] = []

    def slow(name: str) -> Program[None]:
        position, frontier = yield from log.lock(centre)
        order.append(f"{name} {position}")
        yield from log.advance(centre, position + 1, frontier)
        assert isinstance(frontier, Frontier)

    before = await database.read(first(select(schema.counter.c.position).where(schema.counter.c.centre == centre)))
    assert before is not None
    await asyncio.gather(*(database.write(secrets.token_hex(4), lambda n=n: slow(str(n))) for n in range(12)))
    assert sorted(int(line.split()[1]) for line in order) == [before[0] + n for n in range(12)]
