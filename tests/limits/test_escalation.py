"""Who is told of a limit: the owner before it ends, the posts above once it is over, nobody twice."""

import datetime
from collections.abc import Collection

import pytest
from hypothesis import given

from daiban_schemas.problem import PROBLEMS
from daiban_server.limits.calendar import OFFICIAL
from daiban_server.limits.clock import Clock, Extension, Limit, Limits, Notice, Pause
from daiban_server.limits.deadlines import deadlines
from daiban_server.limits.escalation import Alert, People, Person, Said, Steps, alerts
from daiban_server.spine.refusal import Refusal
from tests.limits.by_hand import DAY, at, day, works
from tests.limits.lives import lives

WANG, LI = Person("01", "王芳"), Person("02", "李红")
ZHOU, SECRETARY, MAYOR = Person("03", "周健"), Person("04", "何书记"), Person("05", "陈镇长")
PEOPLE = People(owner=(WANG,), head=(LI,), leader=(ZHOU,), first=(SECRETARY, MAYOR))
CASE = "JM-20261124-0001 临时救助 张桂兰"
PROMISED = Clock(type="payment", limits=Limits(promised=Limit(3)), submitted_at=at(11, 24), accepted_at=at(11, 24))
"""Due on Friday 27 November."""


def told(
    clock: Clock, today: datetime.date, said: Collection[Said] = (), people: People = PEOPLE, steps: Steps | None = None
) -> list[Alert]:
    return alerts(CASE, deadlines(clock, OFFICIAL, today), people, said, OFFICIAL, today, steps)


def day_by_day(clock: Clock, first: datetime.date, days: int, steps: Steps | None = None) -> dict[str, list[str]]:
    """Who was told on which day, as a nightly run would tell them."""
    said: set[Said] = set()
    found: dict[str, list[str]] = {}
    for today in (first + DAY * n for n in range(days)):
        now = told(clock, today, said, steps=steps)
        said |= {one.said for one in now}
        if now:
            found[f"{today.month}-{today.day}"] = [f"{one.said.step} {one.to[0].name}" for one in now]
    return found


def test_a_late_case_climbs_from_its_owner_to_the_first_persons_of_the_town() -> None:
    """Over since Friday evening: the first working day over is Monday."""
    assert day_by_day(PROMISED, day(11, 24), 30) == {
        "11-26": ["soon 王芳"],
        "11-27": ["today 王芳"],
        "11-30": ["owner 王芳"],
        "12-1": ["head 李红"],
        "12-3": ["leader 周健"],
        "12-7": ["first 何书记"],
    }


def test_a_centre_sets_its_own_steps() -> None:
    quick = Steps(head=0, leader=1, first=2)
    found = day_by_day(PROMISED, day(11, 28), 10, quick)
    assert found == {
        "11-30": ["owner 王芳", "head 李红"],
        "12-1": ["leader 周健"],
        "12-2": ["first 何书记"],
    }


def test_after_days_without_a_run_everybody_who_should_know_is_told_once() -> None:
    late = told(PROMISED, day(12, 9))
    assert [(one.rung, one.to) for one in late] == [
        ("owner", (WANG,)),
        ("head", (LI,)),
        ("leader", (ZHOU,)),
        ("first", (SECRETARY, MAYOR)),
    ]
    assert told(PROMISED, day(12, 10), {one.said for one in late}) == []


def test_each_is_told_what_to_do_about_what() -> None:
    (warning,) = told(PROMISED, day(11, 26))
    assert warning.text == f"{CASE}：承诺办结时限 11月27日（周五），还剩 1 个工作日，即将到期，请抓紧办理。"
    _, up = told(PROMISED, day(12, 1))
    assert up.text == f"{CASE}：承诺办结时限 11月27日（周五），已超期 2 个工作日，请督促办理。首问责任人：王芳。"


def test_where_a_post_is_vacant_the_next_above_is_told_and_at_the_top_the_highest_there_is() -> None:
    no_leader = told(PROMISED, day(12, 3), people=People(owner=(WANG,), head=(LI,), first=(SECRETARY,)))
    assert [(one.said.step, one.rung, one.to) for one in no_leader][-1] == ("leader", "first", (SECRETARY,))
    assert no_leader[-1].text.endswith("（分管领导暂缺，转告党政一把手。）")
    alone = told(PROMISED, day(12, 7), people=People(head=(LI,)))
    assert [(one.said.step, one.to) for one in alone] == [(s, (LI,)) for s in ("owner", "head", "leader", "first")]


def test_a_case_for_which_nobody_answers_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        People()
    assert refused.value.code == "escalation.nobody"
    assert refused.value.code in PROBLEMS


def test_an_extension_starts_the_steps_anew() -> None:
    said = {one.said for n in (25, 26, 27) for one in told(PROMISED, day(11, n))}
    longer = Clock(
        type="payment",
        limits=PROMISED.limits,
        submitted_at=PROMISED.submitted_at,
        accepted_at=PROMISED.accepted_at,
        extensions=(Extension(days=2, at=at(11, 27), by="李红", reason="等待比对"),),
    )
    (again,) = told(longer, day(11, 30), said)
    assert (again.said.due, again.said.step) == (day(12, 1), "soon")


def test_nobody_is_hurried_while_the_clock_stands_or_after_the_end() -> None:
    paused = Clock(
        type="payment",
        limits=Limits(promised=Limit(3)),
        submitted_at=at(11, 24),
        accepted_at=at(11, 24),
        pauses=(Pause(step="公示", since=at(11, 25)),),
    )
    assert day_by_day(paused, day(11, 25), 40) == {}
    ended = Clock(
        type="payment",
        limits=Limits(promised=Limit(3)),
        submitted_at=at(11, 24),
        accepted_at=at(11, 24),
        ended_at=at(12, 8),
        end="completed",
        delivered_at=at(12, 8),
        followed_up_at=at(12, 9),
        archived_at=at(12, 9),
    )
    assert told(ended, day(12, 10)) == []


def test_what_the_resident_owes_stays_with_the_owner_who_is_asked_to_help() -> None:
    short = Clock(
        type="payment", limits=Limits(), submitted_at=at(11, 23), notice=Notice(at=at(11, 24), limit=Limit(3))
    )
    found = told(short, day(12, 18))
    assert [(one.said.kind, one.rung) for one in found] == [("complement", "owner")]
    assert found[0].text.endswith("请联系申请人补齐材料。")


@given(lives())
def test_however_a_case_goes_nobody_is_told_twice_or_on_a_day_off(life: tuple[Clock, datetime.date]) -> None:
    clock, first = life
    said: set[Said] = set()
    for today in (first + DAY * n for n in range(12)):
        owed = {one.kind: one for one in deadlines(clock, OFFICIAL, today)}
        now = told(clock, today, said)
        assert len({one.said for one in now}) == len(now)
        assert not said & {one.said for one in now}
        for one in now:
            assert works(today) or one.said.step == "today"
            assert owed[one.said.kind].due == one.said.due
            assert owed[one.said.kind].state in ("due_soon", "due_today", "overdue")
        said |= {one.said for one in now}
