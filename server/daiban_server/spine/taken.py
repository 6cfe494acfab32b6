"""What was taken of a device under given numbers, in the batches that it handed in."""

from sqlalchemy import bindparam, select

from daiban_server.db import schema
from daiban_server.db.program import Program, rows
from daiban_server.spine import history
from daiban_server.spine.history import Stored

_e = schema.envelope.c
_SPAN = select(_e.since, _e.until).where(
    _e.centre == bindparam("centre_id"),
    _e.device == bindparam("device_id"),
    _e.last >= bindparam("first_number"),
    _e.first <= bindparam("last_number"),
)


def between(centre: bytes, device: bytes, first: int, last: int) -> Program[dict[int, Stored]]:
    """A device's entries from one number to another, and their neighbours in the same batches, by number."""
    spans = yield from rows(_SPAN, centre_id=centre, device_id=device, first_number=first, last_number=last)
    found: dict[int, Stored] = {}
    for since, until in spans:
        starts = [stored.position for stored in (yield from history.between(centre, since + 1, until))]
        for stored in (yield from history.entries_at(centre, starts)).values():
            if stored.device == device:
                found[stored.number] = stored
    return found
