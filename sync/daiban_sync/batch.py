"""A batch: what one device hands to one centre, signed once.

The signed payload is the header and one salted hash per entry, all fixed-width and big-endian, so it has one
form only::

    u16 protocol | u16 flags | origin 16 | centre 16 | device 16 | u64 sequence | previous 32
    | u64 checkpoint size | checkpoint digest 32 | u64 first entry number | u32 count | count x hash 32

The entries' bytes lie beside it: one entry can be disclosed, or erased, without touching the signature.
Neither hashes nor salts travel; the receiver computes them from the entries and one 32-byte secret. `flags`
must be zero: its bits are reserved for sealed, masked and erased batches, in that order from the lowest.
"""

import hashlib
import struct
from collections.abc import Sequence
from typing import NamedTuple

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from daiban_sync import dsse, limits
from daiban_sync.errors import WireError
from daiban_sync.ids import NOBODY
from daiban_sync.keys import Signer
from daiban_sync.sealing import BATCH, Purpose
from daiban_sync.sealing import MAGIC as SEALED_MAGIC

_HEADER = struct.Struct(">HH16s16s16sQ32sQ32sQI")
_LENGTH = struct.Struct(">I")
HEADER_BYTES = _HEADER.size
SECRET_BYTES = 32
SALT_BYTES = 16
HASH_BYTES = 32
SIGNATURE_BYTES = 64
HEAD_BYTES = HEADER_BYTES + SIGNATURE_BYTES
"""With what a packed batch begins: header and signature."""
_FIXED = HEAD_BYTES + SECRET_BYTES

NO_CHECKPOINT = bytes(32)
FIRST = bytes(32)
"""`previous` of a chain's first batch."""


class Header(NamedTuple):
    """The signed header. Ids are 16 bytes; `previous` is the hash of the device's last batch for this centre;
    `checkpoint` is the digest of the newest signed checkpoint that the device had verified, of a log of
    `checkpoint_size` leaves; entries are numbered on from `first`."""

    protocol: int
    flags: int
    origin: bytes
    centre: bytes
    device: bytes
    sequence: int
    previous: bytes
    checkpoint_size: int
    checkpoint: bytes
    first: int
    entry_count: int


class Batch(NamedTuple):
    """A batch as it travels and as it is stored. `payload` is what was signed, `digest` its SHA-256."""

    header: Header
    signature: bytes
    secret: bytes
    entries: tuple[bytes, ...]
    payload: bytes
    digest: bytes


def salts(secret: bytes, count: int) -> bytes:
    """`count` salts of 16 bytes, one after the other (HKDF-SHA-256, no salt, info ``daiban salts 1``)."""
    return HKDF(SHA256(), SALT_BYTES * count, None, b"daiban salts 1").derive(secret) if count else b""


def entry_hash(salt: bytes, entry: bytes) -> bytes:
    """SHA-256 over the 16-byte salt and the entry's bytes."""
    return hashlib.sha256(salt + entry).digest()


def payload(header: Header, secret: bytes, entries: Sequence[bytes]) -> bytes:
    """The bytes that are signed."""
    salted = salts(secret, len(entries))
    sha256 = hashlib.sha256
    hashes = [sha256(salted[16 * i : 16 * i + 16] + entry).digest() for i, entry in enumerate(entries)]
    return _HEADER.pack(*header) + b"".join(hashes)


def read_payload(signed: bytes) -> tuple[Header, list[bytes]]:
    """The header and the entries' hashes of what was signed. Raises `WireError("batch.malformed")`."""
    if len(signed) < HEADER_BYTES:
        raise WireError("batch.malformed", "shorter than its header")
    header = Header(*_HEADER.unpack_from(signed))
    if len(signed) != HEADER_BYTES + HASH_BYTES * header.entry_count:
        raise WireError("batch.malformed", "not as many hashes as the header counts")
    return header, [signed[at : at + HASH_BYTES] for at in range(HEADER_BYTES, len(signed), HASH_BYTES)]


def seal(header: Header, secret: bytes, entries: Sequence[bytes], signer: Signer) -> Batch:
    """Sign a batch. `header.entry_count` must be the number of entries."""
    if header.entry_count != len(entries):
        raise ValueError("the header counts other entries")
    signed = payload(header, secret, entries)
    signature = dsse.sign(signer, dsse.BATCH, signed)
    return Batch(header, signature, secret, tuple(entries), signed, hashlib.sha256(signed).digest())


