"""王芳 drops out in the middle of a day: 李强 stands in, and only her visits move."""

from random import Random

import pytest
from msgspec.structs import replace

from daiban_server.features.visits.engine.model import Agent, Post, ProblemError, Promise, Week, moment
from daiban_server.features.visits.engine.repair import Outcome, repair
from daiban_server.features.visits.engine.validate import validate
from tests.bench.visits_offers import fill, township
from tests.visits.village_week import LI, TUESDAY, WANG, WEDNESDAY, agent, between, home_of, standing, week

ALL_DAYS = tuple(between(day, (8, 30), (18, 0)) for day in (TUESDAY, WEDNESDAY))


def home(name: str, km: float, **changes: object):
    return home_of(name, km, *ALL_DAYS, **changes)


def test_the_stand_in_comes_at_the_same_time_and_nobody_else_moves() -> None:
    begun = standing(home("zhao", 2), "wang", TUESDAY, 9)
    hit = standing(home("qian", 3), "wang", TUESDAY, 11)
    other = standing(home("sun", 4), "li", TUESDAY, 15)
    found = repair(week(begun, hit, other), "wang", moment(TUESDAY, 9, 30))
    (change,) = found.changes
    assert (change.visit, change.outcome) == ("qian", Outcome.SAME_TIME)
    assert (change.old_crew, change.old_start) == (("wang",), hit.start)
    assert (change.new_crew, change.new_start) == (("li",), hit.start)
    assert change.reason == "石转村原定 王芳 11月24日 周二 上午 11:00，改由 李强 按原时间上门"
    assert {begun, other} <= set(found.week.stops)
    assert found.moves == ()
    assert validate(found.week) == (), "who began a visit ends it and goes home"


def test_where_the_stand_in_is_taken_the_resident_is_offered_another_time() -> None:
    hit = standing(home("qian", 3), "wang", TUESDAY, 11)
    busy = standing(home("sun", 4), "li", TUESDAY, 11)
    found = repair(week(hit, busy), "wang", moment(TUESDAY, 9))
    (change,) = found.changes
    assert (change.outcome, change.new_crew) == (Outcome.NEW_TIME, ("li",))
    assert change.new_start is not None
    assert change.new_start // 86_400 == hit.start // 86_400, "on its day if it can be"
    assert busy in found.week.stops
    (stop,) = (stop for stop in found.week.stops if stop.visit.id == "qian")
    assert stop.promised == stop.start, "the new time is what the resident is told"
    assert validate(found.week) == ()


def test_a_promised_neighbour_sways_before_a_resident_is_put_off() -> None:
    hit = standing(home_of("qian", 3, between(TUESDAY, (10, 0), (10, 40))), "wang", TUESDAY, 10)
    near = standing(home("sun", 3), "li", TUESDAY, 10, 35, promise=Promise.PROMISED)
    found = repair(week(hit, near), "wang", moment(TUESDAY, 9))
    assert [change.outcome for change in found.changes] == [Outcome.SAME_TIME]
    assert [(move.visit, move.new - move.old) for move in found.moves] == [("sun", 300)]
    assert validate(found.week) == ()


def test_where_nobody_can_come_it_is_said_agent_by_agent() -> None:
    hit = standing(home("qian", 3, items=frozenset({"land"})), "wang", TUESDAY, 11)
    skilled = replace(WANG, skills=frozenset({"land"}))
    found = repair(week(hit, agents=(skilled, LI)), "wang", moment(TUESDAY, 9))
    (change,) = found.changes
    assert (change.outcome, change.new_crew, change.new_start) == (Outcome.NOBODY, None, None)
    assert "李强 不办这个事项" in [refusal.reason for refusal in change.refusals]
    assert change.reason.endswith("没有人能去，请与住户另约")
    assert found.week.stops == ()


def test_of_two_who_were_to_come_the_one_who_is_left_still_comes() -> None:
    sun = agent("sun", "孙丽", km=0.5)
    south = Post("south", a="sun", b="li", territory=frozenset({"shizhuan"}))
    north = Post("north", a="wang", b="li", territory=frozenset({"shizhuan"}))
    hit = standing(home("qian", 3, crew=2), "wang li", TUESDAY, 11)
    found = repair(week(hit, agents=(WANG, LI, sun), posts=(north, south)), "wang", moment(TUESDAY, 9))
    (change,) = found.changes
    assert set(change.new_crew or ()) == {"li", "sun"}
    assert change.new_start == hit.start


def test_an_absence_has_an_end_and_what_lies_behind_it_stays() -> None:
    today = standing(home("qian", 3), "wang", TUESDAY, 11)
    tomorrow = standing(home("sun", 4), "wang", WEDNESDAY, 11)
    before = week(today, tomorrow)
    found = repair(before, "wang", moment(TUESDAY, 9), until=moment(WEDNESDAY, 0))
    assert [change.visit for change in found.changes] == ["qian"]
    assert tomorrow in found.week.stops
    assert [change.visit for change in repair(before, "wang", moment(TUESDAY, 9)).changes] == ["qian", "sun"]


def test_sway_never_adds_up_over_two_repairs() -> None:
    hit = standing(home("qian", 3), "wang", TUESDAY, 11)
    # 李强 comes from a visit that ends at 11:05, and lives up the road: ten minutes later is the soonest.
    before = standing(home("sun", 3), "li", TUESDAY, 10, 30)
    found = repair(week(hit, before), "wang", moment(TUESDAY, 9))
    (stop,) = (stop for stop in found.week.stops if stop.visit.id == "qian")
    assert (stop.start - hit.start, stop.promised) == (600, hit.start)


def test_an_unknown_agent_is_an_error() -> None:
    with pytest.raises(ProblemError, match="agent_unknown"):
        repair(week(), "nobody", moment(TUESDAY, 9))


def untouched(before: Week, after: Week, hit: set[str], lost: Agent) -> None:
    """Every visit that was not hit keeps its agent, and its start give or take the sway."""
    stands = {stop.visit.id: stop for stop in after.stops}
    for stop in before.stops:
        if stop.visit.id not in hit:
            assert stands[stop.visit.id].crew == stop.crew
            assert abs(stands[stop.visit.id].start - stop.promised) <= before.settings.sway
        else:
            assert stop.visit.id not in stands or lost.id not in stands[stop.visit.id].crew


@pytest.mark.parametrize("seed", range(4))
def test_in_a_full_week_no_other_promise_is_broken(seed: int) -> None:
    rng = Random(seed)
    before = fill(township(rng, everywhere=False), rng, 120)
    lost = rng.choice(before.agents)
    found = repair(before, lost.id, moment(TUESDAY, 8, 30), until=moment(WEDNESDAY, 0))
    assert validate(found.week) == ()
    untouched(before, found.week, {change.visit for change in found.changes}, lost)
    hit = {
        stop.visit.id
        for stop in before.stops
        if lost.id in stop.crew and stop.start // 86_400 == moment(TUESDAY) // 86_400
    }
    assert {change.visit for change in found.changes} <= hit
