"""What a case owes, and by when: each limit that its facts have set off, with how it stands on a day.

Which fact starts, meets, stops or drops which limit is decided here and in `papers`; the reasons stand in DESIGN.md.
"""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from daiban_server.limits.calendar import Calendar, Due, Span, local_day
from daiban_server.limits.clock import SILENCE, Clock, Defaults, Limit, Pause, merged
from daiban_server.limits.deadline import Deadline, Event, Ground, Kind, State, Why
from daiban_server.limits.papers import Papers, papers


def deadlines(
    clock: Clock, calendar: Calendar, today: datetime.date, defaults: Defaults | None = None
) -> list[Deadline]:
    """All that the case owes or owed, each kind at most once, in the order in which they come up. No fact of the clock
    may be later than `today`, a day of China."""
    return list(_Case(clock, calendar, today, defaults or Defaults()).owed())


class _Closing(NamedTuple):
    """The day after which a limit is owed no longer: met, or dropped on some ground."""

    day: datetime.date
    ground: Ground | None


class _Running(NamedTuple):
    """From which day a limit runs, and what set it off."""

    starts: datetime.date
    event: Event


class _Case:
    """A case on one day, and its limits one by one."""

    def __init__(self, clock: Clock, calendar: Calendar, today: datetime.date, defaults: Defaults) -> None:
        self.clock, self.calendar, self.today, self.defaults = clock, calendar, today, defaults
        self.papers = papers(clock, calendar, today)
        self.ended = _day(clock.ended_at)
        self.withdrawn = _day(clock.withdrawn_at)
        self.deemed = self.papers.deemed if self.papers else None
        self.grounds: Mapping[Ground, datetime.date | None] = {
            "withdrawn": self.withdrawn,
            "ended": self.ended,
            "accepted": _day(clock.accepted_at),
            "deemed": self.papers.lapsed if self.papers else None,
            "unreached": _day(clock.unreached_at),
            "archived": _day(clock.archived_at),
        }

    def owed(self) -> Iterator[Deadline]:
        """The limits that have begun."""
        if self.papers is not None:
            yield self._notice(self.papers)
            yield self._accept(self.papers)
            yield from self._complement(self.papers)
        taken = self._taken()
        if taken is not None:
            yield from self._handling(*taken)
            yield from self._above(*taken)
            yield from self._paused()
        yield from self._papers_later()
        yield from self._afterwards()

    def _taken(self) -> tuple[datetime.date, Event] | None:
        """The day of acceptance. What is finished or refused at once was accepted in the same act: otherwise direct
        cases would be missing among those that were in time."""
        if self.deemed:
            return self.deemed, "deemed"
        at_once = self.ended if self.clock.end in ("completed", "refused") else None
        accepted = self.grounds["accepted"] or at_once
        return (accepted, "accepted") if accepted else None

    def _notice(self, came: Papers) -> Deadline:
        own = self.clock.limits.notice or self.defaults.notice
        limit = self.defaults.notice_complex if self.clock.complex else own
        told = local_day(self.clock.notice.at) if self.clock.notice else None
        closing = self._closing(told, "accepted", "deemed", "ended", "withdrawn")
        return self._counted("notice", Why(event=came.event), came.first, limit, closing)

    def _accept(self, came: Papers) -> Deadline:
        """The centre's own limit begins when the server had the case, though the papers were collected before: to
        accept is the desk's alone, and no desk can decide about what it cannot know of. The law's silence about a
        licence does not wait for a signal."""
        here = _day(self.clock.submitted_at)
        later = here is not None and here > came.starts
        own = _Running(here, "papers") if here is not None and later else _Running(came.starts, came.again)
        options = [(own, self.clock.limits.accept or self.defaults.accept)]
        if self.clock.type == "permit":  # no item may take longer over a licence than the law does
            options.append((_Running(came.starts, came.again), SILENCE))
        run, limit = min(options, key=lambda one: self.calendar.due_day(one[0].starts, one[1].days, one[1].unit).day)
        why = Why(event=run.event, deemed=came.deemed, waiting_since=came.waiting_since)
        closing = self._closing(self.grounds["accepted"] or self.ended, "withdrawn")
        return self._counted("accept", why, run.starts, limit, closing)

    def _complement(self, came: Papers) -> Iterator[Deadline]:
        notice, why = self.clock.notice, Why(event="notice")
        if notice is None:
            return
        told = local_day(notice.at)
        closing = self._closing(came.complete, "accepted", "deemed", "ended", "withdrawn")
        if notice.until is not None:
            yield self._named("complement", why, told, notice.until, closing)
        elif notice.limit is not None:
            yield self._counted("complement", why, told, notice.limit, closing)

    def _handling(self, taken: datetime.date, event: Event) -> Iterator[Deadline]:
        clock, added = self.clock, tuple(self.clock.extensions)
        closing = self._closing(self.ended, "withdrawn")
        promised = clock.promised or clock.limits.promised
        if promised is not None:
            longer = Limit(promised.days + sum(one.days for one in added), promised.unit)
            yield self._counted("promise", Why(event=event, extensions=added), taken, longer, closing, clock.pauses)
        if clock.limits.legal is not None:
            yield self._counted("statutory", Why(event=event), taken, clock.limits.legal, closing, clock.pauses)

    def _above(self, taken: datetime.date, event: Event) -> Iterator[Deadline]:
        sent, limit = self.clock.sent_up, self.clock.limits.send_up
        if limit is not None:
            closing = self._closing(local_day(sent.at) if sent else None, "ended", "withdrawn")
            yield self._counted("send_up", Why(event=event), taken, limit, closing, self.clock.pauses)
        if sent is not None:
            answer = self.clock.answered_at
            # An answer to what was sent up earlier is none to this.
            answered = local_day(answer) if answer is not None and answer >= sent.at else None
            closing = self._closing(answered, "ended", "withdrawn")
            yield self._counted(
                "answer_above", Why(event="sent_up", to=sent.to), local_day(sent.at), sent.limit, closing
            )

    def _paused(self) -> Iterator[Deadline]:
        """The last pause, if it was said how long: on the day after its last day the clock is resumed."""
        last = max(self.clock.pauses, key=lambda pause: pause.since, default=None)
        if last is None or last.days is None:
            return
        since = local_day(last.since)
        closing = self._closing(_day(last.until), "ended", "withdrawn")
        resumed = since + datetime.timedelta(days=last.days)
        yield self._named("pause", Why(event="paused", to=last.step), since, resumed, closing)

    def _papers_later(self) -> Iterator[Deadline]:
        """Help first, papers later: still owed after the case is completed."""
        due, taken = self.clock.papers_due, self._taken()
        if due is None or taken is None:
            return
        denied = self.clock.end in ("refused", "not_accepted")
        grounds: tuple[Ground, ...] = ("ended", "withdrawn") if denied else ("withdrawn",)
        day, event = taken
        yield self._named(
            "papers", Why(event=event), day, due, self._closing(_day(self.clock.papers_brought_at), *grounds)
        )

    def _afterwards(self) -> Iterator[Deadline]:
        clock, defaults = self.clock, self.defaults
        ending: Event = "withdrawn" if self.ended is None else clock.end or "completed"
        if self.ended is not None:
            closing = self._closing(_day(clock.delivered_at), "archived")
            yield self._counted("delivery", Why(event=ending), self.ended, defaults.delivery, closing)
        if clock.delivered_at is not None:
            closing = self._closing(_day(clock.followed_up_at), "unreached", "archived")
            day = local_day(clock.delivered_at)
            yield self._counted("follow_up", Why(event="delivered"), day, defaults.follow_up, closing)
        over = self.ended or self.withdrawn
        if over is not None:
            closing = self._closing(self.grounds["archived"])
            yield self._counted("archive", Why(event=ending), over, defaults.archive, closing)

    def _closing(self, met: datetime.date | None, *grounds: Ground) -> _Closing | None:
        """Met, else the first of the grounds that came about."""
        if met is not None:
            return _Closing(met, None)
        found = [_Closing(day, ground) for ground in grounds if (day := self.grounds[ground]) is not None]
        return min(found, default=None, key=lambda closing: closing.day)

    def _counted(
        self,
        kind: Kind,
        why: Why,
        starts: datetime.date,
        limit: Limit,
        closing: _Closing | None,
        pauses: Sequence[Pause] = (),
    ) -> Deadline:
        """A limit in days. A pause that nobody ended lasts until today, or until the limit was closed."""
        until = closing.day if closing else self.today
        due = self.calendar.due_day(starts, limit.days, limit.unit, merged(pauses, until))
        felt = tuple(pause for pause in pauses if _overlaps(pause.span(until), starts, due.day) or pause.until is None)
        return self._stand(kind, replace(why, pauses=felt), starts, due, limit, closing)

    def _named(
        self, kind: Kind, why: Why, starts: datetime.date, day: datetime.date, closing: _Closing | None
    ) -> Deadline:
        """A limit whose last day was named, and is not moved; one named too late lasts until the end of that day."""
        due = Due(max(day, starts), False)
        length = Limit((due.day - starts).days, "calendar")
        return self._stand(kind, replace(why, fixed=True), starts, due, length, closing)

    def _stand(
        self, kind: Kind, why: Why, starts: datetime.date, due: Due, limit: Limit, closing: _Closing | None
    ) -> Deadline:
        stopped = why.waiting_since is not None or any(pause.until is None for pause in why.pauses)
        return Deadline(
            kind=kind,
            starts=starts,
            due=due.day,
            days=limit.days,
            unit=limit.unit,
            state=_closed(closing, due.day)
            if closing
            else standing_on(self.today, due.day, limit.days, self.calendar, self.defaults, stopped=stopped),
            provisional=due.provisional,
            closed=closing.day if closing else None,
            why=replace(why, ground=closing.ground if closing else None),
        )


def standing_on(
    today: datetime.date,
    due: datetime.date,
    days: int,
    calendar: Calendar,
    defaults: Defaults,
    *,
    stopped: bool = False,
) -> State:
    """The state of a limit of so many days that is still owed. A pause does not undo that it was past before."""
    if due < today:
        return "overdue"
    if stopped:
        return "paused"
    if due == today:
        return "due_today"
    left = calendar.days_left(today, due, "working")
    return "due_soon" if left <= defaults.soon_within(days) else "running"


def _closed(closing: _Closing, due: datetime.date) -> State:
    if closing.ground is not None:
        return "cancelled"
    return "met" if closing.day <= due else "met_late"


def _day(moment: int | None) -> datetime.date | None:
    return None if moment is None else local_day(moment)


def _overlaps(span: Span, starts: datetime.date, due: datetime.date) -> bool:
    return starts < span.last and span.first <= min(due, span.last)
