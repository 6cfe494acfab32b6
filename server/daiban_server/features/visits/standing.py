"""A centre's agents, posts and standing visits, read into the engine's week."""

import datetime
from collections.abc import Collection, Mapping
from typing import NamedTuple

from sqlalchemy import bindparam, select

from daiban_server import days
from daiban_server.db import schema
from daiban_server.db.program import Program, Row, rows
from daiban_server.features.visits import holds
from daiban_server.features.visits.engine.model import Agent, Point, Post, Promise, Stop, Visit, Week, Window
from daiban_server.features.visits.rosters import Roster, rosters, shifts
from daiban_server.features.visits.settings import VisitSettings, rows_of, settings_of, travel
from daiban_server.features.visits.terms import point, to_moment
from daiban_server.limits.calendar import Calendar, local_day

DAY = 86_400_000

_p, _t, _l, _s, _a = schema.person.c, schema.territory.c, schema.place.c, schema.slot.c, schema.absence.c
_AGENTS = (
    select(_p.id, _p.name).where(_p.centre == bindparam("centre_id"), _p.role == "agent", _p.active).order_by(_p.id)
)
_TERRITORY = (
    select(_t.person, _t.place, _t.rank)
    .select_from(schema.territory.join(schema.person, _p.id == _t.person))
    .where(_p.centre == bindparam("centre_id"), _p.role == "agent", _p.active)
    .order_by(_t.rank, _t.place)
)
_PLACES = select(_l.id, _l.name, _l.lon, _l.lat).where(_l.centre == bindparam("centre_id"))
_SLOTS = (
    select(_s.visit, _s.agent, _s.place, _s.lon, _s.lat, _s.start, _s.end, _s.accepted, _s.promised, _s.low, _s.high)
    .where(_s.centre == bindparam("centre_id"), _s.start > bindparam("since"))
    .order_by(_s.visit, _s.agent)
)
_ABSENCES = (
    select(_a.person, _a.start, _a.end, _a.stand_in)
    .where(_a.centre == bindparam("centre_id"), _a.end > bindparam("since"), _a.start < _a.end)
    .order_by(_a.person, _a.start)
)


class Away(NamedTuple):
    """Somebody who is away between two moments in Unix milliseconds, and who stands in."""

    person: bytes
    start: int
    end: int
    stand_in: bytes


class Standing(NamedTuple):
    """A centre's week with what else a visit needs to be put into it."""

    week: Week
    settings: VisitSettings
    rows: Mapping[bytes, int]


def load_week(
    centre: bytes,
    now: int,
    *,
    without: Collection[bytes] = (),
    household: bytes = b"",
    items: frozenset[str] = frozenset(),
    away: Collection[Away] = (),
) -> Program[Standing]:
    """The centre's week as it stands, but for visits that are about to be placed and for what is held for a household.
    `items` are the codes that will be asked about: who has no roster that names his own handles them all.
    `away` says of absences what the table does not know yet."""
    since = now - DAY
    settings = yield from settings_of(centre)
    row_of = rows_of(settings)
    places = {row[0]: row for row in (yield from rows(_PLACES, centre_id=centre))}
    territory = yield from rows(_TERRITORY, centre_id=centre)
    absences = [Away(*row) for row in (yield from rows(_ABSENCES, centre_id=centre, since=since))] + list(away)
    # By their start, which has an index: no visit takes longer than a day.
    slots = yield from rows(_SLOTS, centre_id=centre, since=since - DAY)
    people = yield from rows(_AGENTS, centre_id=centre)
    own = yield from rosters(centre)
    calendar = yield from days.calendar()
    held = holds.stops((yield from holds.live(centre, now)), row_of, household=household)
    # From yesterday on, since visits that are just over still stand in the week.
    dates = [local_day(now) + datetime.timedelta(days=n) for n in range(-1, settings.horizon_days)]
    ordinary = shifts({}, settings, calendar, dates)
    reader = _Reader(centre, now, calendar, settings, row_of, places, territory, absences, items, dates, ordinary)
    agents = tuple(reader.agent(row, own.get(row[0], {})) for row in people)
    known = {agent.id for agent in agents}
    standing = reader.stops([slot for slot in slots if slot[0] not in without], known)
    week = Week(
        now=to_moment(now),
        agents=agents,
        posts=_posts(territory, absences),
        travel=travel(settings),
        stops=(*standing, *(stop for stop in held if known.issuperset(stop.crew))),
        settings=settings.engine(),
        places={id_.hex(): row[1] for id_, row in places.items()},
    )
    return Standing(week, settings, row_of)


