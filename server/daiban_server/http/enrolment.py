"""Enrolment: a one-time code, a key made on the device, and an approval after two people compared a fingerprint.

The device proves that it holds the key by signing the request that names it. Until the centre head approves, it may
only ask how
its enrolment stands.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Request, get, post
from litestar.params import FromPath, JSONBody
from msgspec import Struct
from sqlalchemy import bindparam, select, update

from daiban_server.db import schema
from daiban_server.db.program import Program, Row, Write, first, rows
from daiban_server.features.devices import unsent
from daiban_server.http.device import signed_device
from daiban_server.http.problems import ProblemError, checked_id
from daiban_server.http.session import GivenSession
from daiban_server.keystore import ServerKeys
from daiban_server.services import GivenServices, Services, Unsent
from daiban_server.settings import Settings
from daiban_sync import dsse, ids
from daiban_sync.errors import SignatureError, WireError
from daiban_sync.evidence.document import Envelope, octets, payload_of, reshaped
from daiban_sync.keys import check_public_key, fingerprint

CODE_LIFE = 15 * 60_000
"""Milliseconds that a one-time code is good for."""

_c, _d, _p = schema.enrolment_code.c, schema.device.c, schema.person.c
_CODE = select(_c.centre, _c.person, _c.expires, _c.device).where(_c.digest == bindparam("code_digest"))
_USE = (
    update(schema.enrolment_code)
    .where(_c.digest == bindparam("code_digest"), _c.device.is_(None))
    .values(device=bindparam("device_id"))
    .returning(_c.digest)
)
_BY_KEY = select(_d.id).where(_d.key == bindparam("public_key"))
_ABOUT = (
    select(_d.state, _d.name, _d.centre, schema.centre.c.name, _p.id, _p.name, _p.role, _d.key, _d.id)
    .select_from(
        schema.device.join(schema.person, _d.person == _p.id).join(schema.centre, _d.centre == schema.centre.c.id)
    )
    .where(_d.id == bindparam("device_id"))
)
_STATE = select(_d.state).where(_d.id == bindparam("device_id"))
_PERSON = select(_p.id, _p.centre).where(_p.id == bindparam("person_id"), _p.active)
_LIST = (
    select(
        _d.id,
        _d.name,
        _d.state,
        _d.key,
        _d.enrolled_at,
        _d.approved_at,
        _d.synced_at,
        _d.clock_offset,
        _d.client,
        _p.name,
    )
    .select_from(schema.device.join(schema.person, _d.person == _p.id))
    .where(_d.centre == bindparam("centre_id"), _d.state != "desk")
    .order_by(_d.enrolled_at.desc())
)
_APPROVE = (
    update(schema.device)
    .where(_d.id == bindparam("device_id"), _d.centre == bindparam("centre_id"), _d.state == "pending")
    .values(state=bindparam("becomes"), approved_at=bindparam("at"), approved_by=bindparam("who"))
    .returning(_d.id)
)
_KEY = (
    select(_d.key, _d.state, _p.active)
    .select_from(schema.device.join(schema.person, _d.person == _p.id))
    .where(_d.id == bindparam("device_id"), _d.centre == bindparam("centre_id"))
)


class CodeWanted(Struct):
    """For whom a code is made: a person of the centre."""

    person: str


class Code(Struct, frozen=True):
    """A one-time code; `text` is what the QR holds and the agent may also type."""

    text: str
    expires: int


class Enrolment(Struct, frozen=True):
    """What a device learns of itself. `keyring` is DSSE JSON, `fingerprint` is what two people compare."""

    device: str
    state: str
    centre: str
    centre_name: str
    person: str
    person_name: str
    role: str
    fingerprint: str
    keyring: str


class Approval(Struct):
    """The fingerprint as it was read on the device."""

    fingerprint: str


class DeviceRow(Struct, frozen=True):
    """A device as the centre head sees it; times in Unix milliseconds. What it said last, at `unsent_at`, that it holds
    without a receipt is null until it said so."""

    id: str
    name: str
    state: str
    fingerprint: str
    enrolled_at: int
    approved_at: int | None
    synced_at: int | None
    clock_offset: int | None
    client: str
    person: str
    unsent_entries: int | None = None
    unsent_photos: int | None = None
    unsent_at: int | None = None


class Asked(Struct):
    """The signed payload of an enrolment request. A device that a restored server has forgotten names the id it had,
    so that its chain of batches goes on."""

    code: str
    key: str
    origin: str
    name: str
    at: int
    device: str = ""


_asked = msgspec.json.Decoder(Asked)


def code_text(settings: Settings, keys: ServerKeys, secret: bytes) -> str:
    """What a device needs to find this server and to know that it is this one."""
    stated = {
        "u": settings.url,
        "o": keys.origin.hex(),
        "r": keys.root_key.hex(),
        "p": settings.tls_pin,
        "c": secret.hex(),
    }
    return "DAIBAN1." + base64.urlsafe_b64encode(json.dumps(stated, separators=(",", ":")).encode()).decode().rstrip(
        "="
    )


def make_code(secret: bytes, centre: bytes, person: bytes, issuer: bytes, now: int) -> Program[bool]:
    """Keep a code's hash; False where the person is not of this centre."""
    row = yield from first(_PERSON, person_id=person)
    if row is None or row[1] != centre:
        return False
    digest = hashlib.sha256(secret).digest()
    yield Write(schema.enrolment_code, [(digest, centre, person, issuer, now + CODE_LIFE, None)])
    return True


