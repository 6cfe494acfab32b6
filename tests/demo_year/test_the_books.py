"""A year of demo data holds together as a real year's books would."""

import datetime
from collections import Counter, defaultdict
from itertools import pairwise
from typing import Any

from daiban_schemas.kinds import KINDS
from daiban_schemas.zone import SHANGHAI
from daiban_server.demo.year import seed
from daiban_server.demo.year.days import AFTER, FIRST, WORKING
from daiban_server.limits.calendar import OFFICIAL
from tests.demo_year.conftest import WISH, Built

_EVENTS = (
    'SELECT hex("case"), name, "before", "after", at, hex(author), centre FROM case_event ORDER BY centre, position'
)
_ACCEPTED = ("accept", "finish")


def _when(milliseconds: int) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(milliseconds / 1000, SHANGHAI)


def test_the_seeds_proportions_hold(year: Built) -> None:
    wanted = seed.figures(WISH.share, WISH.centres)
    made = dict(year.rows("SELECT label, count(*) FROM case_sheet WHERE accepted IS NOT NULL GROUP BY label"))
    assert made == {label: getattr(wanted, label) for label in seed.LABELS}
    assert year.rows("SELECT count(*) FROM record WHERE kind = 'reception'") == [(wanted.receptions,)]


def test_the_whole_years_figures_are_the_seeds() -> None:
    assert seed.figures() == (7_837, 6_024, 2_082, 2_417, 440)
    assert seed.figures().accepted == seed.ACCEPTED


def test_where_the_proxied_are_told_the_assumption_is_told(year: Built) -> None:
    assert "代为办理" in year.said
    assert "假设" in year.said
    assert "head1" in year.said and "serve --data" in year.said


def test_every_case_went_a_legal_way(year: Built) -> None:
    kind = KINDS["application"]
    stories: dict[str, list[Any]] = defaultdict(list)
    for case, *event in year.rows(_EVENTS):
        stories[case].append(event)
    for case, story in stories.items():
        assert story[0][1] == kind.first_state, case
        for (_, _, reached, *_), (_, before, *_) in pairwise(story):
            assert reached == before, case
        for name, before, reached, *_ in story:
            command, report = kind.commands.get(name), kind.reports.get(name)
            assert command or report, name
            if command:
                assert before in command.source and reached == (command.target or before)
            elif report:
                assert reached == report.moves[before] or (report.stays and reached == before)
    status = dict(year.rows("SELECT hex(id), status FROM case_sheet"))
    assert status == {case: story[-1][2] for case, story in stories.items() if case in status}
    assert len(status) == len(stories)


def test_all_four_ways_of_handling_come_to_the_archive(year: Built) -> None:
    filed = {label for (label,) in year.rows("SELECT DISTINCT label FROM case_sheet WHERE status = 'archived'")}
    assert filed == set(seed.LABELS)


def test_nothing_was_left_lying_or_fell_on_somebodys_desk(year: Built) -> None:
    assert year.rows("SELECT count(*) FROM parked") == [(0,)]
    assert year.rows("SELECT code FROM task") == []
    refused = year.rows("SELECT code, outcome FROM outcome WHERE outcome IN (4, 5)")
    assert refused == []


def test_registers_and_numbers_have_no_gap(year: Built) -> None:
    books: dict[Any, list[int]] = defaultdict(list)
    for centre, register, day, line in year.rows("SELECT centre, register, day, line FROM register_line"):
        books[centre, register, day].append(line)
    assert books
    for lines in books.values():
        assert sorted(lines) == list(range(1, len(lines) + 1))
    cases = year.rows("SELECT number FROM case_sheet WHERE number != ''")
    series: dict[str, list[int]] = defaultdict(list)
    for (number,) in cases:
        name, _, serial = number.rpartition("-")
        series[name].append(int(serial))
    for serials in series.values():
        assert sorted(serials) == list(range(1, len(serials) + 1))


def test_opening_and_accepted_less_ended_is_closing_on_every_day(year: Built) -> None:
    """By the events day after day, and by the sheets at any day's end."""
    accepted, ended, open_now = Counter[str](), Counter[str](), set[str]()
    for case, name, _, reached, at, *_ in year.rows(_EVENTS):
        day = _when(at).date().isoformat()
        if name in _ACCEPTED:
            accepted[day] += 1
            open_now.add(case)
        if (
            reached in ("completed", "refused", "withdrawn")
            and case in open_now
            and name not in ("hand_over", "brought")
        ):
            ended[day] += 1
            open_now.discard(case)
    sheets = year.rows("SELECT accepted, ended FROM case_sheet WHERE accepted IS NOT NULL")
    balance = 0
    for n in range((AFTER - FIRST).days):
        day = FIRST + datetime.timedelta(days=n)
        balance += accepted[day.isoformat()] - ended[day.isoformat()]
        standing = sum(_when(a).date() <= day and (e is None or _when(e).date() > day) for a, e in sheets)
        assert balance == standing, day
    assert balance == len(open_now)


def test_counters_work_on_working_days_in_office_hours(year: Built) -> None:
    desk = {id_ for (id_,) in year.rows("SELECT hex(id) FROM person WHERE role IN ('clerk', 'head')")}
    moments = [at for _, _, _, _, at, author, _ in year.rows(_EVENTS) if author in desk]
    moments += [at for (at,) in year.rows("SELECT at FROM register_line WHERE register = '来访'")]
    assert len(moments) > 100
    for at in moments:
        when = _when(at)
        assert when.date() in WORKING, when
        assert datetime.time(8, 30) <= when.time() <= datetime.time(17, 45), when


def test_the_year_is_the_one_before_the_24th_of_november() -> None:
    assert (WORKING[0], WORKING[-1]) == (datetime.date(2025, 11, 24), datetime.date(2026, 11, 23))
    assert OFFICIAL.is_known(WORKING[-1])
