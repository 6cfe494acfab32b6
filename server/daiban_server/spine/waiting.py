"""Carried batches that came before their forerunners: kept without a receipt until the chain reaches them.

A stick with the second piece may arrive a day before the one with the first. Nothing is promised of what waits here:
the device keeps it as unsent, and may bring it all by itself meanwhile. Of a phone that is taken out of use what waits
may be all that anybody has: it goes to quarantine then, for people to look at.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import and_, bindparam, delete, func, or_, select

from daiban_server.db import schema
from daiban_server.db.program import Program, Write, first, rows, run
from daiban_server.spine import quarantine
from daiban_server.spine.opening import Sender
from daiban_sync import batch as batches
from daiban_sync.batch import Batch
from daiban_sync.errors import SignatureError
from daiban_sync.limits import INTEGER
from daiban_sync.new_key import key_at

MOST = 200
"""Batches of one device that may wait."""
LARGEST = 64 * 2**20
"""Bytes of them."""

_c, _e = schema.carried.c, schema.envelope.c
_OF = (_c.centre == bindparam("centre_id"), _c.device == bindparam("device_id"))
_HELD = select(func.count(), func.coalesce(func.sum(func.length(_c.packed)), 0)).where(*_OF)
_NEXT = select(_c.packed).where(*_OF, _c.sequence == bindparam("at_sequence")).order_by(_c.at, _c.digest)
_PASSED = (
    select(_c.packed)
    .select_from(
        schema.carried.outerjoin(
            schema.envelope,
            and_(_e.centre == _c.centre, _e.device == _c.device, _e.sequence == _c.sequence),
        )
    )
    .where(*_OF, _c.sequence <= bindparam("at_sequence"), or_(_e.digest.is_(None), _e.digest != _c.digest))
    .order_by(_c.sequence, _c.at, _c.digest)
)
ANY = (
    select(_c.sequence)
    .where(_c.centre == bindparam("centre_id"), _c.device == schema.device.c.id)
    .limit(1)
    .correlate(schema.device)
    .scalar_subquery()
)
"""Whether something of a device waits; nothing for nearly all of them."""
_ALL = select(_c.packed).where(*_OF).order_by(_c.sequence, _c.at, _c.digest)
_DONE = delete(schema.carried).where(*_OF, _c.sequence <= bindparam("at_sequence"))


def keep(sender: Sender, batch: Batch, now: int) -> Program[None]:
    """Keep a batch until its chain reaches it, if there is room."""
    held = yield from first(_HELD, centre_id=sender.centre, device_id=sender.device)
    packed = batches.pack(batch)
    if held is not None and (held[0] >= MOST or held[1] + len(packed) > LARGEST):
        return
    row = (sender.centre, sender.device, batch.header.sequence, batch.digest, packed, now)
    yield Write(schema.carried, [row], "ignore")


def following(sender: Sender, sequence: int) -> Program[Sequence[Batch]]:
    """The batches that wait to come after `sequence`, in order of their arrival: more than one where a key signed two
    histories."""
    scope = {"centre_id": sender.centre, "device_id": sender.device}
    return [batches.unpack(packed) for (packed,) in (yield from rows(_NEXT, **scope, at_sequence=sequence + 1))]


def passed(sender: Sender, sequence: int) -> Program[Sequence[Batch]]:
    """What waits at or before `sequence` and is not what the chain took in there: it took in another batch, or none,
    since the gap was given up."""
    scope = {"centre_id": sender.centre, "device_id": sender.device}
    return [batches.unpack(packed) for (packed,) in (yield from rows(_PASSED, **scope, at_sequence=sequence))]


def let_go(sender: Sender, sequence: int) -> Program[None]:
    """Forget what waits at or before `sequence`."""
    yield from run(_DONE, centre_id=sender.centre, device_id=sender.device, at_sequence=sequence)


def said(sender: Sender, wanted: Collection[int]) -> Program[dict[int, set[bytes]]]:
    """What waits under these numbers, all that is said of each. What only a key signed that was given up meanwhile says
    nothing, or whoever has a copy of it could freeze the phone."""
    found: dict[int, set[bytes]] = {}
    for (packed,) in (yield from rows(_ALL, centre_id=sender.centre, device_id=sender.device)):
        batch = batches.unpack(packed)
        if not _signed(batch, sender):
            continue
        for number, body in enumerate(batch.entries, batch.header.first):
            if number in wanted:
                found.setdefault(number, set()).add(body)
    return found


def _signed(batch: Batch, sender: Sender) -> bool:
    """Whether the key of its time signed it."""
    try:
        batches.check(batch, key_at(batch.header.sequence, sender.former, sender.key))
    except SignatureError:
        return False
    return True


def leave_apart(sender: Sender, now: int) -> Program[None]:
    """Put into quarantine whatever waits of a device that is taken out of use."""
    scope = {"centre_id": sender.centre, "device_id": sender.device}
    waited = [batches.unpack(packed) for (packed,) in (yield from rows(_ALL, **scope))]
    yield from quarantine.keep_all(sender, waited, "chain.waiting", now)
    yield from let_go(sender, INTEGER)
