"""What is erased stays so: whatever says something about an erased record later is refused, and its bytes are erased as
they come. So it is with a phone that was silent for a year, one that was lost, or one that hands in again after a
restore."""

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

import msgspec
from sqlalchemy import bindparam, select, update

from daiban_schemas.emptied import emptied
from daiban_schemas.entry import shape_of
from daiban_schemas.kinds import KINDS
from daiban_server.db import schema
from daiban_server.db.program import Lookup, Program, Write, run
from daiban_server.spine.ledger import Incoming
from daiban_sync.batch import SECRET_BYTES, Batch
from daiban_sync.ids import is_id

_f = schema.photo_file.c
_PHOTO_GONE = (
    update(schema.photo_file)
    .where(_f.centre == bindparam("centre_id"), _f.record == bindparam("record_id"), _f.erased.is_(None))
    .values(erased=bindparam("now"))
)
ANY = select(schema.erasure.c.record).where(schema.erasure.c.centre == bindparam("centre_id")).limit(1).exists()
"""Whether a centre ever erased anything."""


class About(NamedTuple):
    """What an entry speaks of: its record, and the one under which it would hang that; None where it names none."""

    record: bytes | None
    above: bytes | None


def among(centre: bytes, incoming: Sequence[Incoming]) -> Program[list[int]]:
    """Which entries of a batch, by index, speak of an erased record or would hang something under one; and what else
    they say of what they would hang there."""
    spoken = [About(one.record, _above(one)) for one in incoming]
    gone = yield from _gone(centre, spoken)
    return [i for i, of in enumerate(spoken) if gone & set(of)]


def _gone(centre: bytes, spoken: Sequence[About]) -> Program[set[bytes]]:
    """What is erased of what these entries speak of, in their order, with what would hang under it and is no record
    yet: neither before them, nor by an earlier one of them under a record that stands."""
    gone = yield from known(centre, (id_ for of in spoken for id_ in of if id_ is not None))
    if not gone:
        return gone
    made = yield Lookup(schema.record, ("centre", "id"), ("id",), [(centre, of.record) for of in spoken if of.record])
    size = 0
    while size < len(gone):
        size, stands = len(gone), {row[0] for row in made}
        for record, above in spoken:
            if record is None or record in stands or above is None:
                continue
            if above in gone:
                gone.add(record)
            elif record not in gone:
                stands.add(record)
    return gone


def _above(one: Incoming) -> bytes | None:
    kind = KINDS.get(one.entry.kind)
    named = one.values.get(kind.parent) if kind and kind.parent else None
    return bytes.fromhex(named) if isinstance(named, str) and is_id(named) else None


def hollow(incoming: Sequence[Incoming], erased: Sequence[int], now: int) -> list[Incoming]:
    """The same entries, those at `erased` without what they said; they are refused (`Applier`)."""
    gone = set(erased)
    return [_hollow(one, now) if i in gone else one for i, one in enumerate(incoming)]


def _hollow(one: Incoming, now: int) -> Incoming:
    body = emptied(one.body, now)
    return one._replace(entry=shape_of(body), values={}, faults={}, body=body)


def known(centre: bytes, records: Iterable[bytes]) -> Program[set[bytes]]:
    """Which of these records are erased."""
    wanted = [(centre, one) for one in dict.fromkeys(records)]
    found = yield Lookup(schema.erasure, ("centre", "record"), ("record",), wanted)
    return {row[0] for row in found}


def about(body: bytes) -> About:
    """What an entry speaks of, as its bytes say."""
    told = msgspec.json.decode(body)
    kind, fields = KINDS.get(told.get("kind", "")), told.get("fields")
    parent = fields.get(kind.parent) if kind and kind.parent and isinstance(fields, dict) else None
    return About(_id(told.get("record")), _id(parent))


def _id(named: object) -> bytes | None:
    return bytes.fromhex(named) if isinstance(named, str) and is_id(named) else None


def spread(centre: bytes, incoming: Sequence[Incoming], now: int) -> Program[None]:
    """Let what was to hang under an erased record, and is none itself, count as erased with it: its photo comes later,
    and more of it by another batch."""
    spoken = [About(one.record, _above(one)) for one in incoming]
    gone = yield from _gone(centre, spoken)
    held = yield Lookup(schema.erasure, ("centre", "record"), ("record", "by", "reason"), [(centre, x) for x in gone])
    why = {record: (by, reason) for record, by, reason in held}
    fresh = sorted(gone - why.keys())
    above = {of.record: of.above for of in reversed(spoken) if of.above in gone}
    for one in fresh:
        root: bytes | None = one
        while root not in why:
            root = above[root]
        yield Write(schema.erasure, [(centre, one, now, *why[root])], "ignore")
        yield from run(_PHOTO_GONE, centre_id=centre, record_id=one, now=now)


def unwanted(centre: bytes, entries: Iterable[bytes], photos: Collection[bytes]) -> Program[set[bytes]]:
    """Which of these photos, by their records, nobody may keep: they are erased, or these entries would hang them under
    what is."""
    spoken = [*map(about, entries), *(About(one, None) for one in photos)]
    return (yield from _gone(centre, spoken)) & set(photos)


def apart(centre: bytes, batch: Batch, now: int) -> Program[Batch]:
    """A batch as it may be kept in quarantine: what speaks of erased records is emptied, and with it the secret goes,
    so that no guess can be tried. Its other entries can still be looked at and adopted; that its device signed them can
    no longer be shown (`evidence.adopted`)."""
    spoken = [about(body) for body in batch.entries]
    gone = yield from _gone(centre, spoken)
    if not gone:
        return batch
    bodies = (emptied(body, now) if gone & set(of) else body for body, of in zip(batch.entries, spoken, strict=True))
    return batch._replace(entries=tuple(bodies), secret=bytes(SECRET_BYTES))
