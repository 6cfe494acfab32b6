"""Receptions: everybody who comes has a number and a line in the register, and somebody who answers for it."""

from daiban_server.db.program import Program
from daiban_server.features.cases.asking import Fields
from daiban_server.registers import VISITORS, enter, numbered
from daiban_server.spine.ledger import Incoming, Ledger, Record
from daiban_server.staff import person, successor

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
