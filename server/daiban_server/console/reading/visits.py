"""Visits: today's, tomorrow's and the next days', and those that wait for a time."""

import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select

from daiban_server.console import words
from daiban_server.console.reading.book import Book, Person, Subject
from daiban_server.console.visits import telling
from daiban_server.console.words import Mark
from daiban_server.db import schema
from daiban_server.db.program import Program, rows
from daiban_server.spine import views
from daiban_server.spine.views import Shown

DAYS = 8
"""Days that are shown, today included."""
WAITING = 20
"""Visits without a time that are listed."""

_s, _r = schema.slot.c, schema.record.c
_SLOTS = (
    select(_s.visit, _s.agent, _s.start, _s.end)
    .where(_s.centre == bindparam("centre_id"), _s.start >= bindparam("since"), _s.start < bindparam("until"))
    .order_by(_s.start, _s.visit, _s.agent)
    .limit(400)
)
_WAITING = (
    select(_r.id)
    .where(
        _r.centre == bindparam("centre_id"),
        _r.kind == "visit",
        (_r.status == "requested") | (_r.status == "nobody_home"),
        _r.deleted.is_(False),
    )
    .order_by(_r.position)
    .limit(WAITING + 1)
)


class VisitLine(NamedTuple):
    """A visit. `hours` is 09:10–09:50, or "" for one without a time; `crew` goes there; `stand_in` says why B does."""

    record: str
    hours: str
    subject: Subject
    purpose: str
    crew: list[Person]
    mark: Mark
    stand_in: str
    why: str


class VisitDay(NamedTuple):
    """One day's visits in order of time."""

    name: str
    date: str
    visits: list[VisitLine]


class Visits(NamedTuple):
    """What is planned, by day; today and tomorrow are there even when nothing is. `waiting` have no time yet, `more`
    says that some of those are not listed."""

    days: list[VisitDay]
    waiting: list[VisitLine]
    more: bool

    @property
    def today(self) -> int:
        """Number of today's visits."""
        return len(self.days[0].visits)


def visits(book: Book) -> Program[Visits]:
    """Planned visits of eight days, and the waiting ones."""
    since = words.day_start(book.now)
    until = since + DAYS * words.DAY
    slots = yield from rows(_SLOTS, centre_id=book.centre, since=since, until=until)
    yield from book.read([row[0] for row in slots])
    waits, more = yield from waiting(book)
    crews: dict[bytes, list[bytes]] = {}
    for visit, agent, _, _ in slots:
        crews.setdefault(visit, []).append(agent)
    times = {visit: (start, end) for visit, _, start, end in slots}
    today = words.local(book.now).date()
    days: dict[datetime.date, list[VisitLine]] = {today: [], today + datetime.timedelta(days=1): []}
    for visit, (start, end) in times.items():
        days.setdefault(words.local(start).date(), []).append(_line(visit, crews[visit], (start, end), book))
    return Visits(
        [VisitDay(words.day_name(day, today), words.date(day, today), days[day]) for day in sorted(days)],
        waits,
        more,
    )


def waiting(book: Book) -> Program[tuple[list[VisitLine], bool]]:
    """The visits without a time that wait longest, and whether there are more."""
    found = yield from rows(_WAITING, centre_id=book.centre)
    yield from book.read([row[0] for row in found])
    return [_line(row[0], [], None, book) for row in found[:WAITING]], len(found) > WAITING


def _line(visit: bytes, crew: list[bytes], time: tuple[int, int] | None, book: Book) -> VisitLine:
    record = book.record(visit)
    status = record.status if record else None
    mark = telling.mark_of(status or "", time[1] if time else None, book.now)
    code = book.text(visit, "stand_in") if time else ""
    return VisitLine(
        visit.hex(),
        telling.hours(*time) if time else "",
        book.subject(visit),
        book.text(visit, "purpose"),
        [book.person(agent) for agent in crew],
        mark,
        words.stand_in(code) if code else "",
        book.text(visit, "why") if time else "",
    )


class CaseVisit(NamedTuple):
    """A visit of a case; `when` is "" where it has no time."""

    record: str
    when: str
    who: str
    mark: Mark


def of_case(case: bytes, book: Book) -> Program[list[CaseVisit]]:
    """The visits that were asked for with a case, the newest first; the case must have been read."""
    record = book.record(case)
    home = (record.parent if record else None) or b""
    found = yield from views.shown(views.OF_PARENT, book.centre, parent_id=home, kind_name="visit")
    mine = [one for one in found if one.view.values.get("application") == case.hex()]
    return [_of_case(one, book.now) for one in reversed(mine)]


def _of_case(one: Shown, now: int) -> CaseVisit:
    values, status = one.view.values, one.status or ""
    start, end = values.get("start"), values.get("end")
    when = telling.when(start, end, now) if start and end else ""
    who = str(values.get("agent_name") or "") if when else ""
    return CaseVisit(one.view.record, when, who, telling.mark_of(status, end, now))
