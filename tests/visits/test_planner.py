"""Plans of whole weeks: sound, never worse than what stands, the same for the same seed, and told as they grow."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from daiban_server.features.visits.plan.judge import judge
from daiban_server.features.visits.plan.objective import cost
from daiban_server.features.visits.plan.planner import plan
from daiban_server.features.visits.plan.problem import Matrix, Problem, Promise, Span, Stop, Vehicle, Visit, Weights
from daiban_server.features.visits.plan.reading import PlanFileError
from daiban_server.features.visits.plan.watch import Progress
from tests.bench.solomon import best_known, instance
from tests.visits.plan_problems import all_day, clock, half_days, random_problem

ROAD = Matrix(((0, 600, 900), (600, 0, 300), (900, 300, 0)))
WANG, LI = Vehicle("wang", 0, half_days(0), name="王芳"), Vehicle("li", 0, half_days(0), name="李强")
ZHAO = Visit("zhao", 1, 1800, all_day(0), name="赵家")
QIAN = Visit("qian", 2, 1800, all_day(0), name="钱家")


def week(*visits: Visit, vehicles: tuple[Vehicle, ...] = (WANG, LI), **wishes: object) -> Problem:
    return Problem(ROAD, vehicles, visits, **{"iterations": 60, **wishes})


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10**6))
def test_a_plan_of_anything_is_sound_counts_right_and_a_new_one_beside_its_promises_is_no_worse(seed: int) -> None:
    rng = Random(seed)
    asked = random_problem(rng, rng.randint(1, 4), rng.randint(1, 14), iterations=80, step=rng.choice([1, 300]))
    first = plan(asked)
    assert judge(asked, first.stops) == ()
    assert first.objective == first.cost.total == cost(asked, first.stops).total
    assert {stop.visit for stop in first.stops} | {left.visit for left in first.unserved} == {
        visit.id for visit in asked.visits
    }
    assert len(first.stops) + len(first.unserved) == len(asked.visits)
    promises = tuple(
        Promise(stop.visit, stop.crew, stop.start, rng.choice([0, 900])) for stop in first.stops if rng.random() < 0.5
    )
    again = replace(asked, promises=promises, initial=first.stops)
    second = plan(again)
    assert judge(again, second.stops) == ()
    assert second.objective <= first.objective
    assert plan(again).stops == second.stops


def test_the_same_seed_gives_the_same_plan_and_every_better_one_is_told() -> None:
    asked = instance("R101", 25, iterations=200, seed=3)
    told: list[Progress] = []
    first, second = plan(asked, told.append), plan(asked)
    assert first.stops == second.stops
    assert [one.objective for one in told] == sorted({one.objective for one in told}, reverse=True)
    assert told[-1].objective == first.objective
    assert told[-1].stops == first.stops
    assert first.ended == "iterations"


def test_a_published_instance_comes_out_as_published() -> None:
    found = plan(instance("C101", iterations=150))
    assert (found.objective, len(found.unserved)) == (best_known("C101"), 0)


def test_two_come_together_or_not_at_all() -> None:
    both = Visit("both", 2, 1800, all_day(0), crew=2)
    found = plan(week(both, ZHAO))
    stop = next(stop for stop in found.stops if stop.visit == "both")
    assert set(stop.crew) == {"wang", "li"}
    alone = plan(week(both, ZHAO, vehicles=(WANG,)))
    assert [(left.visit, left.code) for left in alone.unserved] == [("both", "no_partner")]


def test_promises_stand_and_one_that_cannot_be_kept_is_an_error_with_its_place() -> None:
    nine = Promise("zhao", ("li",), clock(0, 9))
    found = plan(week(ZHAO, QIAN, promises=(nine,)))
    assert Stop("zhao", ("li",), clock(0, 9)) in found.stops
    too_close = Promise("qian", ("li",), clock(0, 9, 34))
    with pytest.raises(PlanFileError, match="promises\\[0\\], promises\\[1\\]"):
        plan(week(ZHAO, QIAN, promises=(nine, too_close)))
    swaying = replace(too_close, sway=60)
    assert Stop("qian", ("li",), clock(0, 9, 35)) in plan(week(ZHAO, QIAN, promises=(nine, swaying))).stops
    idle = replace(LI, cap=1)
    with pytest.raises(PlanFileError, match="promises"):
        plan(week(ZHAO, QIAN, vehicles=(WANG, idle), promises=(nine, replace(too_close, start=clock(0, 15)))))


def test_what_stands_is_kept_where_nothing_better_is_found() -> None:
    standing = (Stop("zhao", ("wang",), clock(0, 10)), Stop("qian", ("wang",), clock(0, 10, 40)))
    found = plan(week(ZHAO, QIAN, initial=standing, weights=Weights(load=0)))
    assert found.stops == standing, "as short as can be: even its times stay"
    broken = (Stop("zhao", ("wang",), clock(0, 8)), standing[1])
    assert judge(week(ZHAO, QIAN), plan(week(ZHAO, QIAN, initial=broken)).stops) == ()


@pytest.mark.parametrize(
    ("visit", "vehicles", "code"),
    [
        (replace(ZHAO, windows=(Span(0, 60),)), (WANG,), "no_time"),
        (replace(ZHAO, allowed=frozenset()), (WANG,), "not_allowed"),
        (replace(ZHAO, skills=frozenset({"land"})), (WANG,), "skill"),
        (replace(ZHAO, windows=all_day(4)), (WANG,), "off_shift"),
        (replace(ZHAO, service=3 * 3600), (replace(WANG, shifts=(Span(clock(0, 8), clock(0, 11)),)),), "too_far"),
        (ZHAO, (replace(WANG, cap=0),), "full"),
        (replace(ZHAO, prize=100), (WANG,), "not_worth"),
    ],
)
def test_what_is_left_out_has_a_reason_in_words(visit: Visit, vehicles: tuple[Vehicle, ...], code: str) -> None:
    found = plan(week(visit, vehicles=vehicles))
    assert [left.code for left in found.unserved] == [code]
    assert found.unserved[0].reason.startswith("赵家：")


def test_a_full_morning_has_no_gap_left() -> None:
    long = [Visit(f"v{n}", 1, 2 * 3600, (Span(clock(0, 8), clock(0, 12)),)) for n in range(2)]
    found = plan(week(*long, vehicles=(WANG,)))
    assert [left.code for left in found.unserved] == ["no_gap"]


def test_a_day_with_a_cap_over_both_halves_and_a_load_to_share() -> None:
    visits = [Visit(f"v{n}", 1, 1800, all_day(0)) for n in range(6)]
    capped = plan(week(*visits, vehicles=(replace(WANG, cap=4), replace(LI, cap=1))))
    assert (capped.figures.visits, capped.figures.load_most) == (5, 4)
    shared = plan(week(*visits, weights=Weights(load=1_000)))
    assert shared.figures.load_spread == 0
    hoarded = plan(week(*visits, weights=Weights(load=0)))
    assert hoarded.figures.load_spread == 6, "one road is shorter than two"


def test_figures_of_a_week() -> None:
    zhao = replace(ZHAO, own=frozenset({"wang"}), familiar="wang")
    visits = zhao, replace(QIAN, own=frozenset({"li"}), familiar="li")
    promise = Promise("zhao", ("li",), clock(0, 9))
    found = plan(week(*visits, promises=(promise,))).figures
    assert (found.same_agent, found.stand_in, found.promises_kept) == (0.5, 0.5, 1.0)
    assert found.travel_hours == 0.5


def test_a_search_can_be_cancelled_and_still_answers() -> None:
    found = plan(instance("R101", 25, iterations=10**9), cancelled=lambda: True)
    assert found.ended == "cancelled"
    assert judge(instance("R101", 25), found.stops) == ()


def test_nothing_to_do_is_a_plan_too() -> None:
    assert plan(week()).objective == 0
    assert [left.code for left in plan(week(ZHAO, vehicles=())).unserved] == ["not_allowed"]
