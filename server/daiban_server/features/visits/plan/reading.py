"""A problem from a file, checked: what makes no sense is an error that names the place."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from daiban_server.coded_error import CodedError

from .problem import GreatCircleRoad, Matrix, Problem, Promise, Span, Stop

LONGEST = 2**31
"""Seconds of a shift: more than any instance has, and as much as the searches count with."""


class PlanFileError(CodedError):
    """A file that cannot be planned; `detail` is the place in it, such as ``visits[3].windows[0]``."""


def read(text: bytes) -> Problem:
    """The problem that a file holds; raises `PlanFileError`."""
    try:
        problem = msgspec.json.decode(text, type=Problem)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise PlanFileError("plan.file", str(error)) from None
    check(problem)
    return problem


def check(problem: Problem) -> None:
    """Raise the first `PlanFileError` of a problem, if it has one."""
    for code, place in _faults(problem):
        raise PlanFileError(code, place)


def _faults(problem: Problem) -> Iterator[tuple[str, str]]:
    yield from _roads(problem)
    yield from _twice("vehicles", [vehicle.id for vehicle in problem.vehicles])
    yield from _twice("visits", [visit.id for visit in problem.visits])
    yield from _twice("promises", [promise.visit for promise in problem.promises])
    yield from _twice("initial", [stop.visit for stop in problem.initial])
    yield from _vehicles(problem)
    yield from _visits(problem)
    for place, stops in (("promises", problem.promises), ("initial", problem.initial)):
        yield from _standing(problem, place, stops)
    yield from _promised(problem)


def _roads(problem: Problem) -> Iterator[tuple[str, str]]:
    travel, size = problem.travel, _size(problem)
    if isinstance(travel, Matrix):
        for name, rows in (("duration", travel.duration), ("distance", travel.distance or travel.duration)):
            for number, row in enumerate(rows):
                if len(row) != len(rows) or row[number]:
                    yield "plan.matrix", f"travel.{name}[{number}]"
        if travel.distance is not None and len(travel.distance) != size:
            yield "plan.matrix", "travel.distance"
        if problem.points and len(problem.points) != size:
            yield "plan.matrix", "points"
    for number, (x, y) in enumerate(problem.points):
        reach = (90, 180) if isinstance(travel, GreatCircleRoad) else (1e9, 1e9)
        if not (abs(x) <= reach[0] and abs(y) <= reach[1]):
            yield "plan.point", f"points[{number}]"


def _size(problem: Problem) -> int:
    """How many points there are."""
    return len(problem.travel.duration) if isinstance(problem.travel, Matrix) else len(problem.points)


def _twice(place: str, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    seen = set[str]()
    for number, name in enumerate(names):
        if name in seen:
            yield "plan.twice", f"{place}[{number}]"
        seen.add(name)


def _vehicles(problem: Problem) -> Iterator[tuple[str, str]]:
    for number, vehicle in enumerate(problem.vehicles):
        place = f"vehicles[{number}]"
        if vehicle.point >= _size(problem):
            yield "plan.point", f"{place}.point"
        end: int | None = None
        for index, shift in enumerate(vehicle.shifts):
            late = end is not None and shift.start < end
            if shift.start >= shift.end or shift.end - shift.start > LONGEST or late:
                yield "plan.time", f"{place}.shifts[{index}]"
            end = shift.end


def _visits(problem: Problem) -> Iterator[tuple[str, str]]:
    known = {vehicle.id for vehicle in problem.vehicles}
    for number, visit in enumerate(problem.visits):
        place = f"visits[{number}]"
        if visit.point >= _size(problem):
            yield "plan.point", f"{place}.point"
        for index, window in enumerate(visit.windows):
            if window.start > window.end:
                yield "plan.time", f"{place}.windows[{index}]"
        yield from _unknown(known, visit.allowed or (), f"{place}.allowed")
        yield from _unknown(known, visit.own or (), f"{place}.own")
        # Who came last time may have left; that is no fault of the file.


def _unknown(known: set[str], names: Iterable[str], place: str) -> Iterator[tuple[str, str]]:
    for name in sorted(set(names) - known):
        yield "plan.unknown", f"{place}: {name}"


def _standing(problem: Problem, place: str, stops: Sequence[Promise | Stop]) -> Iterator[tuple[str, str]]:
    vehicles = {vehicle.id for vehicle in problem.vehicles}
    visits = {visit.id: visit for visit in problem.visits}
    for number, stop in enumerate(stops):
        here = f"{place}[{number}]"
        yield from _unknown(set(visits), (stop.visit,), f"{here}.visit")
        yield from _unknown(vehicles, stop.crew, f"{here}.crew")
        if stop.visit in visits and len(set(stop.crew)) != visits[stop.visit].crew:
            yield "plan.crew", f"{here}.crew"


def _promised(problem: Problem) -> Iterator[tuple[str, str]]:
    """A promise names a start that the resident can make, in a shift of each of the crew."""
    shifts = {vehicle.id: vehicle.shifts for vehicle in problem.vehicles}
    visits = {visit.id: visit for visit in problem.visits}
    for number, promise in enumerate(problem.promises):
        visit = visits[promise.visit]
        suits = any(first <= promise.start <= last for first, last in problem.spans(visit))
        if not suits or not all(_within(shifts[one], promise.start, visit.service) for one in promise.crew):
            yield "plan.promise", f"promises[{number}].start"


def _within(shifts: Sequence[Span], start: int, service: int) -> bool:
    return any(shift.start <= start and start + service <= shift.end for shift in shifts)
