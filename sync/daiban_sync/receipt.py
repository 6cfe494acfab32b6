"""Receipts: the centre has custody, and signs for it.

A receipt says that a batch of this hash stands at this index of the centre's log, and between which two
instants it was made: after the checkpoint that it names, before it was received. It says nothing about what
became of the entries; outcomes do. The signed payload is fixed-width and big-endian::

    u16 protocol | u16 flags | origin 16 | centre 16 | device 16 | u64 sequence | batch hash 32
    | u32 epoch | u64 log index | i64 not before, ms | i64 received, ms

On the wire stands only what the device does not know (`pack`); it rebuilds the rest from its own batch, so
a receipt for anything else does not verify.
"""

import struct
from typing import NamedTuple

from daiban_sync import dsse, limits
from daiban_sync.batch import Header
from daiban_sync.clock import Interval
from daiban_sync.errors import SignatureError, WireError
from daiban_sync.keys import Signer, key_id

_PAYLOAD = struct.Struct(">HH16s16s16sQ32sIQqq")
_WIRE = struct.Struct(">QIQqq8s64s")
WIRE_BYTES = _WIRE.size
_PHOTO = struct.Struct(">HH16s16s16s16s32sQq")
_PHOTO_WIRE = struct.Struct(">16s32sQq8s64s")
PHOTO_WIRE_BYTES = _PHOTO_WIRE.size


class Receipt(NamedTuple):
    """`leaf` is its place in the centre's log of `epoch`, the two bounds, and who signed; `key` is the signing key's
    id."""

    sequence: int
    leaf: int
    bounds: Interval
    key: bytes
    signature: bytes
    epoch: int = 0


class PhotoReceipt(NamedTuple):
    """Custody of a photo's bytes: `digest` is their SHA-256, `record` the photo record they belong to."""

    record: bytes
    digest: bytes
    size: int
    received: int
    key: bytes
    signature: bytes


def payload(header: Header, batch_digest: bytes, index: int, bounds: Interval, epoch: int = 0) -> bytes:
    """The bytes that a receipt signs."""
    return _PAYLOAD.pack(
        limits.PROTOCOL,
        0,
        header.origin,
        header.centre,
        header.device,
        header.sequence,
        batch_digest,
        epoch,
        index,
        *bounds,
    )


def read_payload(signed: bytes) -> tuple[int, int, Interval]:
    """Epoch, log index and bounds of what a receipt signed; compare `payload` of them with all of it. Raises
    `WireError("receipt.malformed")`."""
    if len(signed) != _PAYLOAD.size:
        raise WireError("receipt.malformed")
    *_, epoch, index, earliest, latest = _PAYLOAD.unpack(signed)
    return epoch, index, Interval(earliest, latest)


def issue(signer: Signer, header: Header, batch_digest: bytes, index: int, bounds: Interval, epoch: int = 0) -> Receipt:
    """Sign for a batch that stands at `index` of the log of `epoch`."""
    signature = dsse.sign(signer, dsse.RECEIPT, payload(header, batch_digest, index, bounds, epoch))
    return Receipt(header.sequence, index, bounds, key_id(signer.public_key), signature, epoch)


def check(receipt: Receipt, header: Header, batch_digest: bytes, key: bytes) -> None:
    """Raise `SignatureError("receipt.signature")` unless `key` signed for exactly this batch."""
    if receipt.sequence != header.sequence or receipt.key != key_id(key):
        raise SignatureError("receipt.signature", "it names another batch or key")
    signed = payload(header, batch_digest, receipt.leaf, receipt.bounds, receipt.epoch)
    dsse.check(key, dsse.RECEIPT, signed, receipt.signature, "receipt.signature")


def pack(receipt: Receipt) -> bytes:
    """108 bytes: what the device cannot know."""
    return _WIRE.pack(receipt.sequence, receipt.epoch, receipt.leaf, *receipt.bounds, receipt.key, receipt.signature)


def unpack(data: bytes) -> Receipt:
    """Raises `WireError("receipt.malformed")`."""
    if len(data) != WIRE_BYTES:
        raise WireError("receipt.malformed")
    sequence, epoch, index, earliest, latest, key, signature = _WIRE.unpack(data)
    return Receipt(sequence, index, Interval(earliest, latest), key, signature, epoch)


def photo_payload(origin: bytes, centre: bytes, device: bytes, receipt: PhotoReceipt) -> bytes:
    """The bytes that a photo's receipt signs."""
    return _PHOTO.pack(
        limits.PROTOCOL,
        0,
        origin,
        centre,
        device,
        receipt.record,
        receipt.digest,
        receipt.size,
        receipt.received,
    )


def read_photo_payload(signed: bytes) -> tuple[bytes, PhotoReceipt]:
    """The device and what is said of its photo, without key and signature; compare `photo_payload` of them with all of
    it. Raises `WireError("receipt.malformed")`."""
    if len(signed) != _PHOTO.size:
        raise WireError("receipt.malformed")
    _, _, _, _, device, record, digest, size, received = _PHOTO.unpack(signed)
    return device, PhotoReceipt(record, digest, size, received, b"", b"")


def issue_photo(
    signer: Signer,
    origin: bytes,
    centre: bytes,
    device: bytes,
    record: bytes,
    digest: bytes,
    size: int,
    now: int,
) -> PhotoReceipt:
    """Sign for a photo whose bytes are stored and whose hash was verified, at `now` in Unix milliseconds."""
    unsigned = PhotoReceipt(record, digest, size, now, key_id(signer.public_key), b"")
    signature = dsse.sign(signer, dsse.PHOTO_RECEIPT, photo_payload(origin, centre, device, unsigned))
    return unsigned._replace(signature=signature)


def check_photo(receipt: PhotoReceipt, origin: bytes, centre: bytes, device: bytes, key: bytes) -> None:
    """Raise `SignatureError("receipt.signature")` unless `key` signed for this photo of this device."""
    if receipt.key != key_id(key):
        raise SignatureError("receipt.signature", "it names another key")
    signed = photo_payload(origin, centre, device, receipt)
    dsse.check(key, dsse.PHOTO_RECEIPT, signed, receipt.signature, "receipt.signature")


def pack_photo(receipt: PhotoReceipt) -> bytes:
    """136 bytes, as they travel and are stored."""
    return _PHOTO_WIRE.pack(*receipt)


def unpack_photo(data: bytes) -> PhotoReceipt:
    """Raises `WireError("receipt.malformed")`."""
    if len(data) != PHOTO_WIRE_BYTES:
        raise WireError("receipt.malformed")
    return PhotoReceipt(*_PHOTO_WIRE.unpack(data))
