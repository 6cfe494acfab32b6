"""Entries that cannot be applied yet: kept, shown, and tried again when what they wait for is there."""

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, select

from daiban_schemas.reading import read
from daiban_server.db import schema
from daiban_server.db.program import Lookup, Program, Row, first, run
from daiban_server.spine.ledger import Incoming, Ledger
from daiban_sync.outcome import Outcome

_COLUMNS = ("device", "number", "author", "authority", "effective", "chained", "role", "body")
_ANY = select(schema.parked.c.number).where(schema.parked.c.centre == bindparam("centre_id")).limit(1)
_DELETE = delete(schema.parked).where(
    schema.parked.c.centre == bindparam("centre_id"),
    schema.parked.c.device == bindparam("device_id"),
    schema.parked.c.number == bindparam("entry_number"),
)
_ROLES = {1: "agent", 2: "clerk", 3: "server"}
"""Of entries that were parked before their author's role was kept."""


def park(ledger: Ledger, incoming: Incoming, code: str, waiting: bytes) -> Outcome:
    """Keep an entry until `waiting` (a record's id or a kind's name) is there."""
    outcome = Outcome(incoming.number, "parked", code)
    ledger.parked[incoming.device, incoming.number] = (
        ledger.centre,
        incoming.device,
        incoming.number,
        incoming.record,
        incoming.author,
        incoming.authority,
        incoming.effective,
        incoming.chained,
        code,
        waiting,
        incoming.body,
        incoming.role,
    )
    ledger.tell(incoming, ledger.next_position(), outcome)
    return outcome


def take_parked(ledger: Ledger, made: Sequence[bytes]) -> Program[list[Incoming]]:
    """Entries that waited for one of `made`, taken out of the parking, each device's in its order."""
    ids = set(made)
    freed = []
    for key, row in list(ledger.parked.items()):
        if row[9] in ids:
            freed.append(unparked((*row[1:3], *row[4:8], row[11], row[10])))
            del ledger.parked[key]
    if (yield from first(_ANY, centre_id=ledger.centre)) is not None:
        found = yield Lookup(schema.parked, ("centre", "waiting"), _COLUMNS, [(ledger.centre, id_) for id_ in made])
        for row in found:
            yield from run(_DELETE, centre_id=ledger.centre, device_id=row[0], entry_number=row[1])
        freed += [unparked(row) for row in found]
    return sorted(freed, key=lambda one: (one.device, one.number))


def unparked(row: Row) -> Incoming:
    """A parked entry as it came: (device, number, author, authority, effective, chained, role, body)."""
    device, number, author, authority, effective, chained, role, body = row
    told = read(body)
    id_, role = bytes.fromhex(told.entry.record), role or _ROLES[authority]
    return Incoming(device, number, bool(chained), author, role, authority, effective, id_, *told, body)
