"""What agents report from homes: it happened, whatever became of the visit meanwhile."""

from collections.abc import Mapping
from typing import Any

from daiban_server.db.program import Program
from daiban_server.features.visits import keeping
from daiban_server.features.visits.keeping import Change, Given
from daiban_server.spine.effects import Asked
from daiban_server.spine.ledger import Ledger

Fields = Mapping[str, Any]


def started(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """The agent is there."""
    yield from keeping.lay(ledger, [Given(asked.record, {}, "started")])
    return {}


def finished(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """It is done: nobody's time is kept for it any more."""
    yield from keeping.lay(ledger, [Given(asked.record, {}, "finished")])
    return {}


def nobody_home(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """Nobody was at home: the time is free again, and somebody has to ask for another."""
    return (yield from _free(ledger, asked, "nobody_home"))


def asked_other_time(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """The household asks for another time: the old one is free, and a new one is looked for."""
    return {**(yield from _free(ledger, asked, "requested")), "again": True}


def _free(ledger: Ledger, asked: Asked, status: str) -> Program[Fields]:
    fields = yield from keeping.freed(ledger, asked.record, Change(asked.name, asked.incoming.author))
    yield from keeping.lay(ledger, [Given(asked.record, fields, status)])
    return fields
