"""Batches that are kept and not applied, until a clerk adopts what is good of them.

What a revoked device hands in may be the agent's honest work of the days before, or a thief's, and mostly nobody can
tell by the bytes. So it is kept, out of everybody's sight but the centre's, and nothing is told to who handed it in.
"""

from collections.abc import Sequence

from sqlalchemy import bindparam, func, select, update

from daiban_server import todo
from daiban_server.db import schema
from daiban_server.db.program import Program, Write, first, run
from daiban_server.spine.opening import Opened, Sender
from daiban_sync import batch as batches
from daiban_sync.batch import Batch
from daiban_sync.chain import Chain

MOST = 200
"""Batches of one device that are kept, and …"""
LARGEST = 16 * 2**20
"""… their bytes: a thief cannot fill the disk. What is beyond is let go, and the device keeps what has no receipt."""

_q, _e = schema.quarantine.c, schema.envelope.c
_HELD = select(func.count(), func.coalesce(func.sum(func.length(_q.packed)), 0)).where(
    _q.centre == bindparam("centre_id"), _q.device == bindparam("device_id")
)
_FREEZE = update(schema.device).where(schema.device.c.id == bindparam("device_id")).values(state="frozen")
_STORED = select(_e.digest).where(
    _e.centre == bindparam("centre_id"), _e.device == bindparam("device_id"), _e.sequence == bindparam("at_sequence")
)


def keep(sender: Sender, batch: Batch, code: str, now: int) -> Program[None]:
    """Keep a batch apart; `code` says why. The head hears of it, once a device and reason."""
    row = (sender.centre, sender.device, batch.digest, batch.header.sequence, code, batches.pack(batch), now, None)
    yield Write(schema.quarantine, [row], "ignore")
    yield from todo.for_head(sender.centre, sender.device, f"quarantine.{code}", f"{code}/{sender.device.hex()}", now)


def freeze(sender: Sender, chain: Chain, now: int) -> Program[None]:
    """Take a key out of use that signed two histories, and write down how far its chain had come."""
    yield from run(_FREEZE, device_id=sender.device)
    row = (sender.centre, sender.device, now, "freeze", None, "", sender.key, chain.sequence, now, None)
    yield Write(schema.device_act, [row], "replace")


def keep_all(sender: Sender, opened: Sequence[Opened], code: str, now: int) -> Program[None]:
    """Keep what a locked device hands in, as far as there is room, but what is in custody already."""
    held = yield from first(_HELD, centre_id=sender.centre, device_id=sender.device)
    count, size = (held[0], held[1]) if held else (0, 0)
    for one in opened:
        batch = one.batch
        named = {"centre_id": sender.centre, "device_id": sender.device, "at_sequence": batch.header.sequence}
        stored = yield from first(_STORED, **named)
        if stored is not None and stored[0] == batch.digest:
            continue
        count, size = count + 1, size + len(batches.pack(batch))
        if count > MOST or size > LARGEST:
            return
        yield from keep(sender, batch, code, now)
