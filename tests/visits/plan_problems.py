"""Problems for the planner: a valley with two agents to tell stories in, and random ones to be hard on it."""

from random import Random

from daiban_server.features.visits.plan.problem import (
    DAY,
    Matrix,
    Problem,
    Span,
    Vehicle,
    Visit,
    Weights,
)

HOUR, MINUTE = 3600, 60


def clock(day: int, hour: int, minute: int = 0) -> int:
    return day * DAY + hour * HOUR + minute * MINUTE


def half_days(*days: int) -> tuple[Span, ...]:
    return tuple(Span(clock(day, a), clock(day, z)) for day in days for a, z in ((8, 12), (14, 18)))


def all_day(*days: int) -> tuple[Span, ...]:
    return tuple(Span(clock(day, 8), clock(day, 18)) for day in days)


def random_problem(rng: Random, agents: int, visits: int, days: int = 3, **wishes: object) -> Problem:
    """Agents and homes on a plane; skills, territories, caps, pairs, prizes and odd windows all occur."""
    points = [(rng.uniform(0, 60), rng.uniform(0, 60)) for _ in range(agents + visits)]
    road = tuple(tuple(round(((a - c) ** 2 + (b - d) ** 2) ** 0.5 * 60) for c, d in points) for a, b in points)
    names = [f"a{n}" for n in range(agents)]
    vehicles = tuple(
        Vehicle(
            name,
            n,
            tuple(s for s in half_days(*range(days)) if rng.random() < 0.85),
            cap=rng.choice([None, 3, 5]),
            skills=frozenset(rng.sample(["relief", "land"], rng.randint(1, 2))),
        )
        for n, name in enumerate(names)
    )
    return Problem(
        travel=Matrix(road),
        points=tuple(points),
        vehicles=vehicles,
        visits=tuple(_visit(rng, n, agents + n, names, days) for n in range(visits)),
        **{"weights": Weights(), "seed": rng.randrange(1000), **wishes},
    )


def _visit(rng: Random, number: int, point: int, names: list[str], days: int) -> Visit:
    some = rng.sample(range(days), rng.randint(1, days))
    windows = all_day(*some)
    if rng.random() < 0.3:
        windows = tuple(Span(clock(day, h), clock(day, h + 2)) for day in some for h in (9, 15))
    own = frozenset(rng.sample(names, min(2, len(names)))) if rng.random() < 0.6 else None
    return Visit(
        f"v{number}",
        point,
        rng.choice([20, 30, 45, 60]) * MINUTE,
        windows,
        skills=frozenset(["relief"]) if rng.random() < 0.5 else frozenset(),
        priority=rng.choice([0, 0, 0, 1]),
        prize=rng.choice([None, None, None, 2_000, 20_000]),
        crew=2 if rng.random() < 0.1 and len(names) > 1 else 1,
        own=own,
        allowed=frozenset(names[:-1]) if rng.random() < 0.1 and len(names) > 2 else None,
        familiar=rng.choice(names) if rng.random() < 0.4 else None,
    )
