"""When a case's papers were there, and whether the law has accepted it meanwhile."""

import datetime
from dataclasses import dataclass, replace

from daiban_server.limits.calendar import Calendar, local_day
from daiban_server.limits.clock import SILENCE, Clock
from daiban_server.limits.deadline import Event

_ONE = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """`first` is the day of the papers that the latest notice was, or is, to answer, and `event` what brought them;
    `complete` the day on which what the notice asked for was there.

    `starts` is the day that acceptance is counted from, and `again` what made it so. While the resident is awaited it
    is today, and `waiting_since` the day of the notice. `deemed` is the day from which the case counts as accepted
    because nothing was said in time, and `lapsed` the first day on which that was so.
    """

    first: datetime.date
    event: Event
    starts: datetime.date
    again: Event
    complete: datetime.date | None = None
    waiting_since: datetime.date | None = None
    deemed: datetime.date | None = None
    lapsed: datetime.date | None = None


def papers(clock: Clock, calendar: Calendar, today: datetime.date) -> Papers | None:
    """How the papers stand; None before any came."""
    found = _first(clock)
    if found is None:
        return None
    moment, event = found
    day = local_day(moment)
    first = Papers(first=day, event=event, starts=day, again=event)
    decided = [at for at in (clock.accepted_at, clock.ended_at, clock.withdrawn_at) if at is not None]
    if clock.notice is None:
        return _judged(clock, first, decided, calendar, today)
    complete = _complete(clock)
    there = None if complete is None else local_day(complete)
    begun = _judged(clock, replace(first, complete=there), [*decided, clock.notice.at], calendar, today)
    if begun.deemed:  # a notice after the law had accepted the case stops nothing
        return begun
    if there is None:
        until = local_day(min(decided)) if decided else today
        return replace(begun, starts=until, waiting_since=local_day(clock.notice.at))
    return _judged(clock, replace(begun, starts=there, again="complemented"), decided, calendar, today)


def _first(clock: Clock) -> tuple[int, Event] | None:
    """When the papers came that the latest notice answers, or that are there now."""
    back, notice = clock.complemented_at, clock.notice
    if back is not None and (notice is None or back < notice.at):
        return back, "complemented"
    if clock.started_at is not None:
        return clock.started_at, "home"
    came = clock.received_at if clock.submitted_at is None else clock.submitted_at
    return None if came is None else (came, "papers")


def _complete(clock: Clock) -> int | None:
    """When that was there which the latest notice asked for. A notice given at the home is answered by collecting
    the papers afterwards, or by handing the application in."""
    assert clock.notice is not None
    for at in (clock.complemented_at, clock.started_at, clock.submitted_at):
        if at is not None and at >= clock.notice.at:
            return at
    return None


def _judged(clock: Clock, stand: Papers, said: list[int], calendar: Calendar, today: datetime.date) -> Papers:
    """Whether nothing was said in time about a licence whose papers were there on `stand.starts`."""
    if clock.type != "permit":
        return stand
    last = calendar.due_day(stand.starts, SILENCE.days, SILENCE.unit).day
    if min((local_day(at) for at in said), default=today) <= last:
        return stand
    return replace(stand, deemed=stand.starts, lapsed=last + _ONE)
