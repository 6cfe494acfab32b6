"""A plan that is being made: one route for each shift. Routes are values; a draft is a list of them.

Starts float: a route keeps only the order, and the first and last moment at which each stop could start. A visit of
two floats no more once it is placed: both routes hold it at one start.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from .network import Network, Spans, earliest, latest
from .problem import Stop


class Gap(NamedTuple):
    """Room for a visit: what the road costs more, in which shift, before which stop."""

    detour: int
    shift: int
    at: int


class Room(NamedTuple):
    """A gap with the first and last start that a visit would have there."""

    gap: Gap
    first: int
    last: int


class Route:
    """The visits of one shift in order, each with the spans that it may start in here. Never changed.

    `cheapest` and `rooms` remember here what insertion found, visit by visit: drafts share most of their routes.
    """

    __slots__ = ("cheapest", "cost", "demand", "due", "free", "rooms", "shift", "spans", "starts", "stops")

    def __init__(self, net: Network, shift: int, stops: tuple[int, ...], spans: tuple[Spans, ...]) -> None:
        self.shift, self.stops, self.spans = shift, stops, spans
        self.demand = sum(net.visits[v].demand for v in stops)
        row, distance = net.shifts[shift], net.distance
        points = [row.point, *(net.points[v] for v in stops), row.point]
        self.cost = net.weights.travel * sum(distance[a][b] for a, b in pairwise(points))
        self.cost += sum(net.worth[v][shift] for v in stops if net.visits[v].crew == 1)
        self.cheapest: dict[int, Gap | None] = {}
        self.rooms: dict[int, tuple[Room, ...]] = {}
        self.starts: list[int] = []
        self.free: list[int] = [row.start]  # when the stop before gap k is over, started as early as can be
        self.due: list[int] = [row.end]  # when the stop after gap k must start at the latest

    @classmethod
    def made(cls, net: Network, shift: int, stops: Sequence[int], spans: Sequence[Spans]) -> "Route | None":
        """The route, or None where the road, the hours or the load forbid it."""
        if any(shift not in net.worth[v] for v in stops):
            return None
        route = cls(net, shift, tuple(stops), tuple(spans))
        capacity = net.shifts[shift].capacity
        if capacity is not None and route.demand > capacity:
            return None
        return route if route._timed(net) else None

    def _timed(self, net: Network) -> bool:
        row, road = net.shifts[self.shift], net.duration
        clock, at = row.start, row.point
        for v, spans in zip(self.stops, self.spans, strict=True):
            start = earliest(spans, net.steps[v], clock + road[at][net.points[v]])
            if start is None:
                return False
            self.starts.append(start)
            clock, at = start + net.service[v], net.points[v]
            self.free.append(clock)
        if clock + road[at][row.point] > row.end:
            return False
        clock, at, due = row.end, row.point, [row.end]
        for v, spans in zip(reversed(self.stops), reversed(self.spans), strict=True):
            last = latest(spans, net.steps[v], clock - road[net.points[v]][at] - net.service[v])
            if last is None:
                return False
            clock, at = last, net.points[v]
            due.append(last)
        self.due = due[::-1]
        return True

    def with_visit(self, net: Network, at: int, v: int, spans: Spans) -> "Route":
        """The route with a visit before the stop of number `at`, where `gaps` found room for it."""
        stops = (*self.stops[:at], v, *self.stops[at:])
        route = Route.made(net, self.shift, stops, (*self.spans[:at], spans, *self.spans[at:]))
        if route is None:
            raise AssertionError("a gap that was found holds the visit")
        return route

    def without(self, net: Network, gone: set[int]) -> "Route":
        """The route without some of its visits. Where the matrix keeps no triangle rule more of them may go."""
        kept = [(v, s) for v, s in zip(self.stops, self.spans, strict=True) if v not in gone]
        while (route := Route.made(net, self.shift, [v for v, _ in kept], [s for _, s in kept])) is None:
            kept.pop(next((n for n in range(len(kept) - 1, -1, -1) if kept[n][0] not in net.promises), -1))
        return route


class Draft:
    """All routes, and where the pairs stand. `copy` is cheap: routes are shared."""

    def __init__(self, net: Network) -> None:
        self.net = net
        self.routes = [Route(net, shift, (), ()) for shift in range(len(net.shifts))]
        self.daily = [0] * len(net.caps)
        self.pairs: dict[int, tuple[int, int]] = {}
        self.missing = set(range(len(net.visits)))

    def copy(self) -> "Draft":
        """One that may be changed while this one stays."""
        other = Draft.__new__(Draft)
        other.net, other.routes, other.daily = self.net, self.routes[:], self.daily[:]
        other.pairs, other.missing = dict(self.pairs), set(self.missing)
        return other

    @property
    def cost(self) -> int:
        """The objective: the same number that `objective.cost` works out from the stops."""
        net, load = self.net, self.net.weights.load
        pairs = sum(self.pair_cost(v, a, b) for v, (a, b) in self.pairs.items())
        crowd = load * sum([n * (n - 1) // 2 for n in self.daily])
        return sum([route.cost for route in self.routes]) + crowd + pairs + sum([net.lost[v] for v in self.missing])

    def pair_cost(self, v: int, a: int, b: int) -> int:
        """What it costs, beside the road, that these two make the visit."""
        net = self.net
        return net.waiting(v, net.shifts[a]) + net.strangeness(v, net.crew(a, b))

    def full(self, shift: int) -> bool:
        """Whether the vehicle's day takes no more visits."""
        day = self.net.shifts[shift].day
        cap = self.net.caps[day]
        return cap is not None and self.daily[day] >= cap

    def caps_broken(self, shift: int) -> bool:
        """Whether the vehicle's day holds more visits than it may."""
        day = self.net.shifts[shift].day
        cap = self.net.caps[day]
        return cap is not None and self.daily[day] > cap

    def put(self, route: Route) -> None:
        """Replace the route of a shift."""
        old = self.routes[route.shift]
        self.daily[self.net.shifts[route.shift].day] += len(route.stops) - len(old.stops)
        self.routes[route.shift] = route
        self.missing -= set(route.stops)

    def span_of(self, v: int) -> Spans:
        """The starts that a visit may have in the routes to come: a pair's is the one that it has."""
        if v not in self.pairs:
            return self.net.spans[v]
        route = self.routes[self.pairs[v][0]]
        start = route.starts[route.stops.index(v)]
        return ((start, start),)

    def take(self, gone: set[int]) -> None:
        """Take visits out, pairs out of both routes, and with them what cannot stay without them."""
        while gone:
            lost = set[int]()
            for route in self.routes:
                if not gone.isdisjoint(route.stops):
                    rest = route.without(self.net, gone)
                    lost |= set(route.stops) - set(rest.stops) - gone
                    self.put(rest)
            self.missing |= gone
            for v in gone & self.pairs.keys():
                del self.pairs[v]
            gone = lost

    def stops(self) -> tuple[Stop, ...]:
        """The plan: every stop as early as its route allows, in the order of starts."""
        found: list[Stop] = []
        for route in self.routes:
            for v, start in zip(route.stops, route.starts, strict=True):
                pair = self.pairs.get(v)
                if pair is None or pair[0] == route.shift:
                    crew = self.net.crew(*(pair or (route.shift,)))
                    found.append(Stop(self.net.visits[v].id, crew, start))
        return tuple(sorted(found, key=lambda stop: (stop.start, stop.visit)))
