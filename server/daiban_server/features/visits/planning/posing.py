"""From a centre's week to a problem that the planner takes: agents with their half-days, roads, promises, wishes.

A day of an agent that cannot be planned is closed: one of which a half-day with visits has begun, and one whose
promises do not fit together (an absence cut it, or somebody agreed to an odd hour). What stands there stays as it is,
and nothing is added.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from daiban_server.features.visits.engine.model import DAY, Agent, Promise, Stop
from daiban_server.features.visits.plan import problem as plan
from daiban_server.features.visits.plan.judge import judge
from daiban_server.features.visits.plan.problem import Problem, Span, Vehicle
from daiban_server.features.visits.plan.roads import roads
from daiban_server.features.visits.planning.asking import Asked
from daiban_server.features.visits.planning.layout import Layout

DAYS = 6
"""Days on which somebody works that one plan looks at: more than a week's would only cost time and memory."""
_Days = frozenset[tuple[str, int]]


class Wishes(NamedTuple):
    """How a plan is to be searched for; see `plan.problem.Problem`."""

    seconds: int
    seed: int = 0
    iterations: int | None = None


class Left(Struct, frozen=True):
    """A visit that waits for a time and cannot be planned: ``place_unknown``, ``invalid``, ``no_post``, ``past`` or
    ``later``."""

    visit: str
    label: str
    code: str


class Posed(Struct, frozen=True):
    """The problem, with what stands in its days whether it is sound or not (`before`), how each of its visits stands
    (held slots have no state), and what could not be asked."""

    problem: Problem
    before: tuple[plan.Stop, ...]
    states: dict[str, str]
    left: tuple[Left, ...]


def pose(asked: Asked, wishes: Wishes) -> Posed:
    """The problem of a centre's week. Pure, and works out every road: for a thread of its own."""
    return _Posing(asked).posed(wishes)


