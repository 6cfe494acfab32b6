"""Making the features' tables anew from the records: after an upgrade that added one, or to hold one against the
other."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select

from daiban_server.db import schema, setting
from daiban_server.db.program import Program, rows
from daiban_server.spine import log
from daiban_server.spine.effects import Effects, Projection
from daiban_server.spine.ledger import Ledger

EDITION = 5
"""Counted up when a projection changes: a server of another edition makes anew, when it starts, what changed since."""
_CHANGED = {"reception": 5}
"""The edition in which the projections of a kind changed last; those of all others did in the fourth."""
_SETTING = "projections"
_PAGE = 500
_r = schema.record.c
_IDS = select(_r.id).where(_r.centre == bindparam("centre_id"), _r.kind == bindparam("kind_name")).order_by(_r.id)
_CENTRES = select(schema.counter.c.centre).order_by(schema.counter.c.centre)


def left() -> Program[int]:
    """The edition of the projections that the last server left; 0 where all have to be made."""
    edition = int((yield from setting.held(_SETTING)) or 0)
    return edition if edition <= EDITION else 0


def centres() -> Program[list[bytes]]:
    """Every centre, and the district."""
    return [centre for (centre,) in (yield from rows(_CENTRES))]


def made() -> Program[None]:
    """Remember that all are of this edition."""
    yield from setting.hold(_SETTING, str(EDITION))


def rebuild(centre: bytes, effects: Effects, now: int, since: int = 0) -> Program[int]:
    """Make a centre's projections anew from its records, those that changed `since` an edition; gives how many records
    there were."""
    position, _ = yield from log.lock(centre)
    count = 0
    for kind in filter(lambda kind: _CHANGED.get(kind, 4) > since, effects.projections):
        # Read once: each page would go through all of a kind to find where it begins.
        ids = [id_ for (id_,) in (yield from rows(_IDS, centre_id=centre, kind_name=kind))]
        for at in range(0, len(ids), _PAGE):
            yield from _page(Ledger(centre, now, position), ids[at : at + _PAGE], effects.projections[kind])
        count += len(ids)
    return count


def _page(ledger: Ledger, ids: Sequence[bytes], projections: Sequence[Projection]) -> Program[None]:
    yield from ledger.load(ids)
    known = [record for id_ in ids if (record := ledger.records[id_])]
    yield from ledger.load_entries(head.position for record in known for head in ledger.heads(record))
    for record in known:
        for projection in projections:
            yield from projection(ledger, record)
    yield from ledger.write_added()
