"""What would move if a day became a working day, or a day off: said before anybody decides.

A limit is counted anew from what stands of it. Where that does not give the day that stands, something was not counted
in between, and the watch alone can say: those are told apart instead of being guessed.
"""

import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, func, select

from daiban_schemas.zone import SHANGHAI
from daiban_server import days
from daiban_server.db import schema
from daiban_server.db.program import Program, first, rows
from daiban_server.limits.calendar import Calendar, Override, Unit

_d, _s = schema.deadline.c, schema.slot.c
_CROSSING = select(_d.kind, _d.starts, _d.due, _d.days, _d.unit).where(
    _d.closed.is_(None),
    _d.state != "cancelled",
    _d.starts < bindparam("the_day"),
    _d.due >= bindparam("the_day"),
)
_VISITS = select(func.count(_s.visit.distinct())).where(_s.start >= bindparam("since"), _s.start < bindparam("until"))
_TO_RESIDENTS = frozenset({"promise", "statutory"})


class Moved(NamedTuple):
    """Open limits of all centres that would end `later` or `earlier`, and `promised`, how many of them are promised or
    statutory limits of completion; `unclear` had pauses or a named day. `visits` are those that stand on the day."""

    later: int
    earlier: int
    promised: int
    unclear: int
    visits: int


def moved(day: datetime.date, working: bool | None) -> Program[Moved]:
    """What would move with another word about `day`: None gives it back to the official calendar."""
    laid = yield from days.laid_down()
    overrides = {datetime.date.fromisoformat(one): Override(bool(works), note) for one, works, note in laid}
    before = Calendar(overrides)
    after = Calendar({one: over for one, over in overrides.items() if one != day} | _said(day, working))
    counts = {"later": 0, "earlier": 0, "promised": 0, "unclear": 0}
    for kind, starts, due, length, unit in (yield from rows(_CROSSING, the_day=day.isoformat())):
        became = _became(before, after, starts, due, length, unit)
        if became:
            counts[became] += 1
            counts["promised"] += became != "unclear" and kind in _TO_RESIDENTS
    midnight = datetime.datetime.combine(day, datetime.time(), SHANGHAI)
    since = round(midnight.timestamp() * 1000)
    found = yield from first(_VISITS, since=since, until=since + 86_400_000)
    return Moved(**counts, visits=found[0] if found else 0)


def _said(day: datetime.date, working: bool | None) -> dict[datetime.date, Override]:
    return {} if working is None else {day: Override(working)}


def _became(before: Calendar, after: Calendar, starts: str, due: str, length: int, unit: str) -> str:
    """``later``, ``earlier``, ``unclear``, or "" for what stays."""
    start, stands = datetime.date.fromisoformat(starts), datetime.date.fromisoformat(due)
    of: Unit = "working" if unit == "working" else "calendar"
    old, new = (one.due_day(start, length, of).day for one in (before, after))
    if old != stands:
        return "unclear"
    return "later" if new > old else "earlier" if new < old else ""
