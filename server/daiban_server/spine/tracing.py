"""Which stretches of history have an entry of a record.

History is written without an index by record, which each entry would pay for while phones wait. This one follows it,
once a minute, and whoever reads a record's past looks through what came since (`past.stretches`): some hundred rows,
where a case of last year was sought through all that its centre has done in the meantime. It costs some fifty bytes for
each entry, and a server that was brought up to date is slow as before until it has followed, a few minutes at most.
"""

import functools
from collections.abc import Iterable

from sqlalchemy import bindparam, select

from daiban_server.db import schema
from daiban_server.db.database import Database
from daiban_server.db.program import Lookup, Program, Write, rows
from daiban_server.spine import followed, projections
from daiban_server.spine.history import COLUMNS, entries_of, opened

PAGE = 2000
"""Stretches that one step follows: some hundredths of a second, in which nobody else writes to the centre."""
_h, _t = schema.history.c, schema.record_stretch
_INDEX = "traced"
"""Under which name it is kept how far it follows."""
_NEXT = (
    select(*(_h[name] for name in COLUMNS[:-1]))
    .where(_h.centre == bindparam("centre_id"), _h.position > bindparam("after"))
    .order_by(_h.position)
    .limit(bindparam("page"))
)


def reached(centre: bytes) -> Program[int]:
    """Where the last stretch begins that was followed; 0 before the first."""
    return (yield from followed.reached(_INDEX, centre))


def traced(centre: bytes, records: Iterable[bytes]) -> Program[list[int]]:
    """Where the stretches begin that have an entry of one of the records, of those that were followed."""
    found = yield Lookup(_t, ("centre", "record"), ("position",), [(centre, record) for record in sorted(records)])
    return sorted({position for (position,) in found})


async def follow_everywhere(database: Database) -> None:
    """Bring every centre's index up to date."""
    for centre in await database.read(projections.centres()):
        while await database.read(_behind(centre)):
            await database.write(centre, functools.partial(_step, centre))


def _behind(centre: bytes) -> Program[bool]:
    return bool((yield from rows(_NEXT, centre_id=centre, after=(yield from reached(centre)), page=1)))


def _step(centre: bytes) -> Program[None]:
    """Follow a page. A stretch is never written to again, and none comes before one that was committed."""
    found = yield from rows(_NEXT, centre_id=centre, after=(yield from reached(centre)), page=PAGE)
    if found:
        lines = {(centre, one.record, row[0]) for row in found for one in entries_of(opened(row))}
        yield Write(_t, sorted(lines), "ignore")
        yield from followed.reach(_INDEX, centre, found[-1][0])
