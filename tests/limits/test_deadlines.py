"""What cases owe: stories from the home to the archive."""

import datetime
from dataclasses import replace

import pytest

from daiban_schemas.problem import PROBLEMS
from daiban_server.limits.calendar import OFFICIAL, Calendar, Override
from daiban_server.limits.clock import Clock, Defaults, Extension, Limit, Limits, Notice, Pause, SentUp
from daiban_server.limits.deadline import Deadline, Kind
from daiban_server.limits.deadlines import deadlines
from daiban_server.spine.refusal import Refusal
from tests.limits.by_hand import at, day

RELIEF = Limits(promised=Limit(10), legal=Limit(30))


def owed(clock: Clock, today: datetime.date, calendar: Calendar = OFFICIAL) -> dict[Kind, Deadline]:
    found = deadlines(clock, calendar, today)
    assert len({one.kind for one in found}) == len(found)
    return {one.kind: one for one in found}


def stands(one: Deadline) -> tuple[datetime.date, str]:
    return one.due, one.state


def collected(**facts: object) -> Clock:
    """Papers collected at a home on Monday 23 November, handed in on Wednesday when there was a signal."""
    clock = Clock(type="payment", limits=RELIEF, started_at=at(11, 23), submitted_at=at(11, 25))
    return replace(clock, **facts)  # type: ignore[arg-type]  # each story names facts of the clock


def test_nothing_is_owed_before_any_papers_came() -> None:
    assert deadlines(Clock(type="payment", limits=RELIEF), OFFICIAL, day(11, 23)) == []


def test_limits_start_at_the_home_and_not_where_there_was_a_signal() -> None:
    found = owed(collected(), day(11, 25))
    assert list(found) == ["notice", "accept"]
    assert stands(found["notice"]) == (day(11, 24), "overdue")
    assert found["notice"].why.event == "home"
    brought = owed(collected(started_at=None), day(11, 25))
    assert (brought["notice"].starts, brought["notice"].why.event) == (day(11, 25), "papers")


def test_what_has_not_been_submitted_but_received_starts_there() -> None:
    received = collected(started_at=None, submitted_at=None, received_at=at(11, 26))
    assert owed(received, day(11, 26))["accept"].starts == day(11, 26)


@pytest.mark.parametrize(("is_complex", "due"), [(False, day(11, 24)), (True, day(11, 30))])
def test_a_complex_case_has_five_days_for_its_notice(is_complex: bool, due: datetime.date) -> None:
    assert owed(collected(complex=is_complex), day(11, 23))["notice"].due == due


def test_a_limit_comes_nearer_day_by_day() -> None:
    handed = collected(submitted_at=at(11, 23, 18))
    states = [owed(handed, day(11, n))["accept"].state for n in (25, 26, 27, 29, 30)]
    states.append(owed(handed, day(12, 1))["accept"].state)
    assert states == ["running", "running", "due_soon", "due_soon", "due_today", "overdue"]


@pytest.mark.parametrize(("days", "warned"), [(0, 0), (1, 0), (2, 0), (3, 1), (5, 1), (6, 2), (10, 2), (30, 2)])
def test_what_is_short_is_not_soon_from_its_first_morning_on(days: int, warned: int) -> None:
    """Of a limit from Monday, 23 November on; it is due soon on so many working mornings before its last."""
    clock = collected(limits=Limits(promised=Limit(days)), started_at=None, accepted_at=at(11, 23))
    last = owed(clock, day(11, 23))["promise"].due
    mornings = [day(11, 23) + datetime.timedelta(days=n) for n in range((last - day(11, 23)).days + 1)]
    states = [owed(clock, one)["promise"].state for one in mornings if OFFICIAL.is_working(one)]
    assert states.count("due_soon") == warned
    assert states[-1] == "due_today"
    assert days == 0 or states[0] == "running"


