"""What a plan would change of what stands: visit by visit, and in figures."""

from collections.abc import Iterator, Sequence
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from daiban_server.features.visits.plan.answer import Cost, Figures, Plan
from daiban_server.features.visits.plan.figures import figures
from daiban_server.features.visits.plan.judge import judge
from daiban_server.features.visits.plan.objective import cost
from daiban_server.features.visits.plan.problem import Stop
from daiban_server.features.visits.plan.roads import roads
from daiban_server.features.visits.planning.posing import Posed
from daiban_server.features.visits.planning.settling import settle

What = Literal["new", "moved", "given", "taken"]


class Change(Struct, frozen=True):
    """A visit that gets a time, another time, another crew, or loses its time to others; moments of the problem."""

    visit: str
    label: str
    what: What
    was: Stop | None
    now: Stop | None


class Sides(Struct, frozen=True):
    """What stands and what is planned, in figures and by part of the objective. `sound` says whether what stands keeps
    every rule of the plan: if not, it may cost less than the plan that does."""

    before: Figures
    after: Figures
    cost_before: Cost
    cost_after: Cost
    sound: bool


def changes(posed: Posed, stops: Sequence[Stop]) -> tuple[Change, ...]:
    """The changes, by time."""
    return tuple(sorted(_changes(posed, stops), key=lambda one: ((one.now or one.was or _NEVER).start, one.visit)))


_NEVER = Stop("", (), 0)


def _changes(posed: Posed, stops: Sequence[Stop]) -> Iterator[Change]:
    was, now = {stop.visit: stop for stop in posed.before}, {stop.visit: stop for stop in stops}
    for visit in posed.problem.visits:
        old, new = was.get(visit.id), now.get(visit.id)
        if (old is None) != (new is None):
            yield Change(visit.id, visit.label, "taken" if new is None else "new", old, new)
        elif old is not None and new is not None and set(old.crew) != set(new.crew):
            yield Change(visit.id, visit.label, "given", old, new)
        elif old is not None and new is not None and old.start != new.start:
            yield Change(visit.id, visit.label, "moved", old, new)


def sides(posed: Posed, stops: Sequence[Stop]) -> Sides:
    """Before and after. Time that is held for somebody on the telephone is no visit, and not counted."""
    problem, tables = posed.problem, roads(posed.problem)
    before, held = posed.before, {visit.id for visit in problem.visits} - posed.states.keys()
    bare = replace(
        problem,
        visits=tuple(visit for visit in problem.visits if visit.id not in held),
        promises=tuple(promise for promise in problem.promises if promise.visit not in held),
    )

    def told(all_: Sequence[Stop]) -> Figures:
        return figures(bare, [stop for stop in all_ if stop.visit not in held], tables)

    parts = cost(problem, before, tables), cost(problem, stops, tables)
    return Sides(told(before), told(stops), *parts, not judge(problem, before, tables))


def judged(posed: Posed, plan: Plan) -> tuple[Plan, str]:
    """The plan with its visits back where they stood, as far as they can; and the code of the first rule that it
    breaks, or ``worse`` where it costs more than what stands, or nothing.

    Where a search found nothing better than what stands, that is the plan: nobody is moved for nothing.
    """
    problem, tables = posed.problem, roads(posed.problem)
    stops = settle(problem, plan.stops, posed.before)
    sound, stands = not judge(problem, posed.before, tables), cost(problem, posed.before, tables).total
    if sound and cost(problem, stops, tables).total == stands:
        stops = tuple(sorted(posed.before, key=lambda stop: stop.start))
    faults, parts = judge(problem, stops, tables), cost(problem, stops, tables)
    settled = replace(plan, stops=stops, objective=parts.total, cost=parts, figures=figures(problem, stops, tables))
    if faults:
        return settled, faults[0].code
    return settled, "worse" if sound and parts.total > stands else ""
