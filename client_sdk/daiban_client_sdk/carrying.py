"""Work that travels by hand: written as sealed pieces, carried in by anybody, its answer brought back.

::

    pieces = export(device, folder)          # for a stick, another phone, the village point's computer
    answer = carry(piece, url, pin)          # by whoever has a link
    receive(device, answer)                  # the receipts come home

Nothing here marks anything as sent: what is unsent is what has no receipt, so a stick that is lost costs nothing.
"""

import hashlib
import secrets
from collections.abc import Container, Iterator, Mapping
from pathlib import Path
from typing import Any

from daiban_client_sdk import rounds
from daiban_client_sdk.device import Device
from daiban_client_sdk.errors import AlarmError, DeviceError, RefusedError
from daiban_client_sdk.owner import LISTENS
from daiban_client_sdk.store import write_file
from daiban_sync import batch, bundle, frames, keyring, limits, receipt, sealing, wire
from daiban_sync.bundle import Part, Statement
from daiban_sync.errors import ProofError, SyncError
from daiban_sync.frames import Frame
from daiban_sync.merkle import Frontier
from daiban_sync.session import Received, SyncSession

PIECE = 3 * 2**20
"""Bytes of a piece unless another size is asked for."""
SMALLEST = 16 * 2**10
STRETCH = 2**18
"""Bytes of a photo in one frame."""
_OVERHEAD = 4 * 2**10
_KEPT = 50
"""Exports whose answers are still known."""

Frames = list[tuple[int, bytes]]


def export(device: Device, folder: Path, size: int = PIECE) -> list[Path]:
    """Write everything without a receipt into `folder`, as sealed pieces of about `size` bytes; gives them. A batch is
    never cut, so a piece may be larger. Raises `DeviceError`: ``seal.no_key``, ``bundle.nothing``, and
    ``bundle.listens`` where this device was enrolled once more and has not synced since."""
    identity, key = device.identity(), device.keyring().seal_key()
    if key is None:
        raise DeviceError("seal.no_key")
    if device.store.get(LISTENS):
        raise DeviceError("bundle.listens")
    device.outbox.freeze(identity, lambda: secrets.token_bytes(batch.SECRET_BYTES))
    bodies = list(_bodies(device, max(SMALLEST, min(size, PIECE)) - _OVERHEAD))
    if not bodies:
        raise DeviceError("bundle.nothing")
    named = secrets.token_bytes(16)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for number, body in enumerate(bodies, 1):
        stated = Statement(
            *(identity.origin.hex(), identity.centre.hex(), identity.device.hex(), named.hex()),
            *(number, len(bodies), device.now(), hashlib.sha256(body).hexdigest()),
        )
        content = bundle.pack(stated, body, identity.signer)
        sealed = sealing.seal([content], secrets.token_bytes(32), key, bundle.purpose(identity.origin))
        path = folder / f"daiban-{named.hex()[:8]}-{number}-of-{len(bodies)}.bundle"
        write_file(path, b"".join(sealed))
        written.append(path)
    _remember(device, named.hex())
    return written


def receive(device: Device, answer: bytes) -> None:
    """Take in what was brought back; it is verified like any answer, and may come twice. Raises
    `DeviceError("bundle.unknown")` for somebody else's, `RefusedError` or `AlarmError`."""
    try:
        given = bundle.unpack_answer(answer)
        known = device.store.get("bundles", {}).get(given.bundle.hex())
        if known is None:
            raise DeviceError("bundle.unknown")
        received = _verified(device, given, known)
    except ProofError as error:
        raise AlarmError(error.code, error.detail) from None
    except SyncError as error:
        raise RefusedError(error.code, error.detail) from None
    here = device.frontier()
    if known["epoch"] != device.store.get("epoch", 0) or received.frontier.size < here.size:
        received = received._replace(digest=None)
    with device.store.transaction():
        rounds.keep(device, received)


