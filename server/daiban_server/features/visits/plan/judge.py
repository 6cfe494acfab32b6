"""The judge of a plan: every rule that it breaks. It shares the file and the roads with the search, nothing else."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from .answer import Fault
from .problem import DAY, Problem, Span, Stop, Vehicle, Visit
from .roads import Table, roads


def judge(problem: Problem, stops: Iterable[Stop], tables: tuple[Table, Table] | None = None) -> tuple[Fault, ...]:
    """All faults of a plan, none where it is sound.

    Codes: `visit_unknown`, `visit_twice`, `crew_size`, `vehicle_unknown`, `not_allowed`, `skill`, `outside_windows`,
    `promise_broken`, `off_shift`, `road`, `home_too_late`, `over_cap`, `over_capacity`.
    """
    ordered = sorted(stops, key=lambda stop: stop.start)
    duration = (tables or roads(problem))[0]
    visits = {visit.id: visit for visit in problem.visits}
    strangers = [Fault("visit_unknown", visit=stop.visit) for stop in ordered if stop.visit not in visits]
    known = [stop for stop in ordered if stop.visit in visits]
    found = [*strangers, *_visits(problem, visits, known), *_promises(problem, known)]
    for vehicle in problem.vehicles:
        found += _vehicle(vehicle, visits, [stop for stop in known if vehicle.id in stop.crew], duration)
    return tuple(found)


def _visits(problem: Problem, visits: dict[str, Visit], stops: Sequence[Stop]) -> Iterator[Fault]:
    vehicles = {vehicle.id: vehicle for vehicle in problem.vehicles}
    seen = Counter(stop.visit for stop in stops)
    for stop in stops:
        visit = visits[stop.visit]
        if seen[stop.visit] > 1:
            yield Fault("visit_twice", visit=visit.id)
        if len(stop.crew) != visit.crew or len(set(stop.crew)) != visit.crew:
            yield Fault("crew_size", visit=visit.id)
        for one in stop.crew:
            if one not in vehicles:
                yield Fault("vehicle_unknown", one, visit.id)
            elif not visit.skills <= vehicles[one].skills:
                yield Fault("skill", one, visit.id)
            if visit.allowed is not None and one not in visit.allowed:
                yield Fault("not_allowed", one, visit.id)
        over = stop.start + (visit.service if problem.window_holds == "visit" else 0)
        if not any(window.start <= stop.start and over <= window.end for window in visit.windows):
            yield Fault("outside_windows", visit=visit.id)


def _promises(problem: Problem, stops: Sequence[Stop]) -> Iterator[Fault]:
    made = {stop.visit: stop for stop in stops}
    for promise in problem.promises:
        stop = made.get(promise.visit)
        kept = stop is not None and set(stop.crew) == set(promise.crew)
        if stop is None or not kept or abs(stop.start - promise.start) > promise.sway:
            yield Fault("promise_broken", visit=promise.visit)


def _vehicle(vehicle: Vehicle, visits: dict[str, Visit], stops: Sequence[Stop], duration: Table) -> Iterator[Fault]:
    shifts: defaultdict[int, list[Stop]] = defaultdict(list)
    for stop in stops:
        within = [n for n, shift in enumerate(vehicle.shifts) if shift.start <= stop.start < shift.end]
        if not within:
            yield Fault("off_shift", vehicle.id, stop.visit)
            continue
        shifts[within[0]].append(stop)
    days = Counter[int]()
    for number, route in shifts.items():
        shift = vehicle.shifts[number]
        yield from _road(vehicle, shift, [(stop, visits[stop.visit]) for stop in route], duration)
        days[shift.start // DAY] += len(route)
        load = sum(visits[stop.visit].demand for stop in route)
        if vehicle.capacity is not None and load > vehicle.capacity:
            yield Fault("over_capacity", vehicle.id)
    if vehicle.cap is not None and max(days.values(), default=0) > vehicle.cap:
        yield Fault("over_cap", vehicle.id)


def _road(vehicle: Vehicle, shift: Span, route: Sequence[tuple[Stop, Visit]], duration: Table) -> Iterator[Fault]:
    """Drive the route: nobody arrives after the start, and everybody is home before the shift ends."""
    clock, at = shift.start, vehicle.point
    for stop, visit in route:
        if clock + duration[at][visit.point] > stop.start:
            yield Fault("road", vehicle.id, stop.visit)
        clock, at = stop.start + visit.service, visit.point
    if clock + duration[at][vehicle.point] > shift.end:
        yield Fault("home_too_late", vehicle.id)
