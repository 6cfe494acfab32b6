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
    row = yield from first(_HEAD, centre_id=ledger.centre)
    id_ = hashlib.sha256(ledger.centre + record + reason.encode()).digest()[:16]
    yield Write(schema.task, [(id_, ledger.centre, row[0] if row else None, record, code, ledger.now, None)], "ignore")