def test_the_centre_has_no_less_time_to_accept_because_a_phone_had_no_signal() -> None:
    at_once = Limits(promised=Limit(10), accept=Limit(0))
    found = owed(collected(limits=at_once), day(11, 25))
    assert stands(found["accept"]) == (day(11, 25), "due_today")
    assert (found["accept"].starts, found["accept"].why.event) == (day(11, 25), "papers")
    assert owed(collected(limits=at_once), day(11, 26))["accept"].state == "overdue"
    assert stands(owed(collected(), day(11, 25))["accept"]) == (day(12, 2), "running")


def test_what_was_told_at_the_home_and_collected_afterwards_is_the_centres_from_its_receipt_on() -> None:
    told = collected(notice=Notice(at=at(11, 23, 8)), limits=Limits(accept=Limit(0)))
    assert stands(owed(told, day(11, 25))["accept"]) == (day(11, 25), "due_today")
    back = replace(told, notice=Notice(at=at(11, 26)), complemented_at=at(11, 27))
    assert stands(owed(back, day(11, 27))["accept"]) == (day(11, 27), "due_today"), "the centre had the case by then"


def test_a_case_is_handled_in_time_delivered_followed_up_and_filed() -> None:
    clock = collected(accepted_at=at(11, 26), ended_at=at(12, 10), end="completed", delivered_at=at(12, 15))
    found = owed(clock, day(12, 16))
    assert {kind: one.state for kind, one in found.items()} == {
        "notice": "cancelled",
        "accept": "met",
        "promise": "met",
        "statutory": "met",
        "delivery": "met",
        "follow_up": "running",
        "archive": "running",
    }
    assert (found["promise"].due, found["delivery"].due) == (day(12, 10), day(12, 15))
    assert (found["follow_up"].due, found["archive"].due) == (day(12, 22), day(12, 24))
    assert found["notice"].why.ground == "accepted"
    filed = owed(replace(clock, archived_at=at(12, 25)), day(12, 25))
    assert (filed["follow_up"].state, filed["archive"].state) == ("cancelled", "met_late")


def test_a_day_late_is_late() -> None:
    clock = collected(accepted_at=at(11, 26), ended_at=at(12, 11), end="refused")
    found = owed(clock, day(12, 11))
    assert stands(found["promise"]) == (day(12, 10), "met_late")
    assert stands(found["statutory"]) == (day(1, 7, 2027), "met")


def test_what_is_done_at_once_was_accepted_in_the_same_act() -> None:
    clock = collected(limits=Limits(promised=Limit(0)), ended_at=at(11, 25), end="completed")
    assert stands(owed(clock, day(11, 25))["promise"]) == (day(11, 25), "met")
    refused = collected(ended_at=at(11, 25), end="refused")
    assert (owed(refused, day(11, 25))["promise"].starts, owed(refused, day(11, 25))["promise"].state) == (
        day(11, 25),
        "met",
    )
    declined = collected(ended_at=at(11, 25), end="not_accepted")
    assert "promise" not in owed(declined, day(11, 25))


# A licence about which nobody says anything


def licence(**facts: object) -> Clock:
    return collected(type="permit", **facts)


def test_a_licence_that_nobody_spoke_about_counts_as_accepted_from_the_day_its_papers_came() -> None:
    on_the_day = owed(licence(), day(11, 30))
    assert (on_the_day["accept"].state, "promise" in on_the_day) == ("due_today", False)
    found = owed(licence(), day(12, 1))
    assert stands(found["accept"]) == (day(11, 30), "overdue")
    assert found["accept"].why.deemed == day(11, 23)
    assert (found["promise"].starts, found["promise"].due, found["promise"].why.event) == (
        day(11, 23),
        day(12, 7),
        "deemed",
    )
    assert (found["notice"].state, found["notice"].why.ground) == ("cancelled", "deemed")


def test_to_register_the_acceptance_later_gives_nobody_more_time() -> None:
    late = owed(licence(accepted_at=at(12, 2)), day(12, 2))
    assert (late["accept"].state, late["promise"].starts) == ("met_late", day(11, 23))
    in_time = owed(licence(accepted_at=at(11, 30, 23)), day(12, 2))
    assert (in_time["accept"].state, in_time["promise"].starts) == ("met", day(11, 30))


