"""Facts that are few and told one by one: opinions with their answers, and the visits that are promised."""

from sqlalchemy import bindparam, select

from daiban_server.db import schema
from daiban_server.db.program import Lookup, Program, Row, rows
from daiban_server.features.figures.facts import NO_CASE, Fact, Sheet
from daiban_server.features.figures.reading import days, sheets
from daiban_server.features.figures.span import Span
from daiban_server.limits.calendar import local_day
from daiban_server.registers import OPINIONS

_l, _t = schema.register_line.c, schema.slot.c
SAID = (
    select(_l.record, _l.at)
    .where(
        _l.centre == bindparam("centre_id"),
        _l.register == OPINIONS,
        _l.day >= bindparam("first_day"),
        _l.day <= bindparam("last_day"),
    )
    .order_by(_l.day, _l.line)
)
SLOTS = (
    select(_t.visit, _t.agent, _t.place, _t.start)
    .where(_t.centre == bindparam("centre_id"), _t.start >= bindparam("since"), _t.start < bindparam("until"), _t.told)
    .order_by(_t.start, _t.visit, _t.agent)
)
_OPINION = ("application", "id", "number", "channel", "place", "answerer", "due", "answered")


def opinions(centre: bytes, span: Span, now: int) -> Program[list[Fact]]:
    """Opinions that were registered, with how their answer stands now: ``in_time``, ``late``, ``open``, ``overdue``."""
    said: dict[bytes, int] = dict((yield from rows(SAID, centre_id=centre, **days(span))))
    found = yield Lookup(schema.opinion_sheet, ("centre", "id"), _OPINION, [(centre, id_) for id_ in said])
    of = yield from sheets(centre, (row[0] for row in found))
    facts = [_opinion(centre, row, said[row[1]], of.get(row[0], NO_CASE), now) for row in found]
    return sorted(facts, key=lambda fact: (fact.at, fact.record))


def _opinion(centre: bytes, row: Row, at: int, case: Sheet, now: int) -> Fact:
    _, id_, number, channel, place, answerer, due, answered = row
    return Fact(
        "opinion",
        centre,
        id_,
        at,
        case._replace(number=number, place=place),
        channel,
        _answer(due, answered, now),
        answerer,
    )


def _answer(due: str, answered: int | None, now: int) -> str:
    in_time = not due or local_day(now if answered is None else answered).isoformat() <= due
    if answered is None:
        return "open" if in_time else "overdue"
    return "in_time" if in_time else "late"


def promises(centre: bytes, span: Span) -> Program[list[Fact]]:
    """The visits that are promised for a time in the span. The leader of a crew stands for it."""
    slots = yield from rows(SLOTS, centre_id=centre, since=span.since, until=span.until)
    crews: dict[bytes, Fact] = {}
    for visit, agent, place, start in slots:
        fact = Fact("promise", centre, visit, start, NO_CASE._replace(place=place), person=agent)
        crews.setdefault(visit, fact)
    return list(crews.values())