def _verified(device: Device, given: bundle.Answer, known: dict[str, Any]) -> Received:
    trust = device.trust()
    keys = trust.keyring.receipt_keys()
    for kind, payload in frames.split(given.body):
        if kind == Frame.KEYRING:
            keys = {**keys, **keyring.load(payload, trust.root_key, trust.origin).receipt_keys()}
    bundle.check_answer(given, keys)
    held = {one.header.sequence: one for one in device.outbox.held()}
    # The answer's proof begins where the log stood at the export, whatever a sync in between brought.
    at = Frontier(known["size"], tuple(bytes.fromhex(one) for one in known["frontier"]))
    hello = wire.Hello(epoch=known["epoch"], size=at.size, keyring=trust.keyring.edition)
    body = given.body if _all_held(given.body, held) else _without_log(given.body)
    return SyncSession(trust, at, hello, list(held.values())).receive(body)


def _all_held(body: bytes, held: Container[int]) -> bool:
    return all(
        receipt.unpack(payload).sequence in held for kind, payload in frames.split(body) if kind == Frame.RECEIPT
    )


def _without_log(body: bytes) -> bytes:
    """The answer without what its proof needs: it is about batches that were let go under their receipts."""
    of_log = {Frame.RECEIPT, Frame.CHECKPOINT, Frame.PROOF}
    return frames.join([(kind, payload) for kind, payload in frames.split(body) if kind not in of_log])


def _remember(device: Device, named: str) -> None:
    frontier = device.frontier()
    stands: dict[str, Any] = {
        "epoch": device.store.get("epoch", 0),
        "size": frontier.size,
        "frontier": [one.hex() for one in frontier.hashes],
    }
    known = {**device.store.get("bundles", {}), named: stands}
    device.store.put("bundles", dict(list(known.items())[-_KEPT:]))


def _bodies(device: Device, room: int) -> Iterator[bytes]:
    """Bodies of sync requests, each of about `room` bytes: batches in order, then stretches of photos."""
    content: Frames = []
    listed: dict[str, wire.PhotoWanted] = {}
    held = 0
    for frame, photo in _frames(device, room):
        batches = sum(kind in (Frame.BATCH, Frame.SEALED) for kind, _ in content)
        if content and (held + len(frame[1]) > room or batches == limits.REQUEST_BATCHES):
            yield _body(device, content, listed)
            content, listed, held = [], {}, 0
        content.append(frame)
        held += len(frame[1])
        if photo is not None:
            listed[photo.record] = photo
    if content:
        yield _body(device, content, listed)


def _frames(device: Device, room: int) -> Iterator[tuple[tuple[int, bytes], wire.PhotoWanted | None]]:
    for one in device.outbox.sendable():
        if one.earlier is not None:
            yield (Frame.CUSTODY, one.earlier), None
        yield (Frame.SEALED if one.sealed else Frame.BATCH, one.packed), None
    waiting = "SELECT record, sha256, path, size FROM photo WHERE receipt IS NULL ORDER BY size"
    for record, sha256, path, size in device.store.rows(waiting):
        wanted = wire.PhotoWanted(record.hex(), sha256, size)
        if not (device.store.photos / path).is_file():
            continue  # it was let go of as the phone died
        with (device.store.photos / path).open("rb") as source:
            at = 0
            while content := source.read(min(room, STRETCH)):
                part = Part(record, bytes.fromhex(sha256), size, at, content)
                yield bundle.part_frame(part), wanted
                at += len(content)


def _body(device: Device, content: Frames, photos: Mapping[str, wire.PhotoWanted]) -> bytes:
    frontier = device.frontier()
    hello = wire.Hello(
        epoch=device.store.get("epoch", 0),
        size=frontier.size,
        keyring=device.keyring().edition,
        photos=tuple(photos.values()),
        fresh=True,
    )
    return frames.join([wire.json_frame(Frame.HELLO, hello), *content])
