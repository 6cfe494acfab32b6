"""``POST /v1/spools``: what lies sealed on a phone whose store opens no more, brought by whoever has the phone.

Who brings it is nobody to the server, as with bundles. What a revoked or frozen phone sealed may be its agent's or a
thief's: it is kept apart for people to adopt, and who brings it is told no more than who hands in such a phone's batch.
"""

import asyncio
import hashlib
from typing import Any, NamedTuple

from litestar import Request, post
from litestar.params import FromPath
from msgspec import Struct

from daiban_schemas.reading import read
from daiban_schemas.strict import StrictnessError
from daiban_server.db.program import Program
from daiban_server.features.photos.grant import MAX_BYTES
from daiban_server.features.photos.pieces import PhotoPieces
from daiban_server.features.photos.problems import PhotoError
from daiban_server.http.device import LOCKED, SignedDevice, known_device
from daiban_server.http.problems import ProblemError, checked_id
from daiban_server.keystore import ServerKeys
from daiban_server.services import GivenServices
from daiban_server.spine import spooling, views
from daiban_server.spine.handing_in import LEAVERS
from daiban_server.spine.opening import Sender
from daiban_server.spine.spooling import Taken
from daiban_sync import sealing, spooled
from daiban_sync.bundle import Part
from daiban_sync.errors import SignatureError, WireError
from daiban_sync.ids import NOBODY
from daiban_sync.new_key import key_of
from daiban_sync.sealing import Opening
from daiban_sync.spooled import Signed

SAVES = 1000
"""Saves in one request."""


class TakenOut(Struct, frozen=True):
    """How many saves are new here, were here already, and were refused or wait for something."""

    new: int
    known: int
    troubled: int


@post("/v1/spools", status_code=200)
async def spools(request: Request[Any, Any, Any], services: GivenServices) -> TakenOut:
    """Take in a spool file. Anything in it that does not hold refuses it whole, and nothing changes; but saves that
    came too late for their key (`_is_late`) are left out and counted as troubled."""
    body = await request.body()
    saves = await asyncio.to_thread(_opened, body, services.keys)
    sender, state = await _signer(saves[0].spooled.device, services)
    for one in saves:
        if (one.spooled.device, one.spooled.centre) != (sender.device, sender.centre):
            raise ProblemError("batch.elsewhere")
    late = [one for one in saves if _is_late(one, sender)]
    saves = [one for one in saves if one not in late]
    services.budgets.take_carried(sender.device, services.now(), size=len(body), entries=len(saves))
    if state in LOCKED:
        code, now = f"device.{state}", services.now()
        if saves:
            await services.database.write(sender.centre, lambda: spooling.keep_apart(sender, saves, code, now))
        raise ProblemError(code)
    if not saves:
        return TakenOut(0, 0, len(late))
    taken: Taken = await services.database.write(
        sender.centre, lambda: spooling.take(sender, saves, services.keys, services.effects, services.now())
    )
    if taken.frozen:
        raise ProblemError("device.frozen")
    return TakenOut(taken.new, taken.known, taken.troubled + len(late))


def _is_late(one: Signed, sender: Sender) -> bool:
    """Whether a save was signed by a key behind its end, by a phone that had not heard yet that the next one counts. It
    is not taken, since whoever has a copy of the key could have made it, and the saves before it are. Raises
    `SignatureError` where no key of the device signed it."""
    try:
        spooled.check(one, key_of(one.spooled.number, sender.former, sender.key))
    except SignatureError:
        if not any(_signed_by(one, held.key) for held in sender.former):
            raise
        return True
    return False


def _signed_by(one: Signed, key: bytes) -> bool:
    try:
        spooled.check(one, key)
    except SignatureError:
        return False
    return True


def _opened(body: bytes, keys: ServerKeys) -> list[Signed]:
    found: list[Signed] = []
    for sealed in spooled.split(body):
        if len(found) == SAVES:
            raise WireError("body.too_large", "saves")
        opening = Opening([sealed])
        key = sealing.unwrap(opening.wrapped, keys.seal_key(opening.key_id), spooled.purpose(keys.origin))
        one = spooled.open_one(b"".join(opening.content(key)))
        if one.spooled.origin != keys.origin:
            raise WireError("batch.elsewhere")
        try:
            read(one.spooled.entry)
        except StrictnessError as error:
            raise WireError("entry.malformed", str(error)) from None
        found.append(one)
    if not found:
        raise WireError("spool.malformed", "nothing in it")
    return found


async def _signer(device: bytes, services: GivenServices) -> SignedDevice:
    """The device that signed saves. Raises `ProblemError` for one whose word counts nothing: it is unknown, waits for
    approval, or may still be found."""
    sender, state = await known_device(device, services)
    if state not in LEAVERS | LOCKED | {"active"}:
        raise ProblemError(f"device.{state}")
    return SignedDevice(sender if state == "active" else sender._replace(role="agent"), state)


class _Named(NamedTuple):
    """A photo as its record names it, and the device that wrote so: the centre's desk, where a clerk adopted it."""

    device: bytes
    digest: bytes
    size: int


@post("/v1/spools/{centre:str}/photos/{record:str}", status_code=200, request_max_body_size=MAX_BYTES)
async def spooled_photo(
    centre: FromPath[str], record: FromPath[str], request: Request[Any, Any, Any], services: GivenServices
) -> dict[str, bool]:
    """Take in a sealed photo whose record came before it: it must be the very bytes that the record names."""
    place, id_ = checked_id(centre, "photo.unknown"), checked_id(record, "photo.unknown")
    named = await services.database.read(_photo(place, id_))
    if named is None:
        raise PhotoError("photo.unknown")  # before its body is taken into memory: anybody may call here
    body = await request.body()
    if not body or hashlib.sha256(body).digest() != named.digest or len(body) != named.size:
        raise PhotoError("photo.unknown")
    if named.device == services.keys.desk_device(place):
        sender = Sender(named.device, place, NOBODY, "", b"")
    else:
        # Also of a phone that is locked by now: the record was taken before, and these are the bytes that it names.
        sender, _ = await _signer(named.device, services)
    await PhotoPieces(services).take(sender, [Part(id_, named.digest, named.size, 0, body)])
    return {"stored": True}


def _photo(centre: bytes, record: bytes) -> Program[_Named | None]:
    shown = yield from views.shown(views.BY_ID, centre, record_id=record)
    if not shown or shown[0].view.kind != "photo":
        return None
    view = shown[0].view
    written = next((one for one in view.written if "sha256" in one.names), None)
    digest, size = view.values.get("sha256"), view.values.get("size")
    if written is None or not isinstance(digest, str) or not isinstance(size, int):
        return None
    return _Named(written.device, bytes.fromhex(digest), size)


ROUTES: list[Any] = [spools, spooled_photo]
