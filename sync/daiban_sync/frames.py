"""Frames: a body is a sequence of ``u8 type | u32 length | payload``, deflated with a numbered dictionary.

The body's first byte is the dictionary's number; raw deflate (RFC 1951) follows. zlib is in every standard
library, and zstd was no smaller here. Caps hold while inflating, before anything is read.
"""

import struct
import zlib
from collections.abc import Iterable, Iterator
from enum import IntEnum

from daiban_sync import limits
from daiban_sync.dictionary import DICTIONARIES, NEWEST
from daiban_sync.errors import WireError

_HEAD = struct.Struct(">BI")
HEAD = _HEAD.size
"""Bytes of a frame before its payload."""


class Frame(IntEnum):
    """Frame types. A receiver skips types that it does not know, so newer senders may add some."""

    HELLO = 1
    BATCH = 2
    CUSTODY = 3
    PHOTO_PART = 4
    SEALED = 5
    ANSWER = 16
    RECEIPT = 17
    OUTCOMES = 18
    CHECKPOINT = 19
    PROOF = 20
    AUTHORS = 21
    RECORD = 22
    PHOTO_RECEIPT = 23
    TICKET = 24
    KEYRING = 25
    PROBLEM = 26
    RESTORED = 27
    HORIZON = 28
    OWN = 29


def join(frames: Iterable[tuple[int, bytes]], level: int = 6, dictionary: int = NEWEST) -> bytes:
    """Deflate frames into a body. An answer uses the dictionary of its request, which the device knows."""
    squeeze = zlib.compressobj(level, zlib.DEFLATED, -15, 9, zdict=DICTIONARIES[dictionary])
    parts = []
    for kind, payload in frames:
        parts.append(_HEAD.pack(kind, len(payload)))
        parts.append(payload)
    return b"".join((bytes((dictionary,)), squeeze.compress(b"".join(parts)), squeeze.flush()))


def split(body: bytes) -> Iterator[tuple[int, bytes]]:
    """The frames of a body. Raises `WireError`: ``body.too_large``, ``body.malformed`` or ``dictionary.unknown``."""
    data = _inflate(body)
    at, end = 0, len(data)
    while at < end:
        if at + _HEAD.size > end:
            raise WireError("body.malformed", "a frame is cut off")
        kind, length = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        if at + length > end:
            raise WireError("body.malformed", "a frame is cut off")
        yield kind, data[at : at + length]
        at += length


def _inflate(body: bytes) -> bytes:
    if len(body) > limits.WIRE_BYTES:
        raise WireError("body.too_large", "as it travels")
    if not body:
        raise WireError("body.malformed", "empty")
    dictionary = DICTIONARIES.get(body[0])
    if dictionary is None:
        raise WireError("dictionary.unknown", f"number {body[0]}")
    swell = zlib.decompressobj(-15, zdict=dictionary)
    try:
        data = swell.decompress(memoryview(body)[1:], limits.INFLATED_BYTES + 1)
    except zlib.error:
        raise WireError("body.malformed", "not deflate") from None
    if len(data) > limits.INFLATED_BYTES:
        raise WireError("body.too_large", "inflated")
    if not swell.eof or swell.unused_data:
        raise WireError("body.malformed", "cut off, or bytes behind the end")
    return data
