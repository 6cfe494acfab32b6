"""One save by itself, as the spool keeps it: an entry that its device signed singly, with its final number.

::

    "daiban spool 1\\n" 15 | origin 16 | centre 16 | device 16 | u64 number | SHA-256 of the entry 32
    | signature 64 | entry

The device's key signs everything before the signature, as DSSE of type `dsse.SPOOLED`. A spool file is a sequence of
``u32 length | sealed``, each sealed to the centre (`sealing`, as an entry). The last may be cut off: the phone died.
Where `HELD` stands in place of a length the file ends: what follows was never saved, or is the phone's own.
"""

import hashlib
import struct
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from daiban_sync import dsse, limits
from daiban_sync.errors import WireError
from daiban_sync.ids import NOBODY
from daiban_sync.keys import Signer
from daiban_sync.sealing import ENTRY, HEADER_BYTES, Purpose

MAGIC = b"daiban spool 1\n"
HELD = b"\xff\xff\xff\xff"
_STATED = struct.Struct(">15s16s16s16sQ32s")
_LENGTH = struct.Struct(">I")
_SIGNATURE = 64


class Spooled(NamedTuple):
    """An entry with its number; ids of 16 bytes."""

    origin: bytes
    centre: bytes
    device: bytes
    number: int
    entry: bytes

    @property
    def payload(self) -> bytes:
        """What is signed."""
        digest = hashlib.sha256(self.entry).digest()
        return _STATED.pack(MAGIC, self.origin, self.centre, self.device, self.number, digest)


class Stated(NamedTuple):
    """What is signed of an entry: whose, which, and the SHA-256 of its bytes."""

    origin: bytes
    centre: bytes
    device: bytes
    number: int
    digest: bytes


class Signed(NamedTuple):
    """A save as it was opened; its signature is yet to be checked."""

    spooled: Spooled
    signature: bytes


def purpose(origin: bytes) -> Purpose:
    """As what a save is sealed: to the installation, since whoever takes it in learns the centre from within."""
    return Purpose(ENTRY, origin, NOBODY)


def seal_one(one: Spooled, signer: Signer) -> bytes:
    """Sign one save."""
    return one.payload + dsse.sign(signer, dsse.SPOOLED, one.payload) + one.entry


def read_payload(payload: bytes) -> Stated:
    """What is signed, by itself. Raises `WireError("spool.malformed")`."""
    if len(payload) != _STATED.size or not payload.startswith(MAGIC):
        raise WireError("spool.malformed", "not a save")
    return Stated(*_STATED.unpack(payload)[1:])


def pack(one: Signed) -> bytes:
    """A save as it was signed, the same bytes that `open_one` read."""
    return one.spooled.payload + one.signature + one.spooled.entry


def join(saves: Iterable[bytes]) -> bytes:
    """Saves, sealed or opened, as `split` takes them apart."""
    return b"".join(_LENGTH.pack(len(one)) + one for one in saves)


def open_one(data: bytes) -> Signed:
    """Read one save. Raises `WireError("spool.malformed")`."""
    try:
        magic, origin, centre, device, number, digest = _STATED.unpack_from(data)
    except struct.error:
        raise WireError("spool.malformed", "cut off") from None
    entry = data[_STATED.size + _SIGNATURE :]
    fits = magic == MAGIC and 0 < number <= limits.INTEGER and 0 < len(entry) <= limits.ENTRY_BYTES
    if not fits or hashlib.sha256(entry).digest() != digest:
        raise WireError("spool.malformed", "not a save")
    signature = data[_STATED.size : _STATED.size + _SIGNATURE]
    return Signed(Spooled(origin, centre, device, number, entry), signature)


def check(one: Signed, key: bytes) -> None:
    """Raise `SignatureError("spool.signature")` unless the device's `key` signed it."""
    dsse.check(key, dsse.SPOOLED, one.spooled.payload, one.signature, "spool.signature")


def split(data: bytes) -> Iterator[bytes]:
    """The saves of a spool file, as they lie in it; one that is cut off at the end, or held, is left out. Raises
    `WireError("spool.malformed")`."""
    at, largest = 0, limits.ENTRY_BYTES + 2 * HEADER_BYTES + 4096
    while at + _LENGTH.size <= len(data) and not data.startswith(HELD, at):
        (length,) = _LENGTH.unpack_from(data, at)
        if not HEADER_BYTES < length <= largest:
            raise WireError("spool.malformed", "not a spool")
        if at + _LENGTH.size + length > len(data):
            return
        yield data[at + _LENGTH.size : at + _LENGTH.size + length]
        at += _LENGTH.size + length
