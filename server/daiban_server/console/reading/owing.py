"""What the lines of 现在要办的 are read from, each in one query: limits, papers that came back, visits to be told,
phones without a word."""

from typing import NamedTuple

from sqlalchemy import bindparam, func, or_, select

from daiban_server.console import words
from daiban_server.console.reading.book import Book
from daiban_server.db import schema
from daiban_server.db.program import Program, rows
from daiban_server.features.deadlines.running import RUNNING
from daiban_server.features.devices.silence import Silent

MOST = 200
"""Rows of one sort that are looked at."""

_d, _s, _e, _l = schema.deadline.c, schema.case_sheet.c, schema.case_event.c, schema.slot.c
_CASE = (_s.id, _s.item_name, _s.applicant, _s.place, _s.handler)
_LIMITS = (
    select(_d.kind, _d.due, *_CASE)
    .select_from(schema.deadline.join(schema.case_sheet, (_s.centre == _d.centre) & (_s.id == _d.case)))
    .where(
        _d.centre == bindparam("centre_id"),
        *RUNNING,
        or_(_d.due <= bindparam("today"), _d.kind == "notice"),
    )
    .order_by(_d.due, _s.submitted, _s.id, _d.kind)
    .limit(MOST)
)
_t = schema.case_sheet.alias("taken_in").c
# SQLite reads the whole centre for what it can find by an index, unless the index holds all that is asked of it.
_RECEIVED = select(_t.id).where(_t.centre == bindparam("centre_id"), _t.status == "received")
_RETURNED = (
    select(func.max(_e.effective), *_CASE)
    .select_from(schema.case_sheet.join(schema.case_event, (_e.centre == _s.centre) & (_e.case == _s.id)))
    .where(
        _s.centre == bindparam("centre_id"),
        _s.id.in_(_RECEIVED),
        _e.before == "awaiting",
        _e.after == "received",
    )
    .group_by(*_CASE)
    .order_by(func.max(_e.effective))
    .limit(MOST)
)
_UNTOLD = (
    select(_l.visit, func.min(_l.start), func.min(_l.end))
    .where(_l.centre == bindparam("centre_id"), _l.told.is_(False), _l.start > bindparam("since"))
    .group_by(_l.visit)
    .order_by(func.min(_l.start))
    .limit(MOST)
)


class Case(NamedTuple):
    """Whose case something is of."""

    id: bytes
    item: str
    who: str
    place: bytes
    handler: bytes


class Owing(NamedTuple):
    """What waits at a centre, the most urgent of each sort first: limits by kind and day (what is over, due today, and
    every notice), cases whose papers came back and when, visits that nobody told with their time, silent phones and
    those to be let in (as device and person)."""

    limits: list[tuple[str, str, Case]]
    returned: list[tuple[int, Case]]
    untold: list[tuple[bytes, int, int]]
    silent: list[Silent]
    pending: list[tuple[str, str]]


def owing(book: Book, silent: list[Silent], pending: list[tuple[str, str]]) -> Program[Owing]:
    """Read what waits; `book` then knows the visits."""
    today = words.local(book.now).date().isoformat()
    limits = yield from rows(_LIMITS, centre_id=book.centre, today=today)
    returned = yield from rows(_RETURNED, centre_id=book.centre)
    untold = yield from rows(_UNTOLD, centre_id=book.centre, since=book.now)
    yield from book.read([visit for visit, *_ in untold])
    return Owing(
        [(kind, due, Case(*case)) for kind, due, *case in limits],
        [(at, Case(*case)) for at, *case in returned],
        [(visit, start, end) for visit, start, end in untold],
        silent,
        pending,
    )
