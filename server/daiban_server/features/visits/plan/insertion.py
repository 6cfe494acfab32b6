"""Insertion: the cheapest place of a visit in a draft, exactly, and the making of drafts by regret.

What the engine does for one visit beside fixed starts is done here for many beside floating ones.
"""

from collections.abc import Iterable, Iterator, Sequence
from random import Random

from .draft import Draft, Gap, Room, Route
from .network import Network, earliest, latest

_HELD_BACK = 0.15  # the share of visits that are put after the others
_EAGER = 0.2  # how often a visit is put though it costs up to twice what it is worth


def gaps(net: Network, route: Route, v: int) -> Iterator[tuple[Gap, int, int]]:
    """Every gap of a route that holds the visit, by time, with the first start there and the limit of the last."""
    row = net.shifts[route.shift]
    if row.capacity is not None and route.demand + net.visits[v].demand > row.capacity:
        return
    point, service, step, spans = net.points[v], net.service[v], net.steps[v], net.spans[v]
    opens, closes, travel = spans[0][0] + service, spans[-1][1], net.weights.travel
    to, onward, far = net.duration_to[point], net.duration[point], net.distance
    points, stops, free, due = net.points, route.stops, route.free, route.due
    before = row.point
    for at in range(len(free)):
        after = points[stops[at]] if at < len(stops) else row.point
        ready = free[at] + to[before]
        if ready > closes:
            if free[at] > closes:
                return
        elif due[at] >= opens:
            limit = due[at] - onward[after] - service
            if ready <= limit:
                first = earliest(spans, step, ready)
                if first is not None and first <= limit:
                    detour = far[before][point] + far[point][after] - (far[before][after] if stops else 0)
                    yield Gap(travel * detour, route.shift, at), first, limit
        before = after


def cheapest(net: Network, route: Route, v: int) -> Gap | None:
    """The cheapest gap of a route for a visit of one."""
    if v not in route.cheapest:
        route.cheapest[v] = min([gap for gap, _, _ in gaps(net, route, v)], default=None)
    return route.cheapest[v]


def rooms(net: Network, route: Route, v: int) -> tuple[Room, ...]:
    """Every gap of a route with all that a pair must know of it."""
    if v not in route.rooms:
        found = [(gap, first, latest(net.spans[v], net.steps[v], limit)) for gap, first, limit in gaps(net, route, v)]
        route.rooms[v] = tuple(Room(gap, first, first if last is None else last) for gap, first, last in found)
    return route.rooms[v]


def insert(draft: Draft, v: int, gap: Gap) -> None:
    """Put a visit of one into a gap."""
    draft.put(draft.routes[gap.shift].with_visit(draft.net, gap.at, v, draft.net.spans[v]))


def insert_pair(draft: Draft, v: int, one: Room, other: Room, start: int) -> None:
    """Put a visit of two into a gap of each, at one start."""
    for gap in (one.gap, other.gap):
        draft.put(draft.routes[gap.shift].with_visit(draft.net, gap.at, v, ((start, start),)))
    draft.pairs[v] = one.gap.shift, other.gap.shift


def price(draft: Draft, shift: int) -> int:
    """What one visit more costs in load."""
    return draft.net.weights.load * draft.daily[draft.net.shifts[shift].day]


def place_pair(draft: Draft, v: int, rng: Random | None = None) -> bool:
    """Put a visit of two where it is cheapest, if it is worth its road; says whether it was put."""
    net = draft.net
    found = [
        (room.gap.detour + price(draft, shift), room)
        for shift in net.together[v]
        if not draft.full(shift)
        for room in rooms(net, draft.routes[shift], v)
    ]
    best: tuple[int, int, Room, Room] | None = None
    found.sort()
    for number, (cost, one) in enumerate(found):
        for more, other in found[number + 1 :]:
            limit = net.lost[v] if best is None else best[0]
            if cost + more >= limit:
                break  # all that follow are dearer
            a, b = one.gap.shift, other.gap.shift
            if net.shifts[a].vehicle == net.shifts[b].vehicle:
                continue
            start = _shared(net, v, one, other, rng)
            total = cost + more + draft.pair_cost(v, a, b)
            if start is not None and total < limit:
                best = total, start, one, other
    if best is None:
        return False
    insert_pair(draft, v, best[2], best[3], best[1])
    return True