def test_only_a_licence_is_accepted_by_silence() -> None:
    assert "promise" not in owed(collected(), day(12, 20))


def test_a_notice_in_time_breaks_the_silence_and_one_that_is_late_does_not() -> None:
    in_time = licence(notice=Notice(at=at(11, 30), limit=Limit(5)))
    assert "promise" not in owed(in_time, day(12, 20))
    late = owed(licence(notice=Notice(at=at(12, 1), limit=Limit(5))), day(12, 2))
    assert (late["promise"].starts, late["notice"].state) == (day(11, 23), "met_late")
    assert (late["complement"].state, late["complement"].why.ground) == ("cancelled", "deemed")
    assert stands(late["accept"]) == (day(11, 30), "overdue")


def test_silence_after_the_complement_accepts_from_the_day_of_the_complement() -> None:
    clock = licence(notice=Notice(at=at(11, 24)), complemented_at=at(12, 4))
    assert "promise" not in owed(clock, day(12, 11))
    assert owed(clock, day(12, 14))["promise"].starts == day(12, 4)


def test_no_item_may_take_longer_over_a_licence_than_the_law_and_a_shorter_limit_accepts_nothing() -> None:
    slow = licence(limits=Limits(accept=Limit(20)))
    assert owed(slow, day(11, 24))["accept"].due == day(11, 30)
    quick = licence(limits=Limits(accept=Limit(2), promised=Limit(10)))
    over = owed(quick, day(11, 30))
    assert (over["accept"].due, over["accept"].state, "promise" in over) == (day(11, 27), "overdue", False)
    silent = owed(quick, day(12, 1))["accept"]
    assert (silent.starts, silent.due, silent.why.deemed) == (day(11, 25), day(11, 27), day(11, 23))


# Something is missing


def told(notice: Notice, **facts: object) -> Clock:
    """Handed in on the evening of the visit; the centre finds that a paper is missing."""
    return collected(submitted_at=at(11, 23, 18), notice=notice, **facts)


def test_the_clock_stands_while_the_resident_looks_for_a_paper_and_starts_anew_when_it_came() -> None:
    short = told(Notice(at=at(11, 24), limit=Limit(10)))
    waiting = owed(short, day(12, 1))
    assert waiting["notice"].state == "met"
    assert stands(waiting["accept"]) == (day(12, 8), "paused")
    assert waiting["accept"].why.waiting_since == day(11, 24)
    assert stands(waiting["complement"]) == (day(12, 8), "running")
    came = owed(replace(short, complemented_at=at(12, 9)), day(12, 9))
    assert stands(came["complement"]) == (day(12, 8), "met_late")
    assert (came["accept"].starts, came["accept"].due) == (day(12, 9), day(12, 16))


def test_a_case_declined_while_it_waits_for_papers_was_not_late() -> None:
    clock = told(Notice(at=at(11, 24), limit=Limit(5)), ended_at=at(12, 18), end="not_accepted")
    found = owed(clock, day(12, 18))
    assert (found["accept"].state, found["complement"].state) == ("met", "cancelled")


def test_a_named_day_for_the_papers_stays_as_it_was_told() -> None:
    named = told(Notice(at=at(11, 24), until=day(12, 6)))
    assert stands(owed(named, day(12, 7))["complement"]) == (day(12, 6), "overdue")
    too_late = told(Notice(at=at(11, 24), until=day(11, 20)))
    assert stands(owed(too_late, day(11, 24))["complement"]) == (day(11, 24), "due_today")


def test_what_was_told_at_the_home_is_answered_by_handing_in() -> None:
    told_at_home = collected(notice=Notice(at=at(11, 23, 11), limit=Limit(5)))
    found = owed(told_at_home, day(11, 26))
    assert (found["notice"].state, found["complement"].state) == ("met", "met")
    assert (found["accept"].starts, found["accept"].state) == (day(11, 25), "running")


