"""Reading the facts of a span, from indexes by time: nothing before the span is read but what still stood in it."""

from collections.abc import Callable, Sequence

import msgspec
from sqlalchemy import ColumnElement, and_, bindparam, or_, select, union_all

from daiban_server.db import schema
from daiban_server.db.program import Program, Row, rows
from daiban_server.features.figures.facts import NO_CASE, Fact, Sheet, Source
from daiban_server.features.figures.span import Span
from daiban_server.registers import VISITORS
from daiban_sync.ids import NOBODY

_e, _later, _s = schema.case_event.c, schema.case_event.alias("later").c, schema.case_sheet.c
_held = schema.case_sheet.alias("held")
_l, _r, _g = schema.register_line.c, schema.record.c, schema.rating.c
SHEET = (_s.id, _s.number, _s.window, _s.label, _s.item_name, _s.place, _s.handler, _s.owner, _s.due, _s.accepted)
_COUNTED = (
    *("accept", "finish", "complete", "refuse", "decline", "withdraw", "notify", "send_up", "delivered"),
    "followed_up",
)
_ACTS = (
    select(_e.name, _e.before, _e.at, *SHEET)
    .select_from(schema.case_event.join(schema.case_sheet, and_(_s.centre == _e.centre, _s.id == _e.case)))
    .where(
        _e.centre == bindparam("centre_id"),
        _e.at >= bindparam("since"),
        _e.at < bindparam("until"),
        or_(*(_e.name == name for name in _COUNTED)),
    )
    .order_by(_e.at, _e.position)
)
_ACCEPTED_BEFORE = (_s.centre == bindparam("centre_id"), _s.accepted < bindparam("moment"))
_STANDING = union_all(
    select(*SHEET).where(*_ACCEPTED_BEFORE, _s.ended.is_(None)),
    select(*SHEET).where(*_ACCEPTED_BEFORE, _s.ended >= bindparam("moment")),
)
"""What was accepted before a moment, less what had ended before it."""


def _acted_since(case: "ColumnElement[bytes]", *more: "ColumnElement[bool]") -> "ColumnElement[bool]":
    """Whether something happened to a case since a moment."""
    of = (_later.centre == bindparam("centre_id"), _later.case == case, _later.at >= bindparam("moment"))
    return select(_later.position).where(*of, *more).exists()


# What state a case was in says the first act that came after; where none came, it is in it still. Those that are in it
# are found under another name, whose index holds all that is asked of it.
_IN_STATE = union_all(
    select(*SHEET)
    .select_from(_held.join(schema.case_sheet, and_(_s.centre == _held.c.centre, _s.id == _held.c.id)))
    .where(_held.c.centre == bindparam("centre_id"), _held.c.status == bindparam("state"), ~_acted_since(_held.c.id)),
    select(*SHEET)
    .select_from(schema.case_event.join(schema.case_sheet, and_(_s.centre == _e.centre, _s.id == _e.case)))
    .where(
        _e.centre == bindparam("centre_id"),
        _e.at >= bindparam("moment"),
        _e.before == bindparam("state"),
        ~_acted_since(_e.case, _later.position < _e.position),
    ),
)
_VISITORS = (
    select(_l.record, _l.at, _l.told, _r.place)
    .select_from(schema.register_line.outerjoin(schema.record, and_(_r.centre == _l.centre, _r.id == _l.record)))
    .where(
        _l.centre == bindparam("centre_id"),
        _l.register == VISITORS,
        _l.day >= bindparam("first_day"),
        _l.day <= bindparam("last_day"),
    )
    .order_by(_l.day, _l.line)
)
_RATINGS = (
    select(_g.level, _g.at, _g.handler, *SHEET)
    .select_from(schema.rating.join(schema.case_sheet, and_(_s.centre == _g.centre, _s.id == _g.id)))
    .where(_g.centre == bindparam("centre_id"), _g.at >= bindparam("since"), _g.at < bindparam("until"))
    .order_by(_g.at, _g.id)
)


class _Visitor(msgspec.Struct):
    number: str = ""
    window: str | None = None
    people: int | None = None


def acts(centre: bytes, span: Span) -> Program[list[Fact]]:
    """What happened to cases, by when the server took it in."""
    found = yield from rows(_ACTS, centre_id=centre, since=span.since, until=span.until)
    return [_act(centre, row) for row in found]


def _act(centre: bytes, row: Row) -> Fact:
    name, before, at, *held = row
    sheet = Sheet(*held)
    return Fact("act", centre, sheet.id, at, sheet, name, before, sheet.handler)


def standing(centre: bytes, source: Source, moment: int) -> Program[list[Fact]]:
    """The cases that were accepted and not ended at a moment (结转)."""
    found = yield from rows(_STANDING, centre_id=centre, moment=moment)
    return _stood(centre, source, moment, found)


def in_state(centre: bytes, source: Source, state: str, moment: int) -> Program[list[Fact]]:
    """The cases that were in a state at a moment."""
    found = yield from rows(_IN_STATE, centre_id=centre, state=state, moment=moment)
    return _stood(centre, source, moment, found)


def _stood(centre: bytes, source: Source, moment: int, found: Sequence[Row]) -> list[Fact]:
    sheets = sorted(Sheet(*row) for row in found)
    return [Fact(source, centre, sheet.id, moment, sheet, person=sheet.handler) for sheet in sheets]


def receptions(centre: bytes, span: Span) -> Program[list[Fact]]:
    """The lines of the register of everyone who comes."""
    days = {"first_day": span.first.isoformat(), "last_day": span.last.isoformat()}
    return [_reception(centre, row) for row in (yield from rows(_VISITORS, centre_id=centre, **days))]


def _reception(centre: bytes, row: Row) -> Fact:
    record, at, told, place = row
    visitor = msgspec.json.decode(told, type=_Visitor)
    sheet = NO_CASE._replace(number=visitor.number, window=visitor.window or "", place=place or NOBODY)
    return Fact("reception", centre, record, at, sheet, times=visitor.people or 1)


def ratings(centre: bytes, span: Span) -> Program[list[Fact]]:
    """What residents said of cases; `person` handled the case then."""
    found = yield from rows(_RATINGS, centre_id=centre, since=span.since, until=span.until)
    return [_rating(centre, row) for row in found]


def _rating(centre: bytes, row: Row) -> Fact:
    level, at, handler, *held = row
    sheet = Sheet(*held)
    return Fact("rating", centre, sheet.id, at, sheet, str(level), person=handler)


Reading = Callable[[bytes, Span], Program[list[Fact]]]
"""Reads some facts of a centre in a span."""
