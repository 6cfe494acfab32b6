"""Counting, held against crossing off days one by one on a wall calendar."""

import datetime

from hypothesis import given
from hypothesis import strategies as st

from daiban_server.limits.calendar import OFFICIAL, Calendar, Override, Span, Unit
from daiban_server.limits.clock import Clock, Limit, Limits, Pause, merged
from daiban_server.limits.deadlines import deadlines
from tests.limits.by_hand import DAY, all_days, at, counted_by_hand, day, works

DAYS = st.dates(day(1, 1), day(12, 31))
LENGTHS = st.integers(1, 130)
UNITS: st.SearchStrategy[Unit] = st.sampled_from(["working", "calendar"])
OVERRIDES = st.dictionaries(DAYS, st.builds(Override, st.booleans()), max_size=20)


@st.composite
def spans(draw: st.DrawFn) -> list[Span]:
    """Spans in order that do not overlap, as many as four."""
    found: list[Span] = []
    one = draw(DAYS)
    for _ in range(draw(st.integers(0, 4))):
        last = one + DAY * draw(st.integers(0, 30))
        found.append(Span(one, last))
        one = last + DAY * draw(st.integers(1, 30))
    return found


@given(DAYS, LENGTHS, UNITS, spans(), OVERRIDES)
def test_the_quick_way_and_the_slow_way_agree(
    start: datetime.date, days: int, unit: Unit, without: list[Span], overrides: dict[datetime.date, Override]
) -> None:
    def working(one: datetime.date) -> bool:
        return overrides[one].working if one in overrides else works(one)

    slow = counted_by_hand(start, days, unit, all_days(*without), working)
    assert Calendar(overrides).due_day(start, days, unit, without).day == slow


@given(DAYS, LENGTHS, UNITS, spans())
def test_a_limit_ends_after_its_start_on_a_day_that_counts_and_a_longer_one_no_earlier(
    start: datetime.date, days: int, unit: Unit, without: list[Span]
) -> None:
    due = OFFICIAL.due_day(start, days, unit, without).day
    assert due > start
    assert works(due) and due not in all_days(*without)
    assert due <= OFFICIAL.due_day(start, days + 1, unit, without).day
    assert OFFICIAL.due_day(start, 0, unit).day == start


@given(DAYS, LENGTHS, UNITS, DAYS)
def test_a_day_laid_down_moves_only_limits_that_cross_it(
    start: datetime.date, days: int, unit: Unit, changed: datetime.date
) -> None:
    before = OFFICIAL.due_day(start, days, unit).day
    after = Calendar({changed: Override(not works(changed))}).due_day(start, days, unit).day
    if not start < changed <= max(before, after):
        assert after == before
    elif unit == "working":
        assert (after > before) == works(changed)


@given(DAYS, DAYS)
def test_days_left_are_the_days_that_one_can_count(today: datetime.date, due: datetime.date) -> None:
    first, last = sorted((today, due))
    counted = sum(works(first + DAY * n) for n in range(1, (last - first).days + 1))
    assert OFFICIAL.days_left(today, due, "working") == (counted if due > today else -counted)
    assert OFFICIAL.days_left(today, due, "calendar") == (due - today).days


@given(DAYS, st.integers(0, 300))
def test_taking_away_what_was_added_leads_back_to_a_working_day(start: datetime.date, days: int) -> None:
    later = OFFICIAL.add(start, days)
    back = OFFICIAL.subtract(later, days)
    assert back == start if works(start) or days == 0 else back <= start


PAUSES = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 20)), max_size=4)


@given(st.integers(1, 40), UNITS, PAUSES)
def test_a_pause_moves_the_last_day_by_its_uncounted_days_and_no_further(
    length: int, unit: Unit, drawn: list[tuple[int, int]]
) -> None:
    """Paused in the afternoon of a day, resumed in the morning of another: the first is not counted, the second is."""
    taken = day(8, 3)
    pauses, uncounted = [], set()
    for after, lasted in drawn:
        begun = taken + DAY * after
        pauses.append(
            Pause(
                step="公示",
                since=at(begun.month, begun.day, 16),
                until=at((begun + DAY * lasted).month, (begun + DAY * lasted).day, 17),
            )
        )
        uncounted |= {begun + DAY * n for n in range(lasted)}
    clock = Clock(
        type="payment",
        limits=Limits(promised=Limit(length, unit), legal=Limit(length, unit)),
        submitted_at=at(8, 3),
        accepted_at=at(8, 3),
        pauses=pauses,
    )
    owed = {one.kind: one for one in deadlines(clock, OFFICIAL, day(12, 24))}
    by_hand = counted_by_hand(taken, length, unit, uncounted)
    assert (owed["promise"].due, owed["statutory"].due) == (by_hand, by_hand)
    assert all_days(*merged(pauses, day(12, 24))) == uncounted
