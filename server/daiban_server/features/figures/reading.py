"""Reading the facts of a span, from indexes by time: nothing before the span is read but what still stood in it.

What a fact belongs to is looked up by key and never joined: PostgreSQL plans a statement once for spans of any length,
and for long ones it would read every case of the centre.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec
from sqlalchemy import bindparam, or_, select, union_all

from daiban_server.db import schema
from daiban_server.db.program import Lookup, Program, Row, rows
from daiban_server.features.figures.facts import NO_CASE, Fact, Sheet, Source
from daiban_server.features.figures.span import Span
from daiban_server.registers import VISITORS
from daiban_sync.ids import NOBODY

_e, _s, _l, _g = schema.case_event.c, schema.case_sheet.c, schema.register_line.c, schema.rating.c
_SHEET = ("id", "number", "window", "label", "item_name", "place", "handler", "owner", "due", "accepted")
"""Columns of `case_sheet`, as `Sheet` has them."""
_COUNTED = (
    *("accept", "finish", "complete", "refuse", "decline", "withdraw", "notify", "send_up", "delivered"),
    *("followed_up", "close_follow_up"),
)
ACTS = (
    select(_e.case, _e.name, _e.before, _e.at, _e.after)
    .where(
        _e.centre == bindparam("centre_id"),
        _e.at >= bindparam("since"),
        _e.at < bindparam("until"),
        or_(*(_e.name == name for name in _COUNTED)),
    )
    .order_by(_e.at, _e.position)
)
_ACCEPTED_BEFORE = (_s.centre == bindparam("centre_id"), _s.accepted < bindparam("moment"))
STANDING = union_all(
    select(*(_s[name] for name in _SHEET)).where(*_ACCEPTED_BEFORE, _s.ended.is_(None)),
    select(*(_s[name] for name in _SHEET)).where(*_ACCEPTED_BEFORE, _s.ended >= bindparam("moment")),
)
"""What was accepted before a moment, less what had ended before it."""
SINCE = (
    select(_e.case, _e.before)
    .where(_e.centre == bindparam("centre_id"), _e.at >= bindparam("moment"))
    .order_by(_e.at, _e.position)
)
IN_STATE = select(_s.id).where(_s.centre == bindparam("centre_id"), _s.status == bindparam("state"))
CAME = (
    select(_l.record, _l.at, _l.told)
    .where(
        _l.centre == bindparam("centre_id"),
        _l.register == VISITORS,
        _l.day >= bindparam("first_day"),
        _l.day <= bindparam("last_day"),
    )
    .order_by(_l.day, _l.line)
)
RATINGS = (
    select(_g.id, _g.level, _g.at, _g.handler)
    .where(_g.centre == bindparam("centre_id"), _g.at >= bindparam("since"), _g.at < bindparam("until"))
    .order_by(_g.at, _g.id)
)


class _Visitor(msgspec.Struct):
    number: str = ""
    window: str | None = None
    people: int | None = None


def sheets(centre: bytes, cases: Iterable[bytes]) -> Program[dict[bytes, Sheet]]:
    """The sheets of cases, by id."""
    wanted = [(centre, case) for case in sorted(set(cases))]
    found = yield Lookup(schema.case_sheet, ("centre", "id"), _SHEET, wanted)
    return {row[0]: Sheet(*row) for row in found}


def acts(centre: bytes, span: Span) -> Program[list[Fact]]:
    """What happened to cases, by when the server took it in. A case that was never handed in has no sheet and counts
    nowhere."""
    found = yield from rows(ACTS, centre_id=centre, since=span.since, until=span.until)
    of = yield from sheets(centre, (row[0] for row in found))
    return [
        Fact("act", centre, case, at, of[case], _act(name, after), before, of[case].handler)
        for case, name, before, at, after in found
        if case in of
    ]


def _act(name: str, after: str) -> str:
    """A follow-up that reached nobody was tried."""
    return "tried" if name == "followed_up" and after != "followed_up" else name


def standing(centre: bytes, source: Source, moment: int) -> Program[list[Fact]]:
    """The cases that were accepted and not ended at a moment (结转)."""
    found = yield from rows(STANDING, centre_id=centre, moment=moment)
    return _stood(centre, source, moment, (Sheet(*row) for row in found))


def in_states(centre: bytes, states: Mapping[str, Source], moment: int) -> Program[list[Fact]]:
    """The cases that were in some states at a moment: that is the state before the first act that came after, or, where
    none came, the state that they are in."""
    then: dict[bytes, str] = {}
    for case, before in (yield from rows(SINCE, centre_id=centre, moment=moment)):
        then.setdefault(case, before)
    facts: list[Fact] = []
    for state, source in states.items():
        now = yield from rows(IN_STATE, centre_id=centre, state=state)
        were = [case for case, before in then.items() if before == state]
        of = yield from sheets(centre, [*were, *(case for (case,) in now if case not in then)])
        facts += _stood(centre, source, moment, of.values())
    return facts


def _stood(centre: bytes, source: Source, moment: int, found: Iterable[Sheet]) -> list[Fact]:
    ordered = sorted(found, key=lambda sheet: sheet.id)
    return [Fact(source, centre, sheet.id, moment, sheet, person=sheet.handler) for sheet in ordered]


def receptions(centre: bytes, span: Span) -> Program[list[Fact]]:
    """The lines of the register of everyone who comes."""
    found = yield from rows(CAME, centre_id=centre, **days(span))
    wanted = [(centre, row[0]) for row in found]
    places = dict((yield Lookup(schema.record, ("centre", "id"), ("id", "place"), wanted)))
    return [_reception(centre, row, places) for row in found]


def _reception(centre: bytes, row: Row, places: Mapping[bytes, bytes | None]) -> Fact:
    record, at, told = row
    visitor = msgspec.json.decode(told, type=_Visitor)
    place = places.get(record) or NOBODY
    sheet = NO_CASE._replace(number=visitor.number, window=visitor.window or "", place=place)
    return Fact("reception", centre, record, at, sheet, times=visitor.people or 1)


def ratings(centre: bytes, span: Span) -> Program[list[Fact]]:
    """What residents said of cases; `person` handled the case then."""
    found: Sequence[Row] = yield from rows(RATINGS, centre_id=centre, since=span.since, until=span.until)
    of = yield from sheets(centre, (row[0] for row in found))
    return [
        Fact("rating", centre, case, at, of.get(case, NO_CASE), str(level), person=handler)
        for case, level, at, handler in found
    ]


def days(span: Span) -> dict[str, str]:
    """A span's days as registers are read by."""
    return {"first_day": span.first.isoformat(), "last_day": span.last.isoformat()}
