"""What the centre does with a case: one-time notice, acceptance, and the way of each mode to its end."""

import datetime
from typing import NamedTuple

from daiban_server.demo.year import days, words
from daiban_server.demo.year.arriving import MINUTE
from daiban_server.demo.year.case import Case
from daiban_server.limits.calendar import OFFICIAL, Span, local_day

DAY = 86_400_000
_LATE, _EXTENDED, _REFUSED, _WITHDRAWN, _HANDED_OVER, _PAUSED = 0.035, 0.025, 0.02, 0.012, 0.03, 0.5
"""How often a case of a promise goes each of these ways."""
_FIRST_THING = 8 * 60 + 45
"""When clerks look at what came over night, in minutes after midnight."""
_NOTICE_DAYS = 7
"""How long a public notice stands, in calendar days."""


class Ended(NamedTuple):
    """When and how a case ended: ``completed``, ``refused``, ``not_accepted`` or ``withdrawn``; `owing` where help came
    first and its papers never did."""

    at: int
    how: str
    owing: bool = False


def decide(case: Case, submitted: int) -> Ended | None:
    """From its submission to the day of its decision; accepted cases go on to their end. None: it is still open."""
    spec, dice = case.spec, case.dice
    if spec.fate == "waiting":
        return None
    on_the_spot = spec.decided == local_day(submitted)
    at = submitted if on_the_spot else days.at_the_desk(spec.decided, dice)
    if not on_the_spot:
        _received(case, submitted)
    if spec.notified and not _complemented(case, submitted, at):
        return None
    if spec.fate == "declined":
        case.command(at, "decline", reason=dice.choice(words.DECLINED))
        return Ended(at, "not_accepted")
    if spec.fate == "withdrawn":
        case.command(at, "withdraw", reason=dice.choice(words.WITHDRAWN))
        return Ended(at, "withdrawn")
    return _accepted(case, at)


def _received(case: Case, submitted: int) -> None:
    """The papers are registered: what was submitted at the counter at once, what came by phone the next morning."""
    if case.spec.source in ("counter", "telephone"):
        case.command(submitted, "receive")
    elif case.spec.notified:
        following = days.working_after(local_day(submitted), 1)
        case.command(days.moment(following, _FIRST_THING), "receive")


def _complemented(case: Case, submitted: int, decided: int) -> bool:
    """What is missing is told at once; whether it is brought by the day of the decision."""
    dice, told = case.dice, days.working_after(local_day(submitted), 1)
    note = dice.choice(words.MISSING_NOTE)
    missing = [{"name": one, "note": note} for one in case.missing()]
    case.command(days.moment(told, 9 * 60 + 45), "notify", missing=missing, days=15)
    if case.spec.fate == "unanswered":
        return False
    day = days.working_before(local_day(decided), 1)
    if day <= told:
        case.command(decided - MINUTE, "complement", papers=case.missing())
    elif case.spec.source == "counter":
        case.command(days.at_the_counter(day, dice), "complement", papers=case.missing())
    else:
        case.report(days.in_the_field(day, dice), "brought", case.agent, papers=case.missing())
    return True


def _accepted(case: Case, at: int) -> Ended | None:
    mode = case.spec.mode
    if case.urgent:
        return _helped_first(case, at)
    if mode == "direct":
        case.command(at, "finish", result=case.dice.choice(words.RESULTS[mode]))
        return Ended(at, "completed")
    case.command(at, "accept")
    return _promised(case, at) if mode == "limited" else _proxied(case, at)


def _helped_first(case: Case, at: int) -> Ended:
    """Urgent relief: the money first, the papers within ten days (急难先办)."""
    case.command(at, "accept", papers_days=10, reason=words.URGENT)
    paid = days.at_the_desk(days.working_after(local_day(at), 1), case.dice)
    case.command(paid, "complete", result="已先行发放救助金，手续后补")
    brought = case.dice.random() < 0.9
    if brought:
        day = days.working_after(local_day(paid), case.dice.randint(1, 6))
        case.report(days.in_the_field(day, case.dice), "brought", case.agent, papers=case.missing())
    return Ended(paid, "completed", owing=not brought)


