"""Whose the devices are that signed: the centre's word, and the device's own proof where it was kept."""

from collections.abc import Iterable

from sqlalchemy import bindparam, select

from daiban_server.db import schema
from daiban_server.db.program import Program, Row, first
from daiban_server.keystore import ServerKeys
from daiban_server.spine.refusal import Refusal
from daiban_sync.evidence.document import Device, Envelope, reshaped
from daiban_sync.evidence.statements import Vouched, state

_d = schema.device.c
_approver = schema.person.alias("approver")
_holder = schema.person.alias("owner")
_DEVICE = (
    select(
        _d.key,
        _d.person,
        _holder.c.name,
        _d.enrolled_at,
        _d.approved_at,
        _d.approved_by,
        _approver.c.name,
        schema.enrolment_proof.c.envelope,
        _d.former,
    )
    .select_from(
        schema.device.outerjoin(_holder, _holder.c.id == _d.person)
        .outerjoin(_approver, _approver.c.id == _d.approved_by)
        .outerjoin(schema.enrolment_proof, schema.enrolment_proof.c.device == _d.id)
    )
    .where(_d.id == bindparam("device_id"), _d.centre == bindparam("centre_id"))
)


def devices_of(centre: bytes, ids: Iterable[bytes], keys: ServerKeys, now: int) -> Program[dict[bytes, Device]]:
    """The devices by id, in order of their ids. Raises `Refusal("evidence.incomplete")` for one that is not known."""
    found = {}
    for id_ in sorted(set(ids)):
        row = yield from first(_DEVICE, device_id=id_, centre_id=centre)
        # A device that took another key has batches under two, and the file has room for one: not exported yet.
        if row is None or row[8] is not None:
            raise Refusal("evidence.incomplete")
        if id_ == keys.desk_device(centre):
            found[id_] = Device(id_.hex(), row[0].hex())
        else:
            proof = reshaped(row[7], row[0]) if row[7] else None
            found[id_] = Device(id_.hex(), row[0].hex(), _vouched(centre, id_, row, keys, now), proof)
    return found


def _vouched(centre: bytes, device: bytes, row: Row, keys: ServerKeys, now: int) -> Envelope:
    key, person, name, enrolled_at, approved_at, approved_by, approver, *_ = row
    said = Vouched(
        keys.origin.hex(),
        centre.hex(),
        device.hex(),
        key.hex(),
        person.hex(),
        name or "",
        enrolled_at,
        approved_at or 0,
        approved_by.hex() if approved_by else "",
        approver or "",
        now,
    )
    return state(keys.receipt, said)
