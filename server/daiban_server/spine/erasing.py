"""Erasure: the bytes of entries go, and everything that was proved of others stays proved.

A batch is signed over salted hashes of its entries. Of a batch with an erased entry the server keeps the list of hashes
and the salts of the others, and destroys the secret from which all salts come, the erased entry's salt and its bytes.
So the signature, the receipt and the log still verify, the others can still be disclosed, and of what is gone no guess
can be tried against its hash. In history an emptied entry takes the place of what was said (`daiban_schemas.emptied`).

What is erased stays so (`erased`). The list of erasures is kept outside of the database as well, and a restore goes
through it (`backup.erasure_note`).
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import bindparam, delete, select, union, update

from daiban_schemas.emptied import emptied
from daiban_server.db import schema
from daiban_server.db.program import Program, Write, first, rows, run
from daiban_server.spine import history, log, quarantine
from daiban_server.spine.erased import about, known
from daiban_server.spine.ledger import Ledger
from daiban_server.spine.refusal import Refusal
from daiban_sync import batch as batches
from daiban_sync.batch import SALT_BYTES, Batch
from daiban_sync.ids import NOBODY

_g = schema.household_merge.c
_v, _h, _r = schema.envelope.c, schema.history.c, schema.record.c
_p, _c, _q = schema.parked.c, schema.carried.c, schema.quarantine.c
_BELOW = union(
    select(_r.id).where(_r.centre == bindparam("centre_id"), _r.parent == bindparam("above")),
    select(_g.id).where(_g.centre == bindparam("centre_id"), _g.into == bindparam("above")),
)
_OF_DEVICE = select(*(_h[name] for name in history.COLUMNS)).where(
    _h.centre == bindparam("centre_id"),
    _h.device == bindparam("device_id"),
    _h.number > bindparam("first_number") - history.LONGEST,
    _h.number <= bindparam("last_number"),
)
_ENVELOPE = select(_v.sequence, _v.first, _v.last, _v.secret, _v.hashes, _v.salts).where(
    _v.centre == bindparam("centre_id"),
    _v.device == bindparam("device_id"),
    _v.first <= bindparam("entry_number"),
    _v.last >= bindparam("entry_number"),
)
_KEEP = (
    update(schema.envelope)
    .where(
        _v.centre == bindparam("centre_id"),
        _v.device == bindparam("device_id"),
        _v.sequence == bindparam("at_sequence"),
    )
    .values(secret=b"", hashes=bindparam("kept_hashes"), salts=bindparam("kept_salts"))
)
_BODIES = (
    update(schema.history)
    .where(_h.centre == bindparam("centre_id"), _h.position == bindparam("begins"))
    .values(bodies=bindparam("emptied"))
)
_PARKED = select(_p.number, _p.body).where(
    _p.centre == bindparam("centre_id"),
    _p.device == bindparam("device_id"),
    _p.number >= bindparam("first_number"),
    _p.number <= bindparam("last_number"),
)
_PARKED_OF = select(_p.device, _p.number).where(
    _p.centre == bindparam("centre_id"), _p.record == bindparam("record_id")
)
_UNPARK = delete(schema.parked).where(_p.centre == bindparam("centre_id"), _p.record == bindparam("record_id"))
_CARRIED = select(_c.device, _c.sequence, _c.packed).where(_c.centre == bindparam("centre_id"))
_DROP = delete(schema.carried).where(
    _c.centre == bindparam("centre_id"), _c.device == bindparam("device_id"), _c.sequence == bindparam("at_sequence")
)
_QUARANTINED = select(_q.sequence, _q.packed, _q.decided, _q.device, _q.digest).where(
    _q.centre == bindparam("centre_id")
)
_LET_GO = delete(schema.quarantine).where(
    _q.centre == bindparam("centre_id"), _q.device == bindparam("device_id"), _q.digest == bindparam("batch_digest")
)


class Kept(NamedTuple):
    """What is kept of a batch whose secret is gone: all hashes, and 16 bytes a salt, zeros where it is erased."""

    hashes: bytes
    salts: bytes


def without(batch: Batch, erased: Iterable[int]) -> Kept:
    """What to keep of a batch of which the entries with these indexes are erased."""
    salts = bytearray(batches.salts(batch.secret, len(batch.entries)))
    for i in erased:
        salts[SALT_BYTES * i : SALT_BYTES * (i + 1)] = bytes(SALT_BYTES)
    return Kept(batch.payload[batches.HEADER_BYTES :], bytes(salts))


def family(centre: bytes, record: bytes) -> Program[list[bytes]]:
    """A record and everything under it; of a household, those too that were merged into it."""
    found, waiting = [record], [record]
    while waiting:
        below = [row[0] for row in (yield from rows(_BELOW, centre_id=centre, above=waiting.pop()))]
        waiting += below
        found += below
    return found


def erase(
    centre: bytes, records: Sequence[bytes], who: bytes, reason: str, now: int, *, again: bool = False
) -> Program[int]:
    """Erase what was ever said about these records; gives how many entries that were. They stay as empty shells, which
    devices pull. Raises `Refusal("erasure.quarantined")` while a batch in quarantine speaks of one of them; not where
    that is erased `again` after a restore: then it was decided on once, and let go."""
    position, frontier = yield from log.lock(centre)
    gone = set(records) - (yield from known(centre, records))
    yield from _check_quarantine(centre, gone, again)
    yield Write(schema.erasure, [(centre, one, now, who, reason) for one in sorted(gone)], "ignore")
    yield from _unpark(centre, gone)
    count = yield from _empty_history(centre, gone, now)
    yield from _drop_carried(centre, gone)
    ledger = Ledger(centre, now, position)
    yield from ledger.load(sorted(gone))
    for record in filter(None, (ledger.records[one] for one in sorted(gone))):
        ledger.write_fields(record, {"erased": {"at": now, "reason": reason}})
        record.conflicts = 0
    yield from ledger.flush()
    yield from log.advance(centre, ledger.position, frontier)
    return count


def _empty_history(centre: bytes, gone: set[bytes], now: int) -> Program[int]:
    """Go through all of a centre's history, once: it has no index by record (see `past`), and erasing is rare."""
    starts = yield from history.where(centre, lambda one: any(record in gone for _, _, record in one.facts))
    count = 0
    for start, stretch in (yield from history.at(centre, starts)).items():
        entries = history.entries_of(stretch)
        own = [one for one in entries if one.record in gone]
        yield from _destroy_salts(centre, ((one.device, one.number) for one in own))
        bodies = [emptied(one.body, now) if one.record in gone else one.body for one in entries]
        yield from run(_BODIES, centre_id=centre, begins=start, emptied=history.pack_bodies(bodies))
        count += len(own)
    return count


