"""Sealing to the centre: what anybody may carry and only the server can read.

One format for everything that is sealed, whatever its size::

    "daiban sealed 1\\n" 16 | key id 8 | wrapped key 80 | pieces

The pieces are ChaCha20-Poly1305 under a key that is made for this content alone, `PIECE` bytes of content each, the
last one shorter (it may be empty). A piece's nonce is 7 zero bytes, its number as u32 and one byte that is 1 for the
last piece: a piece that is missing, moved or cut off does not open. That key is wrapped by HPKE (RFC 9180, base mode,
X25519, HKDF-SHA-256, ChaCha20-Poly1305) to one of the server's seal keys, which the key id names; HPKE's info states
what it was sealed as and for whom, so that a photo cannot be passed off as a bundle, nor one centre's as another's.

Why not HPKE alone: a photo is sealed while it is written and opened while it is read, and never stands whole in memory.
"""

import hashlib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from daiban_sync.errors import SignatureError, WireError

MAGIC = b"daiban sealed 1\n"
KEY_ID_BYTES = 8
KEY_BYTES = 32
WRAPPED_BYTES = 80
"""An ephemeral public key, the content's key, and a tag."""
HEADER_BYTES = len(MAGIC) + KEY_ID_BYTES + WRAPPED_BYTES
PIECE = 64 * 1024
TAG_BYTES = 16
ENTRY, BATCH, PHOTO, BUNDLE = "entry", "batch", "photo", "bundle"
"""What content may be sealed as."""
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


class Purpose(NamedTuple):
    """What content is sealed as, and for which installation's which centre (16 bytes each)."""

    name: str
    origin: bytes
    centre: bytes

    @property
    def info(self) -> bytes:
        """HPKE's info."""
        return b"daiban seal 1\n" + self.name.encode() + b"\n" + self.origin + self.centre


class SealKey:
    """A private seal key; `seed` are the 32 bytes of an X25519 private key."""

    def __init__(self, seed: bytes) -> None:
        self.private = X25519PrivateKey.from_private_bytes(seed)
        self.public = self.private.public_key().public_bytes_raw()


def key_id(public: bytes) -> bytes:
    """The name of a seal key: the first eight bytes of its SHA-256."""
    return hashlib.sha256(public).digest()[:KEY_ID_BYTES]


def wrap(key: bytes, to: bytes, purpose: Purpose) -> bytes:
    """A content key for the holder of the seal key whose public half is `to`; 80 bytes."""
    return _SUITE.encrypt(key, _public(to), purpose.info)


def unwrap(wrapped: bytes, key: SealKey, purpose: Purpose) -> bytes:
    """The content key. Raises `SignatureError("seal.broken")`."""
    try:
        return _SUITE.decrypt(wrapped, key.private, purpose.info)
    except (InvalidTag, ValueError):
        raise SignatureError("seal.broken", "the key does not open") from None


def seal(content: Iterable[bytes], key: bytes, to: bytes, purpose: Purpose) -> Iterator[bytes]:
    """Seal content that comes in parts of any size; `key` are 32 random bytes, used for nothing else."""
    yield from sealed_again(content, key, MAGIC + key_id(to) + wrap(key, to, purpose))


def sealed_again(content: Iterable[bytes], key: bytes, header: bytes) -> Iterator[bytes]:
    """The very bytes that `content` was sealed to, given its key and the `HEADER_BYTES` before its pieces: nothing else
    in them was left to chance."""
    yield header
    cipher = ChaCha20Poly1305(key)
    for number, (piece, last) in enumerate(_pieces(content, PIECE)):
        yield cipher.encrypt(_nonce(number, last=last), piece, None)


class Opening:
    """Sealed content as it comes in. What `content` yields is proved piece by piece, but that it is whole only when it
    ended without an error."""

    def __init__(self, sealed: Iterable[bytes]) -> None:
        self._parts = iter(sealed)
        self._rest = b""
        header = self._take(HEADER_BYTES)
        if len(header) < HEADER_BYTES or not header.startswith(MAGIC):
            raise WireError("seal.malformed", "no sealed content")
        self.header = header
        self.key_id = header[len(MAGIC) : len(MAGIC) + KEY_ID_BYTES]
        self.wrapped = header[-WRAPPED_BYTES:]

    def _take(self, size: int) -> bytes:
        while len(self._rest) < size and (part := next(self._parts, None)) is not None:
            self._rest += part
        taken, self._rest = self._rest[:size], self._rest[size:]
        return taken

    def content(self, key: bytes) -> Iterator[bytes]:
        """The content, under its own key. Raises `SignatureError("seal.broken")`."""
        cipher = ChaCha20Poly1305(key)

        def rest() -> Iterator[bytes]:
            yield self._rest
            yield from self._parts

        for number, (piece, last) in enumerate(_pieces(rest(), PIECE + TAG_BYTES)):
            try:
                yield cipher.decrypt(_nonce(number, last=last), piece, None)
            except (InvalidTag, ValueError):
                raise SignatureError("seal.broken", f"piece {number}") from None


def open_whole(sealed: bytes, key: SealKey, purpose: Purpose) -> bytes:
    """Small sealed content at once. Raises `WireError("seal.malformed")` or `SignatureError("seal.broken")`."""
    opening = Opening([sealed])
    return b"".join(opening.content(unwrap(opening.wrapped, key, purpose)))


def sealed_size(size: int) -> int:
    """Bytes of sealed content of `size` bytes."""
    return HEADER_BYTES + size + TAG_BYTES * max(1, -(-size // PIECE))


def _pieces(parts: Iterable[bytes], size: int) -> Iterator[tuple[bytes, bool]]:
    """Parts cut anew into pieces of `size` bytes; the last one, which may be shorter, is marked."""
    held = bytearray()
    for part in parts:
        held += part
        while len(held) > size:
            yield bytes(held[:size]), False
            del held[:size]
    yield bytes(held), True


def _nonce(number: int, *, last: bool) -> bytes:
    return bytes(7) + number.to_bytes(4, "big") + bytes([last])


@lru_cache(maxsize=64)
def _public(key: bytes) -> X25519PublicKey:
    return X25519PublicKey.from_public_bytes(key)
