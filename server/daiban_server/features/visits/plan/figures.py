"""The figures of a plan: what a centre head asks of a week."""

from collections import Counter
from collections.abc import Sequence

from .answer import Figures
from .objective import over_routes, stands_in, unfamiliar
from .problem import Problem, Stop
from .roads import Table, roads


def figures(problem: Problem, stops: Sequence[Stop], tables: tuple[Table, Table] | None = None) -> Figures:
    """See `Figures`. Agents without a shift are not counted among those who share the load."""
    visits = {visit.id: visit for visit in problem.visits}
    ordered = sorted(stops, key=lambda stop: stop.start)
    known = [stop for stop in ordered if visits[stop.visit].familiar is not None]
    owned = [stop for stop in ordered if visits[stop.visit].own is not None]
    made = {stop.visit: stop for stop in ordered}
    kept = [p for p in problem.promises if p.visit in made and _kept(made[p.visit], set(p.crew), p.start, p.sway)]
    counts = Counter(one for stop in ordered for one in stop.crew)
    loads = [counts[vehicle.id] for vehicle in problem.vehicles if vehicle.shifts]
    least, most = min(loads, default=0), max(loads, default=0)
    return Figures(
        visits=len(ordered),
        unserved=len(problem.visits) - len(made),
        same_agent=_share(sum(not unfamiliar(visits[stop.visit], stop.crew) for stop in known), len(known)),
        stand_in=_share(sum(stands_in(visits[stop.visit], stop.crew) for stop in owned), len(owned)),
        promises_kept=_share(len(kept), len(problem.promises)),
        load_least=least,
        load_most=most,
        load_spread=most - least,
        travel_hours=round(over_routes(problem, ordered, (tables or roads(problem))[0]) / 3600, 2),
        agents=sum(load > 0 for load in loads),
    )


def _kept(stop: Stop, crew: set[str], start: int, sway: int) -> bool:
    return set(stop.crew) == crew and abs(stop.start - start) <= sway


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
