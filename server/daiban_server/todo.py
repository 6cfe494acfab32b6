"""Something for the centre's head to look at: a task, given in the transaction in which it came up."""

import hashlib

from sqlalchemy import bindparam, select

from daiban_server.db import schema
from daiban_server.db.program import Program, Write, first
from daiban_server.spine.ledger import Ledger

_p = schema.person.c
_HEAD = select(_p.id).where(_p.centre == bindparam("centre_id"), _p.role == "head", _p.active).order_by(_p.id).limit(1)


def look_at(ledger: Ledger, record: bytes, code: str, reason: str) -> Program[None]:
    """Give the head a task about a record. `code` says what happened; for the same `reason` there is one task."""
    yield from for_head(ledger.centre, record, code, reason, ledger.now)


def for_head(centre: bytes, about: bytes, code: str, reason: str, now: int) -> Program[None]:
    """The same about anything that has an id of 16 bytes, such as a device."""
    row = yield from first(_HEAD, centre_id=centre)
    id_ = hashlib.sha256(centre + about + reason.encode()).digest()[:16]
    yield Write(schema.task, [(id_, centre, row[0] if row else None, about, code, now, None)], "ignore")
