"""How good the plans are, and what they cost: ``python -m tests.bench.plan PART …``; no part, all of them.

======== ===========================================================================================
exact    30 random problems of 10 to 40 visits beside CP-SAT, which may use twenty seconds and starts from ours
solomon  six published instances beside the best that is known
township a week of 20 agents and 300 visits beside PyVRP alone in the same time
county   34 townships of 60 visits each, two at a time: how long, and how much memory
repair   an agent lost on Tuesday morning, over 100 random weeks
======== ===========================================================================================

Any number after a part is how many of its problems are taken: ``exact=5``.
"""

import resource
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from multiprocessing import get_context
from random import Random

from pyvrp import solve as pyvrp_alone
from pyvrp.stop import MaxRuntime

from daiban_server.features.visits.engine.model import moment
from daiban_server.features.visits.engine.repair import Outcome, repair
from daiban_server.features.visits.engine.validate import validate
from daiban_server.features.visits.plan.draft import Draft, Route
from daiban_server.features.visits.plan.judge import judge
from daiban_server.features.visits.plan.network import Network
from daiban_server.features.visits.plan.objective import cost
from daiban_server.features.visits.plan.planner import decoded, plan
from daiban_server.features.visits.plan.problem import GreatCircleRoad, Problem, Span, Stop, Vehicle, Visit
from daiban_server.features.visits.plan.start import inserted, promised
from daiban_server.features.visits.plan.watch import Watch
from daiban_server.features.visits.plan.weeks import Weeks, search
from tests.bench import solomon
from tests.bench.figures import Figure, show
from tests.bench.visits_offers import DAYS, MONDAY, fill, near
from tests.bench.visits_offers import township as standing_township
from tests.visits.plan_problems import random_problem


