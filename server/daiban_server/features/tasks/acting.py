"""What people do with a task: ask for it, hand it to a colleague, take it back, say that it is done, undo that.

Each act is kept with who did it and his sentence; the task's row says how it stands.
"""

import hashlib
from typing import NamedTuple

from sqlalchemy import bindparam, func, select, update

from daiban_server.concerned import concerned
from daiban_server.db import schema
from daiban_server.db.program import Program, Write, first
from daiban_server.http.problems import ProblemError
from daiban_server.outbound import queue
from daiban_server.permissions import may
from daiban_server.spine.desk import Clerk
from daiban_server.spine.ledger import Ledger
from daiban_server.staff import person

ASKED = "asked"
"""Ends the code of a task that somebody asked for by hand; before it stands the kind of what it is about."""
ABOUT = frozenset({"application", "household", "opinion", "visit"})
"""What somebody may be asked to look at."""

_t, _a = schema.task.c, schema.task_act.c
_ONE = (_t.centre == bindparam("centre_id")) & (_t.id == bindparam("task_id"))
# Whoever writes first has the row, and the next one sees what he did.
_TAKE = update(schema.task).where(_ONE).values(created=_t.created).returning(_t.person, _t.record, _t.done_at)
_STANDS = update(schema.task).where(_ONE).values(person=bindparam("whose"), done_at=bindparam("ended"))
_ACT = (_a.centre == bindparam("centre_id")) & (_a.task == bindparam("task_id"))
_COUNT = select(func.count()).where(_ACT)
_LAST = select(_a.author).where(_ACT, (_a.act == "asked") | (_a.act == "handed")).order_by(_a.number.desc()).limit(1)
_KIND = select(schema.record.c.kind).where(
    schema.record.c.centre == bindparam("centre_id"), schema.record.c.id == bindparam("record_id")
)


class Task(NamedTuple):
    """A task as it stands."""

    person: bytes | None
    record: bytes
    done_at: int | None


def ask(clerk: Clerk, record: bytes, to: bytes, text: str, now: int) -> Program[bytes]:
    """Ask a colleague to look at a record; gives the task's id. Raises `ProblemError`: ``record.unknown`` and what
    `hand` raises."""
    row = yield from first(_KIND, centre_id=clerk.centre, record_id=record)
    if row is None or row[0] not in ABOUT:
        raise ProblemError("record.unknown")
    yield from _fit(clerk, record, to, now)
    id_ = hashlib.sha256(b"\x00".join((clerk.centre, record, clerk.person, to, text.encode(), b"%d" % now))).digest()[
        :16
    ]
    yield Write(schema.task, [(id_, clerk.centre, to, record, f"{row[0]}.{ASKED}", now, None)], "ignore")
    yield from _note(clerk, id_, ASKED, to, text, now)
    yield from _tell(clerk, id_, record, to, text, now)
    return id_


def hand(clerk: Clerk, task: bytes, to: bytes, text: str, now: int) -> Program[None]:
    """Give an open task to a colleague, who is told. Raises `ProblemError`: ``request.not_found``, ``task.over``,
    ``person.unknown``, ``task.not_for_them``, ``opinion.own``."""
    found = yield from _open(clerk, task)
    yield from _fit(clerk, found.record, to, now)
    yield from _stands(clerk, task, to, None)
    yield from _note(clerk, task, "handed", to, text, now)
    yield from _tell(clerk, task, found.record, to, text, now)


def take_back(clerk: Clerk, task: bytes, now: int) -> Program[None]:
    """Whoever gave it away, or the head, has it himself again. Raises `ProblemError`: ``request.not_found``,
    ``task.over``, ``task.not_handed``."""
    found = yield from _open(clerk, task)
    row = yield from first(_LAST, centre_id=clerk.centre, task_id=task)
    if row is None or found.person == clerk.person or (row[0] != clerk.person and clerk.role != "head"):
        raise ProblemError("task.not_handed")
    yield from _stands(clerk, task, clerk.person, None)
    yield from _note(clerk, task, "taken_back", clerk.person, "", now)


def done(clerk: Clerk, task: bytes, text: str, now: int) -> Program[None]:
    """It is done, with a word of what was done. Raises `ProblemError`: ``request.not_found``, ``task.over``."""
    found = yield from _open(clerk, task)
    yield from _stands(clerk, task, found.person, now)
    yield from _note(clerk, task, "done", None, text, now)


def undo(clerk: Clerk, task: bytes, now: int) -> Program[None]:
    """It was not done after all. Raises `ProblemError`: ``request.not_found``, ``task.open``."""
    found = yield from _take(clerk, task)
    if found.done_at is None:
        raise ProblemError("task.open")
    yield from _stands(clerk, task, found.person, None)
    yield from _note(clerk, task, "undone", None, "", now)


def _take(clerk: Clerk, task: bytes) -> Program[Task]:
    row = yield from first(_TAKE, centre_id=clerk.centre, task_id=task)
    if row is None:
        raise ProblemError("request.not_found")
    return Task(*row)


def _open(clerk: Clerk, task: bytes) -> Program[Task]:
    found = yield from _take(clerk, task)
    if found.done_at is not None:
        raise ProblemError("task.over")
    return found


def _stands(clerk: Clerk, task: bytes, whose: bytes | None, ended: int | None) -> Program[None]:
    yield from first(_STANDS, centre_id=clerk.centre, task_id=task, whose=whose, ended=ended)


def _note(clerk: Clerk, task: bytes, act: str, to: bytes | None, text: str, now: int) -> Program[None]:
    row = yield from first(_COUNT, centre_id=clerk.centre, task_id=task)
    number = (row[0] if row else 0) + 1
    yield Write(schema.task_act, [(clerk.centre, task, number, clerk.person, act, to, text, now)])


def _fit(clerk: Clerk, record: bytes, to: bytes, now: int) -> Program[None]:
    """Whether somebody may be given this: he works here, reads tasks, and is not whom an opinion is about."""
    who = yield from person(to)
    if who is None or not who.active or who.centre != clerk.centre:
        raise ProblemError("person.unknown")
    if not may(who.role, "task.close"):
        raise ProblemError("task.not_for_them")
    ledger = Ledger(clerk.centre, now, 0)
    yield from ledger.load([record])
    found = ledger.records.get(record)
    if found is None or found.kind != "opinion":
        return
    if to in (yield from concerned(ledger, (yield from ledger.view(found)).values)):
        raise ProblemError("opinion.own")


def _tell(clerk: Clerk, task: bytes, record: bytes, to: bytes, text: str, now: int) -> Program[None]:
    """He is told by name, and nobody who stands in for him: a task is handed to one who is there."""
    if to == clerk.person:
        return
    by = yield from person(clerk.person)
    said = f"{by.name if by else ''}交给您一件待办：{text}"
    key = f"task/{task.hex()}/{now}"
    yield from queue.tell(clerk.centre, to, "task.handed", said, now, key=key, record=record)
