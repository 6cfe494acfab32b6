"""What residents, agents and clerks read of a limit."""

import datetime
from collections.abc import Sequence

from hypothesis import given

from daiban_server.limits.calendar import OFFICIAL, Calendar, Override
from daiban_server.limits.clock import Clock, Extension, Limit, Limits, Notice, Pause, SentUp
from daiban_server.limits.deadline import Deadline, Kind
from daiban_server.limits.deadlines import deadlines
from daiban_server.limits.sentences import LABELS, day_words, sentence
from tests.limits.by_hand import at, day
from tests.limits.lives import lives

OPEN = {"running", "paused", "due_soon", "due_today", "overdue"}
POSTED = Pause(step="公示", since=at(11, 30), until=at(12, 7), days=7)


def said(clock: Clock, kind: Kind, today: datetime.date, calendar: Calendar = OFFICIAL) -> str:
    (one,) = (one for one in deadlines(clock, calendar, today) if one.kind == kind)
    return sentence(one, calendar, today)


def relief(month: int, number: int, length: Limit, pauses: Sequence[Pause] = (), **facts: object) -> Clock:
    moment = at(month, number)
    return Clock(
        type="payment",
        limits=Limits(promised=length),
        submitted_at=moment,
        accepted_at=moment,
        pauses=pauses,
        **facts,  # type: ignore[arg-type]  # each story names facts of the clock
    )


def test_a_promise_says_what_it_was_counted_from_and_what_was_left_out() -> None:
    clock = relief(11, 24, Limit(10), [POSTED])
    counted = (
        "11月24日（周二）受理，从次日起算 10 个工作日，扣除公示 7 天（11月30日至12月6日），最迟 12月15日（周二）办结"
    )
    assert {number: said(clock, "promise", day(12, number)) for number in (10, 14, 15, 17)} == {
        10: f"{counted}；还剩 3 个工作日。",
        14: f"{counted}；还剩 1 个工作日，即将到期。",
        15: f"{counted}；今日到期。",
        17: f"{counted}；已超期 2 个工作日。",
    }


def test_holidays_and_the_weekends_worked_for_them_are_named() -> None:
    assert said(relief(9, 18, Limit(11)), "promise", day(9, 18)) == (
        "9月18日（周五）受理，从次日起算 11 个工作日，中秋假期、国庆假期不计，"
        "9月20日（周日）、10月10日（周六）上班计入，最迟 10月10日（周六）办结；还剩 11 个工作日。"
    )
    winter = said(relief(1, 1, Limit(180)), "promise", day(1, 1))
    assert "元旦假期、春节假期、清明假期、劳动节假期、端午假期不计，调休上班的 5 天计入" in winter


def test_what_the_district_laid_down_is_named() -> None:
    snow = Calendar({day(12, 3): Override(False, "大雪封山停办")})
    assert said(relief(12, 1, Limit(3)), "promise", day(12, 1), snow) == (
        "12月1日（周二）受理，从次日起算 3 个工作日，大雪封山停办不计，最迟 12月7日（周一）办结；还剩 3 个工作日。"
    )


def test_a_holiday_that_a_pause_swallowed_is_not_named_twice() -> None:
    paused = Pause(step="鉴定", since=at(9, 25), until=at(10, 8))
    assert "假期" not in said(relief(9, 23, Limit(5), [paused]), "promise", day(10, 8))


def test_only_pauses_that_touched_the_limit_are_told() -> None:
    clock = relief(11, 24, Limit(3), [POSTED])
    assert "公示" not in said(clock, "promise", day(12, 8))
    assert "公示" in said(relief(11, 24, Limit(4), [POSTED]), "promise", day(12, 8))


def test_many_pauses_and_extensions_are_told_as_a_sum() -> None:
    pauses = [Pause(step="核查", since=at(12, n), until=at(12, n + 1)) for n in (1, 3, 7, 9)]
    more = [Extension(days=n, at=at(12, 1), by="李红", reason="等待比对") for n in (1, 2, 3, 4)]
    assert said(relief(11, 24, Limit(5), pauses, extensions=more), "promise", day(12, 18)) == (
        "11月24日（周二）受理，从次日起算 15 个工作日，其中经批准延期 4 次共 10 个工作日，扣除特殊环节 4 次共 4 天，"
        "最迟 12月21日（周一）办结；还剩 1 个工作日，即将到期。"
    )


def test_an_open_pause_tells_the_day_as_if_it_were_resumed_today_and_asks_to_resume_it() -> None:
    clock = relief(11, 24, Limit(10), [Pause(step="公示", since=at(11, 30), days=7)])
    assert said(clock, "promise", day(12, 3)) == (
        "11月24日（周二）受理，从次日起算 10 个工作日，11月30日起因公示暂停计时，"
        "如今日恢复，最迟 12月11日（周五）办结；暂停计时。"
    )
    asked = "；公示原定 12月6日结束，请及时恢复计时。"
    assert not said(clock, "promise", day(12, 6)).endswith(asked)
    assert said(clock, "promise", day(12, 7)).endswith(asked)


def test_an_extension_names_who_approved_it() -> None:
    clock = relief(11, 24, Limit(10), extensions=[Extension(days=5, at=at(12, 7), by="李红", reason="等待区里比对")])
    assert said(clock, "promise", day(12, 15)) == (
        "11月24日（周二）受理，从次日起算 15 个工作日，其中经李红批准延期 5 个工作日，"
        "最迟 12月15日（周二）办结；今日到期。"
    )


def test_a_calendar_limit_that_was_moved_says_so() -> None:
    clock = relief(11, 23, Limit(5, "calendar"))
    assert said(clock, "promise", day(12, 2)) == (
        "11月23日（周一）受理，从次日起算 5 个自然日，末日不办公，顺延，最迟 11月30日（周一）办结；已超期 2 个自然日。"
    )


