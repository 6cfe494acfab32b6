"""The keys that a device had before the present one, as its row keeps them.

A device that takes a new key says up to which sequence it signed under the old one; so what was on its way when the key
changed still verifies, and nothing else does under a key that was given up (`daiban_sync.new_key`).
"""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec


class Former(NamedTuple):
    """A key that was given up: the last batch that it signed and the last entry, when the server heard so (Unix
    milliseconds), and the device's statement, DSSE JSON under the key that followed and this one (those of before
    evidence needed it: under the key that followed alone)."""

    last: int
    number: int
    key: bytes
    at: int
    proof: bytes


_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(tuple[Former, ...]).decode


def pack(former: Sequence[Former]) -> bytes:
    """As it stands in the device's row, oldest first."""
    return _pack(former)


def unpack(packed: bytes | None) -> tuple[Former, ...]:
    """What a device's row says; nothing where it has its first key."""
    return _unpack(packed) if packed else ()