def pack(batch: Batch) -> bytes:
    """The batch as it travels: header, signature, secret, then each entry behind its u32 length."""
    parts = [_HEADER.pack(*batch.header), batch.signature, batch.secret]
    for entry in batch.entries:
        parts.append(_LENGTH.pack(len(entry)))
        parts.append(entry)
    return b"".join(parts)


def unpack(data: bytes) -> Batch:
    """Read a batch and compute its payload and digest; the signature is not checked here.

    Raises `WireError`: ``batch.malformed``, ``batch.too_large`` or ``protocol.unsupported``.
    """
    if len(data) < _FIXED:
        raise WireError("batch.malformed", "shorter than its header")
    header = Header(*_HEADER.unpack_from(data))
    if header.protocol != limits.PROTOCOL or header.flags:
        raise WireError("protocol.unsupported", f"protocol {header.protocol}, flags {header.flags}")
    beside = _FIXED + _LENGTH.size * header.entry_count
    if header.entry_count > limits.BATCH_ENTRIES or len(data) - beside > limits.BATCH_BYTES:
        raise WireError("batch.too_large")
    if not header.entry_count or header.sequence < 1 or header.first < 1:
        raise WireError("batch.malformed", "counts start at one")
    if max(header.sequence, header.first + header.entry_count, header.checkpoint_size) > limits.INTEGER:
        raise WireError("batch.malformed", "a number beyond 2**53 - 1")
    signature = data[HEADER_BYTES : HEADER_BYTES + SIGNATURE_BYTES]
    secret = data[HEADER_BYTES + SIGNATURE_BYTES : _FIXED]
    entries = _entries(data, header.entry_count)
    signed = payload(header, secret, entries)
    return Batch(header, signature, secret, entries, signed, hashlib.sha256(signed).digest())


def _entries(data: bytes, count: int) -> tuple[bytes, ...]:
    entries, at, end = [], _FIXED, len(data)
    for _ in range(count):
        if at + 4 > end:
            raise WireError("batch.malformed", "an entry is missing")
        (length,) = _LENGTH.unpack_from(data, at)
        at += 4
        if length > limits.ENTRY_BYTES:
            raise WireError("entry.too_large")
        if at + length > end:
            raise WireError("batch.malformed", "an entry is cut off")
        entries.append(data[at : at + length])
        at += length
    if at != end:
        raise WireError("batch.malformed", "bytes behind the last entry")
    return tuple(entries)


def sealed_as(origin: bytes) -> Purpose:
    """As what a device seals away a batch that has its receipt."""
    return Purpose(BATCH, origin, NOBODY)


def from_payload(signed: bytes) -> Batch:
    """What a device still knows of a batch that it sealed away: the signed payload, without the entries. Raises
    `WireError("batch.malformed")`."""
    if len(signed) < HEADER_BYTES:
        raise WireError("batch.malformed", "shorter than its header")
    header = Header(*_HEADER.unpack_from(signed))
    return Batch(header, b"", b"", (), signed, hashlib.sha256(signed).digest())


def sign_anew(head: Header, hashes: bytes, signer: Signer) -> tuple[bytes, bytes]:
    """Sign under another header what a device may no longer be able to read; `hashes` are what stands behind the
    header in the payload that was signed before, of as many entries. Gives the `HEAD_BYTES` that stand in front of the
    batch from now on, and what is signed by them."""
    signed = _HEADER.pack(*head) + hashes
    return _HEADER.pack(*head) + dsse.sign(signer, dsse.BATCH, signed), signed


def cut_sealed(sent: bytes) -> tuple[bytes, bytes]:
    """A batch that travels sealed: the header and signature that were made after it was sealed (b"": none), and the
    sealed bytes. Raises `WireError("batch.malformed")`."""
    if sent.startswith(SEALED_MAGIC):
        return b"", sent
    if not sent.startswith(SEALED_MAGIC, HEAD_BYTES):
        raise WireError("batch.malformed", "neither sealed nor signed anew")
    return sent[:HEAD_BYTES], sent[HEAD_BYTES:]


def unpack_sealed(head: bytes, opened: bytes) -> Batch:
    """A batch that was sealed: `head` as `cut_sealed` gives it, `opened` what was within. Raises as `unpack`."""
    return unpack(head + opened[len(head) :])


def check(batch: Batch, key: bytes) -> None:
    """Raise `SignatureError("batch.signature")` unless `key` signed this batch as a batch."""
    dsse.check(key, dsse.BATCH, batch.payload, batch.signature, "batch.signature")
