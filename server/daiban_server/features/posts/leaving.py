"""Somebody leaves for good: nobody signs in as him, what he owed is another's, and his phones have only to hand in."""

from sqlalchemy import bindparam, delete, or_, select, update

from daiban_server.db import schema
from daiban_server.db.program import Program, rows, run
from daiban_server.features.posts import open_work
from daiban_server.spine.ledger import Ledger

DAY = 86_400_000
REST = 3 * DAY
"""Milliseconds of rest after which a phone that was heard of counts as empty: a push that broke off in the hills goes
on within that."""
SILENT = 7 * DAY
"""Milliseconds after which the heads hear of a phone that never came back, and one that comes again and again is locked
out."""

_p, _d, _o = schema.person.c, schema.device.c, schema.obligation.c
_GONE = update(schema.person).where(_p.id == bindparam("person_id")).values(active=False, login=None, password=None)
_SIGNED_OUT = delete(schema.session).where(schema.session.c.person == bindparam("person_id"))
_NO_CODES = delete(schema.enrolment_code).where(
    schema.enrolment_code.c.person == bindparam("person_id"), schema.enrolment_code.c.device.is_(None)
)
_HANDING_IN = (
    update(schema.device).where(_d.person == bindparam("person_id"), _d.state == "active").values(state="leaving")
)
_NEVER = update(schema.device).where(_d.person == bindparam("person_id"), _d.state == "pending").values(state="revoked")
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
_DRAINED = select(_d.id).where(
    _d.person == bindparam("person_id"),
    _d.state == "leaving",
    _d.synced_at > bindparam("left_at"),
    _d.synced_at <= bindparam("rested_since"),
)
_REVOKE = update(schema.device).where(_d.id == bindparam("device_id")).values(state="revoked")


def leave(ledger: Ledger, person: bytes, successor: bytes) -> Program[list[str]]:
    """Nobody is he any more; his phones may hand in what they have, and let go of everything. Gives those phones."""
    yield from run(_OWES, centre_id=ledger.centre, person_id=person, successor=successor)
    for statement in (_GONE, _SIGNED_OUT, _NO_CODES, _HANDING_IN, _NEVER):
        yield from run(statement, person_id=person)
    return [one["device"] for one in (yield from open_work.devices(person))]


def hand_in(person: bytes, left_at: int, now: int) -> Program[list[str]]:
    """Lock out the phones that were heard of since he left and have rested for three days, or had a week: a phone
    pushes all that it has before it pulls, so what it had is here. Gives those that are still awaited."""
    rested_since = now if now - left_at > SILENT else now - REST
    for (device,) in (yield from rows(_DRAINED, person_id=person, left_at=left_at, rested_since=rested_since)):
        yield from run(_REVOKE, device_id=device)
    return [one["device"] for one in (yield from open_work.devices(person))]
