"""Promises under pressure: accepted visits are frozen, promised ones sway a little, and it is said."""

import pytest
from msgspec.structs import replace
from village_week import WANG, WEDNESDAY, agent, between, home_of, standing, week

from daiban_server.features.visits.engine.answers import Move
from daiban_server.features.visits.engine.model import Promise, Settings, Stop, Visit, Week, moment
from daiban_server.features.visits.engine.offers import insert, offers
from daiban_server.features.visits.engine.validate import validate
from daiban_server.features.visits.engine.words import when

ALL_WEDNESDAY = between(WEDNESDAY, (8, 30), (18, 0))


def no_gap_for_wang(answer):
    return answer.offers == () and ("wang", "no_gap") in {(r.agent, r.code) for r in answer.refusals}


NO_LI = agent("li", "李强", shifts=())
SQUEEZED = home_of("周", 6, between(WEDNESDAY, (9, 0), (10, 15)))


def only_wang(*stops: Stop, **changes: object) -> Week:
    return week(*stops, agents=(WANG, NO_LI), **changes)


def between_two(promise: Promise) -> Week:
    """From the end of 陈 at 9:25 to the start of 吴 at 10:15 are 50 minutes; 周 needs 40, and 12 of road."""
    return only_wang(
        standing(home_of("陈", 4, ALL_WEDNESDAY), "wang", WEDNESDAY, 8, 45),
        standing(home_of("吴", 8, ALL_WEDNESDAY), "wang", WEDNESDAY, 10, 15, promise),
    )


def test_an_accepted_neighbour_is_frozen():
    answer = offers(between_two(Promise.ACCEPTED), SQUEEZED)
    assert no_gap_for_wang(answer)


def test_a_promised_neighbour_sways_and_it_is_said_and_counted():
    township = between_two(Promise.PROMISED)
    first = offers(township, SQUEEZED).offers[0]
    assert when(first.start) == "11月25日 周三 上午 9:35"
    assert first.moves == (Move("吴", moment(WEDNESDAY, 10, 15), moment(WEDNESDAY, 10, 25)),)
    assert first.parts.moved == 1800 + 600
    assert first.reason.endswith("另有 1 户的时间要稍作调整")
    assert validate(insert(township, SQUEEZED, first)) == ()


def short(name: str, km: float) -> Visit:
    """Five minutes at the door, at any time of the day."""
    return home_of(name, km, ALL_WEDNESDAY, service=300)


@pytest.mark.parametrize("last", list(Promise))
def test_a_push_is_handed_on_down_the_road(last):
    # 吴 must go to 10:25, ends at 11:05, and six minutes later is too late for 郑 at 11:05.
    township = only_wang(
        *between_two(Promise.PROMISED).stops, standing(short("郑", 10), "wang", WEDNESDAY, 11, 5, last)
    )
    answer = offers(township, SQUEEZED)
    if last is Promise.ACCEPTED:
        assert no_gap_for_wang(answer)
        return
    moved = [(move.visit, move.new) for move in answer.offers[0].moves]
    assert moved == [("吴", moment(WEDNESDAY, 10, 25)), ("郑", moment(WEDNESDAY, 11, 15))]
    assert validate(insert(township, SQUEEZED, answer.offers[0])) == ()


BEFORE_CHEN = home_of("周", 6, between(WEDNESDAY, (10, 0), (11, 0)))


def before_chen(*earlier: Stop, **changes: object) -> Week:
    """陈 is frozen at 11:00, so 周 must begin by 10:14 and 吴, six minutes away, be done by 10:08."""
    return only_wang(
        *earlier,
        standing(home_of("吴", 8, ALL_WEDNESDAY), "wang", WEDNESDAY, 9, 30, Promise.PROMISED),
        standing(home_of("陈", 4, ALL_WEDNESDAY), "wang", WEDNESDAY, 11),
        **changes,
    )


def test_the_neighbour_moves_no_further_than_is_needed():
    # 10:05 would do as well, and take 吴 to 9:15.
    first = offers(before_chen(), BEFORE_CHEN).offers[0]
    assert when(first.start) == "11月25日 周三 上午 10:10"
    assert first.moves == (Move("吴", moment(WEDNESDAY, 9, 30), moment(WEDNESDAY, 9, 20)),)


@pytest.mark.parametrize("first", list(Promise))
def test_a_pull_is_handed_on_up_the_road(first):
    township = before_chen(standing(short("郑", 10), "wang", WEDNESDAY, 9, 15, first))
    answer = offers(township, BEFORE_CHEN)
    if first is Promise.ACCEPTED:
        assert no_gap_for_wang(answer)
        return
    moved = [(move.visit, move.new) for move in answer.offers[0].moves]
    assert moved == [("吴", moment(WEDNESDAY, 9, 20)), ("郑", moment(WEDNESDAY, 9, 5))]
    assert validate(insert(township, BEFORE_CHEN, answer.offers[0])) == ()


def test_nobody_is_called_out_earlier_than_now():
    # At 9:00 it is too late to be at 吴's, 24 minutes away, by 9:20.
    assert offers(before_chen(now=moment(WEDNESDAY, 8, 55)), BEFORE_CHEN).offers[0].moves
    assert offers(before_chen(now=moment(WEDNESDAY, 9, 0)), BEFORE_CHEN).offers == ()


def test_a_visit_that_has_begun_is_not_put_off():
    begun = standing(home_of("吴", 0, ALL_WEDNESDAY), "wang", WEDNESDAY, 9, 30, Promise.PROMISED)
    asked = home_of("周", 0, between(WEDNESDAY, (9, 30), (9, 45)), service=300)
    settings = Settings(notice=0)
    before = only_wang(begun, now=moment(WEDNESDAY, 9, 30), settings=settings)
    assert offers(before, asked).offers[0].moves
    since = only_wang(begun, now=moment(WEDNESDAY, 9, 31), settings=settings)
    assert offers(since, asked).offers == ()


def test_a_promised_visit_of_two_is_not_moved_under_one_of_them():
    before, after = between_two(Promise.PROMISED).stops
    both = replace(after, visit=replace(after.visit, crew=2), crew=("wang", "zhao"))
    township = week(before, both, agents=(WANG, NO_LI, agent("zhao", "赵敏", km=8)))
    assert offers(township, SQUEEZED).offers == ()


def test_sway_is_measured_from_the_first_promise_not_from_the_last_move():
    township = between_two(Promise.PROMISED)
    before, after = township.stops
    after = replace(after, promised=after.start - 900)
    assert offers(replace(township, stops=(before, after)), SQUEEZED).offers == ()
