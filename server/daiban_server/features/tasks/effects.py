"""A report that the state machine could not take is recorded all the same, and the centre head gets a task."""

import hashlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, select

from daiban_server.db import schema
from daiban_server.db.program import Program, Write, first
from daiban_server.spine.effects import Asked, Effects
from daiban_server.spine.ledger import Ledger

_HEAD = (
    select(schema.person.c.id)
    .where(schema.person.c.centre == bindparam("centre_id"), schema.person.c.role == "head", schema.person.c.active)
    .order_by(schema.person.c.id)
    .limit(1)
)


def look_at(ledger: Ledger, asked: Asked) -> Program[Mapping[str, Any]]:
    """Give the centre head a task about this report."""
    row = yield from first(_HEAD, centre_id=ledger.centre)
    incoming = asked.incoming
    id_ = hashlib.sha256(ledger.centre + incoming.device + incoming.number.to_bytes(8, "big")).digest()[:16]
    head = row[0] if row else None
    code = f"{asked.record.kind}.{asked.name}"
    yield Write(schema.task, [(id_, ledger.centre, head, asked.record.id, code, ledger.now, None)], "ignore")
    return {}


EFFECTS = Effects(reports={("visit", "*"): look_at, ("application", "*"): look_at})