def _promised(case: Case, at: int) -> Ended:
    """Time-limited: within the promise, with public notices that are not counted; some late, some extended."""
    dice, limit = case.dice, case.matter.fields["promised_limit"]
    day = local_day(at)
    # What the item sets a limit for sending up is sent up, whatever the mode.
    sent = _sent_up(case, at) if "send_up_limit" in case.matter.fields else None
    accepted, uncounted = day, list[Span]()
    if case.matter.notices and dice.random() < _PAUSED:
        uncounted.append(_noticed(case, day))
        day = uncounted[0].last + days.ONE
    _handed_over(case, day)
    used, length = dice.triangular(0.2, 0.92, 0.55), limit["days"]
    lot = dice.random()
    if lot < _LATE:
        used = 1 + dice.randint(1, 6) / max(length, 1)
    elif lot < _LATE + _EXTENDED:
        used = 1 + dice.uniform(0.1, 0.45)
        # A pause that began late left less of the limit: the head extends it on its last day at the latest.
        due = OFFICIAL.due_day(accepted, length, limit["unit"], uncounted).day
        _extended(case, min(due, days.within(day, length * 0.85, limit["unit"])), max(3, length // 2))
    end = days.within(day, max(1, length * used), limit["unit"])
    if sent is not None:
        back = days.within(sent[0], max(1, sent[1] * dice.triangular(0.3, 1, 0.6)), limit["unit"])
        end = max(end, days.working_after(back, 1))
        _answered(case, back)
    return _ended(case, _evening(end))


def _noticed(case: Case, day: datetime.date) -> Span:
    """A special step begins; gives its days, which are not counted."""
    begins = days.working_after(day, case.dice.randint(1, 3))
    step = case.dice.choice(case.matter.notices)
    posted = "公示" in step
    case.command(
        days.at_the_desk(begins, case.dice),
        "pause",
        step=step,
        days=_NOTICE_DAYS,
        reason=words.PAUSED if posted else words.CHECKED,
    )
    over = days.working_after(begins + days.ONE * (_NOTICE_DAYS + 1), 0)
    case.command(days.moment(over, _FIRST_THING), "resume")
    return Span(begins, over - days.ONE)


def _extended(case: Case, day: datetime.date, length: int) -> None:
    """The head approves more days, with a reason that the applicant is told."""
    at = days.moment(day, 16 * 60 + 10)
    case.command(at, "extend", case.team.head, days=length, reason=case.dice.choice(words.EXTENDED))


def _handed_over(case: Case, day: datetime.date) -> None:
    """Another clerk takes it over by name."""
    if case.dice.random() >= _HANDED_OVER:
        return
    successor = case.team.other_clerk(case.clerk)
    at = days.moment(days.working_after(day, 1), 8 * 60 + 32)
    case.command(at, "hand_over", to=successor.id, reason=case.dice.choice(words.HANDED_OVER))
    case.clerk = successor


def _proxied(case: Case, at: int) -> Ended:
    """Sent up within the set limit, and helped to the end."""
    dice, limit = case.dice, case.matter.fields["promised_limit"]
    sent, length = _sent_up(case, at)
    back = days.within(sent, max(1, length * dice.triangular(0.3, 1.15, 0.7)), limit["unit"])
    _handed_over(case, sent)
    _answered(case, back)
    late = dice.random() < _LATE
    done = days.working_after(back, dice.randint(1, 3) + (max(3, limit["days"] // 2) if late else 0))
    return _ended(case, _evening(done))


def _sent_up(case: Case, at: int) -> tuple[datetime.date, int]:
    """Sent up, mostly on the day of its acceptance; gives that day, and in how many days an answer is asked for."""
    dice, limit = case.dice, case.matter.fields["promised_limit"]
    above = case.matter.fields.get("send_up_limit") or {"days": 3, "unit": "working"}
    sent = days.working_after(local_day(at), dice.choices((0, 1, above["days"]), (72, 22, 6))[0])
    sent_at = at + 10 * MINUTE if sent == local_day(at) else days.at_the_desk(sent, dice)
    length = max(3, limit["days"] * 3 // 5)
    case.command(sent_at, "send_up", to=words.SENT_TO[case.matter.fields["window"]], days=length)
    return sent, length


def _answered(case: Case, day: datetime.date) -> None:
    case.command(days.at_the_desk(day, case.dice), "answered", note=case.dice.choice(words.ANSWERED))


def _ended(case: Case, at: int) -> Ended:
    """The end: mostly completed, some refused or withdrawn."""
    lot = case.dice.random()
    if lot < _WITHDRAWN:
        case.command(at, "withdraw", reason=case.dice.choice(words.WITHDRAWN))
        return Ended(at, "withdrawn")
    if lot < _WITHDRAWN + _REFUSED:
        case.command(at, "refuse", reason=case.dice.choice(words.REFUSED))
        return Ended(at, "refused")
    case.command(at, "complete", result=case.dice.choice(words.RESULTS[case.spec.mode]))
    return Ended(at, "completed")


def _evening(day: datetime.date) -> int:
    """The clerk's later hour at the desk, for what is ready."""
    return days.moment(day, days.DESK_HOURS[1])
