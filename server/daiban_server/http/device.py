"""Who a signed request is from.

The steps, in order; nothing else of a request is read before they passed:

1. the signature is of this protocol's profile;
2. its key belongs to a device that may speak;
3. it covers method, target and the body's digest, and holds;
4. it was made now, or over a nonce that this server gave out within five minutes.
"""

import base64
import hmac
import struct
from typing import Any, NamedTuple

from litestar import Request
from sqlalchemy import bindparam, select

from daiban_server.db import schema
from daiban_server.db.program import Fetch
from daiban_server.http.problems import ProblemError
from daiban_server.services import Presence, Services
from daiban_server.spine import keys as device_keys
from daiban_server.spine.handing_in import LEAVERS
from daiban_server.spine.opening import Sender
from daiban_sync import signature
from daiban_sync.clock import SECOND, STALE
from daiban_sync.signature import Parameters, Target

_NONCE = struct.Struct(">Q12s")
_DEVICE = (
    select(
        schema.device.c.centre,
        schema.device.c.person,
        schema.device.c.key,
        schema.device.c.state,
        schema.person.c.role,
        schema.person.c.active,
        schema.device.c.former,
    )
    .select_from(schema.device.join(schema.person, schema.person.c.id == schema.device.c.person))
    .where(schema.device.c.id == bindparam("device_id"))
)


LOCKED = frozenset({"revoked", "frozen"})
"""States in which nothing is taken or given; what is handed in is kept apart."""


class SignedDevice(NamedTuple):
    """A device whose request held. `state` is ``active``, ``pending``, one of `LEAVERS` or, where asked for, one of
    `LOCKED`."""

    sender: Sender
    state: str


async def signed_device(
    request: Request[Any, Any, Any], body: bytes, services: Services, *, pending: bool = False, locked: bool = False
) -> SignedDevice:
    """The device that signed `request`. Raises `SignatureError` or `ProblemError`; a device that waits for approval
    passes only with `pending`, one that is revoked or frozen only with `locked`."""
    parameters = signature.parse(request.headers.get("signature-input", ""))
    device = bytes.fromhex(parameters.device)
    sender, state = await known_device(device, services)
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    target = Target(request.method, request.headers.get("host", ""), path)
    content_digest, signed = request.headers.get("content-digest", ""), request.headers.get("signature", "")
    signature.check(sender.key, target, body, parameters, content_digest, signed)
    _check_time(parameters, services)
    # The phone of somebody who left may still hand in what it has, and let go of what it holds.
    if state not in LEAVERS | {"active", "pending"} and not (locked and state in LOCKED):
        raise ProblemError(f"device.{state}")
    if state == "pending" and not pending:
        raise ProblemError("device.pending")
    now = services.now()
    services.budgets.take(device, now, requests=1, size=len(body))
    client = request.headers.get("user-agent", "")[:80]
    services.presence[device] = Presence(now, now - parameters.created * SECOND, client)
    return SignedDevice(sender, state)


async def known_device(device: bytes, services: Services) -> SignedDevice:
    """A device with its person, whatever its state. Raises `ProblemError("device.unknown")`."""
    found = await services.database.look(Fetch(_DEVICE, {"device_id": device}))
    if not found or found[0][3] == "desk":
        raise ProblemError("device.unknown")
    centre, person, key, state, role, active, former = found[0]
    if state in ("active", "pending") and not active:
        state = "revoked"
    return SignedDevice(Sender(device, centre, person, role, key, former=device_keys.unpack(former)), state)


def _check_time(parameters: Parameters, services: Services) -> None:
    now, secret = services.now(), services.keys.derived("nonce")
    if parameters.nonce is not None and _nonce_holds(parameters.nonce, now, secret):
        return
    if parameters.nonce is not None or signature.is_stale(parameters, now):
        raise ProblemError("signature.stale", nonce=make_nonce(now, secret), server_time=now)


def make_nonce(now: int, secret: bytes) -> str:
    """A value that proves for five minutes that its user heard from this server."""
    stamp = now.to_bytes(8, "big")
    return base64.urlsafe_b64encode(stamp + hmac.digest(secret, stamp, "sha256")[:12]).decode()


def _nonce_holds(nonce: str, now: int, secret: bytes) -> bool:
    try:
        stamp, _ = _NONCE.unpack(base64.b64decode(nonce, altchars=b"-_", validate=True))
    except (ValueError, struct.error):
        return False
    return hmac.compare_digest(nonce, make_nonce(stamp, secret)) and 0 <= now - stamp <= STALE
