"""Whether an exercise was done, as the records tell it."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Select, bindparam, func, or_, select

from daiban_schemas.kinds.visit import TIMED
from daiban_server.db import schema
from daiban_server.db.program import Program, first
from daiban_server.training.known import CENTRE, record

Told = Callable[[], Program[bool]]

_r, _t, _o, _d = schema.record.c, schema.task.c, schema.obligation.c, schema.device.c
_STATUS = select(_r.status).where(_r.centre == CENTRE, _r.id == bindparam("record_id"))
_CONFLICTS = select(_r.conflicts).where(_r.centre == CENTRE, _r.id == bindparam("record_id"))
_COUNT = select(func.count()).where(_r.centre == CENTRE, _r.kind == bindparam("kind_name"))
_OPEN_TASKS = select(func.count()).where(_t.centre == CENTRE, _t.record == bindparam("record_id"), _t.done_at.is_(None))
_REPLIED = select(func.count()).where(_o.application == bindparam("record_id"), _o.reply.is_not(None))
_STATE = select(_d.state).where(_d.centre == CENTRE, _d.id == bindparam("record_id"))
_SUSPENDED = select(func.count()).where(_d.centre == CENTRE, _d.state == "suspended")
_LAID_DOWN = select(func.count()).select_from(schema.calendar_day)
_HIRED = select(func.count()).where(schema.person.c.role == bindparam("role_name"))
_VISITS = select(func.count()).where(
    _r.centre == CENTRE,
    _r.kind == "visit",
    _r.parent == bindparam("record_id"),
    or_(*(_r.status == status for status in sorted(TIMED))),
)
_AT_WORK = frozenset({"draft", "collected", "submitted", "received", "awaiting", "accepted", "sent_up"})


def never() -> Program[bool]:
    """What nobody but who did it can tell."""
    yield from ()
    return False


def _value(statement: Select[Any], **given: Any) -> Program[Any]:
    row = yield from first(statement, **given)
    return row[0] if row else None


def settled(name: str) -> Told:
    """No field of the record has two values any more."""

    def told() -> Program[bool]:
        return (yield from _value(_CONFLICTS, record_id=record(name))) == 0

    return told


def changed(name: str, *before: str) -> Told:
    """The record is in none of the states that it had."""

    def told() -> Program[bool]:
        return (yield from _value(_STATUS, record_id=record(name))) not in before

    return told


def decided(name: str) -> Told:
    """The case came to an end."""
    return changed(name, *_AT_WORK)


def more_than(kind: str, number: int) -> Told:
    """The centre has more records of a kind than at the beginning."""

    def told() -> Program[bool]:
        return (yield from _value(_COUNT, kind_name=kind)) > number

    return told


def no_task(name: str) -> Told:
    """Nothing is to be looked at with the record."""

    def told() -> Program[bool]:
        return (yield from _value(_OPEN_TASKS, record_id=record(name))) == 0

    return told


def answered(name: str) -> Told:
    """A reply that was owed for the case was given."""

    def told() -> Program[bool]:
        return (yield from _value(_REPLIED, record_id=record(name))) > 0

    return told


def device_is(name: str, state: str) -> Told:
    """The phone is in a state."""

    def told() -> Program[bool]:
        return (yield from _value(_STATE, record_id=record(name))) == state

    return told


def suspended() -> Program[bool]:
    """Some phone of the centre is reported lost."""
    return (yield from _value(_SUSPENDED)) > 0


def laid_down() -> Program[bool]:
    """The calendar has a day of the district's own."""
    return (yield from _value(_LAID_DOWN)) > 0


def hired(role: str) -> Told:
    """Somebody was taken on in a role that nobody had at the beginning."""

    def told() -> Program[bool]:
        return (yield from _value(_HIRED, role_name=role)) > 0

    return told


def visited(home: str) -> Told:
    """A visit to the household has a time."""

    def told() -> Program[bool]:
        return (yield from _value(_VISITS, record_id=record(home))) > 0

    return told
