"""Trying parked entries again after an upgrade: a kind that is known now, a fault that is mended."""

from sqlalchemy import bindparam, delete, select

from daiban_schemas.kinds import KINDS
from daiban_server.db import schema
from daiban_server.db.program import Program, rows, run
from daiban_server.spine import log
from daiban_server.spine.apply import Applier
from daiban_server.spine.effects import Effects
from daiban_server.spine.ledger import Ledger
from daiban_server.spine.parking import unparked

_p = schema.parked.c
_WAITING = select(_p.centre, _p.device, _p.number, _p.code, _p.waiting).order_by(_p.centre, _p.device, _p.number)
_ROWS = select(_p.device, _p.number, _p.author, _p.authority, _p.effective, _p.chained, _p.role, _p.body).where(
    _p.centre == bindparam("centre_id"), _p.code == bindparam("wanted_code")
)
_DELETE = delete(schema.parked).where(
    _p.centre == bindparam("centre_id"), _p.device == bindparam("device_id"), _p.number == bindparam("entry_number")
)
CODES = ("kind.unknown", "report.unknown", "merge.failed")
"""What an upgrade may mend. Entries that wait for a record are freed by that record."""


def centres_with_hope() -> Program[list[bytes]]:
    """Centres with parked entries that this version may be able to apply, in a fixed order."""
    found = yield from rows(_WAITING)
    return sorted({row[0] for row in found if row[3] in CODES[1:] or row[4].decode(errors="replace") in KINDS})


def replay(centre: bytes, effects: Effects, now: int) -> Program[int]:
    """Apply a centre's parked entries, each device's in its order; what still does not go is parked again."""
    position, frontier = yield from log.lock(centre)
    ledger = Ledger(centre, now, position)
    waiting = []
    for code in CODES:
        waiting += yield from rows(_ROWS, centre_id=centre, wanted_code=code)
    for row in waiting:
        yield from run(_DELETE, centre_id=centre, device_id=row[0], entry_number=row[1])
    incoming = sorted((unparked(row) for row in waiting), key=lambda one: (one.device, one.number))
    outcomes = yield from Applier(ledger, effects).apply(incoming)
    freed = 0
    for one, outcome in zip(incoming, outcomes, strict=True):
        if outcome.outcome != "parked":
            freed += 1
            ledger.tell(one, ledger.position, outcome)
    yield from ledger.flush()
    yield from log.advance(centre, ledger.position, frontier)
    return freed
