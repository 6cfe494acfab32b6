"""Obligations: made when a case is collected at a home, met by a reply, late when missed.

A reply is judged by the interval in which it must have been written. One that was received after the due time but
claims, and
by its interval may have had, a time before it is "met, received late": the cadre did his duty and the link did not.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, or_, select, update

from daiban_server.db import schema
from daiban_server.db.program import Program, first, rows, run
from daiban_server.spine.effects import Effects
from daiban_server.spine.ledger import Incoming, Ledger, Record
from daiban_sync.ids import NOBODY

RHYTHM = 7 * 86_400_000
"""Milliseconds between replies on a home visit's case, unless the item says otherwise."""

_o, _p, _t = schema.obligation.c, schema.person.c, schema.territory.c
_CADRE_OF = (
    select(_p.id)
    .select_from(schema.person.join(schema.territory, _t.person == _p.id))
    .where(_p.role == "cadre", _p.active, _t.place == bindparam("place_id"))
    .order_by(_t.rank, _p.id)
    .limit(1)
)
_OPEN = (
    select(_o.id, _o.due)
    .where(
        _o.centre == bindparam("centre_id"),
        _o.household == bindparam("household_id"),
        or_(_o.state == "due", _o.state == "late"),
        _o.reply.is_(None),
        or_(bindparam("any_case") == 1, _o.application == bindparam("application_id")),
    )
    .order_by(_o.due)
    .limit(1)
)
_MEET = (
    update(schema.obligation)
    .where(_o.id == bindparam("obligation_id"))
    .values(
        state=bindparam("new_state"),
        reply=bindparam("reply_id"),
        met_at=bindparam("met"),
        received_at=bindparam("received"),
    )
)
_MISS = (
    update(schema.obligation).where(_o.state == "due", _o.due < bindparam("now")).values(state="late").returning(_o.id)
)


def owe(ledger: Ledger, record: Record, incoming: Incoming) -> Program[Mapping[str, Any]]:
    """An application that was collected at a home: its household's cadre owes a reply."""
    if incoming.values.get("source") != "home" or record.parent is None:
        return {}
    cadre = yield from _cadre(ledger, record.parent)
    row = (
        record.id,
        ledger.centre,
        record.id,
        record.parent,
        cadre,
        ledger.now,
        ledger.now + RHYTHM,
        "due",
        None,
        None,
        None,
    )
    ledger.add(schema.obligation, row, "ignore")
    return {}


def _cadre(ledger: Ledger, household: bytes) -> Program[bytes]:
    """The household's own cadre, else whoever answers for its place; nobody is sixteen zero bytes and is shown as
    such."""
    yield from ledger.load([household])
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
        return bytes.fromhex(named)
    row = yield from first(_CADRE_OF, place_id=home.place)
    return row[0] if row else NOBODY


def meet(ledger: Ledger, record: Record, incoming: Incoming) -> Program[Mapping[str, Any]]:
    """A reply meets the oldest open obligation of its household, or of the case that it names."""
    yield from ledger.write_added()
    application = incoming.values.get("application")
    row = yield from first(
        _OPEN,
        centre_id=ledger.centre,
        household_id=record.parent,
        any_case=0 if application else 1,
        application_id=bytes.fromhex(application) if application else NOBODY,
    )
    if row is not None:
        state = judged(row[1], incoming.effective, ledger.now)
        yield from run(
            _MEET,
            obligation_id=row[0],
            new_state=state,
            reply_id=record.id,
            met=incoming.effective,
            received=ledger.now,
        )
    return {}


def judged(due: int, effective: int, received: int) -> str:
    """How a reply stands to its due time: ``met``, ``met_received_late`` or ``late``."""
    if received <= due:
        return "met"
    return "met_received_late" if effective <= due else "late"


def miss(now: int) -> Program[int]:
    """Mark what was due before `now` as late; gives how many."""
    return len((yield from rows(_MISS, now=now)))


EFFECTS = Effects(made={"application": owe, "reply": meet})
