"""An upload ticket: the right to bring one photo's bytes, for a short while, to whoever holds it.

The ticket is the tus URL's last part, so a public tus client needs no login of its own. It is stateless:
base64url of a fixed-width, big-endian body and a MAC over it::

    u8 version | centre 16 | record 16 | device 16 | SHA-256 32 | u64 size | i64 expires, ms | MAC 20

The MAC is HMAC-SHA256 cut to 160 bits. 117 bytes fill 156 characters without padding or spare bits, so each
ticket has one spelling only. What the upload is called inside is (centre, record, digest): a newer ticket
for the same three goes on with the same partial upload.
"""

import base64
import binascii
import hmac
import re
import struct
from typing import NamedTuple

from .problems import PhotoError

MAX_BYTES = 50_000_000
"""Largest photo that a ticket may be issued for; the photo record's `size` has the same cap."""

SECRET_BYTES = 32
"""Shortest secret."""

_VERSION = 1
_BODY = struct.Struct(">B16s16s16s32sQq")
_MAC_BYTES = 20
_TICKET = re.compile(r"[A-Za-z0-9_-]{156}\Z")
_DOMAIN = b"daiban photo upload ticket\0"


class Grant(NamedTuple):
    """Who may bring which bytes: ids of 16 bytes, SHA-256 of 32, size in bytes, expiry in Unix milliseconds."""

    centre: bytes
    record: bytes
    device: bytes
    digest: bytes
    size: int
    expires: int


def issue(secret: bytes, grant: Grant) -> str:
    """The ticket for `grant`: 156 URL-safe characters. A photo has 1 to `MAX_BYTES` bytes, or ValueError."""
    if len(secret) < SECRET_BYTES:
        raise ValueError(f"a ticket secret has at least {SECRET_BYTES} bytes")
    if not 0 < grant.size <= MAX_BYTES:
        raise ValueError(f"a photo has 1 to {MAX_BYTES} bytes")
    widths = [len(part) for part in grant[:4]]
    if widths != [16, 16, 16, 32]:
        raise ValueError(f"ids have 16 bytes and a digest 32, not {widths}")
    body = _BODY.pack(_VERSION, *grant)
    return base64.urlsafe_b64encode(body + _mac(secret, body)).decode()


def open(secret: bytes, ticket: str, now: int) -> Grant:
    """What `ticket` allows at `now`, in Unix milliseconds.

    Raises `PhotoError("ticket.invalid")` for anything that this secret did not issue, and
    `PhotoError("ticket.expired")` from the instant of expiry on.
    """
    if not _TICKET.match(ticket):
        raise PhotoError("ticket.invalid", "not of the form")
    try:
        packed = base64.urlsafe_b64decode(ticket)
    except binascii.Error:
        raise PhotoError("ticket.invalid", "not base64url") from None
    body, mac = packed[:-_MAC_BYTES], packed[-_MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(secret, body)):
        raise PhotoError("ticket.invalid", "not issued here")
    version, *fields = _BODY.unpack(body)
    if version != _VERSION:
        raise PhotoError("ticket.invalid", f"version {version}")
    grant = Grant(*fields)
    if now >= grant.expires:
        raise PhotoError("ticket.expired")
    return grant


def _mac(secret: bytes, body: bytes) -> bytes:
    return hmac.digest(secret, _DOMAIN + body, "sha256")[:_MAC_BYTES]
