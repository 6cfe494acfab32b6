"""A person's own signature by passkey, as evidence: checked offline, with nothing but the bytes that were kept.

An authenticator signs ``authenticatorData || SHA-256(clientDataJSON)`` (Web Authentication Level 2, 6.3.3). The client
data holds a challenge, and for a signature of ours that is::

    SHA-256("daiban passkey 1\\n" || purpose || "\\n" || digest)

and nothing else, so the assertion says by itself which digest was signed, and as what. What it does not say: that the
person saw what the digest stands for. The browser shows no text of ours; the page before it does.
"""

import base64
import hashlib
import json
import re
from collections.abc import Collection
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePublicKey,
    EllipticCurvePublicNumbers,
)
from cryptography.hazmat.primitives.hashes import SHA256

from daiban_sync import keys
from daiban_sync.errors import SignatureError

EDDSA, ES256 = -8, -7
"""Algorithms by their COSE numbers (RFC 9053, 2.1 and 2.2)."""
PRESENT, VERIFIED = 0x01, 0x04
"""Flags of authenticatorData: somebody was there, and showed the authenticator who it was."""
LONGEST = 4096
"""Bytes of client data or authenticator data."""
_PURPOSE = re.compile(r"[a-z][a-z0-9._-]{0,63}\Z")
_HEAD = 37
_KEY_TYPE, _ALGORITHM, _CURVE, _X, _Y = 1, 3, -1, -2, -3


class Assertion(NamedTuple):
    """What is kept of a signature: `credential` is its passkey's id, `key` the public key as COSE (RFC 9052, 7),
    `authenticator_data`, `client_data` and `signature` as the browser gave them."""

    credential: bytes
    key: bytes
    authenticator_data: bytes
    client_data: bytes
    signature: bytes


def challenge(purpose: str, digest: bytes) -> bytes:
    """The 32 bytes to be signed for 32 bytes. `purpose` says as what, in small letters, digits and ``._-``; another
    purpose is another signature. Raises `ValueError` for what is none."""
    if not _PURPOSE.match(purpose) or len(digest) != 32:
        raise ValueError("a purpose of small letters, and 32 bytes")
    return hashlib.sha256(b"daiban passkey 1\n" + purpose.encode() + b"\n" + digest).digest()


def check(assertion: Assertion, purpose: str, digest: bytes, host: str, origins: Collection[str]) -> int:
    """Raise `SignatureError` unless the passkey's owner, known to the authenticator, signed `digest` for `purpose` on a
    page of `host`. Gives the signature counter, 0 where the authenticator has none.

    The steps (Web Authentication Level 2, 7.2), each with its code:

    1. the client data is an assertion's, over this challenge, from one of `origins`: ``passkey.client_data``;
    2. the authenticator data is for `host`: ``passkey.host``;
    3. a person was there and was verified: ``passkey.unverified``;
    4. the signature holds under the key: ``passkey.signature``.
    """
    _client_data(assertion.client_data, challenge(purpose, digest), origins)
    data = assertion.authenticator_data
    if not _HEAD <= len(data) <= LONGEST or data[:32] != hashlib.sha256(host.encode()).digest():
        raise SignatureError("passkey.host")
    if data[32] & (PRESENT | VERIFIED) != PRESENT | VERIFIED:
        raise SignatureError("passkey.unverified")
    signed = data + hashlib.sha256(assertion.client_data).digest()
    verify(assertion.key, signed, assertion.signature)
    return int.from_bytes(data[33:_HEAD], "big")


def _client_data(data: bytes, wanted: bytes, origins: Collection[str]) -> None:
    try:
        told = json.loads(data.decode()) if len(data) <= LONGEST else None
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict) or told.get("type") != "webauthn.get" or told.get("crossOrigin", False) is not False:
        raise SignatureError("passkey.client_data")
    if told.get("challenge") != base64.urlsafe_b64encode(wanted).rstrip(b"=").decode():
        raise SignatureError("passkey.client_data", "another challenge")
    if told.get("origin") not in origins:
        raise SignatureError("passkey.client_data", "another origin")


def check_key(key: bytes) -> None:
    """Raise `SignatureError("key.unusable")` unless the COSE key is one that `verify` checks signatures under."""
    _public(key)


def verify(key: bytes, message: bytes, signature: bytes) -> None:
    """Raise `SignatureError("passkey.signature")` unless `signature` is the COSE key's over `message`; with
    ``key.unusable`` for a key of another algorithm, or none."""
    public = _public(key)
    if isinstance(public, bytes):
        keys.verify(public, message, signature, "passkey.signature")
        return
    try:
        public.verify(signature, message, ECDSA(SHA256()))
    except InvalidSignature:
        raise SignatureError("passkey.signature") from None


def _public(key: bytes) -> bytes | EllipticCurvePublicKey:
    """The public key that a COSE key states: of Ed25519 its 32 bytes, of P-256 the point."""
    stated = _cose(key)
    kind, x, y = (stated.get(_ALGORITHM), stated.get(_KEY_TYPE), stated.get(_CURVE)), stated.get(_X), stated.get(_Y)
    if kind == (EDDSA, 1, 6) and isinstance(x, bytes):
        keys.check_public_key(x)
        return x
    if kind != (ES256, 2, 1):
        raise SignatureError("key.unusable", "neither ES256 nor EdDSA")
    if not isinstance(x, bytes) or not isinstance(y, bytes) or (len(x), len(y)) != (32, 32):
        raise SignatureError("key.unusable", "no point")
    try:
        return EllipticCurvePublicNumbers(int.from_bytes(x, "big"), int.from_bytes(y, "big"), SECP256R1()).public_key()
    except ValueError:
        raise SignatureError("key.unusable", "not on the curve") from None


def _cose(data: bytes) -> dict[Any, Any]:
    """The labels of a COSE key: a CBOR map of small integers to integers and byte strings, which is all that keys of
    these two kinds are made of."""
    try:
        if data[0] >> 5 != 5:
            raise SignatureError("key.unusable", "no map")
        size, at = _head(data, 0)
        found = {}
        for _ in range(size):
            label, at = _item(data, at)
            found[label], at = _item(data, at)
    except IndexError:
        raise SignatureError("key.unusable", "cut short") from None
    if at != len(data):
        raise SignatureError("key.unusable", "more behind it")
    return found


def _item(data: bytes, at: int) -> tuple[int | bytes, int]:
    kind = data[at] >> 5
    value, at = _head(data, at)
    if kind == 0:
        return value, at
    if kind == 1:
        return -1 - value, at
    if kind == 2 and at + value <= len(data):
        return data[at : at + value], at + value
    raise SignatureError("key.unusable", "not of integers and bytes")


def _head(data: bytes, at: int) -> tuple[int, int]:
    """The argument of a data item (RFC 8949, 3), of at most two bytes, and where the item goes on."""
    short = data[at] & 0x1F
    if short < 24:
        return short, at + 1
    if short == 24:
        return data[at + 1], at + 2
    if short == 25:
        return data[at + 1] << 8 | data[at + 2], at + 3
    raise SignatureError("key.unusable", "too long")
