"""The clerk asks, with a resident on the telephone: who can come, and when?"""

from datetime import date

import pytest
from msgspec.structs import replace
from village_week import (
    LI,
    POST,
    TUESDAY,
    WANG,
    WEDNESDAY,
    agent,
    between,
    half_days,
    home_of,
    on_road,
    standing,
    week,
)

from daiban_server.features.visits.engine.model import (
    Agent,
    Point,
    Post,
    ProblemError,
    Settings,
    Week,
    Window,
    day_of,
    moment,
)
from daiban_server.features.visits.engine.offers import insert, offers
from daiban_server.features.visits.engine.travel import GreatCircle, Matrix
from daiban_server.features.visits.engine.validate import validate
from daiban_server.features.visits.engine.words import when

ALL_TUESDAY = between(TUESDAY, (8, 30), (18, 0))
ALL_WEDNESDAY = between(WEDNESDAY, (8, 30), (18, 0))


def codes(answer):
    return {refusal.agent: refusal.code for refusal in answer.refusals}


def test_a_comes_on_the_way_from_a_neighbour():
    neighbour = standing(home_of("陈", 4, place="guanmiao"), "wang", WEDNESDAY, 9)
    answer = offers(week(neighbour), home_of("周", 6))

    first = answer.offers[0]
    assert first.crew == ("wang",)
    assert first.code == "own_agent"
    # 9:40 from 陈, two kilometres at three minutes each, then the next five minutes.
    assert when(first.start) == "11月25日 周三 上午 9:50"
    assert first.extra_travel == pytest.approx(12 * 60, abs=5)
    assert first.reason == "王芳 是本村代办员，当天已在关庙村，多走 12 分钟"
    assert first.moves == ()


def test_a_special_trip_says_so():
    answer = offers(week(), home_of("周", 6))
    assert answer.offers[0].reason == "王芳 是本村代办员，专程前往，多走 36 分钟"


def test_the_two_halves_of_a_day_are_two_offers():
    answer = offers(week(), home_of("周", 2, ALL_WEDNESDAY, ALL_TUESDAY))
    assert [when(offer.start) for offer in answer.offers] == [
        "11月24日 周二 上午 8:40",
        "11月24日 周二 下午 14:10",
        "11月25日 周三 上午 8:40",
    ]


def test_urgent_help_does_not_wait_for_a_shorter_road():
    neighbour = standing(home_of("陈", 14), "wang", WEDNESDAY, 9, 30)
    asks = (15, ALL_TUESDAY, ALL_WEDNESDAY)
    calm = offers(week(neighbour), home_of("周", *asks)).offers[0]
    urgent = offers(week(neighbour), home_of("周", *asks, priority=8)).offers[0]
    assert day_of(calm.start) == WEDNESDAY
    assert day_of(urgent.start) == TUESDAY


def test_the_agent_who_came_last_time_comes_again():
    colleague = agent("zhao", "赵敏", km=0.2)
    posts = (POST, Post("second", a="zhao", b=None, territory=POST.territory))
    township = week(agents=(WANG, LI, colleague), posts=posts)
    assert offers(township, home_of("周", 6)).offers[0].crew == ("zhao",)
    assert offers(township, home_of("周", 6, familiar="wang")).offers[0].crew == ("wang",)


def test_absent_a_brings_b_with_the_reason():
    away = agent("wang", "王芳", absences=(between(WEDNESDAY, (0, 0), (12, 0)),))
    answer = offers(week(agents=(away, LI)), home_of("周", 6))
    assert answer.offers[0].crew == ("li",)
    assert answer.offers[0].code == "stand_in_absent"
    assert answer.offers[0].reason == "王芳 11月25日请假，由 李强 代岗上门，专程前往，多走 30 分钟"


def test_b_is_offered_on_the_day_that_a_is_away_and_a_on_the_other():
    away = agent("wang", "王芳", absences=(between(TUESDAY, (0, 0), (23, 0)),))
    answer = offers(week(agents=(away, LI)), home_of("周", 6, ALL_TUESDAY, ALL_WEDNESDAY), count=9)
    assert {(day_of(o.start), o.crew) for o in answer.offers} == {(TUESDAY, ("li",)), (WEDNESDAY, ("wang",))}
    assert answer.offers[0].crew == ("wang",), "a day's waiting is better than a stand-in"


def test_b_does_not_push_in_where_a_has_time():
    busy = standing(home_of("陈", 6), "wang", WEDNESDAY, 9)
    answer = offers(week(busy), home_of("周", 1, ALL_WEDNESDAY), count=9)
    assert {offer.crew for offer in answer.offers} == {("wang",)}


@pytest.mark.parametrize(
    ("wang", "code", "words"),
    [
        (agent("wang", "王芳", skills=frozenset()), "stand_in_skill", "王芳 不办这个事项"),
        (agent("wang", "王芳", daily_cap=0), "stand_in_full", "王芳 这几天的上门已排满"),
        (agent("wang", "王芳", shifts=half_days(TUESDAY)), "stand_in_off_duty", "王芳 这几个时段不上班"),
        (agent("wang", "王芳", km=-80), "stand_in_no_gap", "王芳 这几个时段排不开"),
    ],
)
def test_b_comes_where_a_can_make_no_window(wang, code, words):
    answer = offers(week(agents=(wang, LI)), home_of("周", 6))
    assert (answer.offers[0].crew, answer.offers[0].code) == (("li",), code)
    assert answer.offers[0].reason.startswith(f"{words}，由 李强 代岗上门")