def _unpark(centre: bytes, gone: set[bytes]) -> Program[None]:
    for one in sorted(gone):
        yield from _destroy_salts(centre, (yield from rows(_PARKED_OF, centre_id=centre, record_id=one)))
        yield from run(_UNPARK, centre_id=centre, record_id=one)


def _destroy_salts(centre: bytes, own: Iterable[tuple[bytes, int]]) -> Program[None]:
    """Of the batches in which these entries came, by device and number, keep hashes and the other salts; before the
    bytes go."""
    for device, number in own:
        if device == NOBODY:
            continue
        row = yield from first(_ENVELOPE, centre_id=centre, device_id=device, entry_number=number)
        if row is None:
            continue  # it came out of a spool, signed by itself
        sequence, start, last, secret, hashes, salts = row
        if hashes is None:
            bodies = yield from _bodies_of(centre, device, start, last)
            salts = batches.salts(secret, len(bodies))
            hashes = b"".join(batches.entry_hash(_salt(salts, i), body) for i, body in enumerate(bodies))
        kept, i = bytearray(salts), number - start
        kept[SALT_BYTES * i : SALT_BYTES * (i + 1)] = bytes(SALT_BYTES)
        named = {"centre_id": centre, "device_id": device, "at_sequence": sequence}
        yield from run(_KEEP, **named, kept_hashes=hashes, kept_salts=bytes(kept))


def _salt(salts: bytes, i: int) -> bytes:
    return salts[SALT_BYTES * i : SALT_BYTES * (i + 1)]


def _bodies_of(centre: bytes, device: bytes, first_number: int, last: int) -> Program[list[bytes]]:
    """The entries of a batch, wherever they stand."""
    scope = {"centre_id": centre, "device_id": device, "first_number": first_number, "last_number": last}
    found: dict[int, bytes] = dict((yield from rows(_PARKED, **scope)))
    for row in (yield from rows(_OF_DEVICE, **scope)):
        found |= {one.number: one.body for one in history.entries_of(history.opened(row))}
    return [found[number] for number in range(first_number, last + 1)]


def _check_quarantine(centre: bytes, gone: set[bytes], again: bool) -> Program[None]:
    for sequence, packed, decided, device, digest in (yield from rows(_QUARANTINED, centre_id=centre)):
        if not gone & _spoken_of(quarantine.numbered(sequence, packed).values()):
            continue
        if decided is None and not again:
            raise Refusal("erasure.quarantined")
        yield from run(_LET_GO, centre_id=centre, device_id=device, batch_digest=digest)


def _drop_carried(centre: bytes, gone: set[bytes]) -> Program[None]:
    for device, sequence, packed in (yield from rows(_CARRIED, centre_id=centre)):
        if gone & _spoken_of(batches.unpack(packed).entries):
            yield from run(_DROP, centre_id=centre, device_id=device, at_sequence=sequence)


def _spoken_of(entries: Iterable[bytes]) -> set[bytes]:
    return {id_ for body in entries for id_ in (about(body).record,) if id_ is not None}
