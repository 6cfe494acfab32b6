"""A report that the state machine could not take is recorded all the same, and the centre head gets a task."""

from collections.abc import Mapping
from typing import Any

from daiban_server import todo
from daiban_server.db.program import Program
from daiban_server.spine.effects import Asked, Effects
from daiban_server.spine.ledger import Ledger


def look_at(ledger: Ledger, asked: Asked) -> Program[Mapping[str, Any]]:
    """Give the centre head a task about this report."""
    incoming = asked.incoming
    reason = f"{incoming.device.hex()}/{incoming.number}"
    yield from todo.look_at(ledger, asked.record.id, f"{asked.record.kind}.{asked.name}", reason)
    return {}


EFFECTS = Effects(reports={("application", "*"): look_at})
