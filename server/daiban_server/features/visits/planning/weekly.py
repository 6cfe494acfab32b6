"""The week as it stands: by agent and day, with the figures of a plan. What is over stands in it too."""

import datetime
from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from daiban_server.features.visits.engine.model import DAY, Agent, Stop, day_of, moment
from daiban_server.features.visits.plan import problem as plan
from daiban_server.features.visits.plan.answer import Figures, Plan, Unserved
from daiban_server.features.visits.plan.figures import figures
from daiban_server.features.visits.plan.network import Network
from daiban_server.features.visits.plan.objective import cost, routes_of
from daiban_server.features.visits.plan.problem import Matrix, Problem, Span, Vehicle
from daiban_server.features.visits.plan.reasons import unserved
from daiban_server.features.visits.plan.roads import roads
from daiban_server.features.visits.planning.asking import Asked
from daiban_server.features.visits.planning.layout import Layout
from daiban_server.features.visits.planning.posing import Left
from daiban_server.features.visits.settings import SWAY
from daiban_server.features.visits.terms import to_milliseconds

LONGEST = 14
"""Days that are shown at once."""
_PROMISED = frozenset({"assigned", "accepted", "started", "finished"})


class Made(Struct, frozen=True):
    """A visit in the week. Times in Unix milliseconds; `state` is the visit's, `stand_in` says that nobody comes who
    answers for the place. `travel` is seconds of road to it, from the visit before or from home."""

    visit: str
    label: str
    place: str
    start: int
    end: int
    state: str
    agents: list[str]
    stand_in: bool
    travel: int


class AgentWeek(Struct, frozen=True):
    """What one agent does, by day (``YYYY-MM-DD``); days without a visit are left out."""

    agent: str
    name: str
    days: dict[str, list[Made]]


class WeekOut(Struct, frozen=True):
    """A centre's week. `left` are those that wait and cannot be planned, `unserved` the others that have no time yet,
    each with what stands in the way as the week is."""

    first: str
    days: int
    version: int
    figures: Figures
    agents: list[AgentWeek]
    unserved: list[Unserved]
    left: list[Left]


class StandingWeek(Layout):
    """A week laid out as a plan that is carried out: `asked` must have been read as of its first moment."""

    def __init__(self, asked: Asked, first: datetime.date, days: int, now: int) -> None:
        super().__init__(asked)
        self.first, self.days, self.now = first, days, now
        self.begin, self.end = moment(first), moment(first) + days * DAY
        self.stops = [stop for stop in self.week.stops if self.state(stop) and self.begin <= stop.start < self.end]
        self.left: list[Left] = []
        self.problem = self._problem()
        self.made = tuple(plan.Stop(stop.visit.id, stop.crew, stop.start) for stop in self.stops)
        self.tables = roads(self.problem)
        self.figures = figures(self.problem, self.made, self.tables)

    def _problem(self) -> Problem:
        visits = [self.narrow(s, self.point(s.visit.point), s.start, s.start, len(s.crew)) for s in self.stops]
        waiting = list(self._waiting())
        vehicles = tuple(self._vehicle(agent) for agent in self.week.agents)
        return Problem(
            Matrix(self.roads()),
            vehicles,
            (*visits, *waiting),
            self.map(),
            self.weights(),
            tuple(
                plan.Promise(stop.visit.id, stop.crew, stop.promised, SWAY // 1000)
                for stop in self.stops
                if self.state(stop) in _PROMISED
            ),
            now=self.begin,
            name=f"{self.asked.name} 上门周历",
        )

    def _waiting(self) -> Iterator[plan.Visit]:
        soonest = max(self.begin, self.now + self.week.settings.notice)
        for id_, known in self.asked.visits.items():
            if known.status == "requested":
                wish = self.wish(known, soonest, self.end)
                if isinstance(wish, plan.Visit):
                    yield wish
                else:
                    self.left.append(Left(id_, known.label, wish))

    def _vehicle(self, agent: Agent) -> Vehicle:
        """An agent with the hours of these days; somebody who goes outside of them is shown all the same."""
        hours = [duty for duty in agent.duties() if self.begin <= duty.start < self.end]
        mine = [stop for stop in self.stops if agent.id in stop.crew]
        odd = [stop for stop in mine if not any(duty.start <= stop.start < duty.end for duty in hours)]
        spans = sorted([(d.start, d.end) for d in hours] + [(stop.start, stop.end) for stop in odd])
        shifts = tuple(Span(start, end) for start, end in spans)
        return Vehicle(agent.id, self.point(agent.home), shifts, agent.name, agent.daily_cap, skills=agent.skills)

    def unserved(self) -> tuple[Unserved, ...]:
        """The visits without a time, and why none is free beside what stands."""
        return unserved(Network(replace(self.problem, promises=())), self.made)

    def plan(self) -> Plan:
        """The week as the pictures take it."""
        parts = cost(self.problem, self.made, self.tables)
        return Plan(self.made, parts.total, parts, (), self.figures, "time", 0.0, 0)

    def out(self) -> WeekOut:
        """The week by agent."""
        agents = [AgentWeek(one.id, one.name, self._by_day(one)) for one in self.week.agents]
        return WeekOut(
            self.first.isoformat(),
            self.days,
            self.asked.version,
            self.figures,
            [one for one in agents if one.days],
            list(self.unserved()),
            self.left,
        )

    def _by_day(self, agent: Agent) -> dict[str, list[Made]]:
        found: dict[str, list[Made]] = {}
        travel = self._travel(agent)
        for stop in sorted(self.stops, key=lambda stop: stop.start):
            if agent.id in stop.crew:
                found.setdefault(day_of(stop.start).isoformat(), []).append(self._made(stop, travel[stop.visit.id]))
        return found

    def _travel(self, agent: Agent) -> dict[str, int]:
        """Seconds of road to each of an agent's visits."""
        point = {visit.id: visit.point for visit in self.problem.visits}
        vehicle, found = next(one for one in self.problem.vehicles if one.id == agent.id), dict[str, int]()
        for route in routes_of(vehicle, sorted(self.made, key=lambda stop: stop.start)):
            at = vehicle.point
            for stop in route:
                found[stop.visit] = self.tables[0][at][point[stop.visit]]
                at = point[stop.visit]
        return found

    def _made(self, stop: Stop, travel: int) -> Made:
        known, place = self.asked.visits[stop.visit.id], stop.visit.place
        own: Sequence[str] = sorted(self.posts[place][0]) if place in self.posts else stop.crew
        return Made(
            stop.visit.id,
            known.label,
            self.week.places.get(place, ""),
            to_milliseconds(stop.start),
            to_milliseconds(stop.end),
            known.status,
            list(stop.crew),
            not set(own) & set(stop.crew),
            travel,
        )
