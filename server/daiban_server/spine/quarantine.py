"""Batches that are kept and not applied, until a clerk adopts what is good of them.

Two things come here: batches, and saves that were signed singly and came out of a spool (`spooling`). Saves that were
brought together stand in one row, whose sequence is `OUT_OF_SPOOL`.

What a revoked device hands in may be the agent's honest work of the days before, or a thief's, and mostly nobody can
tell by the bytes. So it is kept, out of everybody's sight but the centre's, and nothing is told to who handed it in.
"""

import hashlib
from collections.abc import Sequence

from sqlalchemy import bindparam, func, select, update

from daiban_server import todo
from daiban_server.db import schema
from daiban_server.db.program import Program, Write, first, rows, run
from daiban_server.spine import erased
from daiban_server.spine.acts import Told, write_down
from daiban_server.spine.opening import Sender
from daiban_sync import batch as batches
from daiban_sync import spooled
from daiban_sync.batch import Batch
from daiban_sync.spooled import Signed

MOST = 200
"""Batches of one device that are kept, and …"""
LARGEST = 16 * 2**20
"""… their bytes: a thief cannot fill the disk. What is beyond is let go, and the device keeps what has no receipt."""

OUT_OF_SPOOL = 0
"""In place of a batch's sequence, which begins at one."""

_q, _e = schema.quarantine.c, schema.envelope.c
_HELD = select(func.count(), func.coalesce(func.sum(func.length(_q.packed)), 0)).where(
    _q.centre == bindparam("centre_id"), _q.device == bindparam("device_id")
)
_KEPT = select(_q.sequence, _q.packed).where(_q.centre == bindparam("centre_id"), _q.device == bindparam("device_id"))
_FREEZE = update(schema.device).where(schema.device.c.id == bindparam("device_id")).values(state="frozen")
_STORED = select(_e.digest).where(
    _e.centre == bindparam("centre_id"), _e.device == bindparam("device_id"), _e.sequence == bindparam("at_sequence")
)


def keep(sender: Sender, batch: Batch, code: str, now: int) -> Program[None]:
    """Keep a batch apart; `code` says why. The head hears of it, once a device and reason."""
    standing = yield from erased.apart(sender.centre, batch, now)
    yield from _put(sender, (batch.digest, batch.header.sequence, code, batches.pack(standing)), now)


def _put(sender: Sender, kept: tuple[bytes, int, str, bytes], now: int) -> Program[None]:
    code = kept[2]
    yield Write(schema.quarantine, [(sender.centre, sender.device, *kept, now, None)], "ignore")
    yield from todo.for_head(sender.centre, sender.device, f"quarantine.{code}", f"{code}/{sender.device.hex()}", now)


def freeze(sender: Sender, now: int) -> Program[None]:
    """Take a key out of use that signed two histories, and write down how far its chain had come."""
    yield from run(_FREEZE, device_id=sender.device)
    yield from write_down(sender.centre, sender.device, "freeze", sender.key, Told("", now), None, now)


def keep_all(sender: Sender, handed_in: Sequence[Batch], code: str, now: int) -> Program[None]:
    """Keep what a locked device hands in, as far as there is room, but what is in custody already."""
    count, size = yield from _held(sender)
    for batch in handed_in:
        named = {"centre_id": sender.centre, "device_id": sender.device, "at_sequence": batch.header.sequence}
        stored = yield from first(_STORED, **named)
        if stored is not None and stored[0] == batch.digest:
            continue
        count, size = count + 1, size + len(batches.pack(batch))
        if count > MOST or size > LARGEST:
            return
        yield from keep(sender, batch, code, now)


def keep_saves(sender: Sender, saves: Sequence[Signed], code: str, now: int) -> Program[None]:
    """Keep saves that came out of a locked device's spool, if there is room, but those that are here already."""
    here = yield from kept(sender.centre, sender.device)
    fresh = [one for one in saves if (one.spooled.number, one.spooled.entry) not in here]
    packed = spooled.join(map(spooled.pack, fresh))
    count, size = yield from _held(sender)
    if fresh and count < MOST and size + len(packed) <= LARGEST:
        yield from _put(sender, (hashlib.sha256(packed).digest(), OUT_OF_SPOOL, code, packed), now)


def kept(centre: bytes, device: bytes) -> Program[set[tuple[int, bytes]]]:
    """All entries of a device that stand in quarantine, by number."""
    found = yield from rows(_KEPT, centre_id=centre, device_id=device)
    return {one for sequence, packed in found for one in numbered(sequence, packed).items()}


def numbered(sequence: int, packed: bytes) -> dict[int, bytes]:
    """The entries of a row, by number."""
    if sequence == OUT_OF_SPOOL:
        saves = map(spooled.open_one, spooled.split(packed))
        return {one.spooled.number: one.spooled.entry for one in saves}
    batch = batches.unpack(packed)
    return dict(enumerate(batch.entries, batch.header.first))


def _held(sender: Sender) -> Program[tuple[int, int]]:
    held = yield from first(_HELD, centre_id=sender.centre, device_id=sender.device)
    return (held[0], held[1]) if held else (0, 0)
