"""What the server does of itself, beside any batch: written as a batch's work is, under the centre's lock."""

from collections.abc import Callable

from daiban_server.db.program import Program
from daiban_server.spine import log
from daiban_server.spine.apply import Applier
from daiban_server.spine.effects import Effects
from daiban_server.spine.ledger import Ledger


def act(centre: bytes, effects: Effects, now: int, work: Callable[[Ledger], Program[None]]) -> Program[None]:
    """Do `work` on a centre's records, keep the features' tables in step, and write it all."""
    position, frontier = yield from log.lock(centre)
    ledger = Ledger(centre, now, position)
    yield from work(ledger)
    yield from Applier(ledger, effects).project()
    yield from ledger.flush()
    yield from log.advance(centre, ledger.position, frontier)
