"""The district's calendar: the official one with what the district laid down over it."""

import datetime

from sqlalchemy import bindparam, delete, select

from daiban_server.db import schema
from daiban_server.db.program import Program, Row, Write, rows, run
from daiban_server.limits.calendar import Calendar, Override
from daiban_server.spine.ledger import Ledger

_d = schema.calendar_day.c
_ALL = select(_d.day, _d.working, _d.note).order_by(_d.day)
_DROP = delete(schema.calendar_day).where(_d.day == bindparam("the_day"))
_KEY = "calendar"


def calendar() -> Program[Calendar]:
    """The calendar as it stands."""
    found = yield from rows(_ALL)
    return Calendar({datetime.date.fromisoformat(day): Override(bool(working), note) for day, working, note in found})


def of(ledger: Ledger) -> Program[Calendar]:
    """As `calendar`, read once in a transaction."""
    if _KEY not in ledger.memo:
        ledger.memo[_KEY] = yield from calendar()
    found: Calendar = ledger.memo[_KEY]
    return found


def laid_down() -> Program[list[Row]]:
    """What the district laid down: day, working or not, note."""
    return (yield from rows(_ALL))


def lay_down(day: datetime.date, note: str, *, working: bool) -> Program[None]:
    """Lay down that offices work on a day, or do not."""
    yield Write(schema.calendar_day, [(day.isoformat(), working, note)], "replace")


def take_back(day: datetime.date) -> Program[None]:
    """Let the official calendar hold for a day again."""
    yield from run(_DROP, the_day=day.isoformat())
