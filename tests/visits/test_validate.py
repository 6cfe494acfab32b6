"""The judge finds each kind of broken rule, and nothing in a sound week."""

import pytest
from msgspec.structs import replace
from village_week import LI, MORNING, TUESDAY, WANG, WEDNESDAY, agent, between, home_of, standing, week

from daiban_server.features.visits.engine.model import Promise, Window, moment
from daiban_server.features.visits.engine.validate import validate

ALL_DAY = between(WEDNESDAY, (8, 0), (18, 30))


def wang_at(name: str, km: float, hour: int, minute: int = 0, **changes: object):
    return standing(home_of(name, km, ALL_DAY, **changes), "wang", WEDNESDAY, hour, minute)


def found(*stops, **changes):
    return [(v.code, v.agent, v.visit) for v in validate(week(*stops, **changes))]


def test_a_sound_day_breaks_nothing():
    two = standing(home_of("郑", 2, ALL_DAY, crew=2), "wang li", WEDNESDAY, 15)
    assert found(wang_at("陈", 4, 9), wang_at("吴", 6, 10), two) == []


def test_work_may_begin_and_end_to_the_second():
    # 0 km: at home already, and home again at once.
    first, last = wang_at("陈", 0, 8, 30), wang_at("吴", 0, 11, 20)
    assert found(first, last) == []
    assert found(replace(first, start=first.start - 1)) == [
        ("promise_broken", None, "陈"),
        ("off_duty", "wang", "陈"),
    ]
    assert found(replace(last, start=last.start + 1, promised=last.start + 1)) == [("home_too_late", "wang", None)]


@pytest.mark.parametrize(
    ("broken", "expected"),
    [
        ([wang_at("陈", 4, 9), wang_at("陈", 4, 15)], [("visit_twice", None, "陈")] * 2),
        ([wang_at("陈", 4, 9, crew=2)], [("crew_size", None, "陈")]),
        ([standing(home_of("陈", 4, crew=2), "li li", WEDNESDAY, 9)], [("crew_size", None, "陈")]),
        ([wang_at("陈", 4, 9, place="longquan")], [("territory", "wang", "陈")]),
        ([wang_at("陈", 4, 9, items=frozenset({"insurance"}))], [("skill", "wang", "陈")]),
        ([standing(home_of("陈", 4, MORNING), "wang", WEDNESDAY, 10, 21)], [("outside_windows", None, "陈")]),
        ([standing(home_of("陈", 4, MORNING), "wang", WEDNESDAY, 8, 59)], [("outside_windows", None, "陈")]),
        (
            [wang_at("陈", 4, 9, deadline=moment(WEDNESDAY, 9, 39))],
            [("past_deadline", None, "陈")],
        ),
        ([wang_at("陈", 4, 8, 40)], [("left_too_early", "wang", "陈")]),
        ([wang_at("陈", 4, 9), wang_at("吴", 6, 9, 45)], [("overlap_or_road", "wang", "吴")]),
        ([wang_at("陈", 4, 9), wang_at("吴", 4, 9, 10)], [("overlap_or_road", "wang", "吴")]),
        ([wang_at("陈", 10, 11)], [("home_too_late", "wang", None)]),
        ([wang_at("陈", 4, 13)], [("off_duty", "wang", "陈")]),
    ],
)
def test_each_broken_rule_is_named(broken, expected):
    assert found(*broken) == expected


def test_a_promise_bends_by_fifteen_minutes_and_an_accepted_visit_not_at_all():
    told = wang_at("陈", 4, 10)
    late = replace(told, start=told.start + 900)
    assert found(late) == [("promise_broken", None, "陈")]
    assert found(replace(late, promise=Promise.PROMISED)) == []
    too_late = replace(late, start=told.start + 901, promise=Promise.PROMISED)
    assert found(too_late) == [("promise_broken", None, "陈")]


def test_the_cap_counts_the_whole_day_and_only_the_day():
    capped = (agent("wang", "王芳", daily_cap=1), LI)
    tuesday = standing(home_of("郑", 2, between(TUESDAY, (8, 0), (18, 0))), "wang", TUESDAY, 9)
    stops = wang_at("陈", 4, 9), wang_at("吴", 6, 15), tuesday
    assert found(*stops, agents=capped) == [("over_cap", "wang", "吴")]


def test_absence_takes_the_visit_and_the_road_to_it():
    def away(opens, closes):
        return (agent("wang", "王芳", absences=(between(WEDNESDAY, opens, closes),)), LI)

    visit = wang_at("陈", 4, 10)  # twelve minutes of road each way
    assert found(visit, agents=away((9, 50), (10, 10))) == [("absent", "wang", "陈")]
    assert found(visit, agents=away((9, 0), (9, 50))) == [("left_too_early", "wang", "陈")]
    assert found(visit, agents=away((10, 50), (11, 0))) == [("home_too_late", "wang", None)]
    assert found(visit, agents=away((10, 53), (11, 0))) == []


def test_an_absence_between_two_visits_sends_the_agent_home():
    stops = wang_at("陈", 4, 9), wang_at("吴", 4, 10)
    assert found(*stops) == []
    gone = agent("wang", "王芳", absences=(Window(moment(WEDNESDAY, 9, 45), moment(WEDNESDAY, 9, 50)),))
    assert found(*stops, agents=(gone, LI)) == [
        ("home_too_late", "wang", None),
        ("left_too_early", "wang", "吴"),
    ]


def test_a_and_b_may_be_in_two_places_at_once():
    stops = wang_at("陈", 4, 9), standing(home_of("吴", 8), "li", WEDNESDAY, 9)
    assert found(*stops, agents=(WANG, LI)) == []