def test_when_nobody_can_come_the_clerk_reads_why_of_each():
    full = agent("wang", "王芳", daily_cap=1)
    resting = agent("li", "李强", absences=(between(WEDNESDAY, (8, 0), (18, 0)),))
    stranger = agent("zhao", "赵敏")
    stands = standing(home_of("陈", 4), "wang", WEDNESDAY, 14)
    answer = offers(week(stands, agents=(stranger, full, resting)), home_of("周", 6))
    assert answer.offers == ()
    assert codes(answer) == {"wang": "full", "li": "absent", "zhao": "territory"}
    assert answer.refusals[0].reason == "王芳 这几天的上门已排满"
    assert answer.refusals[-1].agent == "zhao", "who answers for the village comes first"


def test_a_place_without_a_post_and_a_window_that_has_passed():
    assert codes(offers(week(), home_of("周", 6, place="longquan"))) == {None: "no_post"}
    yesterday = between(date(2026, 11, 23), (9, 0), (11, 0))
    assert codes(offers(week(), home_of("周", 6, yesterday))) == {None: "no_time_left"}
    early = home_of("周", 6, deadline=moment(WEDNESDAY, 9, 30))
    assert codes(offers(week(), early)) == {None: "no_time_left"}


def test_two_officials_come_together():
    neighbour = standing(home_of("陈", 4), "li", WEDNESDAY, 9)
    answer = offers(week(neighbour), home_of("周", 6, crew=2))
    first = answer.offers[0]
    assert first.crew == ("wang", "li")
    assert when(first.start) == "11月25日 周三 上午 9:50"
    assert first.reason.startswith("王芳、李强 两人同去")
    done = insert(week(neighbour), home_of("周", 6, crew=2), first)
    assert validate(done) == ()


def test_one_official_alone_is_not_two():
    away = agent("li", "李强", absences=(ALL_WEDNESDAY,))
    answer = offers(week(agents=(WANG, away)), home_of("周", 6, crew=2))
    assert codes(answer) == {"wang": "no_partner", "li": "absent"}


def test_nobody_starts_from_home_in_the_past():
    noon = week(now=moment(WEDNESDAY, 9, 30))
    first = offers(noon, home_of("周", 15, between(WEDNESDAY, (8, 30), (12, 0)))).offers[0]
    assert when(first.start) == "11月25日 周三 上午 10:20", "45 minutes of road, begun at 9:30"


def test_a_route_that_is_broken_already_takes_nothing_more():
    clash = (
        standing(home_of("陈", 4), "wang", WEDNESDAY, 9),
        standing(home_of("吴", 4), "wang", WEDNESDAY, 9, 10),
    )
    answer = offers(week(*clash), home_of("周", 4, between(WEDNESDAY, (10, 0), (12, 0))))
    assert {offer.code for offer in answer.offers} == {"stand_in_no_gap"}


def test_the_road_comes_from_a_matrix_where_one_was_measured():
    # Up the hill an hour, down again ten minutes.
    township = Week(
        now=moment(TUESDAY),
        agents=(Agent("wang", "王芳", Point(32.7, 109.0, row=0), half_days(TUESDAY)),),
        posts=(Post("north", "wang", None, frozenset({"shizhuan"})),),
        travel=Matrix(((0, 3600), (600, 0))),
    )
    asked = home_of("周", 0, ALL_TUESDAY, items=frozenset())
    uphill = type(asked)("周", asked.household, "shizhuan", Point(32.7, 109.0, row=1), 2400, asked.windows)
    first = offers(township, uphill).offers[0]
    assert when(first.start) == "11月24日 周二 上午 9:30"
    assert first.extra_travel == 4200
    with pytest.raises(ProblemError) as problem:
        offers(township, asked)
    assert problem.value.code == "point_without_row"


def test_the_rule_of_thumb_is_great_circle_times_detour_over_speed():
    # A degree of the meridian on a sphere of 6,371 km is 111.195 km.
    degree = GreatCircle(detour=1.5, speed=60)(Point(32, 109), Point(33, 109))
    assert degree == pytest.approx(111.195 * 1.5 * 60, abs=1)
    assert GreatCircle()(on_road(3), on_road(3)) == 0


@pytest.mark.parametrize(
    ("code", "make"),
    [
        ("window_empty", lambda: Window(10, 10)),
        ("point_off_earth", lambda: Point(float("nan"), 109)),
        ("service_empty", lambda: home_of("周", 1, service=0)),
        ("crew_size", lambda: home_of("周", 1, crew=3)),
        ("priority_negative", lambda: home_of("周", 1, priority=-1)),
        ("windows_missing", lambda: replace(home_of("周", 1), windows=())),
        ("shifts_disordered", lambda: agent("x", "某", shifts=(ALL_WEDNESDAY, ALL_TUESDAY))),
        ("shift_spans_days", lambda: agent("x", "某", shifts=(Window(80_000, 90_000),))),
        ("stands_in_for_self", lambda: Post("p", "wang", "wang", frozenset())),
        ("agent_unknown", lambda: week(agents=(WANG,))),
        ("agent_twice", lambda: week(agents=(WANG, LI, LI))),
        ("settings", lambda: Settings(step=7)),
        ("road", lambda: GreatCircle(speed=0)),
        ("matrix", lambda: Matrix(((0, 1),))),
        ("visit_stands", lambda: offers(week(standing(home_of("周", 1), "wang", WEDNESDAY, 9)), home_of("周", 1))),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_code(code, make):
    with pytest.raises(ProblemError) as problem:
        make()
    assert problem.value.code == code
    assert problem.value.advice
