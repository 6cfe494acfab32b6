"""Custody on both databases: what a batch brought is kept whole, whatever goes wrong while it is laid."""

import pytest
from sqlalchemy import func, select, text

from daiban_schemas import entry
from daiban_server.db import schema
from daiban_server.db.program import Program, Write, first, rows
from daiban_server.http import sync
from daiban_server.spine.ledger import Ledger
from tests.support.raw_device import raw_device
from tests.support.township import Township, new_id


async def counted(town: Township) -> list[int]:
    """How many rows there are of records, history and parked entries."""

    def program() -> Program[list[int]]:
        found = []
        for table in (schema.record, schema.history, schema.parked):
            row = yield from first(select(func.count()).select_from(table))
            found.append(row[0] if row else -1)
        return found

    return await town.services.database.read(program())


async def test_a_fault_halfway_leaves_no_half_of_a_batch(township: Township, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything was written when it broke: then only the receipt and the parked entries are there."""
    device = await raw_device(township)
    homes = [
        entry.change(new_id().hex(), "household", {"place": township.qingshan.hex(), "head": "张"}, seen=0, at=1)
        for _ in range(3)
    ]
    before = await counted(township)
    flush, faults = Ledger.flush, ["a bug of ours"]

    def broken(self: Ledger) -> Program[None]:
        yield from flush(self)
        if faults:
            raise ZeroDivisionError(faults.pop())

    with monkeypatch.context() as patched:
        patched.setattr(Ledger, "flush", broken)
        reply = await device.pushed(device.seal(*homes))
    assert len(reply.receipts) == 1
    assert await counted(township) == [before[0], before[1], before[2] + 3]
    kept = await township.services.database.read(rows(select(schema.parked.c.body).order_by(schema.parked.c.number)))
    assert [row[0] for row in kept] == homes


async def test_an_answer_that_cannot_be_made_blocks_no_custody(
    township: Township, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault in the pull: the phone cannot be answered, and what it hands in is safe all the same."""
    device = await raw_device(township)
    fields = {"place": township.qingshan.hex(), "head": "张"}
    sealed = device.seal(entry.change(new_id().hex(), "household", fields, seen=0, at=1))

    def broken(*_: object) -> Program[None]:
        yield from first(text("SELECT no_such_column FROM record"))

    with monkeypatch.context() as patched:
        patched.setattr(sync, "pull", broken)
        assert (await device.push(sealed)).status_code == 503
        taken = await counted(township)
    reply = await device.pushed(sealed)
    assert len(reply.receipts) == 1
    assert await counted(township) == taken


async def test_one_agent_is_promised_to_one_household_at_a_time(township: Township) -> None:
    """The database's own last word, should two clerks ever get past the engine."""

    def promise() -> Program[None]:
        agent = township.people["王芳"]
        where, times = (township.centre, township.qingshan, 109_000_000, 32_700_000), (9_000, 10_000)
        yield Write(schema.slot, [(new_id(), agent, *where, *times, False, *3 * (9_000,), True)])

    await township.services.database.write(township.centre, promise)
    with pytest.raises(Exception, match=r"(?i)unique"):
        await township.services.database.write(township.centre, promise)
    assert await township.services.database.read(rows(select(schema.slot.c.start))) == [(9_000,)]
