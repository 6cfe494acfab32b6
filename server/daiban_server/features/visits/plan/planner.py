"""The planner: a start, then slices of PyVRP and of large neighbourhoods in turn, the best sound plan kept.

A result is sound by `judge` and never dearer than the initial plan, if that is sound. With `iterations` the same
problem and seed give the same plan on one release of PyVRP; a search that the clock ends gives what it had by then.
"""

from collections.abc import Callable, Sequence
from math import ceil
from random import Random

from .answer import Plan
from .draft import Draft, Route
from .figures import figures
from .insertion import place
from .judge import judge
from .neighbourhood import improve
from .network import Network
from .objective import cost
from .problem import Problem, Stop
from .reading import check
from .reasons import unserved
from .start import inserted, promised, standing
from .watch import Progress, Watch

_PAUSE = 0.25  # seconds between two plans that PyVRP is asked for while it searches


class UnsoundError(AssertionError):
    """The search made a plan that the judge refuses: a fault of ours, never handed on."""


def plan(
    problem: Problem,
    tell: Callable[[Progress], None] = lambda progress: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Plan:
    """The best plan found; raises `PlanFileError` for a problem that makes no sense.

    `tell` hears of each better plan, `cancelled` is asked often: once it says so the best so far is the answer.
    """
    check(problem)
    watch = Watch(problem.seconds, problem.iterations, cancelled)
    search = _Search(Network(problem), watch, tell)
    search.start()
    if any(search.net.worth):
        search.run()
    ended = "cancelled" if watch.stopped else "iterations" if watch.iterations is not None else "time"
    return summary(search.net, search.best, ended, watch.spent, watch.done)


def summary(net: Network, stops: Sequence[Stop], ended: str, seconds: float, iterations: int) -> Plan:
    """The plan of these stops, with all that is told of it."""
    parts = cost(net.problem, stops, net.tables)
    left = unserved(net, stops)
    told = figures(net.problem, stops, net.tables)
    return Plan(tuple(stops), parts.total, parts, left, told, ended, round(seconds, 3), iterations)


class _Search:
    """One search: the best plan so far, and the draft it came from."""

    def __init__(self, net: Network, watch: Watch, tell: Callable[[Progress], None]) -> None:
        self.net, self.watch, self.tell = net, watch, tell
        self.rng = Random(net.problem.seed)  # noqa: S311 (a seed is to give the same plan again, not to be secret)
        self.draft = promised(net)
        self.best: tuple[Stop, ...] = ()
        self.objective: int | None = None

    def start(self) -> None:
        """What stands, if it is sound, and the better of two starts."""
        problem, net = self.net.problem, self.net
        if problem.initial and not judge(problem, problem.initial, net.tables):
            self._keep(tuple(sorted(problem.initial, key=lambda stop: stop.start)))
        drafts = [inserted(net)]
        if problem.initial:
            kept = standing(net, problem.initial)
            place(kept, kept.missing)
            drafts.insert(0, kept)
        self.draft = min(drafts, key=lambda draft: draft.cost)
        self._offer(self.draft)

    def run(self) -> None:
        """Slices of both searches in turn; where PyVRP sees the whole objective it has the time to itself."""
        begin, rest = self.watch.spent, self.watch.seconds - self.watch.spent
        done = 0.0
        for number, (go_on, share) in enumerate(self._slices()):
            done += share
            go_on(begin + rest * done, share, number)

    def _slices(self) -> list[tuple[Callable[[float, float, int], None], float]]:
        """Which search, and for what share of the time."""
        if not self._more_than_routes():
            return [(self._weeks, 1.0)]
        return [(self._neighbourhoods, 0.6), (self._weeks, 0.2), (self._neighbourhoods, 0.2)]

    def _more_than_routes(self) -> bool:
        net = self.net
        several = len(net.caps) < len(net.shifts) and any(cap is not None for cap in net.caps)
        pairs = bool(net.together.keys() - net.promises.keys())
        return bool(net.weights.load) or pairs or several or net.problem.step > 1

    def _part(self, share: float) -> int | None:
        whole = self.watch.iterations
        return None if whole is None else ceil(whole * share)

    def _neighbourhoods(self, until: float, share: float, number: int) -> None:
        self.draft = improve(self.draft, self.watch, self.rng, until, self._part(share))
        self._offer(self.draft)

    def _weeks(self, until: float, share: float, number: int) -> None:
        # Loaded here, in the worker: it brings PyVRP and numpy along, some 30 MB that the server does not need.
        from .weeks import Weeks, search

        left = self._part(share)
        weeks = Weeks(self.draft)
        if not weeks.ways or self.watch.over(until, left):
            return

        heard = self.watch.spent

        def told(orders: dict[int, list[int]]) -> None:
            nonlocal heard
            # Better ones come every millisecond and telling takes time; but with iterations no clock may decide.
            if left is None and self.watch.spent < heard + _PAUSE:
                return
            heard = self.watch.spent
            draft = decoded(weeks.draft, orders)
            if draft is not None:
                self._offer(draft)

        orders = search(weeks, self.watch, self.net.problem.seed + number, until, left, told)
        found = decoded(weeks.draft, orders)
        if found is not None and found.cost < self.draft.cost:
            self.draft = found
            self._offer(found)

    def _offer(self, draft: Draft) -> None:
        if self.objective is None or draft.cost < self.objective:
            self._keep(draft.stops())

    def _keep(self, stops: tuple[Stop, ...]) -> None:
        faults = judge(self.net.problem, stops, self.net.tables)
        if faults:
            raise UnsoundError(faults[0])
        self.best, self.objective = stops, cost(self.net.problem, stops, self.net.tables).total
        self.tell(Progress(self.objective, self.watch.spent, stops))


def decoded(before: Draft, orders: dict[int, list[int]]) -> Draft | None:
    """The draft that these orders make, put right where PyVRP knew less; None where a promise or a pair is lost."""
    net = before.net
    draft = Draft(net)
    held = net.promises.keys() | before.pairs.keys()
    for shift, order in sorted(orders.items()):
        spans = [before.span_of(v) for v in order]
        route = Route.made(net, shift, order, spans)
        while route is None:
            loose = next((n for n in range(len(order) - 1, -1, -1) if order[n] not in held), None)
            if loose is None:
                return None
            order, spans = [*order[:loose], *order[loose + 1 :]], [*spans[:loose], *spans[loose + 1 :]]
            route = Route.made(net, shift, order, spans)
        draft.put(route)
    if any(draft.caps_broken(shift) for shift in orders) or draft.missing & held:
        return None
    draft.pairs = dict(before.pairs)
    place(draft, draft.missing)
    return draft
