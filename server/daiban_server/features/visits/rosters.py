"""Who works when: a person's roster, kept where the engine's week is read."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import bindparam, delete, select

from daiban_server.db import schema
from daiban_server.db.program import Program, Write, rows, run
from daiban_server.features.visits import holds
from daiban_server.features.visits.engine.model import Window, moment
from daiban_server.features.visits.settings import VisitSettings
from daiban_server.limits.calendar import Calendar
from daiban_server.spine.ledger import Incoming, Ledger, Record
from daiban_sync.merge import Head

Roster = Mapping[str, Any]
_ro = schema.roster.c
_OF_CENTRE = select(_ro.person, _ro.body).where(_ro.centre == bindparam("centre_id"))
_FORGET = delete(schema.roster).where(_ro.person == bindparam("person_id"))
_KEPT = ("hours", "daily_cap", "items", "home")


def project(ledger: Ledger, record: Record) -> Program[None]:
    """Keep the table in step with a roster. Of two for one person the one that was written last holds."""
    values = (yield from ledger.view(record)).values
    person = values.get("person")
    if not isinstance(person, str):
        return
    yield from run(_FORGET, person_id=bytes.fromhex(person))
    if not record.deleted:
        body = msgspec.json.encode({name: values.get(name) for name in _KEPT})
        yield Write(schema.roster, [(bytes.fromhex(person), ledger.centre, body)], "replace")


def made(ledger: Ledger, record: Record, incoming: Incoming) -> Program[Mapping[str, Any]]:
    """Whoever works at other hours makes the plan another: what was offered before is looked at again."""
    yield from holds.count_up(ledger.centre)
    return {}


def changed(ledger: Ledger, record: Record, incoming: Incoming, before: tuple[Head, ...]) -> Program[Mapping[str, Any]]:
    """As `made`."""
    return (yield from made(ledger, record, incoming))


def rosters(centre: bytes) -> Program[dict[bytes, Roster]]:
    """The rosters of a centre, by person."""
    found = yield from rows(_OF_CENTRE, centre_id=centre)
    return {person: msgspec.json.decode(body) for person, body in found}


def shifts(
    roster: Roster, settings: VisitSettings, calendar: Calendar, days: Iterable[datetime.date]
) -> tuple[Window, ...]:
    """The half-days that are worked on these days, ascending.

    A holiday is free whatever the roster says. A weekend day that is worked in exchange for one is worked as the
    roster says of that weekday, or as its Monday where it says nothing of it.
    """
    return tuple(
        Window(moment(day) + start * 60, moment(day) + end * 60)
        for day in days
        for start, end in sorted(_hours(roster.get("hours") or (), settings, calendar, day))
    )


def _hours(
    own: Sequence[Mapping[str, int]], settings: VisitSettings, calendar: Calendar, day: datetime.date
) -> list[tuple[int, int]]:
    working, weekday = calendar.is_working(day), day.isoweekday()
    if not working and (weekday <= 5 or calendar.day_off(day)):
        return []
    if not own:
        return [(half.start, half.end) for half in settings.hours] if working else []
    named = [(half["from"], half["to"]) for half in own if half["day"] == weekday]
    if named or weekday <= 5 or not working:
        return named
    return [(half["from"], half["to"]) for half in own if half["day"] == 1]