def _shared(net: Network, v: int, one: Room, other: Room, rng: Random | None) -> int | None:
    """A start that both gaps hold: the first; or the first or the last, by lot."""
    low, high = max(one.first, other.first), min(one.last, other.last)
    if low > high:
        return None
    start = earliest(net.spans[v], net.steps[v], low)
    if rng is not None and rng.random() < 0.5:
        start = latest(net.spans[v], net.steps[v], high)
    return start if start is not None and low <= start <= high else None


class _Options:
    """For each visit of one, its cheapest gap in each shift; brought up to date as routes change."""

    def __init__(self, draft: Draft, visits: Sequence[int], worth: int) -> None:
        self.draft, self.net, self.worth = draft, draft.net, worth
        self.gaps = {v: {s: g for s in self.net.worth[v] if (g := self._gap(s, v)) is not None} for v in visits}

    def _gap(self, shift: int, v: int) -> Gap | None:
        return cheapest(self.net, self.draft.routes[shift], v)

    def changed(self, shift: int) -> None:
        """The route of a shift is another now."""
        for v, by_shift in self.gaps.items():
            if shift in self.net.worth[v]:
                gap = self._gap(shift, v)
                if gap is None:
                    by_shift.pop(shift, None)
                else:
                    by_shift[shift] = gap

    def best(self, v: int) -> tuple[int, int, Gap] | None:
        """The cheapest gap of all, and how much dearer the next best is."""
        draft, worth, lost = self.draft, self.net.worth[v], self.net.lost[v] * self.worth
        first, second, chosen = lost, lost, None
        for shift, gap in self.gaps[v].items():
            if not draft.full(shift):
                cost = gap.detour + worth[shift] + price(draft, shift)
                if cost < first:
                    first, second, chosen = cost, first, gap
                elif cost < second:
                    second = cost
        return None if chosen is None else (second - first, first, chosen)


def place(draft: Draft, visits: Iterable[int], rng: Random | None = None) -> None:
    """Put visits into the draft, those first that have most to lose by waiting; without worth they stay out.

    With `rng` who comes first is decided by loss, by cost or by gain, and blurred; a few are held back until the others
    are put, and pairs take the first or the last start: all by lot, so that no visit always has its way.
    """
    pool = sorted(visits)
    if rng is None:
        _place(draft, pool, None)
        return
    late = {v for v in pool if rng.random() < _HELD_BACK}
    _place(draft, [v for v in pool if v not in late], rng)
    _place(draft, [v for v in pool if v in late], rng)


def _place(draft: Draft, pool: Sequence[int], rng: Random | None) -> None:
    pairs = [v for v in pool if draft.net.visits[v].crew == 2]
    for v in sorted(pairs, key=lambda v: -draft.net.lost[v]):
        place_pair(draft, v, rng)
    # Two that pay only together are found if now and then each may cost more than it is worth.
    worth = 2 if rng is not None and rng.random() < _EAGER else 1
    options = _Options(draft, [v for v in pool if draft.net.visits[v].crew == 1], worth)
    order = _by_loss if rng is None else rng.choice((_by_loss, _by_cost, _by_gain))
    while options.gaps:
        found = [(v, best) for v in options.gaps if (best := options.best(v)) is not None]
        if not found:
            return
        blurred = [
            (order(draft.net.lost[v], best) * (1.0 if rng is None else rng.uniform(0.5, 1.5)), -best[1], -v)
            for v, best in found
        ]
        v, (_, _, gap) = found[blurred.index(max(blurred))]
        insert(draft, v, gap)
        del options.gaps[v]
        options.changed(gap.shift)


def _by_loss(lost: int, best: tuple[int, int, Gap]) -> int:
    """By how much dearer the second best place is."""
    return best[0]


def _by_cost(lost: int, best: tuple[int, int, Gap]) -> int:
    """The cheapest first."""
    return -best[1]


def _by_gain(lost: int, best: tuple[int, int, Gap]) -> int:
    """Where days are full, two places on one day are no choice: those first whose absence would cost most."""
    return lost - best[1]
