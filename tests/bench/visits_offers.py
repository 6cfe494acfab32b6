"""How long an offer takes with a township's full week loaded. Run it: `python tests/bench/visits_offers.py`.

Twenty agents in ten pairs of A and B, five days of two half-days each, three hundred standing visits
that were themselves placed by offers, then a thousand questions from random homes. Two townships: one
where a place has its own pair, and one where every agent answers for every place, the worst there is.
"""

import random
import sys
import time
from datetime import date, timedelta
from itertools import count

from daiban_server.features.visits.engine.model import Agent, Point, Post, Visit, Week, Window, moment
from daiban_server.features.visits.engine.offers import insert, offers
from daiban_server.features.visits.engine.travel import GreatCircle
from daiban_server.features.visits.engine.validate import validate

MONDAY = date(2026, 11, 23)
DAYS = [MONDAY + timedelta(days=d) for d in range(5)]
VILLAGES = [f"village-{v}" for v in range(10)]


def township(rng: random.Random, everywhere: bool) -> Week:
    shifts = tuple(Window(moment(d, *a), moment(d, *z)) for d in DAYS for a, z in (((8,), (12,)), ((14,), (18,))))
    agents = tuple(Agent(f"agent-{n}", f"代办员{n}", near(rng, n // 2), shifts) for n in range(20))
    posts = tuple(
        Post(f"post-{v}", f"agent-{2 * v}", f"agent-{2 * v + 1}", frozenset(VILLAGES if everywhere else [place]))
        for v, place in enumerate(VILLAGES)
    )
    return Week(moment(MONDAY, 7), agents, posts, GreatCircle())


def near(rng: random.Random, village: int) -> Point:
    """A home within some two kilometres of the village, the villages some five apart."""
    return Point(
        32.6 + village % 5 * 0.05 + rng.uniform(-0.02, 0.02), 109 + village // 5 * 0.05 + rng.uniform(-0.02, 0.02)
    )


def question(rng: random.Random, number: int) -> Visit:
    """Half an hour or an hour on any of two or all five days."""
    village = rng.randrange(10)
    days = rng.choice([rng.sample(DAYS, 2), DAYS])
    windows = tuple(Window(moment(d, 8), moment(d, 18)) for d in days)
    service = rng.choice([1800, 2400, 3600])
    return Visit(f"v{number}", f"h{number}", VILLAGES[village], near(rng, village), service, windows)


def fill(week: Week, rng: random.Random, visits: int) -> Week:
    for number in count():
        if len(week.stops) >= visits or number > 4 * visits:
            return week
        visit = question(rng, number)
        answer = offers(week, visit)
        if answer.offers:
            week = insert(week, visit, rng.choice(answer.offers))
    return week


def main() -> None:
    questions = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    for name, everywhere in (("a pair for each village", False), ("everyone everywhere", True)):
        rng = random.Random(2011)
        week = fill(township(rng, everywhere), rng, 300)
        assert validate(week) == ()
        taken, answered = [], 0
        for number in range(questions):
            visit = question(rng, 10_000 + number)
            begin = time.perf_counter()
            answer = offers(week, visit)
            taken.append((time.perf_counter() - begin) * 1000)
            answered += bool(answer.offers)
        taken.sort()
        p50, p99 = taken[questions // 2], taken[questions * 99 // 100]
        print(
            f"{name}: 20 agents, {len(week.stops)} standing visits, {questions} questions, "
            f"{answered} answered: p50 {p50:.2f} ms, p99 {p99:.2f} ms, max {taken[-1]:.2f} ms"
        )


if __name__ == "__main__":
    main()