def test_what_was_missing_at_the_first_visit_is_there_at_the_second() -> None:
    """Told on Friday; the papers are collected on Monday, and handed in on Wednesday."""
    found = owed(collected(notice=Notice(at=at(11, 20), limit=Limit(5))), day(11, 26))
    assert stands(found["complement"]) == (day(11, 27), "met")
    assert (found["complement"].closed, found["accept"].starts) == (day(11, 23), day(11, 25))


def test_a_second_notice_is_answered_by_what_comes_after_it() -> None:
    clock = collected(notice=Notice(at=at(12, 2), limit=Limit(5)), complemented_at=at(12, 1))
    found = owed(clock, day(12, 3))
    assert (found["notice"].starts, found["notice"].state, found["accept"].state) == (day(12, 1), "met", "paused")


# Pauses and extensions


def accepted(**facts: object) -> Clock:
    """Accepted on 24 November; ten working days end on 8 December."""
    return collected(accepted_at=at(11, 24), submitted_at=at(11, 23), **facts)


def test_a_public_notice_stops_what_is_to_be_handled_and_moves_it_by_its_days() -> None:
    limits = replace(RELIEF, send_up=Limit(5))
    posted = accepted(limits=limits, pauses=(Pause(step="公示", since=at(11, 30), days=7),))
    assert stands(owed(posted, day(11, 30))["promise"]) == (day(12, 8), "paused")
    assert stands(owed(posted, day(12, 3))["promise"]) == (day(12, 11), "paused")
    resumed = replace(posted, pauses=(Pause(step="公示", since=at(11, 30), until=at(12, 7), days=7),))
    found = owed(resumed, day(12, 9))
    assert found["send_up"].due == day(12, 8)
    assert stands(found["promise"]) == (day(12, 15), "running")
    assert found["statutory"].due == day(1, 12, 2027)


def test_a_pause_that_nobody_ends_goes_on_past_the_days_it_was_announced_for() -> None:
    posted = accepted(pauses=(Pause(step="公示", since=at(11, 30), days=7),))
    assert stands(owed(posted, day(12, 21))["promise"]) == (day(12, 29), "paused")


def test_a_pause_does_not_mend_what_was_over_before() -> None:
    late = accepted(pauses=(Pause(step="公示", since=at(12, 9)),))
    assert stands(owed(late, day(12, 10))["promise"]) == (day(12, 8), "overdue")


def test_a_case_completed_in_a_pause_is_judged_as_if_it_had_been_resumed_that_day() -> None:
    clock = accepted(pauses=(Pause(step="鉴定", since=at(11, 30)),), ended_at=at(12, 18), end="completed")
    assert stands(owed(clock, day(12, 24))["promise"]) == (day(12, 28), "met")


def test_two_pauses_at_once_take_out_each_day_once() -> None:
    both = (
        Pause(step="公示", since=at(11, 30), until=at(12, 7)),
        Pause(step="鉴定", since=at(12, 2), until=at(12, 4)),
    )
    assert owed(accepted(pauses=both), day(12, 9))["promise"].due == day(12, 15)


def test_a_matter_for_the_same_day_that_is_paused_ends_on_the_day_it_is_resumed() -> None:
    direct = accepted(
        limits=Limits(promised=Limit(0)), pauses=(Pause(step="核验", since=at(11, 24), until=at(11, 26)),)
    )
    assert stands(owed(direct, day(11, 26))["promise"]) == (day(11, 26), "due_today")


def test_a_pause_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        Pause(step="公示", since=at(12, 2), until=at(12, 1))
    assert refused.value.code == "pause.backwards"
    assert refused.value.code in PROBLEMS


def test_an_extension_lengthens_the_promise_and_never_the_law() -> None:
    longer = accepted(extensions=(Extension(days=5, at=at(12, 7), by="李红", reason="等待区里比对"),))
    before, after = owed(accepted(), day(12, 7)), owed(longer, day(12, 7))
    assert (before["promise"].due, after["promise"].due, after["promise"].days) == (day(12, 8), day(12, 15), 15)
    assert before["statutory"].due == after["statutory"].due
    assert after["promise"].why.extensions[0].by == "李红"
    assert after["statutory"].why.extensions == ()


