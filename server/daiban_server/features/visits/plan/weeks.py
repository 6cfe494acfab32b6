"""PyVRP's part: whole weeks by its iterated local search, from a draft and back to one.

What each client of PyVRP's model is: a visit with one window, in one of its *ways*. Every vehicle's day has a profile
of its own: roads into a visit cost there what waiting, standing in and an unfamiliar face cost as well, and so much
where it may not be made at all that it never pays. Load is not linear: it enters as the price of one visit more or
less on a day as the draft stands. Promises and pairs are held by a prize that nothing outweighs.
"""

import warnings
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from pyvrp import (
    Client,
    ClientGroup,
    Depot,
    IteratedLocalSearchParams,
    Location,
    ProblemData,
    Route,
    Solution,
    SolveParams,
    VehicleType,
    solve,
)
from pyvrp.exceptions import PenaltyBoundWarning
from pyvrp.IteratedLocalSearch import IteratedLocalSearchCallbacks

from .draft import Draft
from .network import Network, ShiftRow, Spans
from .watch import Watch

_NO_LIMIT = 2**31


class _Way(NamedTuple):
    """A visit, the one span of starts in which PyVRP may see it, and the shifts that are open to it so."""

    visit: int
    first: int
    last: int
    shifts: frozenset[int]


def ways(net: Network, v: int, spans: Spans, shifts: Sequence[int]) -> list[_Way]:
    """As few as say the same as the spans: one that covers several spans, where shifts leave the same starts of it.

    A visit that can be made on Tuesday and on Thursday is open from Tuesday to Thursday, and closed to Wednesday's
    shifts. Only where a shift would see more than the spans allow must the visit be told apart.
    """
    found: list[_Way] = []
    for first, last in spans:
        if found and (wider := _joined(net, v, spans, shifts, found[-1].first, last)) is not None:
            found[-1] = wider
        elif (alone := _joined(net, v, spans, shifts, first, last)) is not None:
            found.append(alone)
    return found


def _joined(net: Network, v: int, spans: Spans, shifts: Sequence[int], first: int, last: int) -> _Way | None:
    open_to: list[int] = []
    for number in shifts:
        row = net.shifts[number]
        low, high = max(first, row.start), min(last, row.end - net.service[v])
        inside = [(max(a, low), min(b, high)) for a, b in spans if max(a, low) <= min(b, high)]
        if not inside:
            continue
        if inside != [(low, high)]:
            return None
        open_to.append(number)
    return _Way(v, first, last, frozenset(open_to)) if open_to else None


