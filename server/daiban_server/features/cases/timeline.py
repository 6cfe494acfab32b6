"""What happened to a case, for its page, the registers and the figures: one row for each act that took effect."""

import msgspec

from daiban_schemas.kinds import KINDS
from daiban_server.db import schema
from daiban_server.db.program import Program
from daiban_server.features.cases.asking import Fields
from daiban_server.spine.effects import Asked
from daiban_server.spine.ledger import Ledger


def happened(ledger: Ledger, asked: Asked, fields: Fields) -> Program[Fields]:
    """Keep the act; it adds no field."""
    yield from ()
    incoming, record = asked.incoming, asked.record
    kind, before = KINDS[record.kind], record.status or ""
    command, report = kind.commands.get(asked.name), kind.reports.get(asked.name)
    after = (command.target if command else report.target(before, asked.arguments) if report else None) or before
    told = msgspec.json.encode(dict(asked.arguments))
    row = (
        *(ledger.centre, asked.position, record.id, asked.name, before, after),
        *(ledger.now, incoming.effective, incoming.author, told),
    )
    ledger.add(schema.case_event, row)
    return {}