# Sent up, helped first, withdrawn


def test_a_case_goes_up_in_its_own_limit_and_the_answer_has_one_too() -> None:
    clock = accepted(limits=Limits(promised=Limit(20), send_up=Limit(3)))
    assert stands(owed(clock, day(11, 27))["send_up"]) == (day(11, 27), "due_today")
    sent = replace(clock, sent_up=SentUp(at=at(11, 30), to="区民政局", limit=Limit(5)), answered_at=at(11, 27))
    found = owed(sent, day(12, 1))
    assert found["send_up"].state == "met_late"
    assert stands(found["answer_above"]) == (day(12, 7), "running")
    answered = replace(sent, answered_at=at(12, 7))
    assert owed(answered, day(12, 8))["answer_above"].state == "met"
    ended = replace(sent, ended_at=at(12, 4), end="completed", answered_at=None)
    assert owed(ended, day(12, 8))["answer_above"].state == "cancelled"


def test_urgent_relief_is_paid_first_and_its_papers_are_owed_after_it_is_completed() -> None:
    clock = collected(accepted_at=at(11, 23), papers_due=day(12, 7), ended_at=at(11, 24), end="completed")
    assert stands(owed(clock, day(12, 4))["papers"]) == (day(12, 7), "due_soon")
    assert owed(clock, day(12, 8))["papers"].state == "overdue"
    assert owed(replace(clock, papers_brought_at=at(12, 7)), day(12, 8))["papers"].state == "met"
    assert owed(replace(clock, end="refused"), day(12, 8))["papers"].state == "cancelled"


def test_a_resident_who_withdraws_is_owed_nothing_but_a_closed_file() -> None:
    clock = accepted(withdrawn_at=at(12, 9))
    found = owed(clock, day(12, 9))
    assert {found[kind].state for kind in ("promise", "statutory")} == {"cancelled"}
    assert (found["promise"].closed, found["promise"].due) == (day(12, 9), day(12, 8))
    assert found["archive"].state == "running" and "delivery" not in found


def test_a_petition_is_counted_in_calendar_days_and_ends_when_somebody_is_there() -> None:
    limits = Limits(accept=Limit(15, "calendar"), legal=Limit(60, "calendar"))
    petition = collected(limits=limits, submitted_at=at(11, 23, 18))
    assert owed(petition, day(11, 24))["accept"].due == day(12, 8)
    one_day_on = replace(petition, started_at=at(11, 20), submitted_at=at(11, 20, 18))
    assert owed(one_day_on, day(11, 24))["accept"].due == day(12, 7)  # the 5th is a Saturday


def test_a_centre_sets_its_own_limits_for_what_comes_after() -> None:
    clock = collected(accepted_at=at(11, 26), ended_at=at(12, 10), end="completed", delivered_at=at(12, 10))
    own = Defaults(delivery=Limit(1), follow_up=Limit(10, "calendar"), archive=Limit(2))
    found = {one.kind: one.due for one in deadlines(clock, OFFICIAL, day(12, 10), own)}
    assert (found["delivery"], found["follow_up"], found["archive"]) == (day(12, 11), day(12, 21), day(12, 14))


def test_a_promise_into_2027_is_provisional_and_is_told_anew_when_the_notice_is_out() -> None:
    clock = collected(accepted_at=at(12, 21))
    guessed = owed(clock, day(12, 21))["promise"]
    assert (guessed.due, guessed.provisional) == (day(1, 4, 2027), True)
    off = {day(1, n, 2027): Override(False, "元旦假期") for n in (1, 2, 3)}
    settled = owed(clock, day(12, 21), Calendar(off, announced=frozenset({2027})))["promise"]
    assert (settled.due, settled.provisional) == (day(1, 5, 2027), False)
    assert not owed(clock, day(12, 21))["accept"].provisional