def test_a_date_into_2027_is_told_with_its_year_and_as_not_settled() -> None:
    clock = relief(12, 21, Limit(10))
    assert said(clock, "promise", day(12, 21)) == (
        "12月21日（周一）受理，从次日起算 10 个工作日，最迟 2027年1月4日（周一）办结；还剩 10 个工作日；"
        "2027 年放假安排未公布，日期待定。"
    )
    new_year = Calendar({day(1, 1, 2027): Override(False, "元旦假期")}, announced=frozenset({2027}))
    assert said(clock, "promise", day(12, 21), new_year) == (
        "12月21日（周一）受理，从次日起算 10 个工作日，元旦假期不计，最迟 2027年1月5日（周二）办结；还剩 10 个工作日。"
    )


def test_on_the_weekend_after_the_last_day_no_working_day_has_passed() -> None:
    clock = relief(11, 24, Limit(3))
    assert said(clock, "promise", day(11, 28)).endswith("最迟 11月27日（周五）办结；已超期不足 1 个工作日。")


def test_what_was_done_is_told_with_its_day() -> None:
    done = relief(11, 24, Limit(3), ended_at=at(11, 27), end="completed")
    assert said(done, "promise", day(12, 1)).endswith("；已于 11月27日（周五）办结，未超期。")
    late = relief(11, 24, Limit(3), ended_at=at(12, 1), end="completed")
    assert said(late, "promise", day(12, 1)).endswith("；已于 12月1日（周二）办结，超期 2 个工作日。")
    assert said(late, "delivery", day(12, 1)).startswith("12月1日（周二）办结，从次日起算 3 个工作日，")


def test_to_withdraw_does_not_hide_that_it_was_late() -> None:
    gone = relief(11, 24, Limit(3), withdrawn_at=at(12, 1))
    assert said(gone, "promise", day(12, 1)).endswith("；申请人撤回（12月1日），不再计时，当时已超期 2 个工作日。")


def test_silence_about_a_licence_is_told() -> None:
    licence = Clock(type="permit", limits=Limits(promised=Limit(10)), started_at=at(11, 23))
    assert said(licence, "accept", day(12, 2)) == (
        "11月23日（周一）上门收齐材料，从次日起算 5 个工作日，最迟 11月30日（周一）决定是否受理；"
        "已超期 2 个工作日；逾期未告知，自 11月23日（周一）起视为受理。"
    )
    assert said(licence, "promise", day(12, 2)).startswith("11月23日（周一）视为受理，")


def test_waiting_for_the_resident_and_for_the_authority_above_is_told() -> None:
    short = Clock(
        type="payment", limits=Limits(), submitted_at=at(11, 23), notice=Notice(at=at(11, 24), until=day(12, 4))
    )
    assert said(short, "accept", day(12, 1)) == (
        "11月24日（周二）一次性告知，材料补齐后从次日起重新计算 5 个工作日，如今日补齐，"
        "最迟 12月8日（周二）决定是否受理；等候申请人补正，暂停计时。"
    )
    assert said(short, "complement", day(12, 4)) == (
        "11月24日（周二）一次性告知，约定了期限，最迟 12月4日（周五）由申请人补齐材料；今日到期。"
    )
    sent = relief(11, 24, Limit(10), sent_up=SentUp(at=at(11, 25), to="区民政局", limit=Limit(3)))
    assert said(sent, "answer_above", day(11, 30)) == (
        "11月25日（周三）上报区民政局，从次日起算 3 个工作日，最迟 11月30日（周一）答复；今日到期。"
    )
    direct = relief(11, 24, Limit(0))
    assert said(direct, "promise", day(11, 24)) == (
        "11月24日（周二）受理，当日办理，最迟 11月24日（周二）办结；今日到期。"
    )
    assert said(direct, "notice", day(11, 24)).endswith("；材料齐全，已受理（11月24日），无需告知。")


def consistent(one: Deadline, today: datetime.date) -> bool:
    """The state agrees with the days."""
    if one.closed is None:
        late = one.due < today
        return one.state in OPEN and late == (one.state == "overdue") and (one.state != "due_today" or one.due == today)
    if one.why.ground is not None:
        return one.state == "cancelled"
    return one.state == ("met" if one.closed <= one.due else "met_late")


@given(lives())
def test_whatever_happens_to_a_case_each_limit_has_one_state_one_day_and_one_sentence(
    life: tuple[Clock, datetime.date],
) -> None:
    clock, today = life
    found = deadlines(clock, OFFICIAL, today)
    assert len({one.kind for one in found}) == len(found)
    for one in found:
        assert one.due >= one.starts
        assert consistent(one, today), one
        text = sentence(one, OFFICIAL, today)
        assert f"最迟 {day_words(one.due, today)}" in text
        assert len(text) <= 500 and text.endswith("。") and text.count("。") == 1
        assert ("日期待定" in text) == one.provisional
        assert one.kind in LABELS


@given(lives())
def test_while_time_alone_passes_a_limit_never_comes_nearer_than_it_was_told(life: tuple[Clock, datetime.date]) -> None:
    """What is paused moves away day by day; what runs stays, and once it is over it stays over."""
    clock, today = life
    before = {one.kind: one for one in deadlines(clock, OFFICIAL, today)}
    after = {one.kind: one for one in deadlines(clock, OFFICIAL, today + datetime.timedelta(1))}
    assert before.keys() <= after.keys()
    for kind, one in before.items():
        if one.state == "paused" and not after[kind].why.deemed:
            assert after[kind].due >= one.due
        elif one.closed is not None or one.state == "overdue":
            assert (after[kind].due, after[kind].state) == (one.due, one.state) or after[kind].why.ground == "deemed"
