"""A bundle: what a device would hand in over a link, as a file that anybody may carry.

One piece of a bundle, before it is sealed to the server (`sealing`)::

    u32 length | statement (DSSE JSON) | body

The body is that of a sync request (`wire`), with HELLO, BATCH and CUSTODY frames and, beside them, PHOTO_PART frames
with stretches of photos. The statement is the device's signature over who it is, which piece this is and the SHA-256 of
the body: whoever carries it can neither read nor alter it, and it says nothing of who does. Each piece is whole in
itself and may come alone, twice, or behind a later one.

The answer travels back the same way::

    "daiban answer 1\\n" 16 | bundle 16 | key id 8 | signature 64 | body

The body is that of a sync answer without a pull. It is signed by a receipt key, since no TLS holds on this way, and not
sealed, since nothing in it is about anybody: receipts, outcomes by number, a checkpoint with its proof.
"""

import base64
import hashlib
import json
import struct
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec
from msgspec import Struct

from daiban_sync import dsse, limits
from daiban_sync.errors import SignatureError, WireError
from daiban_sync.frames import Frame, split
from daiban_sync.ids import NOBODY, is_id
from daiban_sync.keys import Signer, key_id
from daiban_sync.sealing import BUNDLE, Purpose

PIECE_BYTES = limits.WIRE_BYTES + 2**17
"""Largest sealed piece, in bytes: a body of a sync request, and what is around it."""
STATEMENT_BYTES = 4096
PARTS = 1000
"""Stretches of photos in one piece."""
ANSWER = b"daiban answer 1\n"
_LENGTH = struct.Struct(">I")
_HEAD = struct.Struct(">16s8s64s")
_PART = struct.Struct(">16s32sQQ")


class Statement(Struct, frozen=True):
    """What the device signs. `bundle` names the export (16 bytes, as the ids in hexadecimal), `piece` counts from one
    to `pieces`, `sha256` is the body's."""

    origin: str
    centre: str
    device: str
    bundle: str
    piece: int
    pieces: int
    at: int
    sha256: str


class Part(NamedTuple):
    """A stretch of a photo: whose (record, digest, whole size), from where, and its bytes."""

    record: bytes
    digest: bytes
    size: int
    offset: int
    content: bytes


class Piece(NamedTuple):
    """An opened piece whose signature is yet to be checked."""

    statement: Statement
    envelope: bytes
    body: bytes


_statement = msgspec.json.Decoder(Statement)


def purpose(origin: bytes) -> Purpose:
    """As what a piece is sealed: to the installation, since whoever takes it in learns the centre from within."""
    return Purpose(BUNDLE, origin, NOBODY)


def pack(statement: Statement, body: bytes, signer: Signer) -> bytes:
    """A piece, to be sealed."""
    payload = msgspec.json.encode(statement)
    envelope = dsse.export(dsse.BUNDLE, payload, dsse.sign(signer, dsse.BUNDLE, payload), signer.public_key)
    return _LENGTH.pack(len(envelope)) + envelope + body


def unpack(content: bytes) -> Piece:
    """Read a piece. Raises `WireError("bundle.malformed")`."""
    try:
        (length,) = _LENGTH.unpack_from(content)
        envelope, body = content[4 : 4 + length], content[4 + length :]
        if length > STATEMENT_BYTES or len(envelope) != length:
            raise ValueError
        statement = _statement.decode(base64.b64decode(json.loads(envelope)["payload"], validate=True))
    except (ValueError, KeyError, TypeError, RecursionError, struct.error, msgspec.DecodeError):
        raise WireError("bundle.malformed", "no statement") from None
    ids = (statement.origin, statement.centre, statement.device, statement.bundle)
    if not all(map(is_id, ids)) or not 1 <= statement.piece <= statement.pieces < 2**31:
        raise WireError("bundle.malformed", "not what a statement says")
    if hashlib.sha256(body).hexdigest() != statement.sha256:
        raise WireError("bundle.malformed", "another body")
    return Piece(statement, envelope, body)


def check(piece: Piece, key: bytes) -> None:
    """Raise `SignatureError("bundle.signature")` unless the device's `key` signed the statement."""
    dsse.load(piece.envelope, dsse.BUNDLE, key, "bundle.signature")


def part_frame(part: Part) -> tuple[int, bytes]:
    """A stretch of a photo as a frame of the body."""
    return Frame.PHOTO_PART, _PART.pack(part.record, part.digest, part.size, part.offset) + part.content


def parts(body: bytes) -> Iterable[Part]:
    """The stretches of photos in a body. Raises `WireError`."""
    found: list[Part] = []
    for kind, payload in split(body):
        if kind != Frame.PHOTO_PART:
            continue
        if len(payload) <= _PART.size or len(found) == PARTS:
            raise WireError("bundle.malformed", "a photo's part")
        record, digest, size, offset = _PART.unpack_from(payload)
        one = Part(record, digest, size, offset, payload[_PART.size :])
        if one.offset + len(one.content) > one.size:
            raise WireError("bundle.malformed", "a part beyond its photo")
        found.append(one)
    return found


class Answer(NamedTuple):
    """An answer that was brought back: for which bundle, under which key, and the sync answer's body."""

    bundle: bytes
    key: bytes
    signature: bytes
    body: bytes


def pack_answer(bundle: bytes, body: bytes, signer: Signer) -> bytes:
    """The answer as a file."""
    signed = dsse.sign(signer, dsse.ANSWER, bundle + body)
    return b"".join((ANSWER, bundle, key_id(signer.public_key), signed, body))


def unpack_answer(data: bytes) -> Answer:
    """Read an answer. Raises `WireError("bundle.malformed")`."""
    if not data.startswith(ANSWER) or len(data) <= len(ANSWER) + _HEAD.size:
        raise WireError("bundle.malformed", "no answer")
    rest = data[len(ANSWER) :]
    named, key, signature = _HEAD.unpack_from(rest)
    return Answer(named, key, signature, rest[_HEAD.size :])


def check_answer(answer: Answer, keys: Mapping[bytes, bytes]) -> None:
    """Raise `SignatureError("bundle.signature")` unless one of the receipt `keys`, by id, signed it."""
    key = keys.get(answer.key)
    if key is None:
        raise SignatureError("bundle.signature", "not a key of this server")
    dsse.check(key, dsse.ANSWER, answer.bundle + answer.body, answer.signature, "bundle.signature")
