"""Limits that somebody has to look at now: what is over, due today, or due within days, with the case it is of."""

import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, func, select

from daiban_server.console import words
from daiban_server.console.languages.retelling import retold
from daiban_server.console.reading.book import Book
from daiban_server.console.words import Mark
from daiban_server.db import schema
from daiban_server.db.program import Program, rows
from daiban_server.features.deadlines.running import RUNNING
from daiban_server.limits.sentences import LABELS

LISTED = 12
SOON = 3
"""Days ahead that are listed with what is due today."""

_d, _s = schema.deadline.c, schema.case_sheet.c
_OWED = (
    select(_d.kind, _d.due, _d.state, _d.why, _s.id, _s.number, _s.item_name, _s.applicant, _s.place, _s.urgent)
    .select_from(schema.deadline.join(schema.case_sheet, (_s.centre == _d.centre) & (_s.id == _d.case)))
    .where(
        _d.centre == bindparam("centre_id"),
        *RUNNING,
        _d.due <= bindparam("until_day"),
    )
    .order_by(_d.due, _s.number)
    .limit(LISTED)
)
_COUNTS = (
    select(_d.due < bindparam("today"), func.count(_d.case.distinct()))
    .where(
        _d.centre == bindparam("centre_id"),
        *RUNNING,
        _d.due <= bindparam("today"),
    )
    .group_by(_d.due < bindparam("today"))
)
NAMES: dict[str, str] = {str(kind): label for kind, label in LABELS.items()}
"""What each limit is called, by its kind."""


class LimitLine(NamedTuple):
    """A limit of a case; `why` is its sentence."""

    record: str
    label: str
    mark: Mark
    number: str
    item: str
    who: str
    place: str
    urgent: bool
    why: str


class Limits(NamedTuple):
    """The next ones, and of how many cases one is over, or due today."""

    listed: list[LimitLine]
    over: int
    today: int


def limits(book: Book) -> Program[Limits]:
    """What the centre owes, what is over first."""
    today = words.local(book.now).date()
    until = (today + datetime.timedelta(days=SOON)).isoformat()
    found = yield from rows(_OWED, centre_id=book.centre, until_day=until)
    counts = {
        bool(over): count for over, count in (yield from rows(_COUNTS, centre_id=book.centre, today=today.isoformat()))
    }
    listed = [
        LimitLine(
            case.hex(),
            NAMES.get(str(kind), str(kind)),
            words.due_day(due, book.now),
            number,
            item,
            who,
            book.places.get(place, ""),
            bool(urgent),
            retold(why),
        )
        for kind, due, _, why, case, number, item, who, place, urgent in found
    ]
    return Limits(listed, counts.get(True, 0), counts.get(False, 0))
