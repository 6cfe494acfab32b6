"""Somebody leaves for good: nobody signs in as him, what he owed is another's, and his phones have only to hand in."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, delete, or_, select, update

from daiban_server.accounts import factors
from daiban_server.db import schema
from daiban_server.db.program import Program, rows, run
from daiban_server.features.posts import open_work
from daiban_server.spine.effects import Asked
from daiban_server.spine.ledger import Ledger
from daiban_server.spine.refusal import Refusal
from daiban_server.staff import by

Fields = Mapping[str, Any]

DAY = 86_400_000
REST = 3 * DAY
"""Milliseconds for which a phone that said that nothing is left may still take it back: what was written while it spoke
comes within that."""
SILENT = 7 * DAY
"""Milliseconds after which the heads hear of a phone that has not handed in, and one that has is locked out at once."""

_p, _d, _o = schema.person.c, schema.device.c, schema.obligation.c
_GONE = update(schema.person).where(_p.id == bindparam("person_id")).values(active=False, login=None, password=None)
_NO_CODES = delete(schema.enrolment_code).where(
    schema.enrolment_code.c.person == bindparam("person_id"), schema.enrolment_code.c.device.is_(None)
)
_HANDING_IN = (
    update(schema.device).where(_d.person == bindparam("person_id"), _d.state == "active").values(state="leaving")
)
_OWES = (
    update(schema.obligation)
    .where(
        _o.centre == bindparam("centre_id"),
        _o.cadre == bindparam("person_id"),
        _o.reply.is_(None),
        or_(_o.state == "due", _o.state == "late"),
    )
    .values(cadre=bindparam("successor"))
)
_EMPTY = select(_d.id).where(
    _d.person == bindparam("person_id"),
    _d.state == "handed_in",
    or_(_d.synced_at.is_(None), _d.synced_at <= bindparam("rested_since")),
)
_REVOKE = update(schema.device).where(_d.id == bindparam("device_id")).values(state="revoked")


def leave(ledger: Ledger, person: bytes, successor: bytes) -> Program[list[str]]:
    """Nobody is he any more; his phones may hand in what they have, and let go of everything. Gives those phones, with
    those that wait for approval or are frozen: they cannot speak, and nobody knows what is on them."""
    yield from run(_OWES, centre_id=ledger.centre, person_id=person, successor=successor)
    yield from end(person)
    return [one["device"] for one in (yield from open_work.devices(person))]


def end(person: bytes) -> Program[None]:
    """His account is nobody's, with everything by which he could show who he is; his phones have only to hand in."""
    for statement in (_GONE, _NO_CODES, _HANDING_IN):
        yield from run(statement, person_id=person)
    yield from factors.forget(person)


def hand_in(person: bytes, left_at: int, now: int) -> Program[list[Mapping[str, Any]]]:
    """Lock out the phones that said that nothing is left and have rested for three days since, or had a week. No other:
    being heard of, or being silent, says nothing of what is on it. Gives those that are still awaited."""
    rested_since = now if now - left_at > SILENT else now - REST
    for (device,) in (yield from rows(_EMPTY, person_id=person, rested_since=rested_since)):
        yield from run(_REVOKE, device_id=device)
    return (yield from open_work.devices(person))


def give_up(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """The head locks out a phone that is awaited, by name and with a reason. What it did not hand in is lost: of one
    that has not said that nothing is left he must say that he knows.

    Raises `Refusal`: ``handover.not_awaited``, ``handover.unsent``.
    """
    values, named = (yield from ledger.view(asked.record)).values, asked.arguments
    awaited = (yield from open_work.devices(bytes.fromhex(values["arranged"]["person"]))) if _leaves(values) else []
    phone = next((one for one in awaited if one["device"] == named["device"]), None)
    if phone is None:
        raise Refusal("handover.not_awaited", ("device",))
    if not phone["handed_in"] and not named.get("lost"):
        raise Refusal("handover.unsent", ("lost",))
    yield from run(_REVOKE, device_id=bytes.fromhex(phone["device"]))
    told = {name: phone[name] for name in ("device", "name", "synced_at", "handed_in")}
    told |= {"reason": named["reason"], **(yield from by(ledger, asked))}
    rest = [one["device"] for one in awaited if one is not phone]
    return {"given_up": [*(values.get("given_up") or ()), told], "devices": rest}


def _leaves(values: Fields) -> bool:
    return bool(values["arranged"]["type"] == "leaving")
