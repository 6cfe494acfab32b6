"""Facts of what was owed beside cases: answers to opinions, replies of liaison cadres, home visits."""

from sqlalchemy import and_, bindparam, select

from daiban_server.calendar_days import local_day
from daiban_server.db import schema
from daiban_server.db.program import Program, Row, rows
from daiban_server.features.figures.facts import NO_CASE, Fact, Sheet
from daiban_server.features.figures.reading import SHEET
from daiban_server.features.figures.span import Span
from daiban_server.registers import OPINIONS

_l, _p, _o = schema.register_line.c, schema.opinion_sheet.c, schema.obligation.c
_v, _t, _s = schema.visit_event.c, schema.slot.c, schema.case_sheet.c
_OPINIONS = (
    select(_l.at, _p.id, _p.number, _p.channel, _p.place, _p.answerer, _p.due, _p.answered, *SHEET)
    .select_from(
        schema.register_line.join(schema.opinion_sheet, and_(_p.centre == _l.centre, _p.id == _l.record)).outerjoin(
            schema.case_sheet, and_(_s.centre == _p.centre, _s.id == _p.application)
        )
    )
    .where(
        _l.centre == bindparam("centre_id"),
        _l.register == OPINIONS,
        _l.day >= bindparam("first_day"),
        _l.day <= bindparam("last_day"),
    )
    .order_by(_l.day, _l.line)
)
_REPLIES = (
    select(_o.id, _o.cadre, _o.due, _o.state, *SHEET)
    .select_from(schema.obligation.outerjoin(schema.case_sheet, and_(_s.centre == _o.centre, _s.id == _o.application)))
    .where(_o.centre == bindparam("centre_id"), _o.due >= bindparam("since"), _o.due < bindparam("until"))
    .order_by(_o.due, _o.id)
)
_VISITS = (
    select(_v.visit, _v.name, _v.agent, _v.place, _v.at, *SHEET)
    .select_from(schema.visit_event.outerjoin(schema.case_sheet, and_(_s.centre == _v.centre, _s.id == _v.application)))
    .where(_v.centre == bindparam("centre_id"), _v.at >= bindparam("since"), _v.at < bindparam("until"))
    .order_by(_v.at, _v.position)
)
_SLOTS = (
    select(_t.visit, _t.agent, _t.place, _t.start)
    .where(_t.centre == bindparam("centre_id"), _t.start >= bindparam("since"), _t.start < bindparam("until"))
    .order_by(_t.start, _t.visit, _t.agent)
)


def opinions(centre: bytes, span: Span, now: int) -> Program[list[Fact]]:
    """Opinions that were registered, with how their answer stands now: ``in_time``, ``late``, ``open``, ``overdue``."""
    days = {"first_day": span.first.isoformat(), "last_day": span.last.isoformat()}
    return [_opinion(centre, row, now) for row in (yield from rows(_OPINIONS, centre_id=centre, **days))]


def _opinion(centre: bytes, row: Row, now: int) -> Fact:
    at, id_, number, channel, place, answerer, due, answered, *held = row
    sheet = _case(held)._replace(number=number, place=place)
    return Fact("opinion", centre, id_, at, sheet, channel, _answer(due, answered, now), answerer)


def _answer(due: str, answered: int | None, now: int) -> str:
    in_time = not due or local_day(answered or now).isoformat() <= due
    if answered is None:
        return "open" if in_time else "overdue"
    return "in_time" if in_time else "late"


def replies(centre: bytes, span: Span, now: int) -> Program[list[Fact]]:
    """Replies that were due, by that day. One that was missed and is not marked yet is late all the same."""
    found = yield from rows(_REPLIES, centre_id=centre, since=span.since, until=span.until)
    return [_reply(centre, row, now) for row in found]


def _reply(centre: bytes, row: Row, now: int) -> Fact:
    id_, cadre, due, state, *held = row
    missed = state == "due" and due < now
    return Fact("reply", centre, id_, due, _case(held), "", "late" if missed else state, cadre)


def visits(centre: bytes, span: Span) -> Program[list[Fact]]:
    """The acts of visits, and the visits that are promised for a time in the span. The leader of a crew stands for
    it."""
    found = yield from rows(_VISITS, centre_id=centre, since=span.since, until=span.until)
    done = [_visit(centre, row) for row in found]
    slots = yield from rows(_SLOTS, centre_id=centre, since=span.since, until=span.until)
    crews: dict[bytes, Fact] = {}
    for visit, agent, place, start in slots:
        fact = Fact("promise", centre, visit, start, NO_CASE._replace(place=place), person=agent)
        crews.setdefault(visit, fact)
    return [*done, *crews.values()]


def _visit(centre: bytes, row: Row) -> Fact:
    visit, name, agent, place, at, *held = row
    return Fact("visit", centre, visit, at, _case(held)._replace(place=place), name, person=agent)


def _case(held: list[object]) -> Sheet:
    return Sheet(*held) if held[0] is not None else NO_CASE  # type: ignore[arg-type]
