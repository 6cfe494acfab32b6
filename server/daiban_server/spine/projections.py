"""Making the features' tables anew from the records: after an upgrade that added one, or to hold one against the
other."""

from sqlalchemy import bindparam, select

from daiban_server.db import schema
from daiban_server.db.program import Program, Write, first, rows
from daiban_server.spine import log
from daiban_server.spine.effects import Effects
from daiban_server.spine.ledger import Ledger

EDITION = 4
"""Counted up when a projection changes: a server of another edition makes all of them anew when it starts."""
_SETTING = "projections"
_PAGE = 500
_r = schema.record.c
_IDS = (
    select(_r.id)
    .where(_r.centre == bindparam("centre_id"), _r.kind == bindparam("kind_name"), _r.id > bindparam("after"))
    .order_by(_r.id)
    .limit(bindparam("page"))
)
_CENTRES = select(schema.counter.c.centre).order_by(schema.counter.c.centre)
_MADE = select(schema.setting.c.value).where(schema.setting.c.name == bindparam("setting_name"))


def stale() -> Program[list[bytes]]:
    """The centres whose projections are of another edition: all or none."""
    row = yield from first(_MADE, setting_name=_SETTING)
    if row and row[0] == str(EDITION):
        return []
    return [centre for (centre,) in (yield from rows(_CENTRES))]


def made() -> Program[None]:
    """Remember that all are of this edition."""
    yield Write(schema.setting, [(_SETTING, str(EDITION))], "replace")


def rebuild(centre: bytes, effects: Effects, now: int) -> Program[int]:
    """Make a centre's projections anew from its records; gives how many records there were."""
    position, _ = yield from log.lock(centre)
    count = 0
    for kind, projections in effects.projections.items():
        after = b""
        while found := (yield from rows(_IDS, centre_id=centre, kind_name=kind, after=after, page=_PAGE)):
            ids = [row[0] for row in found]
            ledger = Ledger(centre, now, position)
            yield from ledger.load(ids)
            for record in filter(None, map(ledger.records.get, ids)):
                for projection in projections:
                    yield from projection(ledger, record)
            yield from ledger.write_added()
            count, after = count + len(ids), ids[-1]
    return count
