"""What happened to a case, act by act, with the day that was promised after each.

A paper that tells of one act says the same whenever it is printed: the notice of acceptance names the day that was
promised then, whatever was extended since. The case itself holds only the latest day; the earlier ones stand in the
log, where the server wrote them right behind the command that moved them.
"""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import bindparam, select

from daiban_schemas.entry import reread
from daiban_schemas.kinds import KINDS
from daiban_server.db import schema
from daiban_server.db.program import Program, rows
from daiban_server.features.deadlines.facts import clock_of
from daiban_server.features.papers.documents import Agent
from daiban_server.limits.calendar import Calendar, local_day
from daiban_server.limits.deadlines import deadlines
from daiban_server.spine import history

DAY = 86_400_000
_REPORTS = KINDS["application"].reports
_e, _p = schema.case_event.c, schema.person.c
_ACTS = (
    select(_e.position, _e.name, _e.before, _e.at, _e.effective, _e.told, _p.name, _p.badge, _p.phone)
    .select_from(schema.case_event.outerjoin(schema.person, _p.id == _e.author))
    .where(_e.centre == bindparam("centre_id"), _e.case == bindparam("case_id"))
    .order_by(_e.position)
)
_BEFORE_ACCEPTANCE = (
    *("started_at", "submitted_at", "received_at", "notice", "complemented_at", "accepted_at", "promised"),
)


class Act(NamedTuple):
    """A command or report that took effect: by whom, in which state, with which arguments. `position` is that of its
    entry, `at` when the server took a command, and what is believed of when a reported fact happened. `was` is the
    promised day before it, `due` the one after it."""

    position: int
    name: str
    before: str
    at: int
    who: Agent
    told: Mapping[str, Any]
    was: datetime.date | None
    due: datetime.date | None

    @property
    def by(self) -> str:
        """The name of who did it."""
        return self.who.name

    @property
    def day(self) -> datetime.date:
        """Its day."""
        return local_day(self.at)


def acts_of(centre: bytes, case: bytes) -> Program[list[Act]]:
    """Everything that happened to a case, in order."""
    told = yield from rows(_ACTS, centre_id=centre, case_id=case)
    written = yield from history.entries_at(centre, [position + 1 for position, *_ in told])
    found: list[Act] = []
    due: datetime.date | None = None
    for position, name, before, received, effective, packed, *who in told:
        at = effective if name in _REPORTS else received
        was, due = due, _due(written.get(position + 1), case, due)
        by = Agent(**{key: value or "" for key, value in zip(("name", "badge", "phone"), who, strict=True)})
        found.append(Act(position, name, before, at, by, msgspec.json.decode(packed), was, due))
    return found


def _due(stored: history.Stored | None, case: bytes, before: datetime.date | None) -> datetime.date | None:
    """The promised day that the server wrote with an act; as before where it wrote none."""
    if stored is None or stored.record != case:
        return before
    raw = reread(stored.body)[1].get("due")
    day = msgspec.json.decode(raw) if raw is not None else None
    return datetime.date.fromisoformat(day) if day else before


def expected(
    acts: Sequence[Act], number: int, values: Mapping[str, Any], item: Mapping[str, Any], calendar: Calendar
) -> datetime.date | None:
    """The promised day as it will be if the pause that `acts[number]` began lasts as long as was announced; None where
    no length was."""
    pause = acts[number]
    if not pause.told.get("days"):
        return None
    until = pause.at + pause.told["days"] * DAY
    earlier = [one.name for one in acts[:number]]
    paused, extended = earlier.count("pause"), earlier.count("extend")
    begun = {**pause.told, "from": pause.at, "until": until}
    facts = {name: values.get(name) for name in _BEFORE_ACCEPTANCE} | {
        "pauses": [*(values.get("pauses") or ())[:paused], begun],
        "extensions": (values.get("extensions") or ())[:extended],
    }
    owed = deadlines(clock_of(facts, item), calendar, local_day(until))
    return next((one.due for one in owed if one.kind == "promise"), None)
