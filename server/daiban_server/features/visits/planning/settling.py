"""Starts after a search. The planner lets everybody leave as early as the route allows; a promise of nine must not
become a quarter to nine for that. So in its route each visit goes back to the start that it had, as far as it can."""

from collections.abc import Iterator, Mapping, Sequence

from daiban_server.features.visits.plan.objective import routes_of
from daiban_server.features.visits.plan.problem import Problem, Span, Stop, Vehicle, Visit
from daiban_server.features.visits.plan.roads import Table, roads


def settle(problem: Problem, stops: Sequence[Stop], before: Sequence[Stop]) -> tuple[Stop, ...]:
    """The same routes in the same order. Promised visits go back first: none of them sways unless its route needs it.
    Then those with a time that nobody was told, with the same crew; the rest starts as early as it can."""
    settled = {stop.visit: stop for stop in stops}
    tables, was = roads(problem)[0], {stop.visit: stop for stop in before}
    for vehicle in problem.vehicles:
        for route in routes_of(vehicle, stops):
            one = _Route(problem, vehicle, route, was, tables)
            settled |= {stop.visit: stop for stop in one.settled()}
    return tuple(sorted(settled.values(), key=lambda stop: stop.start))


class _Route:
    """One way from home to home, each start the earliest that the order allows."""

    def __init__(
        self, problem: Problem, vehicle: Vehicle, stops: Sequence[Stop], was: Mapping[str, Stop], road: Table
    ) -> None:
        visits = {visit.id: visit for visit in problem.visits}
        self.problem, self.vehicle, self.stops, self.was, self.road = problem, vehicle, stops, was, road
        self.visits = [visits[stop.visit] for stop in stops]
        self.promised = {promise.visit for promise in problem.promises}
        self.shift = next((s for s in vehicle.shifts if s.start <= stops[0].start < s.end), None)

    def settled(self) -> Iterator[Stop]:
        """The stops with their starts; where the shift is not known they stay."""
        if self.shift is None:
            yield from self.stops
            return
        latest, ready, at = self._latest(self.shift), self.shift.start, self.vehicle.point
        for stop, visit, last in zip(self.stops, self.visits, latest, strict=True):
            start = self._start(stop, max(stop.start, ready + self.road[at][visit.point]), last)
            yield Stop(stop.visit, stop.crew, start)
            ready, at = start + visit.service, visit.point

    def _start(self, stop: Stop, soonest: int, last: int) -> int:
        wish = self._wish(stop)
        if wish is not None and soonest <= wish <= last:
            return wish
        # A promise sways by whole steps from where it stood, any other start is a whole step of the day.
        step, base = self.problem.step, wish if wish is not None and stop.visit in self.promised else 0
        whole = base - (base - soonest) // step * step
        return whole if whole <= last else min(soonest, last)

    def _wish(self, stop: Stop) -> int | None:
        was = self.was.get(stop.visit)
        return was.start if was is not None and set(was.crew) == set(stop.crew) else None

    def _latest(self, shift: Span) -> list[int]:
        """The last start of each that leaves the others room. A promise that can stand where it stood is no later than
        that, so that nobody before it takes its time."""
        found: list[int] = []
        end, to = shift.end, self.vehicle.point
        for stop, visit in zip(reversed(self.stops), reversed(self.visits), strict=True):
            last = self._last(stop, visit, end - self.road[visit.point][to] - visit.service)
            found.append(last)
            end, to = last, visit.point
        return found[::-1]

    def _last(self, stop: Stop, visit: Visit, room: int) -> int:
        if visit.crew == 2:
            return stop.start  # the other one's route waits for it
        span = next(last for first, last in self.problem.spans(visit) if first <= stop.start <= last)
        last, wish = min(span, room), self._wish(stop)
        if stop.visit in self.promised and wish is not None and stop.start <= wish:
            return min(last, wish)
        # A start that is chosen freely is a whole step; the earliest is one, so there is always one left.
        return last if stop.visit in self.promised else max(stop.start, last // self.problem.step * self.problem.step)
