"""Something for the centre's head to look at: a task, given in the transaction in which it came up."""

import hashlib

from sqlalchemy import bindparam, func, select, update

from daiban_server.db import schema
from daiban_server.db.program import Program, Write, first, rows
from daiban_server.spine.ledger import Ledger

_p = schema.person.c
_HEAD = select(_p.id).where(_p.centre == bindparam("centre_id"), _p.role == "head", _p.active).order_by(_p.id).limit(1)


_t, _a = schema.task.c, schema.task_act.c
_MET = (
    update(schema.task)
    .where(
        _t.centre == bindparam("centre_id"),
        _t.record == bindparam("about"),
        _t.code == bindparam("wanted_code"),
        _t.done_at.is_(None),
    )
    .values(done_at=bindparam("now"))
    .returning(_t.id)
)
_ACTS = select(func.count()).where(_a.centre == bindparam("centre_id"), _a.task == bindparam("task_id"))


def look_at(ledger: Ledger, record: bytes, code: str, reason: str) -> Program[None]:
    """Give the head a task about a record. `code` says what happened; for the same `reason` there is one task."""
    yield from for_head(ledger.centre, record, code, reason, ledger.now)


def for_head(
    centre: bytes, about: bytes, code: str, reason: str, now: int, whose: bytes | None = None
) -> Program[None]:
    """The same about anything that has an id of 16 bytes, such as a device; or for somebody else."""
    row = (whose,) if whose else (yield from first(_HEAD, centre_id=centre))
    id_ = hashlib.sha256(centre + about + reason.encode()).digest()[:16]
    yield Write(schema.task, [(id_, centre, row[0] if row else None, about, code, now, None)], "ignore")


def met(ledger: Ledger, record: bytes, code: str, author: bytes, text: str) -> Program[None]:
    """What a task asked for was done where it is done, so the task is done as well."""
    for row in (yield from rows(_MET, centre_id=ledger.centre, about=record, wanted_code=code, now=ledger.now)):
        count = yield from first(_ACTS, centre_id=ledger.centre, task_id=row[0])
        number = (count[0] if count else 0) + 1
        yield Write(schema.task_act, [(ledger.centre, row[0], number, author, "done", None, text, ledger.now)])
