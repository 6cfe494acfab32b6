"""What a visit's commands and reports do: the server alone assigns.

A slot is one agent's promised time. It is taken in the transaction of the command that asks for it, under the
centre's counter
and a unique constraint, so two clerks never sell one slot.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, delete, select, update

from daiban_server.db import schema
from daiban_server.db.program import Lookup, Program, Write, first, run
from daiban_server.features.visits.engine.model import ProblemError, Stop, Visit, Week
from daiban_server.features.visits.engine.offers import offers
from daiban_server.features.visits.engine.validate import validate
from daiban_server.features.visits.standing import load_week, point, to_milliseconds, to_moment, wanted
from daiban_server.spine.effects import Asked, Effects
from daiban_server.spine.ledger import Ledger, Record
from daiban_server.spine.refusal import Refusal

_PLACE = select(schema.place.c.lon, schema.place.c.lat).where(schema.place.c.id == bindparam("place_id"))
_FREE = delete(schema.slot).where(schema.slot.c.visit == bindparam("visit_id"))
_ACCEPT = update(schema.slot).where(schema.slot.c.visit == bindparam("visit_id")).values(accepted=True)


def assign(ledger: Ledger, asked: Asked) -> Program[Mapping[str, Any]]:
    """Give the visit the cheapest slot that keeps every promise."""
    visit = yield from _visit(ledger, asked.record)
    week = yield from load_week(ledger.centre, ledger.now, asked.record.id)
    try:
        answer = offers(week, visit, 1)
    except ProblemError:
        raise Refusal("argument.invalid", ("windows",)) from None
    if not answer.offers:
        raise Refusal("visit.nobody_free", ("windows",))
    offer = answer.offers[0]
    stand_in = "" if offer.code == "own_agent" else offer.code
    return (yield from _take(ledger, asked.record, visit, offer.crew, offer.start, offer.reason, stand_in))


def book(ledger: Ledger, asked: Asked) -> Program[Mapping[str, Any]]:
    """Take the slot that was offered, if it still is one."""
    visit = yield from _visit(ledger, asked.record)
    week = yield from load_week(ledger.centre, ledger.now, asked.record.id)
    agent, start = str(asked.arguments["agent"]), to_moment(int(asked.arguments["start"]))
    try:
        answer = offers(week, visit, 200)
    except ProblemError:
        raise Refusal("argument.invalid", ("windows",)) from None
    same = next((o for o in answer.offers if agent in o.crew and o.start == start), None)
    crew = same.crew if same else (agent,)
    if same is None and not _fits(week, visit, crew, start):
        raise Refusal("visit.slot_taken", ("start",))
    stand_in = "" if same is None or same.code == "own_agent" else same.code
    return (yield from _take(ledger, asked.record, visit, crew, start, same.reason if same else "", stand_in))


def accept(ledger: Ledger, asked: Asked) -> Program[Mapping[str, Any]]:
    """The agent took it on: from now on nobody moves it."""
    yield from run(_ACCEPT, visit_id=asked.record.id)
    return {}


def release(ledger: Ledger, asked: Asked) -> Program[Mapping[str, Any]]:
    """Cancelled, or nobody was at home: the agent's time is free again."""
    yield from run(_FREE, visit_id=asked.record.id)
    return {}


def _fits(week: Week, visit: Visit, crew: tuple[str, ...], start: int) -> bool:
    """Whether a start that was not among the cheapest keeps every rule all the same.

    It breaks no rule that stood before it: a day that somebody's absence broke already refuses no other booking.
    """
    covers = {member for post in week.posts if visit.place in post.territory for member in post.agents}
    if len(crew) != visit.crew or not covers.issuperset(crew) or start < week.now + week.settings.notice:
        return False
    taken = Stop(visit, crew, start, start)
    after = Week(week.now, week.agents, week.posts, week.travel, (*week.stops, taken), week.settings)
    return set(validate(after)) <= set(validate(week))


def _visit(ledger: Ledger, record: Record) -> Program[Visit]:
    """The visit in the engine's terms; the household's own point, else its village's."""
    view = yield from ledger.view(record)
    household = record.parent or b""
    yield from ledger.load([household])
    home = ledger.records[household]
    where = (yield from ledger.view(home)).values.get("point") if home else None
    if where is None:
        row = yield from first(_PLACE, place_id=record.place)
        if row is None or row[0] is None:
            raise Refusal("visit.place_unknown", ("household",))
        where = {"lon": row[0], "lat": row[1]}
    place = record.place or b""
    try:
        return wanted(record.id.hex(), household, place, point(where["lon"], where["lat"]), view.values, ledger.now)
    except ProblemError:
        raise Refusal("argument.invalid", ("windows", "minutes")) from None


def _take(
    ledger: Ledger, record: Record, visit: Visit, crew: tuple[str, ...], start: int, why: str, stand_in: str
) -> Program[Mapping[str, Any]]:
    people = yield Lookup(schema.person, ("id",), ("id", "name", "phone"), [(bytes.fromhex(one),) for one in crew])
    named = {id_.hex(): (name, phone) for id_, name, phone in people}
    begins, ends = to_milliseconds(start), to_milliseconds(start + visit.service)
    lon, lat = round(visit.point.lon * 1e6), round(visit.point.lat * 1e6)
    yield from run(_FREE, visit_id=record.id)
    yield Write(
        schema.slot,
        [(record.id, bytes.fromhex(one), ledger.centre, record.place, lon, lat, begins, ends, False) for one in crew],
    )
    return {
        "agent": crew[0],
        "agent_name": "、".join(named[one][0] for one in crew),
        "agent_phone": named[crew[0]][1],
        "start": begins,
        "end": ends,
        "why": why[:200],
        "stand_in": stand_in or None,
    }


EFFECTS = Effects(
    commands={
        ("visit", "assign"): assign,
        ("visit", "book"): book,
        ("visit", "accept"): accept,
        ("visit", "cancel"): release,
    },
    reports={("visit", "nobody_home"): release},
)
