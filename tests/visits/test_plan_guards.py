"""What must not be lost in a search, each with its guard taken to be missing."""

import pytest

from daiban_server.features.visits.plan.judge import judge
from daiban_server.features.visits.plan.network import Network
from daiban_server.features.visits.plan.planner import UnsoundError, _Search, decoded, plan
from daiban_server.features.visits.plan.problem import Promise, Stop, Visit
from daiban_server.features.visits.plan.start import inserted
from daiban_server.features.visits.plan.watch import Watch
from tests.visits.plan_problems import all_day, clock
from tests.visits.test_planner import LI, QIAN, WANG, ZHAO, week


def test_promises_of_a_crowded_day_stand_through_a_long_search() -> None:
    visits = [Visit(f"v{n}", 1 + n % 2, 3600, all_day(0), prize=5_000) for n in range(14)]
    promises = tuple(Promise(f"v{n}", ("wang",), clock(0, hour, 30)) for n, hour in enumerate((8, 10, 16)))
    asked = week(*visits, promises=promises, iterations=400)
    found = plan(asked)
    assert judge(asked, found.stops) == ()
    assert found.figures.promises_kept == 1.0


def test_an_order_without_a_promise_is_no_draft() -> None:
    net = Network(week(ZHAO, QIAN, promises=(Promise("zhao", ("wang",), clock(0, 9)),)))
    before = inserted(net)
    assert decoded(before, {0: [0, 1]}) is not None
    assert decoded(before, {0: [1]}) is None


def test_a_plan_with_a_fault_is_never_kept() -> None:
    search = _Search(Network(week(ZHAO, vehicles=(WANG, LI))), Watch(1, 1), lambda progress: None)
    search.start()
    best = search.best
    with pytest.raises(UnsoundError):
        search._keep((Stop("zhao", ("wang",), clock(0, 3)),))
    assert search.best == best