@post("/v1/enrolment-codes", opt={"action": "device.enrol"})
async def issue_code(data: JSONBody[CodeWanted], session: GivenSession, services: GivenServices) -> Code:
    """Make a one-time code for a person of one's own centre, good for fifteen minutes."""
    secret, now = secrets.token_bytes(16), services.now()
    person, clerk = checked_id(data.person, "request.invalid"), session.clerk
    made = await services.database.write(
        clerk.centre, lambda: make_code(secret, clerk.centre, person, clerk.person, now)
    )
    if not made:
        raise ProblemError("permission.denied")
    return Code(code_text(services.settings, services.keys, secret), now + CODE_LIFE)


@post("/v1/enrolments")
async def enrol(request: Request[Any, Any, Any], services: GivenServices) -> Enrolment:
    """Register a device: DSSE JSON over code, key, origin, name and time, signed with that key."""
    body = await request.body()
    asked, key, proof = _read(body)
    check_public_key(key)
    proof.opened(dsse.ENROLMENT, key, "enrolment.proof")
    if asked.origin != services.keys.origin.hex():
        raise ProblemError("batch.elsewhere")
    now = services.now()
    device = bytes.fromhex(asked.device) if asked.device else ids.uuid7(now, secrets.token_bytes(10))
    row = await services.database.write("enrolment", lambda: _register(asked, body, key, device, now))
    return _enrolment(row[8], row, services)


def _read(body: bytes) -> tuple[Asked, bytes, Envelope]:
    """What is asked, the key, and the proof, read as evidence will read them: what no verifier could read would let a
    device's agent sign cases that nobody can prove. Raises `ProblemError("enrolment.malformed")`."""
    try:
        asked = _asked.decode(payload_of(body))
        key = octets(asked.key, 32, "enrolment.malformed")
        if asked.device and not ids.is_id(asked.device):
            raise ValueError
        if len(asked.name) > 60 or "\x00" in asked.name:
            raise ValueError
        return asked, key, reshaped(body, key)
    except (ValueError, RecursionError, WireError):
        raise ProblemError("enrolment.malformed") from None


def _register(asked: Asked, proof: bytes, key: bytes, device: bytes, now: int) -> Program[Row]:
    try:
        digest = hashlib.sha256(bytes.fromhex(asked.code)).digest()
    except ValueError:
        raise ProblemError("enrolment.code") from None
    code = yield from first(_CODE, code_digest=digest)
    if code is not None and code[3] is not None and (row := (yield from _same_again(code[3], key))):
        return row
    if code is None or code[2] < now or code[3] is not None:
        raise ProblemError("enrolment.code")
    if (yield from first(_BY_KEY, public_key=key)) is not None:
        raise ProblemError("key.in_use")
    if (yield from first(_STATE, device_id=device)) is not None:
        raise ProblemError("key.in_use")
    centre, person = code[0], code[1]
    yield Write(
        schema.device, [(device, centre, person, asked.name, key, "pending", now, None, None, None, None, "", None)]
    )
    yield Write(schema.enrolment_proof, [(device, proof)])
    if (yield from first(_USE, code_digest=digest, device_id=device)) is None:
        raise ProblemError("enrolment.code")
    row = yield from first(_ABOUT, device_id=device)
    if row is None:
        raise SignatureError("device.unknown")
    return row


