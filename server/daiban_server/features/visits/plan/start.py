"""Where the search starts: the promises in their routes, then the plan that stands, then insertion."""

from collections import defaultdict
from collections.abc import Sequence

from .draft import Draft, Route
from .insertion import place
from .network import Network
from .problem import Promise, Stop
from .reading import PlanFileError


def promised(net: Network) -> Draft:
    """A draft that holds the promises and nothing else; `PlanFileError` where two of them cannot both be kept."""
    draft = Draft(net)
    for shift, visits in sorted(_by_shift(net).items()):
        route = Route.made(net, shift, visits, [net.spans[v] for v in visits])
        if route is None:
            raise PlanFileError("plan.promise", _named(net, visits))
        draft.put(route)
        if draft.caps_broken(shift):
            raise PlanFileError("plan.promise", _named(net, visits))
    for v, promise in net.promises.items():
        shifts = [net.shift_at(one, promise.start) for one in promise.crew]
        if v in draft.missing or None in shifts:
            raise PlanFileError("plan.promise", _named(net, [v]))
        if len(shifts) == 2 and shifts[0] is not None and shifts[1] is not None:
            draft.pairs[v] = shifts[0], shifts[1]
    return draft


def _named(net: Network, visits: Sequence[int]) -> str:
    order = [promise.visit for promise in net.problem.promises]
    return ", ".join(f"promises[{order.index(net.visits[v].id)}]" for v in visits)


def _by_shift(net: Network) -> dict[int, list[int]]:
    found: defaultdict[int, list[int]] = defaultdict(list)
    for v, promise in sorted(net.promises.items(), key=lambda one: (one[1].start, one[0])):
        for one in promise.crew:
            shift = net.shift_at(one, promise.start)
            if shift is not None:
                found[shift].append(v)
    return found


def standing(net: Network, stops: Sequence[Stop | Promise]) -> Draft:
    """The promises, and of the stops as many as can stand with them, each in its order; the rest is missing."""
    draft = promised(net)
    for stop in sorted(stops, key=lambda stop: stop.start):
        v = net.number[stop.visit]
        shifts = [net.shift_at(one, stop.start) for one in stop.crew]
        rows = [shift for shift in shifts if shift is not None]
        if v not in draft.missing or len(rows) != len(stop.crew) or any(draft.full(row) for row in rows):
            continue
        # A start that floats would let a pair part; it stands where it stands, as all pairs do.
        spans = ((stop.start, stop.start),) if len(rows) == 2 else net.spans[v]
        if len(rows) == 2 and not any(first <= stop.start <= last for first, last in net.spans[v]):
            continue
        routes = [_beside(draft, row, v, stop.start, spans) for row in rows]
        if all(routes):
            for route in routes:
                if route is not None:
                    draft.put(route)
            if len(rows) == 2:
                draft.pairs[v] = rows[0], rows[1]
    return draft


def _beside(draft: Draft, shift: int, v: int, start: int, spans: tuple[tuple[int, int], ...]) -> Route | None:
    """The route with one stop more, after those that started before it."""
    net, route = draft.net, draft.routes[shift]
    # Floating starts are early ones: what stands at nine may float to eight. So the last place that holds it is taken.
    for at in range(len(route.stops), -1, -1):
        stops = (*route.stops[:at], v, *route.stops[at:])
        made = Route.made(net, shift, stops, (*route.spans[:at], spans, *route.spans[at:]))
        if made is not None:
            return made
    return None


def inserted(net: Network) -> Draft:
    """The promises, and everything else by regret insertion."""
    draft = promised(net)
    place(draft, draft.missing)
    return draft
