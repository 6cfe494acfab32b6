"""Carried batches that came before their forerunners: kept without a receipt until the chain reaches them.

A stick with the second piece may arrive a day before the one with the first. Nothing is promised of what waits here:
the device keeps it as unsent, and may bring it all by itself meanwhile.
"""

from sqlalchemy import bindparam, delete, func, select

from daiban_server.db import schema
from daiban_server.db.program import Program, Write, first, run
from daiban_server.spine.opening import Sender
from daiban_sync import batch as batches
from daiban_sync.batch import Batch

MOST = 200
"""Batches of one device that may wait."""
LARGEST = 64 * 2**20
"""Bytes of them."""

_c = schema.carried.c
_OF = (_c.centre == bindparam("centre_id"), _c.device == bindparam("device_id"))
_HELD = select(func.count(), func.coalesce(func.sum(func.length(_c.packed)), 0)).where(*_OF)
_NEXT = select(_c.packed).where(*_OF, _c.sequence == bindparam("at_sequence")).limit(1)
_DONE = delete(schema.carried).where(*_OF, _c.sequence <= bindparam("at_sequence"))


def keep(sender: Sender, batch: Batch, now: int) -> Program[None]:
    """Keep a batch until its chain reaches it, if there is room."""
    held = yield from first(_HELD, centre_id=sender.centre, device_id=sender.device)
    packed = batches.pack(batch)
    if held is not None and (held[0] >= MOST or held[1] + len(packed) > LARGEST):
        return
    row = (sender.centre, sender.device, batch.header.sequence, batch.digest, packed, now)
    yield Write(schema.carried, [row], "ignore")


def following(sender: Sender, sequence: int) -> Program[Batch | None]:
    """The batch that waits to come after `sequence`; what waits at or before it is let go."""
    scope = {"centre_id": sender.centre, "device_id": sender.device}
    yield from run(_DONE, **scope, at_sequence=sequence)
    row = yield from first(_NEXT, **scope, at_sequence=sequence + 1)
    return batches.unpack(row[0]) if row else None
