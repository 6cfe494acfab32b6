"""Receptions: everybody who comes has a number and a line in the register, and somebody who answers for it."""

from daiban_server.db import schema
from daiban_server.db.program import Program
from daiban_server.features.cases.asking import Fields
from daiban_server.registers import VISITORS, enter, numbered
from daiban_server.spine.ledger import Incoming, Ledger, Record
from daiban_server.staff import person, successor
from daiban_sync.ids import NOBODY, is_id

_TOLD = ("visitor", "people", "phone", "village", "source", "window", "about", "answer", "outcome", "came_at")


def received(ledger: Ledger, record: Record, incoming: Incoming) -> Program[Fields]:
    """Somebody came: the first who is asked answers for it until it is handed over by name (首问负责)."""
    number = yield from numbered(ledger, "JD")
    told = {name: incoming.values.get(name) for name in _TOLD}
    # What a leaver's phone brings late is his from the start to whom he left his work.
    owner = (yield from successor(incoming.author, ledger.now)) or incoming.author
    author = yield from person(owner)
    told["owner"] = author.name if author else ""
    yield from enter(ledger, VISITORS, record.id, {"number": number, **told})
    return {"number": number, **({"owner": author.name, "owner_id": owner.hex()} if author else {})}


def keep(ledger: Ledger, record: Record) -> Program[None]:
    """Write who still owes something for a reception.

    One that came to something keeps its row, without an owner: what is written so goes with the batch, and taking a row
    out would be a statement for each of those that come to something at once, which is most.
    """
    values = (yield from ledger.view(record)).values
    if "erased" in values:
        return
    owner, number = values.get("owner_id"), str(values.get("number") or "")
    owes = isinstance(owner, str) and is_id(owner) and not record.deleted and not settled(values)
    row = (ledger.centre, record.id, bytes.fromhex(str(owner)) if owes else None, number, record.place or NOBODY)
    ledger.add(schema.reception_sheet, row, "replace")


def settled(values: Fields) -> bool:
    """Whether it came to something: an answer, a case, or that it was sent on."""
    return bool(values.get("answer")) or values.get("outcome") in ("advice", "case", "referred")
