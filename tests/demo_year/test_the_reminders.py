"""Clerks who keep up are seldom reminded, and nobody is told the same thing twice on a day."""

from collections import Counter

from tests.demo_year.conftest import Built

DAY, EIGHT_HOURS = 86_400_000, 28_800_000


def test_a_centre_that_keeps_up_hears_of_few_limits(year: Built) -> None:
    """When papers were filed once a week there were more than three for each case."""
    ((cases,),) = year.rows("SELECT count(*) FROM case_sheet")
    ((soon,),) = year.rows("SELECT count(*) FROM message WHERE code = 'deadline.soon'")
    assert 0 < soon < 2 * cases


def test_nobody_is_warned_twice_of_one_limit_on_one_day(year: Built) -> None:
    told = year.rows("SELECT person, record, text, at FROM message WHERE code = 'deadline.soon'")
    limits = Counter(
        (person, record, text.partition("：")[2].partition(" ")[0], (at + EIGHT_HOURS) // DAY)
        for person, record, text, at in told
    )
    assert limits and max(limits.values()) == 1


def test_every_message_to_somebody_of_the_district_went_out(year: Built) -> None:
    assert year.rows("SELECT DISTINCT state FROM message WHERE person IS NOT NULL") == [("sent",)]


def test_cadres_reply_on_their_round_and_not_on_the_last_day(year: Built) -> None:
    replies = year.rows("SELECT due - met_at FROM obligation WHERE state = 'met'")
    assert replies
    assert all(left > 10 * DAY for (left,) in replies)


def test_what_is_built_without_waiting_for_the_disk_is_synced_before_it_has_its_name(year: Built) -> None:
    assert not (year.folder / "daiban.db-wal").exists() or (year.folder / "daiban.db-wal").stat().st_size == 0
    assert year.rows("PRAGMA integrity_check") == [("ok",)]
