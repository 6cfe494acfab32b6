"""A case that was handed in without notice or consent is not turned away: help comes first, and somebody sees to the
paper. A consent that was withdrawn stops further use, and what that means for the case a person decides.

Where only a witness says that somebody agreed, the record says who took it down: he is no witness of what he says
himself. It is never refused for that, but shown as what does not fit, and does not count.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, select

from daiban_schemas.consents import GUARDIAN, lacking
from daiban_schemas.kinds.consent import wants_witness
from daiban_server import todo
from daiban_server.db import schema
from daiban_server.db.program import Program, first, rows
from daiban_server.limits.calendar import local_day
from daiban_server.spine.effects import Asked, Effects
from daiban_server.spine.ledger import Incoming, Ledger, Record
from daiban_server.staff import by

Fields = Mapping[str, Any]
_r = schema.record.c
_p = schema.person.c
_TAKER = select(_p.name, _p.phone).where(_p.id == bindparam("person_id"))
_UNDER = select(_r.id).where(
    _r.centre == bindparam("centre_id"),
    _r.parent == bindparam("parent_id"),
    _r.kind == bindparam("wanted_kind"),
    _r.deleted.is_(False),
)


def taken(ledger: Ledger, record: Record, incoming: Incoming) -> Program[Fields]:
    """Who took a consent down, where it wants a witness."""
    if not wants_witness(incoming.values):
        return {}
    row = yield from first(_TAKER, person_id=incoming.author)
    if row is None:
        return {}
    phone = {"phone": row[1]} if row[1] else {}
    return {"taken_by": {"id": incoming.author.hex(), "name": row[0], **phone}}


def handed_in(ledger: Ledger, asked: Asked, fields: Fields) -> Program[Fields]:
    """With `submit`: whoever was not told, or did not agree, is a task for the head; it adds no field."""
    if asked.name != "submit":
        return {}
    case = (yield from ledger.view(asked.record)).values
    photos = bool((yield from _under(ledger, asked.record.id, "photo")))
    given = yield from _standing(ledger, asked.record.id)
    day = local_day(case.get("collected_at") or ledger.now)
    if missing := lacking(case, given, day, photos=photos):
        code = "consent.child" if GUARDIAN in missing else "consent.missing"
        yield from todo.look_at(ledger, asked.record.id, code, f"{code} {asked.record.id.hex()}")
    return {}


def withdraw(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """Somebody takes it back: what was done stands, and what comes of the case is a task."""
    about = asked.record.parent or asked.record.id
    yield from todo.look_at(ledger, about, "consent.withdrawn", f"withdrawn {asked.record.id.hex()}")
    who = yield from by(ledger, asked)
    return {
        "withdrawn_at": asked.incoming.effective,
        "withdrawn_why": asked.arguments["reason"],
        "withdrawn_by": who.get("by"),
    }


def _standing(ledger: Ledger, case: bytes) -> Program[list[Fields]]:
    """The values of the consents under a case that were not withdrawn."""
    found: list[Fields] = []
    for id_ in (yield from _under(ledger, case, "consent")):
        record = ledger.records[id_]
        if record is not None and record.status != "withdrawn":
            found.append((yield from ledger.view(record)).values)
    return found


def _under(ledger: Ledger, parent: bytes, kind: str) -> Program[list[bytes]]:
    """The records of a kind under another: those that are kept, and those that came in the same batch before."""
    kept = [id_ for (id_,) in (yield from rows(_UNDER, centre_id=ledger.centre, parent_id=parent, wanted_kind=kind))]
    yield from ledger.load(kept)
    here = [one.id for one in ledger.records.values() if one and (one.parent, one.kind) == (parent, kind)]
    return [id_ for id_ in dict.fromkeys([*kept, *here]) if (one := ledger.records[id_]) and not one.deleted]


EFFECTS = Effects(
    commands={("consent", "withdraw"): withdraw},
    made={"consent": taken},
    moved={"application": (handed_in,)},
)
