"""``POST /v1/bundles``: what somebody carried in, a piece at a time; the answer is a file to carry back.

Whoever hands it in is nobody to the server: what counts is that the piece is sealed to it and that its device signed
it. So anybody's phone, the village point's computer or a relay may bring it, twice or three at once.
"""

import asyncio
import contextlib
from typing import Any

from litestar import Request, Response, post

from daiban_server.features.photos.pieces import PhotoPieces
from daiban_server.http.device import LOCKED, SignedDevice, known_device
from daiban_server.http.problems import ProblemError
from daiban_server.http.sync import exchange, keep_apart
from daiban_server.keystore import ServerKeys
from daiban_server.services import GivenServices, Services
from daiban_server.spine import erased, log
from daiban_server.spine.cursor import Cursor
from daiban_server.spine.handing_in import LEAVERS
from daiban_server.spine.opening import Sender, open_batch, unsealed
from daiban_server.spine.push import Known
from daiban_sync import bundle, sealing, wire
from daiban_sync.bundle import Piece
from daiban_sync.errors import SignatureError
from daiban_sync.frames import Frame
from daiban_sync.sealing import Opening

MEDIA_TYPE = "application/vnd.daiban.answer"


@post("/v1/bundles", status_code=200, media_type=MEDIA_TYPE, request_max_body_size=bundle.PIECE_BYTES)
async def bundles(request: Request[Any, Any, Any], services: GivenServices) -> Response[bytes]:
    """Take in one piece of a bundle. Nothing of it is told to who brings it but what the answer proves to its device.

    Bytes, seal or signature that do not hold refuse the piece whole, and nothing changes.
    """
    return Response(await take_in(await request.body(), services), media_type=MEDIA_TYPE)


async def take_in(sealed: bytes, services: Services) -> bytes:
    """Take in one sealed piece; gives the answer to carry back. Raises `SyncError` or `ProblemError`."""
    piece = await asyncio.to_thread(_open, sealed, services.keys)
    device = await _signer(piece, services)
    asked = wire.decode_request(piece.body)
    if device.state in LOCKED:
        services.budgets.take_carried(device.sender.device, services.now(), size=asked.inflated, entries=0)
        await keep_apart(asked, device, services)
        raise ProblemError(f"device.{device.state}")
    sender, custody = device.sender, asked.custody
    handed_in = unsealed(asked, services.keys)
    _check_signed(piece, sender, max((one.header.sequence for one in handed_in), default=0))
    entries = sum(len(one.entries) for one in handed_in)
    services.budgets.take_carried(sender.device, services.now(), size=asked.inflated, entries=entries)
    opened = [open_batch(one, sender, services.keys, custody.get(one.header.sequence)) for one in handed_in]
    await _check_known(asked.hello, sender, services)
    parts = list(bundle.parts(piece.body))
    said = [body for one in handed_in for body in one.entries]
    gone = await services.database.read(erased.unwanted(sender.centre, said, {one.record for one in parts}))
    await PhotoPieces(services).take(sender, (one for one in parts if one.record not in gone))
    frames = await exchange(opened, device, asked.hello, Cursor(), services, carried=True)
    if frames is None:
        frames = [wire.json_frame(Frame.ANSWER, wire.Answer(services.now(), ""))]
    body = wire.encode_answer(frames, dictionary=asked.dictionary)
    named = bytes.fromhex(piece.statement.bundle)
    return bundle.pack_answer(named, body, services.keys.receipt)


def _open(sealed: bytes, keys: ServerKeys) -> Piece:
    opening = Opening([sealed])
    content = sealing.unwrap(opening.wrapped, keys.seal_key(opening.key_id), bundle.purpose(keys.origin))
    return bundle.unpack(b"".join(opening.content(content)))


async def _signer(piece: Piece, services: Services) -> SignedDevice:
    """The device that made a piece. Raises `SyncError` or `ProblemError`."""
    stated = piece.statement
    device = await known_device(bytes.fromhex(stated.device), services)
    sender = device.sender
    if stated.origin != services.keys.origin.hex() or stated.centre != sender.centre.hex():
        raise ProblemError("batch.elsewhere")
    _check_signed(piece, sender)
    if device.state not in LEAVERS | LOCKED | {"active"}:
        raise ProblemError(f"device.{device.state}")
    return device


async def _check_known(hello: wire.Hello, sender: Sender, services: Services) -> None:
    """Raise `WireError` where the push would: photos are kept before it, and no transaction takes them back."""
    standing = await services.database.read(log.standing(sender.centre))
    if standing is not None:
        size = standing.checkpoint.size if standing.checkpoint else 0
        Known(0, hello.epoch, hello.size).check(standing.position, size)


def _check_signed(piece: Piece, sender: Sender, last: int = 0) -> None:
    """Under the device's key, or one before it: the piece may have been made before it took another. But a key that was
    given up made no piece with batches of after that: `last` is the newest within. Photos alone may come under any of
    its keys: what they are is said by records. Raises `SignatureError("bundle.signature")`."""
    for held in reversed(sender.former):
        if last <= held.last:
            with contextlib.suppress(SignatureError):
                return bundle.check(piece, held.key)
    return bundle.check(piece, sender.key)
