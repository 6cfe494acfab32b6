"""Whose the devices are that signed: the centre's word, and the device's own proof where it was kept."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import bindparam, select

from daiban_server.db import schema
from daiban_server.db.program import Program, Row, first
from daiban_server.keystore import ServerKeys
from daiban_server.spine import keys as device_keys
from daiban_server.spine.keys import Former
from daiban_server.spine.refusal import Refusal
from daiban_sync.evidence.document import Device, Envelope, apart, reshaped
from daiban_sync.evidence.document import Former as GivenUp
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


class Known(NamedTuple):
    """A device as the file has it, and which of its keys signed what."""

    device: Device
    former: tuple[Former, ...] = ()

    @property
    def present(self) -> bytes:
        """Its key of now; of a desk, one of those that the keyring has."""
        return bytes.fromhex(self.device.key)


def devices_of(centre: bytes, ids: Iterable[bytes], keys: ServerKeys, now: int) -> Program[dict[bytes, Known]]:
    """The devices by id, in order of their ids. Raises `Refusal("evidence.incomplete")` for one that is not known."""
    found = {}
    for id_ in sorted(set(ids)):
        row = yield from first(_DEVICE, device_id=id_, centre_id=centre)
        if row is None:
            raise Refusal("evidence.incomplete")
        if id_ == keys.desk_device(centre):
            found[id_] = Known(Device(id_.hex(), row[0].hex()))
            continue
        key, former = row[0], device_keys.unpack(row[8])
        chain = [*(one.key for one in former), key]
        proof = reshaped(row[7], chain[0]) if row[7] else None
        given_up = tuple(map(_given_up, former, chain[1:]))
        vouched = _vouched(centre, id_, row, former, keys, now)
        found[id_] = Known(Device(id_.hex(), key.hex(), vouched, proof, given_up), former)
    return found


def _given_up(one: Former, after: bytes) -> GivenUp:
    """The statement under the key `after`, and under the one before where it has that signature."""
    taken, *given = apart(one.proof, after, one.key)
    return GivenUp(one.key.hex(), taken, given[0] if given else None)


def _vouched(centre: bytes, device: bytes, row: Row, former: Sequence[Former], keys: ServerKeys, now: int) -> Envelope:
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
        tuple(one.key.hex() for one in former),
    )
    return state(keys.receipt, said)
