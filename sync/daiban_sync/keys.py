"""Ed25519 keys: which may be used, how they are named, and the small protocol that signs.

A phone's keystore may hold the private key, so everything that signs takes a `Signer`.
"""

import hashlib
from functools import lru_cache
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from daiban_sync.errors import SignatureError

ALGORITHM = "ed25519"
KEY_ID_BYTES = 8

_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P
# y coordinates of the eight points of small order (order 1, 2, 4 and twice 8): a signature under such a key
# verifies for messages that nobody signed, and the library does not refuse them.
_SMALL_ORDER = frozenset(
    {
        0,
        1,
        _P - 1,
        int.from_bytes(bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"),
        int.from_bytes(bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"), "little"),
    }
)


class Signer(Protocol):
    """Something that holds a private key."""

    @property
    def public_key(self) -> bytes:
        """The 32 bytes of the public key."""
        ...

    def sign(self, message: bytes) -> bytes:
        """The 64 bytes of the Ed25519 signature over `message`."""
        ...


class SoftwareKey:
    """A `Signer` whose 32-byte seed lives in this process."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self._public = self._key.public_key().public_bytes_raw()

    @property
    def public_key(self) -> bytes:
        return self._public

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


def check_public_key(key: bytes) -> None:
    """Refuse what is no canonical point of the curve, or one of small order.

    Raises `SignatureError` with code ``key.unusable``.
    """
    if len(key) != 32:
        raise SignatureError("key.unusable", "an Ed25519 key has 32 bytes")
    number = int.from_bytes(key, "little")
    y = number & (2**255 - 1)
    if y >= _P:
        raise SignatureError("key.unusable", "not canonical")
    if y in _SMALL_ORDER:
        raise SignatureError("key.unusable", "small order")
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    if pow(square, (_P - 1) // 2, _P) != 1:
        raise SignatureError("key.unusable", "not on the curve")


@lru_cache(maxsize=4096)
def _verifier(key: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(key)


def verify(key: bytes, message: bytes, signature: bytes, code: str = "signature.invalid") -> None:
    """Raise `SignatureError(code)` unless `signature` is `key`'s over `message`."""
    try:
        _verifier(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise SignatureError(code) from None


def desk_device(origin: bytes, centre: bytes) -> bytes:
    """The id of a centre's desk as a device."""
    return hashlib.sha256(b"daiban desk 1\n" + origin + centre).digest()[:16]


def key_id(key: bytes) -> bytes:
    """The name of a public key: the first eight bytes of its SHA-256."""
    return hashlib.sha256(key).digest()[:KEY_ID_BYTES]


def fingerprint(key: bytes) -> str:
    """What two people compare aloud before a device is approved: six groups of four digits.

    80 bits of the key's SHA-256 would be 24 digits; read as one decimal number they are easier over a
    telephone, in any dialect, than letters.
    """
    number = int.from_bytes(hashlib.sha256(b"daiban fingerprint 1\n" + key).digest()[:10], "big")
    digits = f"{number % 10**24:024d}"
    return " ".join(digits[i : i + 4] for i in range(0, 24, 4))
