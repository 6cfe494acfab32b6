"""Owing replies: the first when a case is collected at a home, the next when one was met, none when the case ends.

Home visits have replies by the rule; that proxied cases have them too is the district's choice.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, select, update

from daiban_server import choices, homes
from daiban_server.db import schema
from daiban_server.db.program import Program, first, run
from daiban_server.items import item_if_any
from daiban_server.spine.effects import Asked
from daiban_server.spine.ledger import Incoming, Ledger, Record
from daiban_server.staff import person
from daiban_sync.ids import NOBODY

DAY = 86_400_000

_o, _p, _t = schema.obligation.c, schema.person.c, schema.territory.c
_CADRE_OF = (
    select(_p.id)
    .select_from(schema.person.join(schema.territory, _t.person == _p.id))
    .where(_p.role == "cadre", _p.active, _t.place == bindparam("place_id"))
    .order_by(_t.rank, _p.id)
    .limit(1)
)
_LAPSE = (
    update(schema.obligation)
    .where(
        _o.centre == bindparam("centre_id"),
        _o.application == bindparam("case_id"),
        _o.state == "due",
        _o.due > bindparam("ended"),
    )
    .values(state="lapsed")
)


def owe(ledger: Ledger, record: Record, incoming: Incoming) -> Program[Mapping[str, Any]]:
    """An application that was collected at a home, or is proxied where that is chosen: its household's cadre owes a
    reply."""
    values = incoming.values
    if record.parent is None or not (yield from owed_for(ledger, values)):
        return {}
    yield from owe_next(ledger, record.id, record.parent, values.get("item"), 1, ledger.now)
    return {}


def owed_for(ledger: Ledger, values: Mapping[str, Any]) -> Program[bool]:
    """Whether a case has replies, by its source and how it is handled."""
    if values.get("source") == "home":
        return True
    if values.get("mode") != "proxy":
        return False
    return (yield from choices.of(ledger)).reply_for_proxied


def owe_next(ledger: Ledger, case: bytes, household: bytes, item: Any, round_: int, since: int) -> Program[None]:
    """The next reply is owed, one rhythm after `since`."""
    edition = yield from item_if_any(ledger, item)
    every = edition.get("reply_every") or (yield from choices.of(ledger)).reply_every
    cadre = yield from cadre_of(ledger, household)
    id_ = hashlib.sha256(b"daiban obligation 1\n" + case + round_.to_bytes(4, "big")).digest()[:16]
    row = (
        *(id_, ledger.centre, case, household, cadre, ledger.now, since + every * DAY),
        *("due", None, None, None, round_, None, 0),
    )
    ledger.add(schema.obligation, row, "ignore")


def lapse(ledger: Ledger, case: bytes) -> Program[None]:
    """Nothing more is owed for a case; what is late by now stays late."""
    yield from ledger.write_added()
    yield from run(_LAPSE, centre_id=ledger.centre, case_id=case, ended=ledger.now)


def ended(ledger: Ledger, asked: Asked, fields: Mapping[str, Any]) -> Program[Mapping[str, Any]]:
    """When a case ends nothing more is owed for it."""
    if "ended_at" in fields:
        yield from lapse(ledger, asked.record.id)
    return {}


def cadre_of(ledger: Ledger, household: bytes) -> Program[bytes]:
    """The household's own cadre while he works here, else whoever answers for its place; nobody is sixteen zero bytes
    and is shown as such. Of one that was merged into another, the other's answers."""
    household = yield from homes.kept_in(ledger, household)
    home = ledger.records[household]
    if home is None:
        return NOBODY
    as_it_stands = (_CADRE_OF, household, home.position)
    if as_it_stands not in ledger.memo:
        ledger.memo[as_it_stands] = yield from _look_up_cadre(ledger, home)
    cadre: bytes = ledger.memo[as_it_stands]
    return cadre


def _look_up_cadre(ledger: Ledger, home: Record) -> Program[bytes]:
    named = (yield from ledger.view(home)).values.get("cadre")
    if named:
        own = yield from person(bytes.fromhex(named))
        if own is not None and own.active:
            return bytes.fromhex(named)
    row = yield from first(_CADRE_OF, place_id=home.place)
    return row[0] if row else NOBODY
