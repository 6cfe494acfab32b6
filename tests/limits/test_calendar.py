"""The district's calendar: the year as announced, what the district lays over it, and the year nobody announced yet."""

import datetime

import chinese_calendar
import pytest

from daiban_schemas.problem import PROBLEMS
from daiban_server.limits.calendar import OFFICIAL, Calendar, Due, Override, Unit, local_day
from daiban_server.spine.refusal import Refusal
from tests.limits.by_hand import DAY, HOLIDAYS_2026, MADE_UP_2026, at, day, works

YEAR = [day(1, 1) + DAY * n for n in range(365)]


def test_every_day_of_2026_is_as_the_state_council_announced_it() -> None:
    assert [one for one in YEAR if OFFICIAL.is_working(one) != works(one)] == []


def test_the_package_of_holidays_says_of_every_day_of_2026_what_the_notice_says() -> None:
    assert [one for one in YEAR if chinese_calendar.is_workday(one) != works(one)] == []


def test_the_notice_was_typed_in_whole() -> None:
    """It gives 33 days off; six weekend days are worked for them."""
    off = [one for one in YEAR if any(first <= one <= last for first, last in HOLIDAYS_2026.values())]
    assert (len(off), len(MADE_UP_2026), sum(map(works, YEAR))) == (33, 6, 248)
    assert all(one.weekday() >= 5 for one in MADE_UP_2026)


def test_holidays_have_their_names() -> None:
    for name, (first, last) in HOLIDAYS_2026.items():
        assert {OFFICIAL.day_off(first), OFFICIAL.day_off(last)} == {f"{name}假期"}
    assert OFFICIAL.day_off(day(11, 28)) == ""


@pytest.mark.parametrize(
    ("start", "days", "unit", "due"),
    [
        (day(11, 24), 1, "working", day(11, 25)),
        (day(11, 24), 0, "working", day(11, 24)),
        (day(11, 28), 0, "working", day(11, 28)),  # collected on a Saturday and done there
        (day(11, 28), 1, "working", day(11, 30)),
        (day(9, 18), 1, "working", day(9, 20)),  # the Sunday that is worked for the holiday
        (day(9, 30), 2, "working", day(10, 9)),
        (day(2, 13), 3, "working", day(2, 25)),
        (day(11, 23), 5, "calendar", day(11, 30)),  # the 28th is a Saturday
        (day(9, 24), 7, "calendar", day(10, 8)),  # ends in the week of the holiday
        (day(9, 13), 7, "calendar", day(9, 20)),  # ends on a Sunday that is worked
        (day(11, 28), 0, "calendar", day(11, 28)),
    ],
)
def test_a_limit_runs_from_the_day_after(start: datetime.date, days: int, unit: Unit, due: datetime.date) -> None:
    assert OFFICIAL.due_day(start, days, unit) == Due(due, False)


def test_a_moment_belongs_to_the_day_in_china() -> None:
    assert [local_day(at(11, 24, hour)) for hour in (0, 23)] == [day(11, 24)] * 2
    assert local_day(at(11, 24, 0) - 1) == day(11, 23)


def test_snow_closes_the_offices_and_a_saturday_makes_up_for_it() -> None:
    snow = Calendar({day(12, 3): Override(False, "大雪封山停办"), day(12, 5): Override(True, "补班")})
    assert (snow.is_working(day(12, 3)), snow.is_working(day(12, 5))) == (False, True)
    assert (snow.day_off(day(12, 3)), snow.day_off(day(12, 5))) == ("大雪封山停办", "")
    assert snow.due_day(day(12, 1), 3, "working").day == day(12, 5)
    assert snow.due_day(day(12, 1), 2, "calendar").day == day(12, 4)
    assert OFFICIAL.due_day(day(12, 1), 3, "working").day == day(12, 4)


