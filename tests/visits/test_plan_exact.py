"""Small weeks beside CP-SAT, which proves what the best is: the planner finds it, pairs and prizes among it."""

from random import Random

import pytest

from daiban_server.features.visits.plan.judge import judge
from daiban_server.features.visits.plan.objective import cost
from daiban_server.features.visits.plan.planner import plan
from tests.bench.plan_exact import solve
from tests.visits.plan_problems import random_problem


@pytest.mark.parametrize("seed", [3, 8, 11])
def test_the_best_of_a_small_week_is_found(seed: int) -> None:
    asked = random_problem(Random(seed), 3, 7, 2, iterations=1_500)
    ours, best = plan(asked), solve(asked, 60)
    assert best.proved
    assert judge(asked, best.stops) == ()
    assert cost(asked, best.stops).total == best.cost, "both count alike"
    assert ours.objective == best.cost
