"""What a plan costs, worked out from the file alone: apart from the search, so that each holds the other to account."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

from .answer import Cost
from .problem import DAY, Problem, Stop, Vehicle, Visit
from .roads import Table, roads


def cost(problem: Problem, stops: Iterable[Stop], tables: tuple[Table, Table] | None = None) -> Cost:
    """The objective of these stops by part. That they keep the rules is for `judge` to say."""
    stops = sorted(stops, key=lambda stop: stop.start)
    visits, weights = {visit.id: visit for visit in problem.visits}, problem.weights
    made = {stop.visit for stop in stops}
    distance = (tables or roads(problem))[1]
    daily = Counter((one, _day(problem, one, stop)) for stop in stops for one in stop.crew)
    return Cost(
        travel=weights.travel * over_routes(problem, stops, distance),
        delay=sum(weights.delay * (1 + visits[s.visit].priority) * days_waited(problem, s) for s in stops),
        unserved=sum(problem.lost(visit) for visit in problem.visits if visit.id not in made),
        stand_in=weights.stand_in * sum(stands_in(visits[stop.visit], stop.crew) for stop in stops),
        unfamiliar=weights.unfamiliar * sum(unfamiliar(visits[stop.visit], stop.crew) for stop in stops),
        load=weights.load * sum(n * (n - 1) // 2 for n in daily.values()),
    )


def stands_in(visit: Visit, crew: Sequence[str]) -> bool:
    """Whether the visit has agents of its own and none of them comes."""
    return visit.own is not None and not visit.own & set(crew)


def unfamiliar(visit: Visit, crew: Sequence[str]) -> bool:
    """Whether somebody is known to the household and does not come."""
    return visit.familiar is not None and visit.familiar not in crew


def days_waited(problem: Problem, stop: Stop) -> int:
    """Whole days from today to the shift in which the visit is made; never less than none."""
    return max(0, _day(problem, stop.crew[0], stop) - problem.today)


def _day(problem: Problem, vehicle: str, stop: Stop) -> int:
    """The day of the shift that a stop lies in, of the stop itself where it lies in none."""
    shifts = next(one.shifts for one in problem.vehicles if one.id == vehicle)
    return next((s.start for s in shifts if s.start <= stop.start < s.end), stop.start) // DAY


def over_routes(problem: Problem, stops: Sequence[Stop], table: Table) -> int:
    """The sum of a table over all roads of all routes, from home to home; stops in the order of their starts."""
    points = {visit.id: visit.point for visit in problem.visits}
    return sum(
        table[a][b]
        for vehicle in problem.vehicles
        for route in routes_of(vehicle, stops)
        for a, b in pairwise([vehicle.point, *(points[stop.visit] for stop in route), vehicle.point])
    )


def routes_of(vehicle: Vehicle, stops: Sequence[Stop]) -> list[list[Stop]]:
    """A vehicle's stops by shift, shifts without a stop left out."""
    by_shift: defaultdict[int, list[Stop]] = defaultdict(list)
    for stop in stops:
        if vehicle.id in stop.crew:
            shift = next((n for n, s in enumerate(vehicle.shifts) if s.start <= stop.start < s.end), -1)
            by_shift[shift].append(stop)
    return list(by_shift.values())