def test_a_year_without_notice_counts_by_the_plain_week_and_says_so() -> None:
    assert OFFICIAL.is_working(day(1, 1, 2027)) and not OFFICIAL.is_known(day(1, 1, 2027))
    assert OFFICIAL.due_day(day(12, 18), 10, "working") == Due(day(1, 1, 2027), True)
    assert OFFICIAL.awaited(day(12, 19), day(1, 1, 2027)) == (2027,)
    assert OFFICIAL.due_day(day(12, 18), 5, "working") == Due(day(12, 25), False)


def test_the_last_days_of_december_wait_for_the_notice_of_the_year_that_begins() -> None:
    """The notices for 2008 and 2019 reached back to 29 December."""
    assert (OFFICIAL.is_known(day(12, 28)), OFFICIAL.is_known(day(12, 29))) == (True, False)
    assert OFFICIAL.due_day(day(12, 24), 3, "working") == Due(day(12, 29), True)


def test_the_notice_for_2027_is_entered_and_dates_are_no_longer_provisional() -> None:
    new_year = {day(1, n, 2027): Override(False, "元旦假期") for n in (1, 2, 3)}
    entered = Calendar(new_year, announced=frozenset({2027}))
    assert entered.due_day(day(12, 18), 10, "working") == Due(day(1, 4, 2027), False)
    only_the_days = Calendar(new_year)
    assert only_the_days.is_known(day(1, 1, 2027)) and not only_the_days.is_known(day(1, 4, 2027))
    assert only_the_days.due_day(day(12, 18), 10, "working") == Due(day(1, 4, 2027), True)


def test_a_last_day_that_the_district_laid_down_is_no_surer_than_the_days_before_it() -> None:
    laid_down = Calendar({day(1, 4, 2027): Override(True)})
    assert laid_down.due_day(day(12, 21), 10, "working") == Due(day(1, 4, 2027), True)


def test_a_calendar_limit_only_asks_about_the_days_that_it_ends_on() -> None:
    assert OFFICIAL.due_day(day(12, 1), 60, "calendar").provisional
    announced = Calendar({day(1, 29, 2027): Override(True), day(1, 30, 2027): Override(True, "补班")})
    assert announced.due_day(day(12, 1), 60, "calendar") == Due(day(1, 30, 2027), False)


def test_days_left_are_counted_to_the_last_day_and_past_it() -> None:
    due = day(11, 27)  # a Friday
    left = {one: OFFICIAL.days_left(one, due, "working") for one in (day(11, 24), due, day(11, 29), day(11, 30))}
    assert list(left.values()) == [3, 0, 0, -1]
    assert OFFICIAL.days_left(day(11, 29), due, "calendar") == -2


def test_working_days_are_added_and_taken_away_over_the_turn_of_years() -> None:
    assert OFFICIAL.add(day(12, 31, 2025), 1) == day(1, 4)
    assert OFFICIAL.subtract(day(1, 4), 1) == day(12, 31, 2025)
    assert OFFICIAL.subtract(day(10, 8), 1) == day(9, 30)
    assert OFFICIAL.add(day(1, 1), 248 + 261) == day(12, 31, 2027)
    assert OFFICIAL.add(day(11, 28), 0) == OFFICIAL.subtract(day(11, 28), 0) == day(11, 28)


def test_a_year_in_which_nobody_ever_works_is_stepped_over() -> None:
    first, last = day(1, 1, 2027), day(12, 31, 2027)
    idle = Calendar({first + DAY * n: Override(False) for n in range((last - first).days + 1)})
    assert idle.add(day(12, 31), 1) == day(1, 3, 2028)
    assert idle.subtract(day(1, 3, 2028), 1) == day(12, 31)


@pytest.mark.parametrize(("days", "unit"), [(-1, "working"), (10_001, "calendar"), (True, "working"), (5, "weeks")])
def test_what_is_no_limit_is_refused(days: int, unit: Unit) -> None:
    with pytest.raises(Refusal) as refused:
        OFFICIAL.due_day(day(11, 24), days, unit)
    assert refused.value.code == "limit.invalid"
    assert refused.value.code in PROBLEMS