class _Reader(NamedTuple):
    """Rows of the database, and how they are read; `ordinary` are the half-days of who has no roster of his own."""

    centre: bytes
    now: int
    calendar: Calendar
    settings: VisitSettings
    row_of: Mapping[bytes, int]
    places: Mapping[bytes, Row]
    territory: list[Row]
    absences: list[Away]
    items: frozenset[str]
    dates: list[datetime.date]
    ordinary: tuple[Window, ...]

    def agent(self, row: Row, roster: Roster) -> Agent:
        own = bool(roster.get("hours"))
        gone = [one for one in self.absences if one.person == row[0] and one.end - one.start >= 1000]
        return Agent(
            row[0].hex(),
            row[1],
            self._home(row[0], roster),
            shifts(roster, self.settings, self.calendar, self.dates) if own else self.ordinary,
            tuple(Window(to_moment(one.start), to_moment(one.end)) for one in gone),
            frozenset(roster.get("items") or self.items),
            roster.get("daily_cap") or self.settings.daily_cap,
        )

    def _home(self, person: bytes, roster: Roster) -> Point:
        """Where an agent's day begins: as the roster says, else the centre, else the first place of the territory that
        has a point, else any place of the centre that has one. A centre without a single point has no visits to plan.
        """
        if home := roster.get("home"):
            return point(home["lon"], home["lat"])
        mine = [place for who, place, _ in self.territory if who == person]
        for place in (self.centre, *mine, *self.places):
            row = self.places.get(place)
            if row is not None and row[2] is not None:
                return point(row[2], row[3], self.row_of.get(place))
        return Point(lat=0.0, lon=0.0)

    def stops(self, slots: list[Row], known: set[str]) -> tuple[Stop, ...]:
        crews: dict[bytes, list[Row]] = {}
        for slot in slots:
            if slot[1].hex() in known:
                crews.setdefault(slot[0], []).append(slot)
        return tuple(self._stop(crew) for crew in crews.values())

    def _stop(self, crew: list[Row]) -> Stop:
        visit, _, place, lon, lat, start, end, accepted, promised, low, high = crew[0]
        first, service = to_moment(start), (end - start) // 1000
        window = Window(to_moment(low), to_moment(high) + service)
        where = point(lon, lat, self.row_of.get(place))
        stands = Visit(visit.hex(), "", place.hex(), where, service, (window,), crew=len(crew))
        crew_ids = tuple(slot[1].hex() for slot in crew)
        if accepted:
            return Stop(stands, crew_ids, first, first, Promise.ACCEPTED)
        return Stop(stands, crew_ids, first, to_moment(promised))


def _posts(territory: list[Row], absences: list[Away]) -> tuple[Post, ...]:
    """One post for each A of a place with each other who may come: the place's B, and whoever was named to stand in. A
    place that only B answers for is the first one's own until somebody is named."""
    ranks: dict[bytes, dict[str, list[bytes]]] = {}
    for person, place, rank in territory:
        ranks.setdefault(place, {"A": [], "B": []})[rank].append(person)
    held: dict[tuple[str, str | None], set[str]] = {}
    for place, of in ranks.items():
        firsts = of["A"] or of["B"][:1]
        named = [one.stand_in for one in absences if one.person in (*of["A"], *of["B"])]
        others = [one for one in dict.fromkeys((*of["B"], *named)) if one not in firsts]
        for a in firsts:
            for b in (one.hex() for one in others) if others else (None,):
                held.setdefault((a.hex(), b), set()).add(place.hex())
    return tuple(Post(f"{a}/{b}", a, b, frozenset(places)) for (a, b), places in held.items())
