"""What is owed for an opinion, and by when: an answer; for a bad rating a call within a day and mending within five.

The numbers are those of 好差评 practice: contact within 1 working day, mended within 5, at most 15. The call is counted
from the day of the rating, an answer from the day on which it was said, or said again. The last days stand in the
record, as they were given: here is what made them so, and how they stand.
"""

import datetime
from collections.abc import Mapping
from typing import Any

from daiban_server.limits.calendar import Calendar, local_day
from daiban_server.limits.clock import Defaults, Extension
from daiban_server.limits.deadline import Deadline, Event, Ground, Kind, Why
from daiban_server.limits.deadlines import standing_on

Values = Mapping[str, Any]
CONTACT = 1
"""Working days within which whoever gave a bad rating is called."""
DAYS: Mapping[str, int] = {"rating": 5, "complaint": 5, "stuck": 3, "hotline": 5, "opinion_box": 5}
"""Working days until the answer, by channel; for a bad rating that is how it was mended."""
SHORTEST, LONGEST = 6, 15
"""Working days in all within which a bad rating that was prolonged is mended."""


def limit_of(values: Values) -> int:
    """Working days until an opinion is answered, before it was prolonged."""
    return DAYS.get(str(values.get("channel")), 5)


def owed(values: Values, calendar: Calendar, today: datetime.date) -> list[Deadline]:
    """What is or was owed for an opinion: ``contact`` and ``mend`` for a bad rating, else ``opinion``. No fact may be
    later than `today`."""
    answered = _day(values.get("answered_at"))
    found = []
    if values.get("contact_due"):
        # Once it is answered nobody owes a call any more, though there was none.
        closed, ground = _day(values.get("contacted_at")), None
        if closed is None and answered is not None:
            closed, ground = answered, _ENDED
        why = Why(event="rated", ground=ground)
        found.append(
            _stand("contact", why, _day(values["said_at"]), values["contact_due"], CONTACT, closed, calendar, today)
        )
    if values.get("due"):
        kind: Kind = "mend" if values.get("channel") == "rating" else "opinion"
        longer = _prolonged(values)
        days = limit_of(values) + sum(one.days for one in longer)
        since = _day(values.get("counted_at"))
        why = Why(event=_event(values), fixed=since is None, extensions=longer)
        found.append(_stand(kind, why, since, values["due"], days, answered, calendar, today))
    return found


def recounted(values: Values, calendar: Calendar) -> dict[str, str]:
    """The last days that are others by the calendar as it is known now: a year's holidays are announced late, and the
    district lays days down. Nothing where both stand."""
    fresh = {}
    if (since := _day(values.get("counted_at"))) and values.get("due"):
        length = limit_of(values) + sum(one.days for one in _prolonged(values))
        fresh["due"] = calendar.due_day(since, length, "working").day.isoformat()
    if (since := _day(values.get("said_at"))) and values.get("contact_due"):
        fresh["contact_due"] = calendar.due_day(since, CONTACT, "working").day.isoformat()
    return {name: day for name, day in fresh.items() if day != values[name]}


_ENDED: Ground = "ended"


def _prolonged(values: Values) -> tuple[Extension, ...]:
    """By how much the limit that runs was prolonged; one that was said again since has a limit of its own."""
    one = values.get("prolonged")
    if not one or one["at"] < (values.get("counted_at") or 0):
        return ()
    more = one["days"] - limit_of(values)
    return (Extension(days=more, at=one["at"], by=one.get("by") or "", reason=one["reason"]),)


def _event(values: Values) -> Event:
    if values.get("said_at") != values.get("counted_at"):
        return "said_again"
    return "rated" if values.get("channel") == "rating" else "said"


def _stand(
    kind: Kind,
    why: Why,
    since: datetime.date | None,
    last: str,
    days: int,
    closed: datetime.date | None,
    calendar: Calendar,
    today: datetime.date,
) -> Deadline:
    due = datetime.date.fromisoformat(last)
    starts = since or min(due, today)
    state = standing_on(today, due, days, calendar, Defaults())
    if closed is not None:
        state = "cancelled" if why.ground else "met" if closed <= due else "met_late"
    provisional = since is not None and bool(calendar.awaited(starts, due))
    return Deadline(
        kind=kind,
        starts=starts,
        due=due,
        days=days,
        unit="working",
        state=state,
        provisional=provisional,
        closed=closed,
        why=why,
    )


def _day(moment: Any) -> datetime.date | None:
    return local_day(moment) if moment else None
