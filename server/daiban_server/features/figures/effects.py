"""What is kept so that it can be counted: the acts of visits, and how opinions stand. Cases keep their own."""

from collections.abc import Mapping
from typing import Any

from daiban_server.db import schema
from daiban_server.db.program import Program
from daiban_server.spine.effects import Asked, Effects
from daiban_server.spine.ledger import Ledger, Record
from daiban_sync.ids import NOBODY

Fields = Mapping[str, Any]


def visited(ledger: Ledger, asked: Asked, fields: Fields) -> Program[Fields]:
    """Keep the act of a visit; it adds no field."""
    record = asked.record
    values = {**(yield from ledger.view(record)).values, **fields}
    agent, application = _id(values.get("agent")), _id(values.get("application"))
    place = record.place or NOBODY
    row = (ledger.centre, asked.position, record.id, asked.name, agent, place, application, ledger.now)
    ledger.add(schema.visit_event, row)
    return {}


def opinion(ledger: Ledger, record: Record) -> Program[None]:
    """Keep how an opinion stands."""
    values = (yield from ledger.view(record)).values
    row = (
        *(ledger.centre, record.id, values.get("number") or "", values.get("channel") or ""),
        *(record.place or NOBODY, _id(values.get("application")), _id(values.get("answerer"))),
        *(values.get("due") or "", values.get("answered_at")),
    )
    ledger.add(schema.opinion_sheet, row, "replace")


def _id(text: Any) -> bytes:
    return bytes.fromhex(text) if isinstance(text, str) and len(text) == 32 else NOBODY


EFFECTS = Effects(moved={"visit": (visited,)}, projections={"opinion": (opinion,)})
