"""Whether there is anything to tell a device: one look at all that an answer depends on, before anything is read.

Most answers carry nothing of most of these. Asking each table by itself cost an answer seven statements.
"""

from typing import NamedTuple

from sqlalchemy import ScalarSelect, Table, bindparam, func, select, true

from daiban_server.db import schema
from daiban_server.db.program import Program, first
from daiban_server.spine import restores
from daiban_sync import note
from daiban_sync.epochs import epoch_of
from daiban_sync.ids import NOBODY
from daiban_sync.restored import Horizon


class News(NamedTuple):
    """How far a centre is, and what of it may concern a device. `checkpoint` is the newest of the log of the position's
    epoch; the other positions are the last in the district's feed, and the last at which the person's places, any
    record's place and an outcome of the device changed. `reach` is how far backups reach."""

    position: int
    checkpoint: note.Checkpoint | None
    district: int
    assigned: int
    departed: int
    told: int
    reach: Horizon

    @property
    def epoch(self) -> int:
        """The epoch in which the centre is."""
        return epoch_of(self.position)


def _last(table: Table, **given: str) -> ScalarSelect[int]:
    """The last position in a table whose columns have the values of these parameters."""
    wanted = [table.c[name] == bindparam(parameter) for name, parameter in given.items()]
    return select(func.coalesce(func.max(table.c.position), 0)).where(*wanted).scalar_subquery()


_newest = restores.NEWEST.subquery()
_NEWS = (
    select(
        schema.counter.c.position,
        schema.counter.c.checkpoint,
        _last(schema.counter, centre="district"),
        _last(schema.assignment, person="person_id"),
        _last(schema.departure, centre="centre_id"),
        _last(schema.outcome, centre="centre_id", device="device_id"),
        restores.LAST.scalar_subquery(),
        *_newest.c,
    )
    .select_from(schema.counter.outerjoin(_newest, true()))
    .where(schema.counter.c.centre == bindparam("centre_id"))
)


def news(centre: bytes, person: bytes, device: bytes) -> Program[News | None]:
    """One look; None for a centre that was never set up."""
    row = yield from first(_NEWS, centre_id=centre, person_id=person, device_id=device, district=NOBODY)
    if row is None:
        return None
    position, packed, district, assigned, departed, told, begun, *newest = row
    backup = restores.newest_of(newest, begun)
    checkpoint = note.unpack(packed) if packed else None
    reach = restores.horizon(backup, epoch_of(position))
    return News(position, checkpoint, district, assigned, departed, told, reach)
