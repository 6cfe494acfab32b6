"""What a server says about its backups: how far they reach, and that it was restored from one.

Both statements are fixed-width and big-endian, and signed as DSSE. The *horizon*, under a receipt key, says that a
backup holds every batch of the log below `log_size` and every photo received up to `photos_until`; a device may
forget what lies under it, and nothing else::

    u16 protocol | u16 flags | origin 16 | centre 16 | u32 epoch | u64 log size | i64 photos until, ms | i64 at, ms

The *restore*, under the root key, says that the server goes on from a backup in a new epoch. The log begins anew, with
this statement as its first leaf, which thereby commits to the end of the old one::

    u16 protocol | u16 flags | origin 16 | centre 16 | u32 epoch | u64 forked at | u64 log size | log root 32
    | i64 photos until, ms | i64 at, ms

A device hands in again every batch that lies at or beyond the fork, with its old receipt, whose bounds are honoured.
"""

import struct
from typing import NamedTuple

from daiban_sync import dsse, limits
from daiban_sync.epochs import epoch_of
from daiban_sync.errors import SignatureError, WireError
from daiban_sync.keys import Signer, key_id
from daiban_sync.receipt import PhotoReceipt, Receipt

_HEAD = struct.Struct(">HH16s16s")
_HORIZON = struct.Struct(">IQqq")
_RESTORED = struct.Struct(">IQQ32sqq")
_SIGNATURE_BYTES = 64
_KEY_BYTES = 8


class Horizon(NamedTuple):
    """How far the centre's backups reach, as known at `at` (Unix milliseconds); `key` is the signing key's id."""

    epoch: int
    log_size: int
    photos_until: int
    at: int
    key: bytes = b""
    signature: bytes = b""

    def covers(self, receipt: Receipt) -> bool:
        """Whether a backup has the batch of this receipt."""
        return (receipt.epoch, receipt.leaf) < (self.epoch, self.log_size)

    def covers_photo(self, receipt: PhotoReceipt) -> bool:
        """Whether a backup has the photo of this receipt."""
        return receipt.received <= self.photos_until


class Restored(NamedTuple):
    """The server went on from a backup in `epoch`. The backup ended at position `forked_at`, with a log of `log_size`
    leaves and `log_root`, and held the photos received up to `photos_until`."""

    epoch: int
    forked_at: int
    log_size: int
    log_root: bytes
    photos_until: int
    at: int
    signature: bytes = b""

    def forgot(self, receipt: Receipt) -> bool:
        """Whether the restored server no longer has the batch of this receipt."""
        since = (epoch_of(self.forked_at), self.log_size)
        return receipt.epoch < self.epoch and (receipt.epoch, receipt.leaf) >= since

    def forgot_photo(self, receipt: PhotoReceipt) -> bool:
        """Whether the restored server may no longer have the photo of this receipt."""
        return self.photos_until < receipt.received <= self.at


def horizon_payload(origin: bytes, centre: bytes, horizon: Horizon) -> bytes:
    """The bytes that a horizon signs."""
    return _HEAD.pack(limits.PROTOCOL, 0, origin, centre) + _HORIZON.pack(*horizon[:4])


def issue_horizon(signer: Signer, origin: bytes, centre: bytes, horizon: Horizon) -> Horizon:
    """Sign a horizon with a receipt key."""
    signature = dsse.sign(signer, dsse.HORIZON, horizon_payload(origin, centre, horizon))
    return horizon._replace(key=key_id(signer.public_key), signature=signature)


def check_horizon(horizon: Horizon, origin: bytes, centre: bytes, key: bytes) -> None:
    """Raise `SignatureError("horizon.signature")` unless `key` signed it for this centre."""
    if horizon.key != key_id(key):
        raise SignatureError("horizon.signature", "it names another key")
    dsse.check(key, dsse.HORIZON, horizon_payload(origin, centre, horizon), horizon.signature, "horizon.signature")


def pack_horizon(horizon: Horizon) -> bytes:
    """100 bytes, as it travels."""
    return _HORIZON.pack(*horizon[:4]) + horizon.key + horizon.signature


def unpack_horizon(data: bytes) -> Horizon:
    """Raises `WireError("horizon.malformed")`."""
    if len(data) != _HORIZON.size + _KEY_BYTES + _SIGNATURE_BYTES:
        raise WireError("horizon.malformed")
    end = _HORIZON.size + _KEY_BYTES
    return Horizon(*_HORIZON.unpack_from(data))._replace(key=data[_HORIZON.size : end], signature=data[end:])


def payload(origin: bytes, centre: bytes, restored: Restored) -> bytes:
    """The bytes that a restore signs, and the first leaf of the new log."""
    return _HEAD.pack(limits.PROTOCOL, 0, origin, centre) + _RESTORED.pack(*restored[:6])


def read_payload(signed: bytes) -> Restored:
    """What a restore signed, without the signature; compare `payload` of it with all of it. Raises
    `WireError("restored.malformed")`."""
    if len(signed) != _HEAD.size + _RESTORED.size:
        raise WireError("restored.malformed")
    return Restored(*_RESTORED.unpack_from(signed, _HEAD.size))


def issue(root: Signer, origin: bytes, centre: bytes, restored: Restored) -> Restored:
    """Sign a restore with the root key."""
    return restored._replace(signature=dsse.sign(root, dsse.RESTORED, payload(origin, centre, restored)))


def check(restored: Restored, origin: bytes, centre: bytes, root_key: bytes) -> None:
    """Raise `SignatureError("restored.signature")` unless the root key signed it for this centre."""
    dsse.check(root_key, dsse.RESTORED, payload(origin, centre, restored), restored.signature, "restored.signature")


def pack(restored: Restored) -> bytes:
    """132 bytes, as it travels and is stored."""
    return _RESTORED.pack(*restored[:6]) + restored.signature


def unpack(data: bytes) -> Restored:
    """Raises `WireError("restored.malformed")`."""
    if len(data) != _RESTORED.size + _SIGNATURE_BYTES:
        raise WireError("restored.malformed")
    return Restored(*_RESTORED.unpack_from(data))._replace(signature=data[_RESTORED.size :])