class Weeks:
    """PyVRP's model of a draft."""

    def __init__(self, draft: Draft) -> None:
        self.draft, self.net = draft, draft.net
        net = self.net
        self.held = net.promises.keys() | draft.pairs.keys()
        self.never = 2 * sum(net.lost) + 10**9
        self.ways = [way for v in range(len(net.visits)) for way in self._ways_of(v)]
        self.of_visit: defaultdict[int, list[int]] = defaultdict(list)
        for number, way in enumerate(self.ways):
            self.of_visit[way.visit].append(number)
        self.profile_rows: dict[tuple[int, ...], int] = {}
        self.profiles: dict[int, int] = {}  # by type
        self.types = self._types()
        self.data = self._data()

    def _ways_of(self, v: int) -> list[_Way]:
        net = self.net
        if v in self.draft.pairs:
            places = [(s, r.starts[r.stops.index(v)]) for s in self.draft.pairs[v] for r in [self.draft.routes[s]]]
            return [_Way(v, start, start, frozenset({shift})) for shift, start in places]
        if net.visits[v].crew == 2:
            return []
        return ways(net, v, net.spans[v], list(net.worth[v]))

    # Vehicles: shifts that differ in nothing are one type -----------------------------------------------------

    def _types(self) -> list[list[int]]:
        alike: defaultdict[tuple[object, ...], list[int]] = defaultdict(list)
        for number, row in enumerate(self.net.shifts):
            profile = self._profile(row)
            key = (row.point, row.start, row.end, row.capacity, self._room(number), profile)
            alike[key].append(number)
            self.profiles.setdefault(len(alike) - 1, profile)
        return list(alike.values())

    def _profile(self, row: ShiftRow) -> int:
        """The number of the row of costs that this shift's day has; made where it is new."""
        day = [n for n, other in enumerate(self.net.shifts) if other.day == row.day]
        costs = tuple(self._cost(way, day) for way in self.ways)
        return self.profile_rows.setdefault(costs, len(self.profile_rows))

    def _cost(self, way: _Way, day: Sequence[int]) -> int:
        net = self.net
        shift = next((number for number in day if number in way.shifts), None)
        if shift is None:
            return self.never
        load = max(0, 2 * self.draft.daily[net.shifts[shift].day] - 1) * net.weights.load // 2
        return load + (0 if way.visit in self.draft.pairs else net.worth[way.visit][shift])

    def _room(self, number: int) -> int:
        """How many visits the route may hold: what it holds, and its part of what the day has left."""
        net, draft = self.net, self.draft
        row = net.shifts[number]
        cap = net.caps[row.day]
        if cap is None:
            return _NO_LIMIT
        shifts = [n for n, other in enumerate(net.shifts) if other.day == row.day]
        left = cap - draft.daily[row.day]
        share = left // len(shifts) + (shifts.index(number) < left % len(shifts))
        return len(draft.routes[number].stops) + share

    # The model -----------------------------------------------------------------------------------------------

    def _data(self) -> ProblemData:
        net = self.net
        homes = sorted({row.point for row in net.shifts})
        self.homes = {point: number for number, point in enumerate(homes)}
        # Ways of a visit that are closed to different shifts need places of their own: closure is in the road.
        points = [*homes, *(net.points[way.visit] for way in self.ways)]
        # PyVRP's stub takes an array's shape for `int`; numpy's own takes a tuple: so they are `Any` here.
        road: Any = np.array([[net.duration[a][b] for b in points] for a in points], dtype=np.int64)
        far: Any = net.weights.travel * np.array([[net.distance[a][b] for b in points] for a in points], dtype=np.int64)
        tables: list[Any] = [
            far + np.array([0] * len(homes) + list(costs), dtype=np.int64)[None, :] for costs in self.profile_rows
        ]
        for table in tables:
            np.fill_diagonal(table, 0)
        groups = [ways for v, ways in self.of_visit.items() if len(ways) > 1 and v not in self.draft.pairs]
        group_of = {way: number for number, ways in enumerate(groups) for way in ways}
        return ProblemData(
            locations=[Location(0, 0) for _ in points],
            clients=[self._client(n, len(homes) + n, group_of.get(n)) for n in range(len(self.ways))],
            depots=[Depot(number) for number in range(len(homes))],
            vehicle_types=[self._vehicle(number) for number in range(len(self.types))],
            distance_matrices=tables,
            duration_matrices=[road] * len(tables),
            groups=[ClientGroup(ways, required=False) for ways in groups],
        )

    def _client(self, number: int, place: int, group: int | None) -> Client:
        way, net = self.ways[number], self.net
        prize = self.never // 2 if way.visit in self.held else net.lost[way.visit]
        return Client(
            location=place,
            delivery=[1, net.visits[way.visit].demand],
            service_duration=net.service[way.visit],
            tw_early=way.first - self.origin,
            tw_late=way.last - self.origin,
            prize=prize,
            required=False,
            group=group,
        )

    @property
    def origin(self) -> int:
        """PyVRP's zero: no moment of the model lies before it."""
        return min(0, *(row.start for row in self.net.shifts), *(way.first for way in self.ways))

    def _vehicle(self, number: int) -> VehicleType:
        alike = self.types[number]
        row = self.net.shifts[alike[0]]
        return VehicleType(
            num_available=len(alike),
            capacity=[self._room(alike[0]), _NO_LIMIT if row.capacity is None else row.capacity],
            start_depot=self.homes[row.point],
            end_depot=self.homes[row.point],
            tw_early=row.start - self.origin,
            tw_late=row.end - self.origin,
            profile=self.profiles[number],
        )

    # There and back ------------------------------------------------------------------------------------------

    def solution(self) -> Solution:
        """The draft as PyVRP sees it."""
        routes = [
            Route(self.data, [self._way(route.shift, at) for at in range(len(route.stops))], kind)
            for kind, alike in enumerate(self.types)
            for route in (self.draft.routes[shift] for shift in alike)
            if route.stops
        ]
        return Solution(self.data, routes)

    def _way(self, shift: int, at: int) -> int:
        route = self.draft.routes[shift]
        v, start = route.stops[at], route.starts[at]
        open_to = [number for number in self.of_visit[v] if shift in self.ways[number].shifts]
        return next((n for n in open_to if self.ways[n].first <= start <= self.ways[n].last), open_to[0])

    def orders(self, solution: Solution) -> dict[int, list[int]]:
        """Shift by shift the visits of a solution in their order. Vehicles of one type are told off one by one."""
        free = [list(alike) for alike in self.types]
        found: dict[int, list[int]] = {}
        for route in solution.routes():
            visits = [self.ways[activity.idx].visit for activity in route if activity.is_client()]
            found[free[route.vehicle_type()].pop(0)] = visits
        return found


class _Told(IteratedLocalSearchCallbacks):
    """Passes on each new best solution that keeps PyVRP's rules."""

    def __init__(self, tell: Callable[[Solution], None]) -> None:
        self._tell = tell

    def on_best(self, best: Solution) -> None:
        if best.is_feasible():
            self._tell(best)


def search(
    weeks: Weeks,
    watch: Watch,
    seed: int,
    until: float,
    left: int | None,
    tell: Callable[[dict[int, list[int]]], None] = lambda orders: None,
) -> dict[int, list[int]]:
    """PyVRP from the draft until the slice is over: its best orders by shift. `tell` hears of each new best."""
    done = 0

    def over(best_cost: int) -> bool:
        nonlocal done
        done += 1
        return watch.over(until, None if left is None else left - done + 1)

    callbacks = _Told(lambda best: tell(weeks.orders(best)))
    params = SolveParams(ils=IteratedLocalSearchParams(history_length=50, callbacks=callbacks))
    with warnings.catch_warnings():
        # It warns that a tight week is tight. What it finds is judged in any case.
        warnings.simplefilter("ignore", PenaltyBoundWarning)
        result = solve(weeks.data, over, seed, False, False, params, weeks.solution())
    watch.done += result.num_iterations
    return weeks.orders(result.best)