def exact(count: int = 30, seconds: float = 20) -> Iterator[Figure]:
    """Gap to CP-SAT's best, and visits that only CP-SAT makes."""
    from tests.bench.plan_exact import solve

    gaps, lost, proved, unsound = [], 0, 0, 0
    for number in range(count):
        rng = Random(number)
        asked = random_problem(rng, rng.randint(2, 4), 10 + 30 * number // max(1, count - 1), 2, seconds=2.0)
        ours = plan(asked)
        best = solve(asked, seconds, ours.stops)
        unsound += bool(
            judge(asked, ours.stops) or judge(asked, best.stops) or cost(asked, best.stops).total != best.cost
        )
        prizeless = {visit.id for visit in asked.visits if visit.prize is None}
        lost += len(prizeless & {s.visit for s in best.stops} - {s.visit for s in ours.stops})
        gaps.append(ours.objective / best.cost - 1 if best.cost else 0.0)
        proved += best.proved
        note(f"{number}: {len(asked.visits)} visits, ours {ours.objective:,}, CP-SAT {best.cost:,} ≥ {best.bound:,}")
    yield Figure("exact", "gap to CP-SAT, mean", 100 * sum(gaps) / count, "%", 2, note=f"{proved} of {count} proved")
    yield Figure("exact", "gap to CP-SAT, worst", 100 * max(gaps), "%", 2)
    yield Figure("exact", "visits without prize that only CP-SAT makes", lost, "", 0)
    yield Figure("exact", "plans on which the judges differ", unsound, "", 0)


def solomons(count: int = 6) -> Iterator[Figure]:
    """Gap to the best known, ten seconds each."""
    gaps = []
    for name in solomon.NAMES[:count]:
        found, best = plan(solomon.instance(name, seconds=10.0)), solomon.best_known(name)
        if found.unserved:
            raise AssertionError(f"{name}: {len(found.unserved)} customers left out")
        gaps.append(100 * (found.objective / best - 1))
        yield Figure("solomon", name, gaps[-1], "%", note=f"{found.objective} to {best}, {found.iterations} iterations")
    yield Figure("solomon", "mean gap to the best known", sum(gaps) / len(gaps), "%", 1)


def week_of(rng: Random, agents: int, visits: int, seconds: float, pairs: bool = False) -> Problem:
    """A township's week: villages of an A and a B, five days of two halves, windows of whole or half days."""
    villages = agents // 2
    shifts = tuple(Span(moment(d, a), moment(d, z)) for d in DAYS for a, z in ((8, 12), (14, 18)))
    homes = [near(rng, n // 2) for n in range(agents)]
    names = [f"a{n}" for n in range(agents)]
    asked, places = [], [(home.lat, home.lon) for home in homes]
    for number in range(visits):
        village = rng.randrange(villages)
        days = rng.choice([rng.sample(DAYS, 2), DAYS, [rng.choice(DAYS)]])
        opens, closes = rng.choice([(8, 18), (8, 12), (14, 18), (9, 11)])
        place = near(rng, village)
        places.append((place.lat, place.lon))
        asked.append(
            Visit(
                f"v{number}",
                agents + number,
                rng.choice([1200, 1800, 2400, 3600]),
                tuple(Span(moment(day, opens), moment(day, closes)) for day in sorted(days)),
                crew=2 if pairs and rng.random() < 0.05 else 1,
                allowed=frozenset(names[2 * village : 2 * village + 2]) if rng.random() < 0.6 else None,
                own=frozenset({names[2 * village]}),
                familiar=rng.choice(names[2 * village : 2 * village + 2]) if rng.random() < 0.5 else None,
            )
        )
    return Problem(
        travel=GreatCircleRoad(),
        points=tuple(places),
        vehicles=tuple(Vehicle(name, n, shifts, cap=8) for n, name in enumerate(names)),
        visits=tuple(asked),
        now=moment(MONDAY - timedelta(days=1), 20),
        seconds=seconds,
    )


def township(count: int = 2, seconds: float = 30) -> Iterator[Figure]:
    """Ours beside PyVRP from its own start, both for as long, by the whole objective and by routes alone."""
    for number in range(count):
        asked = week_of(Random(number), 20, 300, seconds)
        ours, alone, warm = plan(asked), _alone(asked), _warm(asked)
        note(f"{number}: ours {ours.cost}, {len(ours.unserved)} left out; PyVRP {cost(asked, alone)}")
        faults, others = judge(asked, ours.stops), judge(asked, alone)
        yield Figure("township", f"week {number}: rules broken", len(faults), "", 0, note=f"PyVRP alone: {len(others)}")
        share = 100 * (ours.objective / cost(asked, alone).total - 1)
        yield Figure("township", f"week {number}: ours to PyVRP alone", share, "%", 0, note="whole objective")
        share = 100 * (ours.objective / warm - 1)
        yield Figure("township", f"week {number}: ours to PyVRP from our start", share, "%", 0, note="the harder rival")
        mixed = week_of(Random(number), 20, 300, seconds, pairs=True)
        pairs = plan(mixed)
        note(f"{number} with pairs: {pairs.cost}, {len(pairs.unserved)} left out")
        yield Figure("township", f"week {number} with pairs: rules broken", len(judge(mixed, pairs.stops)), "", 0)


def _alone(asked: Problem) -> tuple[Stop, ...]:
    """What PyVRP makes of our model of it with nothing of ours: its own start, its own settings."""
    net = Network(asked)
    weeks = Weeks(promised(net))
    found = pyvrp_alone(weeks.data, MaxRuntime(asked.seconds), seed=asked.seed, collect_stats=False, display=False)
    draft = Draft(net)
    for shift, order in weeks.orders(found.best).items():
        route = Route.made(net, shift, order, [net.spans[v] for v in order])
        if route is not None:
            draft.put(route)
    return draft.stops()


def _warm(asked: Problem) -> int:
    """What PyVRP makes of our start and our model of it, with our settings, in all of the time."""
    net = Network(asked)
    start = inserted(net)
    orders = search(Weeks(start), Watch(asked.seconds, None), asked.seed, asked.seconds, None)
    found = decoded(start, orders)
    return start.cost if found is None else min(start.cost, found.cost)


def _planned(seed: int) -> tuple[int, int, int]:
    asked = week_of(Random(seed), 6, 60, 5.0, pairs=True)
    found = plan(asked)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return len(judge(asked, found.stops)), len(found.unserved), peak


def county(count: int = 34) -> Iterator[Figure]:
    """All townships of a district, five seconds of search each."""
    begin = time.perf_counter()
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        found = list(pool.map(_planned, range(count)))
    yield Figure("county", f"{count} townships planned", time.perf_counter() - begin, "s", 300, note="two at a time")
    yield Figure("county", "rules broken", sum(one[0] for one in found), "", 0)
    yield Figure("county", "visits left out", sum(one[1] for one in found), "", note=f"of {60 * count}")
    yield Figure("county", "memory of a worker, at most", max(one[2] for one in found), "MB")


def repairs(count: int = 100) -> Iterator[Figure]:
    """Random full weeks, and one agent who is gone from Tuesday at half past eight, that day or for good."""
    took, broken, hit, outcomes = [], 0, 0, dict.fromkeys(Outcome, 0)
    tuesday = DAYS[1]
    for number in range(count):
        rng = Random(number)
        before = fill(standing_township(rng, everywhere=number % 2 == 1), rng, 200)
        lost, until = rng.choice(before.agents), rng.choice([None, moment(DAYS[2])])
        begin = time.perf_counter()
        found = repair(before, lost.id, moment(tuesday, 8, 30), until)
        took.append(time.perf_counter() - begin)
        stands = {stop.visit.id: stop for stop in found.week.stops}
        mine = {change.visit for change in found.changes}
        broken += len(validate(found.week))
        for stop in before.stops:
            if stop.visit.id not in mine:
                now = stands.get(stop.visit.id)
                kept = now is not None and now.crew == stop.crew
                broken += not (kept and now and abs(now.start - stop.promised) <= before.settings.sway)
        hit += len(mine)
        for change in found.changes:
            outcomes[change.outcome] += 1
    yield Figure("repair", "promises of others broken", broken, "", 0, note=f"{count} weeks, {hit} visits hit")
    yield Figure("repair", "longest repair", max(took), "s", 1, note=f"mean {sum(took) / count:.3f} s")
    for outcome, times in outcomes.items():
        yield Figure("repair", f"visits hit: {outcome.value}", times)


PARTS: dict[str, Callable[..., Iterator[Figure]]] = {
    "exact": exact,
    "solomon": solomons,
    "township": township,
    "county": county,
    "repair": repairs,
}


def note(words: str) -> None:
    """Something to read while it runs."""
    print(words, file=sys.stderr, flush=True)


def main() -> None:
    """Measure what is named."""
    found: list[Figure] = []
    for wish in sys.argv[1:] or PARTS:
        name, _, count = wish.partition("=")
        if name not in PARTS:
            sys.exit(f"no such part: {name}; there are {', '.join(PARTS)}")
        found += PARTS[name](*([int(count)] if count else []))
    show(found)


if __name__ == "__main__":
    main()
