"""Large neighbourhoods: take some related visits out, put them back better. On the true objective, pairs too.

PyVRP knows neither the load of a day, nor a cap over two shifts, nor two who meet; this does, slowly.
"""

from math import log
from random import Random

from .draft import Draft
from .insertion import place
from .network import Network
from .watch import Watch

_MOST = 12  # visits taken out at a time; more cost more time than they bring
_WARM, _COLD = 0.4, 0.01  # the temperature at first and at last, as a share of what a visit costs on average


def improve(draft: Draft, watch: Watch, rng: Random, until: float, left: int | None) -> Draft:
    """The best draft found until the slice is over; at worst the one that was given."""
    net = draft.net
    movable = [v for v in range(len(net.visits)) if v not in net.promises]
    if not movable:
        return draft
    near = _Near(net, movable)
    best = current = draft
    best_cost = current_cost = draft.cost
    began, given = watch.spent, left
    scale = max(1, best_cost - sum(net.lost[v] for v in draft.missing if net.visits[v].prize is None)) / len(net.visits)
    while not watch.over(until, left):
        tried = current.copy()
        gone = near.chosen(tried, rng)
        tried.take(set(gone) - tried.missing)
        place(tried, tried.missing, rng)
        cost = tried.cost
        past = (watch.spent - began) / max(until - began, 1e-9) if left is None or not given else 1 - left / given
        warmth = scale * _WARM * (_COLD / _WARM) ** min(1.0, past)
        # Simulated annealing: the lot grants so much more as is drawn from an exponential distribution.
        if cost < current_cost - warmth * log(1 - rng.random()):
            current, current_cost = tried, cost
        if cost < best_cost:
            best, best_cost = tried, cost
        left = None if left is None else left - 1
        watch.done += 1
    return best


class _Near:
    """Which visits go out together: neighbours by road that can be made at the same time, a route, or any."""

    def __init__(self, net: Network, movable: list[int]) -> None:
        self.net, self.movable = net, movable
        size = min(len(movable), 40)
        self.nearest = {v: sorted(movable, key=lambda w: (self._apart(v, w), w))[:size] for v in movable}

    def _apart(self, v: int, w: int) -> int:
        a, b = self.net.points[v], self.net.points[w]
        spans, others = self.net.spans[v], self.net.spans[w]
        meet = any(first <= end and start <= last for first, last in spans for start, end in others)
        return self.net.duration[a][b] + self.net.duration[b][a] + (0 if meet else 7_200)

    def chosen(self, draft: Draft, rng: Random) -> list[int]:
        """The visits to take out. What is missing tries its luck in any case, and does not count among them."""
        made = [v for v in self.movable if v not in draft.missing]
        if not made:
            return []
        count = rng.randint(2, max(2, min(_MOST, len(made) - 1)))
        left_out = sorted(draft.missing - self.net.promises.keys())
        seed = rng.choice(left_out if left_out and rng.random() < 0.7 else self.movable)
        lot = rng.random()
        if lot < 0.6:
            # The nearest most often, never always the same.
            return [v for v in self.nearest[seed] if v not in draft.missing and rng.random() < 0.6][:count]
        if lot < 0.8:
            return self._routes(draft, rng)
        return rng.sample(made, min(count, len(made)))

    def _routes(self, draft: Draft, rng: Random) -> list[int]:
        """Everything that may move of a few routes."""
        used = [route for route in draft.routes if route.stops]
        chosen = rng.sample(used, min(rng.randint(1, 4), len(used)))
        return [v for route in chosen for v in route.stops if v not in self.net.promises][:_MOST]
