"""Whether an exercise was done, as the records tell it."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, func, or_, select

from daiban_schemas.kinds.visit import TIMED
from daiban_server.db import schema
from daiban_server.db.program import Program, first
from daiban_server.spine import views
from daiban_server.training.known import CENTRE, record

Told = Callable[[], Program[bool]]

_r, _t, _o, _d = schema.record.c, schema.task.c, schema.obligation.c, schema.device.c
_ID: BindParameter[bytes] = bindparam("record_id")
_STATUS = select(_r.status).where(_r.centre == CENTRE, _r.id == _ID)
_CONFLICTS = select(_r.conflicts).where(_r.centre == CENTRE, _r.id == _ID)
_OF_KIND = select(func.count()).where(_r.centre == CENTRE, _r.kind == bindparam("kind_name"))
_OPEN_TASKS = select(func.count()).where(_t.centre == CENTRE, _t.record == _ID, _t.done_at.is_(None))
_REPLIED = select(func.count()).where(_o.application == _ID, _o.reply.is_not(None))
_STATE = select(_d.state).where(_d.centre == CENTRE, _d.id == _ID)
_SUSPENDED = select(func.count()).where(_d.centre == CENTRE, _d.state == "suspended")
_LAID_DOWN = select(func.count()).select_from(schema.calendar_day)
_HIRED = select(func.count()).where(schema.person.c.role == bindparam("role_name"))
_VISITS = select(func.count()).where(
    _r.centre == CENTRE,
    _r.kind == "visit",
    _r.parent == _ID,
    or_(*(_r.status == status for status in sorted(TIMED))),
)
_ARRANGED = select(func.count()).where(
    _r.centre == CENTRE, _r.kind == "handover", or_(*(_r.status == status for status in ("arranged", "begun", "ended")))
)
_MOST = 500
_AT_WORK = ("draft", "collected", "submitted", "received", "awaiting", "accepted", "sent_up")


def never() -> Program[bool]:
    """What nobody but who did it can tell."""
    yield from ()
    return False


def _if(holds: Callable[[Any], bool], statement: Select[Any], **given: Any) -> Told:
    """Whether the one value that `statement` finds is as it should be."""

    def told() -> Program[bool]:
        row = yield from first(statement, **given)
        return row is not None and holds(row[0])

    return told


def settled(name: str) -> Told:
    """No field of the record has two values any more."""
    return _if(lambda fields: fields == 0, _CONFLICTS, record_id=record(name))


def changed(name: str, *before: str) -> Told:
    """The record is in none of the states that it had."""
    return _if(lambda status: status not in before, _STATUS, record_id=record(name))


def decided(name: str) -> Told:
    """The case came to an end."""
    return changed(name, *_AT_WORK)


def more_than(kind: str, number: int) -> Told:
    """The centre has more records of a kind than at the beginning."""
    return _if(lambda count: count > number, _OF_KIND, kind_name=kind)


def spoken_with(number: int) -> Told:
    """More came for advice alone than at the beginning: a case that is received makes a reception too."""

    def told() -> Program[bool]:
        found = yield from views.shown(views.BY_KIND, CENTRE, kind_name="reception", page=_MOST)
        return sum(1 for one in found if one.view.values.get("outcome") != "case") > number

    return told


def unreached(home: str) -> Told:
    """It was written down that nobody of the household was reached."""

    def told() -> Program[bool]:
        found = yield from views.shown(views.OF_PARENT, CENTRE, parent_id=record(home), kind_name="reply")
        return any(one.view.values.get("outcome") == "not_reached" for one in found)

    return told


def no_task(name: str) -> Told:
    """Nothing is to be looked at with the record."""
    return _if(lambda count: count == 0, _OPEN_TASKS, record_id=record(name))


def answered(name: str) -> Told:
    """A reply that was owed for the case was given."""
    return _if(bool, _REPLIED, record_id=record(name))


def visited(home: str) -> Told:
    """A visit to the household has a time."""
    return _if(bool, _VISITS, record_id=record(home))


def device_is(name: str, state: str) -> Told:
    """The phone is in a state."""
    return _if(lambda now: now == state, _STATE, record_id=record(name))


def hired(role: str) -> Told:
    """Somebody was taken on in a role that nobody had at the beginning."""
    return _if(bool, _HIRED, role_name=role)


arranged: Told = _if(bool, _ARRANGED)
"""Who stands in for somebody was laid down, and not called off."""
suspended: Told = _if(bool, _SUSPENDED)
"""Some phone of the centre is reported lost."""
laid_down: Told = _if(bool, _LAID_DOWN)
"""The calendar has a day of the district's own."""
