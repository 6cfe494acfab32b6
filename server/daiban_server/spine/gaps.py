"""Batches that will never come: a device lost them, or forgot them under a backup that was itself lost.

Only a person can know that, so a gap is closed by the centre head, with a reason. The chain goes on behind it; a batch
that turns up after all is taken as an adopted branch, whose entries have no ancestors.
"""

from sqlalchemy import bindparam, select

from daiban_server.db import schema
from daiban_server.db.program import Program, Write, Writes, first
from daiban_server.spine import chains, log
from daiban_server.spine.opening import Sender
from daiban_server.spine.refusal import Refusal
from daiban_sync.batch import Batch
from daiban_sync.chain import LOST, Chain

_g, _d, _e = schema.gap.c, schema.device.c, schema.envelope.c
_COVERING = select(_g.first).where(
    _g.centre == bindparam("centre_id"),
    _g.device == bindparam("device_id"),
    _g.first <= bindparam("at_sequence"),
    _g.last >= bindparam("at_sequence"),
)
_NUMBERED = (
    select(_e.sequence)
    .where(
        _e.centre == bindparam("centre_id"),
        _e.device == bindparam("device_id"),
        _e.last >= bindparam("first_number"),
        _e.first <= bindparam("last_number"),
    )
    .limit(1)
)
_DEVICE = select(_d.state).where(_d.id == bindparam("device_id"), _d.centre == bindparam("centre_id"))
LARGEST = 10_000
"""Batches that one act may give up."""


def covers(sender: Sender, batch: Batch) -> Program[bool]:
    """Whether this batch was given up, and its numbers are still free."""
    scope = {"centre_id": sender.centre, "device_id": sender.device}
    if (yield from first(_COVERING, **scope, at_sequence=batch.header.sequence)) is None:
        return False
    return not (yield from numbered(sender, batch))


def numbered(sender: Sender, batch: Batch) -> Program[bool]:
    """Whether an entry of this device has one of the batch's numbers already: behind a gap the chain's end cannot
    tell, since what was given up may have turned up after all."""
    header = batch.header
    span = {"first_number": header.first, "last_number": header.first + header.entry_count - 1}
    return (yield from first(_NUMBERED, centre_id=sender.centre, device_id=sender.device, **span)) is not None


def close(centre: bytes, device: bytes, last: int, who: bytes, reason: str, now: int) -> Program[tuple[int, int]]:
    """Give up a device's batches from the next one expected to `last`; gives both. Raises `Refusal`:
    ``device.unknown`` or ``gap.invalid``."""
    yield from log.lock(centre)
    state = yield from first(_DEVICE, device_id=device, centre_id=centre)
    if state is None or state[0] == "desk":
        raise Refusal("device.unknown")
    chain = yield from chains.end(centre, device)
    expected = chain.sequence + 1
    if not expected <= last < expected + LARGEST:
        raise Refusal("gap.invalid")
    gap = Write(schema.gap, [(centre, device, expected, last, who, reason, now)])
    yield Writes([gap, chains.extended(centre, device, Chain(last, LOST, chain.number), now)])
    return expected, last
