"""What becomes of a plan when the world goes on meanwhile, and what no plan may do."""

from random import Random

import msgspec
import pytest
from sqlalchemy import update

from daiban_schemas import entry
from daiban_server.db import schema
from daiban_server.db.program import run
from daiban_server.features.visits.engine.validate import validate
from daiban_server.features.visits.plan.problem import Stop
from daiban_server.features.visits.planning import runs
from daiban_server.features.visits.planning.asking import ask
from daiban_server.features.visits.planning.committing import broken_by
from daiban_server.features.visits.planning.difference import Change, judged
from daiban_server.features.visits.standing import load_week
from daiban_server.features.visits.terms import to_moment
from daiban_server.http.problems import ProblemError
from tests.visiting.planners import committed, planned, run_of, waiting
from tests.visiting.village import HOUR, Village

FAR = {"lon": 109_140_000, "lat": 32_780_000}


def test_a_plan_of_another_version_is_stale_and_changes_nothing(village: Village) -> None:
    asked = waiting(village)
    plan = planned(village)
    village.booked("李大山", "王芳", 3, 9)
    stood = village.slots()
    assert committed(village, plan.id) == ("stale", 0)
    assert run_of(village, plan.id).state == "stale"
    assert village.slots() == stood
    assert {village.status(one) for one in asked} == {"requested"}
    assert committed(village, plan.id) == ("stale", 0), "and stays so"
    assert committed(village, planned(village).id).state == "committed"


def test_of_two_commits_one_does_it(village: Village) -> None:
    waiting(village)
    plan, other = planned(village), planned(village, seed=2)
    assert committed(village, plan.id).state == "committed"
    with pytest.raises(ProblemError, match=r"plan\.committed"):
        committed(village, plan.id)
    assert committed(village, other.id) == ("stale", 0)


def test_windows_that_changed_meanwhile_make_a_plan_stale(village: Village) -> None:
    """No slot was touched, so the version is the same; the judge of weeks sees it all the same."""
    (asked,) = waiting(village, 1, windows=[village.window(1, 9, 12)])
    plan = planned(village)
    other = {"windows": [village.window(2, 9, 12)]}
    seen = village.record_position(asked)
    assert (
        village.write("赵敏", entry.change(asked.hex(), "visit", other, seen=seen, at=village.now)).outcome == "merged"
    )
    assert committed(village, plan.id) == ("stale", 0)
    assert village.slots() == []


def test_a_home_that_is_on_no_map_any_more_makes_a_plan_stale(village: Village) -> None:
    (asked,) = waiting(village, 1)
    plan = planned(village)
    home = bytes.fromhex(village.values(asked)["household"])
    village.run(run(update(schema.place).values(lon=None, lat=None)))
    change = entry.change(home.hex(), "household", {"point": None}, seen=village.record_position(home), at=village.now)
    assert village.write("赵敏", change).outcome == "merged"
    assert committed(village, plan.id) == ("stale", 0)
    assert village.status(asked) == "requested"


def test_a_plan_whose_half_day_began_is_stale(village: Village) -> None:
    waiting(village, 1, windows=[village.window(0, 14, 17.5)])
    plan = planned(village)
    village.now = village.at(0, 14.1)
    assert committed(village, plan.id) == ("stale", 0)


def test_another_centre_sees_no_run(village: Village) -> None:
    waiting(village, 1)
    plan = planned(village)
    with pytest.raises(ProblemError, match=r"plan\.run_unknown"):
        village.run(runs.one(village.new(), plan.id))


def test_a_plan_that_would_hand_over_a_promise_is_not_committed(village: Village) -> None:
    """Whatever a planner says: here a plan that was tampered with."""
    told = village.booked("张桂兰", "王芳", 1, 10)
    plan = planned(village)
    liu = (village.people["刘强"].hex(),)
    stops = tuple(Stop(stop.visit, liu, stop.start) for stop in plan.plan.stops)
    body = msgspec.json.encode(msgspec.structs.replace(plan.plan, stops=stops))
    village.run(run(update(schema.visit_run).values(plan=body)))
    assert committed(village, plan.id) == ("stale", 0)
    assert village.slots() == [(told, "王芳", village.at(1, 10))]


def test_the_judge_of_weeks_refuses_what_breaks_a_rule(village: Village) -> None:
    told = village.booked("张桂兰", "王芳", 1, 9)
    (asked,) = waiting(village, 1)
    week = village.run(ask(village.centre, village.now))
    stop = Stop(asked.hex(), (village.people["王芳"].hex(),), to_moment(village.at(1, 9)))
    found = broken_by(week.standing, week.visits, [Change(asked.hex(), "", "new", None, stop)])
    assert {one.code for one in found} == {"overlap_or_road"}
    assert told


def test_a_dearer_plan_than_what_stands_is_refused(village: Village) -> None:
    asked = waiting(village, 2)
    committed(village, planned(village).id)
    plan = planned(village)
    fewer = msgspec.structs.replace(plan.plan, stops=plan.plan.stops[:1])
    assert judged(plan.posed, fewer)[1] == "worse"
    assert asked


def test_the_same_seed_gives_the_same_plan(village: Village) -> None:
    waiting(village, 9)
    village.visit(village.family("远处", point=FAR), minutes=60)
    first, second = planned(village, seed=5), planned(village, seed=5)
    assert first.plan.stops == second.plan.stops
    assert first.plan.objective == second.plan.objective


@pytest.mark.parametrize("seed", range(4))
def test_no_plan_breaks_a_promise(village: Village, seed: int) -> None:
    """Townships at random: some visits stand in every state, others wait; two nights of plans go over them."""
    rng = Random(seed)
    for n in range(14):
        point = {"lon": 109_020_000 + rng.randrange(60_000), "lat": 32_710_000 + rng.randrange(60_000)}
        windows = [
            village.window(day, *rng.choice([(9, 12), (14, 17.5), (9, 17.5)])) for day in rng.sample(range(1, 5), 2)
        ]
        more = {"windows": windows} if rng.random() < 0.7 else {}
        crew = 2 if rng.random() < 0.15 else 1
        visit = village.visit(
            village.family(f"户主{n}", point=point), minutes=rng.choice([20, 30, 60]), crew=crew, **more
        )
        step = rng.choice(["", "", "propose", "assign", "assign", "accept"])
        ask_for = {"accept": "assign"}.get(step, step)
        if not step or village.give("赵敏", "visit", visit, ask_for) != "merged" or step != "accept":
            continue
        who = next(who for one, who, _ in village.slots() if one == visit)
        assert village.give(who, "visit", visit, "accept") == "merged"
    for night in range(2):
        states = {one: village.status(one) for one, _, _ in village.slots()}
        before = village.slots()
        stood = set(validate(village.run(load_week(village.centre, village.now)).week))
        plan = planned(village, seed=seed + night)
        assert committed(village, plan.id).state == "committed"
        after = village.slots()
        for visit, state in states.items():
            was, now = ([(who, at) for one, who, at in slots if one == visit] for slots in (before, after))
            if state == "accepted":
                assert was == now
            if state == "assigned":
                assert {who for who, _ in was} == {who for who, _ in now}
                assert abs(now[0][1] - village.values(visit)["promised"]) <= HOUR // 4
        assert set(validate(village.run(load_week(village.centre, village.now)).week)) <= stood