def _same_again(device: bytes, key: bytes) -> Program[Row | None]:
    """The answer that a device did not get: its code was used by this very key. It may have been approved or rejected
    meanwhile, and learns so; the code may be long over, since it registers nothing any more."""
    row = yield from first(_ABOUT, device_id=device)
    return row if row is not None and row[7] == key else None


def _enrolment(device: bytes, row: Row, services: Services) -> Enrolment:
    state, _, centre, centre_name, person, person_name, role, key, _ = row
    return Enrolment(
        device.hex(),
        state,
        centre.hex(),
        centre_name,
        person.hex(),
        person_name,
        role,
        fingerprint(key),
        services.keys.keyring.decode(),
    )


@get("/v1/enrolment")
async def enrolment_state(request: Request[Any, Any, Any], services: GivenServices) -> Enrolment:
    """How a device's enrolment stands; signed by the device."""
    device = await signed_device(request, b"", services, pending=True)
    row = await services.database.read(first(_ABOUT, device_id=device.sender.device))
    if row is None:
        raise ProblemError("device.unknown")
    return _enrolment(device.sender.device, row, services)


@get("/v1/devices", opt={"action": "device.read"})
async def devices(session: GivenSession, services: GivenServices) -> list[DeviceRow]:
    """The centre's devices, newest first."""
    centre = session.clerk.centre

    def program() -> Program[list[DeviceRow]]:
        said = yield from unsent.of_centre(centre, services.unsent)
        return [_device_row(row, services, said) for row in (yield from rows(_LIST, centre_id=centre))]

    return await services.database.read(program())


def _device_row(row: Row, services: Services, said: Mapping[bytes, Unsent]) -> DeviceRow:
    id_, name, state, key, enrolled_at, approved_at, synced_at, offset, client, person = row
    if present := services.presence.get(id_):
        synced_at, offset, client = present.synced_at, present.clock_offset, present.client
    told = (id_.hex(), name, state, fingerprint(key), enrolled_at, approved_at, synced_at, offset, client, person)
    one = said.get(id_)
    return DeviceRow(*told, one.entries, one.photos, one.at) if one else DeviceRow(*told)


@post("/v1/devices/{device:str}/approve", opt={"action": "device.approve"}, status_code=200)
async def approve(
    device: FromPath[str], data: JSONBody[Approval], session: GivenSession, services: GivenServices
) -> dict[str, str]:
    """Approve a pending device whose fingerprint was compared."""
    id_, clerk, now = checked_id(device, "device.unknown"), session.clerk, services.now()
    await services.database.write(
        clerk.centre, lambda: approve_device(id_, clerk.centre, clerk.person, data.fingerprint, now)
    )
    return {"state": "active"}


def approve_device(device: bytes, centre: bytes, who: bytes, compared: str, now: int) -> Program[None]:
    """Let a device speak; that of somebody who left meanwhile only hands in what it has. Raises `ProblemError`:
    ``device.unknown``, ``device.not_pending`` or ``fingerprint.mismatch``."""
    row = yield from first(_KEY, device_id=device, centre_id=centre)
    if row is None or row[1] == "desk":
        raise ProblemError("device.unknown")
    if row[1] != "pending":
        raise ProblemError("device.not_pending")
    if compared.replace(" ", "") != fingerprint(row[0]).replace(" ", ""):
        raise ProblemError("fingerprint.mismatch")
    becomes = "active" if row[2] else "leaving"
    yield from first(_APPROVE, device_id=device, centre_id=centre, at=now, who=who, becomes=becomes)
