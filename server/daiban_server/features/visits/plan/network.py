"""A problem made ready for search: numbers instead of names, and everything that can be worked out once.

Visits, shifts (of all vehicles, one after another) and days of a vehicle are numbered. A pair of a shift and a visit
that can never come together is left out here, so the search never asks for skills or territories again.
"""

from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from .objective import stands_in, unfamiliar
from .problem import DAY, Problem, Promise, Vehicle, Visit
from .roads import roads

Spans = tuple[tuple[int, int], ...]
"""First and last start, by window, ascending and apart."""


class ShiftRow(NamedTuple):
    """One route's frame. `day` numbers the vehicle's day, for caps and load; `date` is the day of the calendar."""

    vehicle: int
    start: int
    end: int
    point: int
    day: int
    date: int
    capacity: int | None


class Network:
    """The problem in numbers. Read it; never change it."""

    def __init__(self, problem: Problem) -> None:
        self.problem, self.weights = problem, problem.weights
        self.duration, self.distance = self.tables = roads(problem)
        self.duration_to = [list(column) for column in zip(*self.duration, strict=True)]
        self.vehicles, self.visits = problem.vehicles, problem.visits
        self.points = [visit.point for visit in self.visits]
        self.service = [visit.service for visit in self.visits]
        self.lost = [problem.lost(visit) for visit in self.visits]
        self.number = {visit.id: number for number, visit in enumerate(self.visits)}
        self.shifts, self.caps = self._shifts()
        promised = {promise.visit: promise for promise in problem.promises}
        self.promises = {self.number[visit]: promise for visit, promise in promised.items()}
        self.spans = [self._spans(v) for v in range(len(self.visits))]
        self.steps = [1 if v in self.promises else problem.step for v in range(len(self.visits))]
        self.worth = [dict(self._worth(v)) for v in range(len(self.visits))]
        self.together = {v: list(self.worth[v]) for v, visit in enumerate(self.visits) if visit.crew == 2}

    def _shifts(self) -> tuple[list[ShiftRow], list[int | None]]:
        rows: list[ShiftRow] = []
        days: dict[tuple[int, int], int] = {}
        for number, vehicle in enumerate(self.vehicles):
            for shift in vehicle.shifts:
                date = shift.start // DAY
                day = days.setdefault((number, date), len(days))
                rows.append(ShiftRow(number, shift.start, shift.end, vehicle.point, day, date, vehicle.capacity))
        return rows, [self.vehicles[number].cap for number, _ in days]

    def _spans(self, v: int) -> Spans:
        spans, step = self.problem.spans(self.visits[v]), self.problem.step
        promise = self.promises.get(v)
        if promise is None:
            grid = ((-(-first // step) * step, last // step * step) for first, last in spans)
            return merged([(first, last) for first, last in grid if first <= last])
        # Two in one place: moving one moves the other's route too, so a promised pair stands where it stands.
        sway = 0 if len(promise.crew) > 1 else promise.sway
        low, high = promise.start - sway, promise.start + sway
        return merged([(max(a, low), min(b, high)) for a, b in spans if max(a, low) <= min(b, high)])

    def _worth(self, v: int) -> Iterator[tuple[int, int]]:
        """The shifts in which the visit can be made, and what it costs there beside the road and the load."""
        visit = self.visits[v]
        for number, shift in enumerate(self.shifts):
            vehicle = self.vehicles[shift.vehicle]
            if self._fits(v, visit, vehicle, shift):
                yield number, self.waiting(v, shift) + (self.strangeness(v, (vehicle.id,)) if visit.crew == 1 else 0)

    def _fits(self, v: int, visit: Visit, vehicle: Vehicle, shift: ShiftRow) -> bool:
        promise = self.promises.get(v)
        if promise is not None and not _promised_in(promise, vehicle, shift):
            return False
        if not visit.skills <= vehicle.skills or (visit.allowed is not None and vehicle.id not in visit.allowed):
            return False
        return self.alone(v, shift) is not None

    def alone(self, v: int, shift: ShiftRow) -> int | None:
        """The first start in a shift that is empty otherwise, or None where there is none."""
        point, road = self.points[v], self.duration
        start = earliest(self.spans[v], self.steps[v], shift.start + road[shift.point][point])
        if start is None or start + self.service[v] + road[point][shift.point] > shift.end:
            return None
        return start

    def shift_at(self, vehicle: str, moment: int) -> int | None:
        """The shift of a vehicle that a moment lies in."""
        for number, shift in enumerate(self.shifts):
            if self.vehicles[shift.vehicle].id == vehicle and shift.start <= moment < shift.end:
                return number
        return None

    def waiting(self, v: int, shift: ShiftRow) -> int:
        """What the resident's days of waiting cost."""
        days = max(0, shift.date - self.problem.today)
        return self.weights.delay * (1 + self.visits[v].priority) * days

    def strangeness(self, v: int, crew: tuple[str, ...]) -> int:
        """What it costs that this crew stands in, or is not known there."""
        visit, weights = self.visits[v], self.weights
        return weights.stand_in * stands_in(visit, crew) + weights.unfamiliar * unfamiliar(visit, crew)

    def crew(self, *shifts: int) -> tuple[str, ...]:
        """The names behind the shifts."""
        return tuple(self.vehicles[self.shifts[shift].vehicle].id for shift in shifts)


def _promised_in(promise: Promise, vehicle: Vehicle, shift: ShiftRow) -> bool:
    return vehicle.id in promise.crew and shift.start <= promise.start < shift.end


def merged(spans: list[tuple[int, int]]) -> Spans:
    """The same starts in spans that ascend and do not touch."""
    found: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if found and first <= found[-1][1]:
            found[-1] = found[-1][0], max(last, found[-1][1])
        else:
            found.append((first, last))
    return tuple(found)


def earliest(spans: Spans, step: int, moment: int) -> int | None:
    """The first start at `moment` or later. Spans begin and end on the grid of `step`."""
    for first, last in spans:
        if moment <= first:
            return first
        if moment <= last:
            return -(-moment // step) * step
    return None


def latest(spans: Spans, step: int, moment: int) -> int | None:
    """The last start at `moment` or before."""
    at = bisect_right(spans, (moment, 2**63)) - 1
    if at < 0:
        return None
    return min(spans[at][1], moment // step * step)
