"""Tasks as they stand, with what was done about each."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import bindparam, select

from daiban_server.db import schema
from daiban_server.db.program import Lookup, Program, Row, rows
from daiban_server.http.people import names_of

MOST_OPEN, MOST_DONE = 500, 200
_t = schema.task.c
_COLUMNS = (_t.id, _t.person, _t.record, _t.code, _t.created, _t.done_at)
_CENTRE = _t.centre == bindparam("centre_id")
_OPEN = select(*_COLUMNS).where(_CENTRE, _t.done_at.is_(None)).order_by(_t.created, _t.id).limit(MOST_OPEN)
_DONE = select(*_COLUMNS).where(_CENTRE, _t.done_at.is_not(None)).order_by(_t.done_at.desc(), _t.id).limit(MOST_DONE)
_ONE = select(*_COLUMNS).where(_CENTRE, _t.id == bindparam("task_id"))
_ACT = ("task", "number", "act", "author", "person", "text", "at")


class TaskAct(Struct, frozen=True):
    """What somebody did about a task: `act` is ``asked`` or ``handed`` (`to` whom), ``taken_back``, ``done`` or
    ``undone``; `at` in Unix milliseconds."""

    act: str
    by: str
    by_id: str
    to: str
    text: str
    at: int


class TaskOut(Struct, frozen=True):
    """A task; `code` says what happened (``visit.finished``: a report without effect), `created` and `done_at` in Unix
    milliseconds. `person_id` is "" while it is nobody's."""

    id: str
    person: str
    record: str
    code: str
    created: int
    person_id: str = ""
    done_at: int | None = None
    acts: Sequence[TaskAct] = ()


def open_tasks(centre: bytes) -> Program[list[TaskOut]]:
    """The centre's open tasks, oldest first."""
    return (yield from _told(centre, (yield from rows(_OPEN, centre_id=centre))))


def done_tasks(centre: bytes) -> Program[list[TaskOut]]:
    """The last that are done, newest first."""
    return (yield from _told(centre, (yield from rows(_DONE, centre_id=centre))))


def whole(centre: bytes, task: bytes) -> Program[TaskOut | None]:
    """One task; None where the centre has no such."""
    told = yield from _told(centre, (yield from rows(_ONE, centre_id=centre, task_id=task)))
    return told[0] if told else None


def _told(centre: bytes, found: Sequence[Row]) -> Program[list[TaskOut]]:
    acts: dict[bytes, list[Sequence[Any]]] = {row[0]: [] for row in found}
    read = yield Lookup(schema.task_act, ("centre", "task"), _ACT, [(centre, task) for task in acts])
    for task, _, *act in sorted(read, key=lambda row: row[1]):
        acts[task].append(act)
    named = {row[1] for row in found} | {who for told in acts.values() for act in told for who in act[1:3]}
    names = yield from names_of({who.hex() for who in named if who})
    return [
        TaskOut(
            id_.hex(),
            names.get(person.hex(), "") if person else "",
            record.hex(),
            code,
            created,
            person.hex() if person else "",
            done_at,
            [_act(act, names) for act in acts[id_]],
        )
        for id_, person, record, code, created, done_at in found
    ]


def _act(row: Sequence[Any], names: dict[str, str]) -> TaskAct:
    act, by, to, text, at = row
    return TaskAct(act, names.get(by.hex(), ""), by.hex(), names.get(to.hex(), "") if to else "", text, at)
