"""What was to hang under a record and never came to be one: entries that were refused or are parked, and those of
batches that wait or stand apart. No table of records knows them, and they name people as any other."""

from collections.abc import Iterable

from sqlalchemy import bindparam, select

from daiban_server.db import schema
from daiban_server.db.program import Lookup, Program, rows
from daiban_server.spine import history, quarantine
from daiban_server.spine.erased import about
from daiban_sync import batch as batches
from daiban_sync.outcome import OUTCOMES

_p, _c, _q = schema.parked.c, schema.carried.c, schema.quarantine.c
_PARKED = select(_p.body).where(_p.centre == bindparam("centre_id"))
_CARRIED = select(_c.packed).where(_c.centre == bindparam("centre_id"))
_QUARANTINED = select(_q.sequence, _q.packed).where(_q.centre == bindparam("centre_id"))
_REFUSED = OUTCOMES.index("refused")


def under(centre: bytes, records: Iterable[bytes]) -> Program[set[bytes]]:
    """The ids of what was to hang under these records, or under what was to hang there, and is none itself."""
    hung: dict[bytes, set[bytes]] = {}
    for body in (yield from _said(centre)):
        of = about(body)
        if of.record and of.above:
            hung.setdefault(of.above, set()).add(of.record)
    made = yield from _made(centre, set().union(*hung.values()))
    found: set[bytes] = set()
    waiting = list(records)
    while waiting:
        below = hung.get(waiting.pop(), set()) - made - found
        waiting += below
        found |= below
    return found


def _said(centre: bytes) -> Program[list[bytes]]:
    """Whatever was said of a centre's records and not applied."""
    found = yield from _refused(centre)
    found += [body for (body,) in (yield from rows(_PARKED, centre_id=centre))]
    for (packed,) in (yield from rows(_CARRIED, centre_id=centre)):
        found += batches.unpack(packed).entries
    for sequence, packed in (yield from rows(_QUARANTINED, centre_id=centre)):
        found += quarantine.numbered(sequence, packed).values()
    return found


def _refused(centre: bytes) -> Program[list[bytes]]:
    starts = yield from history.where(centre, lambda one: any(outcome == _REFUSED for _, outcome, _ in one.facts))
    stretches = (yield from history.at(centre, starts)).values()
    return [one.body for stretch in stretches for one in history.entries_of(stretch) if one.outcome == _REFUSED]


def _made(centre: bytes, ids: Iterable[bytes]) -> Program[set[bytes]]:
    found = yield Lookup(schema.record, ("centre", "id"), ("id",), [(centre, one) for one in ids])
    return {row[0] for row in found}
