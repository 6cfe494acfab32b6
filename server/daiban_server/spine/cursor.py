"""The cursor: how far a device has pulled, opaque to it, and of no use to another device."""

import base64
import hmac
from typing import NamedTuple

from daiban_sync.errors import WireError

_VERSION = 1
_MAC = 16


class Cursor(NamedTuple):
    """How far a device has pulled: positions in its centre's feed and in the district's; `scope` is the last change
    of its person's places that it followed, `within` how far it is in following the next."""

    centre: int = 0
    district: int = 0
    scope: int = 0
    within: int = 0


def pack_cursor(cursor: Cursor, device: bytes, secret: bytes) -> str:
    """The cursor as the device gets it: opaque, and of no use to another device."""
    body = bytes((_VERSION,)) + b"".join(map(_short, cursor))
    return base64.urlsafe_b64encode(body + hmac.digest(secret, body + device, "sha256")[:_MAC]).decode()


def unpack_cursor(text: str, device: bytes, secret: bytes) -> Cursor:
    """Raises `WireError("cursor.invalid")`."""
    if not text:
        return Cursor()
    try:
        raw = base64.b64decode(text, altchars=b"-_", validate=True)
    except ValueError:
        raise WireError("cursor.invalid") from None
    body, mac = raw[:-_MAC], raw[-_MAC:]
    if not hmac.compare_digest(mac, hmac.digest(secret, body + device, "sha256")[:_MAC]) or body[0] != _VERSION:
        raise WireError("cursor.invalid")
    return Cursor(*_positions(body[1:]))


def _short(position: int) -> bytes:
    """A position in as many bytes as it needs, behind their number: a cursor travels in every request and answer."""
    packed = position.to_bytes((position.bit_length() + 7) // 8, "big")
    return bytes((len(packed),)) + packed


def _positions(body: bytes) -> list[int]:
    found, at = [], 0
    while at < len(body):
        end = at + 1 + body[at]
        found.append(int.from_bytes(body[at + 1 : end], "big"))
        at = end
    return found
