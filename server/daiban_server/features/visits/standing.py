"""A centre's agents, posts and standing visits, read into the engine's week."""

import datetime
from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, select

from daiban_server.db import schema
from daiban_server.db.program import Program, Row, rows
from daiban_server.features.visits.engine.model import (
    Agent,
    Point,
    Post,
    Promise,
    Settings,
    Stop,
    Visit,
    Week,
    Window,
    moment,
)
from daiban_server.features.visits.engine.travel import GreatCircle
from daiban_server.limits.calendar import OFFICIAL, local_day

HORIZON = 14
"""Days ahead that are offered."""
HOURS = (((9, 0), (12, 0)), ((14, 0), (17, 30)))
"""An agent's working half-days, as (hour, minute)."""
SHANGHAI_SECONDS = 28_800
"""The engine counts seconds of Shanghai's wall clock; the records count Unix milliseconds."""
# A promised start stays what the resident was told; moving by up to fifteen minutes comes with re-planning.
SETTINGS = Settings(sway=0)

_p, _t, _l, _s, _a = schema.person.c, schema.territory.c, schema.place.c, schema.slot.c, schema.absence.c
_AGENTS = (
    select(_p.id, _p.name).where(_p.centre == bindparam("centre_id"), _p.role == "agent", _p.active).order_by(_p.id)
)
_TERRITORY = (
    select(_t.person, _t.place, _t.rank)
    .select_from(schema.territory.join(schema.person, _p.id == _t.person))
    .where(_p.centre == bindparam("centre_id"), _p.role == "agent", _p.active)
    .order_by(_t.place, _t.rank)
)
_PLACES = select(_l.id, _l.name, _l.lon, _l.lat).where(_l.centre == bindparam("centre_id"))
_SLOTS = (
    select(_s.visit, _s.agent, _s.place, _s.lon, _s.lat, _s.start, _s.end, _s.accepted)
    .where(_s.centre == bindparam("centre_id"), _s.end > bindparam("since"))
    .order_by(_s.visit, _s.agent)
)
_ABSENCES = (
    select(_a.person, _a.start, _a.end, _a.stand_in)
    .where(_a.centre == bindparam("centre_id"), _a.end > bindparam("since"), _a.start < _a.end)
    .order_by(_a.person, _a.start)
)


def to_moment(milliseconds: int) -> int:
    """Unix milliseconds as the engine's seconds."""
    return milliseconds // 1000 + SHANGHAI_SECONDS


def to_milliseconds(seconds: int) -> int:
    """The engine's seconds as Unix milliseconds."""
    return (seconds - SHANGHAI_SECONDS) * 1000


def load_week(centre: bytes, now: int, without: bytes = b"") -> Program[Week]:
    """The centre's week as it stands, but for one visit that is about to be placed."""
    since = now - 86_400_000
    places = {row[0]: row for row in (yield from rows(_PLACES, centre_id=centre))}
    territory = yield from rows(_TERRITORY, centre_id=centre)
    absences = yield from rows(_ABSENCES, centre_id=centre, since=since)
    slots = yield from rows(_SLOTS, centre_id=centre, since=since)
    people = yield from rows(_AGENTS, centre_id=centre)
    agents = tuple(_agent(row, _home(row[0], centre, territory, places), absences, now) for row in people)
    return Week(
        now=to_moment(now),
        agents=agents,
        posts=_posts(territory, absences),
        travel=GreatCircle(),
        stops=_stops([slot for slot in slots if slot[0] != without], {agent.id for agent in agents}),
        settings=SETTINGS,
        places={id_.hex(): row[1] for id_, row in places.items()},
    )


def _home(person: bytes, centre: bytes, territory: list[Row], places: Mapping[bytes, Row]) -> Point:
    """Where an agent's day begins: the centre, else the first place of the territory that has a point, else any
    place of the centre that has one. A centre without a single point has no visits to plan."""
    mine = [place for who, place, _ in territory if who == person]
    for place in (centre, *mine, *places):
        row = places.get(place)
        if row is not None and row[2] is not None:
            return point(row[2], row[3])
    return Point(lat=0.0, lon=0.0)


def _agent(row: Row, home: Point, absences: list[Row], now: int) -> Agent:
    today = local_day(now)
    # From yesterday on, since visits that are just over still stand in the week.
    days = (today + datetime.timedelta(days=n) for n in range(-1, HORIZON))
    shifts = tuple(
        Window(moment(day, *start), moment(day, *end))
        for day in days
        if OFFICIAL.is_working(day)
        for start, end in HOURS
    )
    away = tuple(Window(to_moment(start), to_moment(end)) for who, start, end, _ in absences if who == row[0])
    return Agent(row[0].hex(), row[1], home, shifts, away)


def _posts(territory: list[Row], absences: list[Row]) -> tuple[Post, ...]:
    """One post for each pair of A and B; a place that only a B answers for is B's own until somebody is named. Whoever
    was named to stand in makes another pair."""
    pairs: dict[bytes, dict[str, str]] = {}
    for person, place, rank in territory:
        pairs.setdefault(place, {}).setdefault(rank, person.hex())
    held: dict[tuple[str, str | None], set[str]] = {}
    for place, ranks in pairs.items():
        a, b = ranks.get("A") or ranks["B"], ranks.get("B") if "A" in ranks else None
        held.setdefault((a, b if b != a else None), set()).add(place.hex())
        for named in {stand_in.hex() for who, _, _, stand_in in absences if who.hex() == a} - {a, b}:
            held.setdefault((a, named), set()).add(place.hex())
    return tuple(Post(f"{a}/{b}", a, b, frozenset(places)) for (a, b), places in held.items())


def _stops(slots: list[Row], known: set[str]) -> tuple[Stop, ...]:
    crews: dict[bytes, list[Row]] = {}
    for slot in slots:
        if slot[1].hex() in known:
            crews.setdefault(slot[0], []).append(slot)
    return tuple(_stop(crew) for crew in crews.values())


def _stop(crew: list[Row]) -> Stop:
    visit, _, place, lon, lat, start, end, accepted = crew[0]
    first, last = to_moment(start), to_moment(end)
    stands = Visit(visit.hex(), "", place.hex(), point(lon, lat), last - first, (Window(first, last),), crew=len(crew))
    promise = Promise.ACCEPTED if accepted else Promise.PROMISED
    return Stop(stands, tuple(slot[1].hex() for slot in crew), first, first, promise)


def point(lon: int, lat: int) -> Point:
    """Millionths of a degree as the engine's degrees."""
    return Point(lat=lat / 1e6, lon=lon / 1e6)


def wanted(visit: str, household: bytes, place: bytes, where: Point, values: Mapping[str, Any], now: int) -> Visit:
    """What a visit's record asks for, in the engine's terms."""
    windows = tuple(Window(to_moment(w["from"]), to_moment(w["to"])) for w in values.get("windows") or ())
    anytime = (Window(to_moment(now), to_moment(now) + HORIZON * 86_400),)
    deadline = values.get("deadline")
    return Visit(
        visit,
        household.hex(),
        place.hex(),
        where,
        int(values.get("minutes") or 30) * 60,
        windows or anytime,
        priority=int(values.get("priority") or 0),
        deadline=to_moment(deadline) if deadline else None,
        crew=int(values.get("crew") or 1),
    )
