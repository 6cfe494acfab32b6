"""The judge of plans: each rule, broken once."""

import pytest
from msgspec.structs import replace

from daiban_server.features.visits.plan.judge import judge
from daiban_server.features.visits.plan.objective import cost
from daiban_server.features.visits.plan.problem import Matrix, Problem, Promise, Span, Stop, Vehicle, Visit, Weights
from tests.visits.plan_problems import all_day, clock, half_days

ROAD = Matrix(((0, 600, 900), (600, 0, 300), (900, 300, 0)))
WANG = Vehicle("wang", 0, half_days(0, 1), skills=frozenset({"relief"}))
LI = Vehicle("li", 0, half_days(0, 1))
ZHAO = Visit("zhao", 1, 1800, all_day(0, 1), skills=frozenset({"relief"}), own=frozenset({"wang"}), familiar="wang")
QIAN = Visit("qian", 2, 1800, all_day(0, 1), demand=3)
BOTH = Visit("both", 2, 1800, all_day(0, 1), crew=2, priority=1)
WEEK = Problem(ROAD, (WANG, LI), (ZHAO, QIAN, BOTH))
SOUND = (
    Stop("zhao", ("wang",), clock(0, 8, 10)),
    Stop("qian", ("li",), clock(0, 8, 15)),
    Stop("both", ("wang", "li"), clock(0, 9)),
)


def codes(week: Problem, *stops: Stop) -> list[str]:
    return [fault.code for fault in judge(week, stops)]


def test_a_sound_plan_has_no_fault() -> None:
    assert judge(WEEK, SOUND) == ()


@pytest.mark.parametrize(
    ("number", "stop", "expected"),
    [
        (0, Stop("zhao", ("wang",), clock(0, 8, 9)), "road"),
        (0, Stop("zhao", ("wang",), clock(0, 11, 25)), "home_too_late"),
        (0, Stop("zhao", ("wang",), clock(0, 13)), "off_shift"),
        (0, Stop("zhao", ("li",), clock(0, 10)), "skill"),
        (0, Stop("zhao", ("wang",), clock(2, 9)), "outside_windows"),
        (0, Stop("zhao", ("wang", "li"), clock(0, 10)), "crew_size"),
        (2, Stop("both", ("li", "li"), clock(0, 9)), "crew_size"),
        (2, Stop("both", ("li", "sun"), clock(0, 9)), "vehicle_unknown"),
        (1, Stop("qian", ("li",), clock(0, 8, 31)), "road"),
        (1, Stop("zhao", ("wang",), clock(1, 9)), "visit_twice"),
        (1, Stop("sun", ("wang",), clock(1, 9)), "visit_unknown"),
    ],
)
def test_each_rule_of_stops(number: int, stop: Stop, expected: str) -> None:
    stops = list(SOUND)
    stops[number] = stop
    assert expected in codes(WEEK, *stops)


def test_caps_are_of_days_and_capacity_of_shifts() -> None:
    tired = replace(LI, cap=1)
    assert codes(replace(WEEK, vehicles=(WANG, tired)), *SOUND) == ["over_cap"]
    assert codes(replace(WEEK, vehicles=(WANG, replace(LI, cap=2))), *SOUND) == []
    later = SOUND[2].start + 6 * 3600
    assert codes(replace(WEEK, vehicles=(WANG, tired)), *SOUND[:2], replace(SOUND[2], start=later)) == ["over_cap"]
    assert codes(replace(WEEK, vehicles=(WANG, replace(LI, capacity=2))), *SOUND) == ["over_capacity"]


def test_territory() -> None:
    shut = replace(QIAN, allowed=frozenset({"wang"}))
    assert codes(replace(WEEK, visits=(ZHAO, shut, BOTH)), *SOUND) == ["not_allowed"]


@pytest.mark.parametrize(
    ("promise", "kept"),
    [
        (Promise("qian", ("li",), clock(0, 8, 30), sway=900), True),
        (Promise("qian", ("li",), clock(0, 8, 31), sway=900), False),
        (Promise("qian", ("wang",), clock(0, 8, 15)), False),
        (Promise("both", ("li", "wang"), clock(0, 9)), True),
    ],
)
def test_promises(promise: Promise, kept: bool) -> None:
    assert codes(replace(WEEK, promises=(promise,)), *SOUND) == ([] if kept else ["promise_broken"])
    assert codes(replace(WEEK, promises=(promise,))) == ["promise_broken"], "not made is not kept"


def test_a_window_may_bind_the_start_alone() -> None:
    late = replace(QIAN, windows=(Span(clock(0, 8), clock(0, 8, 20)),))
    week = replace(WEEK, visits=(ZHAO, late, BOTH))
    assert codes(week, *SOUND) == ["outside_windows"]
    assert codes(replace(week, window_holds="start"), *SOUND) == []


def test_the_objective_is_the_sum_of_its_named_parts() -> None:
    weights = Weights(travel=2, delay=100, unserved=10_000, stand_in=50, unfamiliar=30, load=7)
    week = replace(WEEK, weights=weights, visits=(replace(ZHAO, skills=frozenset()), QIAN, BOTH))
    # 王芳's round is 600 + 300 + 900, 李强's 900 + 0 + 900; each has two visits on the day.
    assert cost(week, SOUND).travel == 2 * 3600
    assert cost(week, SOUND).load == 2 * 7
    moved = (Stop("zhao", ("li",), clock(1, 9)),)
    parts = cost(week, moved)
    assert (parts.travel, parts.delay, parts.stand_in, parts.unfamiliar) == (2 * 1200, 100, 50, 30)
    assert parts.unserved == 10_000 + 2 * 10_000
    assert parts.total == 2400 + 100 + 50 + 30 + 30_000