class _Posing(Layout):
    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        self.open = self._duties()
        self.days = frozenset(sorted({duty.start // DAY for one in self.open.values() for duty in one})[:DAYS])

    def _duties(self) -> dict[str, list[Span]]:
        """The half-days that have not begun."""
        return {
            agent.id: [Span(duty.start, duty.end) for duty in agent.duties() if duty.start >= self.week.now]
            for agent in self.week.agents
        }

    def posed(self, wishes: Wishes) -> Posed:
        firm = [stop for stop in self.week.stops if self.state(stop) != "proposed"]
        free, left = self._wishes()
        stuck = [s for s in self.week.stops if self.state(s) == "proposed" and s.visit.id not in free]
        afloat = [s for s in self.week.stops if self.state(s) == "proposed" and s.visit.id in free]
        closed = self._closed([*firm, *stuck], afloat)
        floating = [stop for stop in afloat if not self._touches(stop, closed)]
        held = [*firm, *stuck, *(stop for stop in afloat if self._touches(stop, closed))]
        stands = [one for one in (self._stands(stop, closed) for stop in held) if one]
        asked = {id_: one for id_, one in free.items() if id_ not in {stop.visit.id for stop in held}}
        return self._problem(wishes, stands, floating, asked, left, closed)

    # What waits -------------------------------------------------------------------------------------------------

    def _wishes(self) -> tuple[dict[str, plan.Visit], tuple[Left, ...]]:
        """The visits that may get a time or another one, and those that cannot be asked about."""
        soonest, latest = self.week.now + self.week.settings.notice, (max(self.days, default=0) + 1) * DAY
        free, left = {}, []
        for id_, known in self.asked.visits.items():
            if known.status not in ("requested", "proposed"):
                continue
            wish = self.wish(known, soonest, latest)
            if isinstance(wish, plan.Visit):
                free[id_] = wish
            elif known.status == "requested":
                left.append(Left(id_, known.label, wish))
        return free, tuple(left)

    # What stands ------------------------------------------------------------------------------------------------

    def _closed(self, firm: Sequence[Stop], afloat: Sequence[Stop]) -> _Days:
        """Days of agents that cannot be planned. A visit of two that stands in one closes no other, but is held in the
        partner's as it is; so what is closed is looked at until nothing more closes."""
        closed = frozenset(day for stop in self.week.stops for day in self._begun(stop))
        while True:
            held = [*firm, *(stop for stop in afloat if self._touches(stop, closed))]
            more = closed | {day for agent in self.week.agents for day in self._broken(agent, held)}
            if more == closed:
                return closed
            closed = more

    def _begun(self, stop: Stop) -> Iterator[tuple[str, int]]:
        now, agents = self.week.now, (self.agents[agent] for agent in stop.crew)
        for agent in agents:
            if stop.start < now or any(d.start < now and d.start <= stop.start < d.end for d in agent.duties()):
                yield agent.id, stop.start // DAY

    def _broken(self, agent: Agent, held: Sequence[Stop]) -> Iterator[tuple[str, int]]:
        """The days on which this agent's visits do not fit together, as the planner's judge sees it."""
        mine = [stop for stop in held if agent.id in stop.crew]
        for day in {stop.start // DAY for stop in mine}:
            stops = [stop for stop in mine if stop.start // DAY == day]
            duties = tuple(duty for duty in self.open[agent.id] if duty.start // DAY == day)
            visits = [self.narrow(stop, n, stop.start, stop.start, 1) for n, stop in enumerate(stops, 1)]
            places = [agent.home, *(stop.visit.point for stop in stops)]
            table = [[self.week.travel(a, b) for b in places] for a in places]
            alone = Problem(
                plan.Matrix(tuple(map(tuple, table))),
                (Vehicle(agent.id, 0, duties, cap=agent.daily_cap),),
                tuple(visits),
            )
            if judge(alone, [plan.Stop(s.visit.id, (agent.id,), s.start) for s in stops], (table, table)):
                yield agent.id, day

    def _touches(self, stop: Stop, closed: _Days) -> bool:
        return any(not self._is_open(agent, stop, closed) for agent in stop.crew)

    def _is_open(self, agent: str, stop: Stop, closed: _Days) -> bool:
        day = stop.start // DAY
        return day in self.days and (agent, day) not in closed

    def _stands(self, stop: Stop, closed: _Days) -> tuple[plan.Visit, plan.Promise] | None:
        """A visit that stays with its crew, and how far it may move; of two whose other one's day is closed, the part
        that is left. None where it is in nobody's way."""
        crew = tuple(agent for agent in stop.crew if self._is_open(agent, stop, closed))
        if not crew:
            return None
        low = high = stop.start
        if stop.promise is Promise.PROMISED and len(stop.crew) == 1 and self.state(stop) == "assigned":
            sway, (window,) = self.week.settings.sway, stop.visit.windows
            low = min(stop.start, max(window.start, stop.promised - sway))
            high = max(stop.start, min(window.end - stop.visit.service, stop.promised + sway))
        visit = self.narrow(stop, self.point(stop.visit.point), low, high, len(crew))
        return visit, plan.Promise(stop.visit.id, crew, stop.start, max(stop.start - low, high - stop.start))

    # All of it --------------------------------------------------------------------------------------------------

    def _problem(
        self,
        wishes: Wishes,
        stands: Sequence[tuple[plan.Visit, plan.Promise]],
        floating: Sequence[Stop],
        free: Mapping[str, plan.Visit],
        left: tuple[Left, ...],
        closed: _Days,
    ) -> Posed:
        vehicles = tuple(self._vehicles(closed))
        promises = tuple(promise for _, promise in stands)
        was = tuple(plan.Stop(stop.visit.id, stop.crew, stop.start) for stop in floating)
        before = (*(plan.Stop(promise.visit, promise.crew, promise.start) for promise in promises), *was)
        visits = (*(visit for visit, _ in stands), *free.values())
        bare = Problem(
            plan.Matrix(self.roads()),
            vehicles,
            visits,
            self.map(),
            self.weights(),
            promises,
            now=self.week.now,
            step=self.week.settings.step,
            seed=wishes.seed,
            seconds=wishes.seconds,
            iterations=wishes.iterations,
            name=self.asked.name,
        )
        states = {visit.id: self.asked.visits[visit.id].status for visit in visits if visit.id in self.asked.visits}
        whole = replace(bare, initial=tuple(_sound(bare, before)))
        return Posed(whole, before, states, left)

    def _vehicles(self, closed: _Days) -> Iterator[Vehicle]:
        """Everybody who is of a post or of a visit: a plan's figures count who has half-days in it."""
        for agent in self.week.agents:
            days = {day for day in self.days if (agent.id, day) not in closed}
            shifts = tuple(duty for duty in self.open[agent.id] if duty.start // DAY in days)
            yield Vehicle(agent.id, self.point(agent.home), shifts, agent.name, agent.daily_cap, skills=agent.skills)


def _sound(problem: Problem, before: Iterable[plan.Stop]) -> Iterator[plan.Stop]:
    """Of what stands, what breaks no rule by itself: the search starts there."""
    bare, tables = replace(problem, promises=()), roads(problem)
    for stop in before:
        if not judge(bare, [stop], tables):
            yield stop
