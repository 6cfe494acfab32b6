"""Looking at a batch before the database is touched: whose it is, who signed it, and whether it can be read."""

from typing import NamedTuple

from daiban_schemas.reading import Read, read
from daiban_schemas.strict import StrictnessError
from daiban_server.keystore import ServerKeys
from daiban_server.spine.keys import Former
from daiban_sync import batch as batches
from daiban_sync import receipt, sealing, wire
from daiban_sync.batch import Batch
from daiban_sync.clock import Interval
from daiban_sync.errors import WireError
from daiban_sync.new_key import key_at
from daiban_sync.sealing import Opening


class Sender(NamedTuple):
    """Who hands in: the device with its person, as they stood when the request was verified. A desk's entries have no
    ancestors: two clerks share its key. `former` are keys that the device had before `key`; `on_paper` says that the
    desk keys in what was written on paper."""

    device: bytes
    centre: bytes
    person: bytes
    role: str
    key: bytes
    chained: bool = True
    former: tuple[Former, ...] = ()
    on_paper: bool = False


class Opened(NamedTuple):
    """A batch whose signature held and whose entries are strict JSON, with what they say. `custody` are the bounds of
    the receipt that it had before a restore."""

    batch: Batch
    entries: tuple[Read, ...]
    custody: Interval | None = None


def unsealed(asked: wire.Request, keys: ServerKeys) -> list[Batch]:
    """A request's batches in order of sequence, those that were sealed among them. Raises `SyncError`."""
    opened = []
    for sent in asked.sealed:
        head, sealed = batches.cut_sealed(sent)
        opening = Opening([sealed])
        key = sealing.unwrap(opening.wrapped, keys.seal_key(opening.key_id), batches.sealed_as(keys.origin))
        opened.append(batches.unpack_sealed(head, b"".join(opening.content(key))))
    return sorted([*asked.batches, *opened], key=lambda one: one.header.sequence) if opened else list(asked.batches)


def open_batch(batch: Batch, sender: Sender, keys: ServerKeys, earlier: receipt.Receipt | None = None) -> Opened:
    """Check a batch before the database is touched, in this order:

    1. it is for this installation, this centre, from this device;
    2. the device's key of that time signed it;
    3. an `earlier` receipt that came along is one that this server signed for it;
    4. its entries are strict JSON of the form of entries.

    Raises `SyncError`; then nothing changes.
    """
    origin = keys.origin
    header = batch.header
    if header.origin != origin or header.centre != sender.centre:
        raise WireError("batch.elsewhere", "for another installation or centre")
    if header.device != sender.device:
        raise WireError("batch.not_yours")
    batches.check(batch, key_at(header.sequence, sender.former, sender.key))
    custody = None
    if earlier is not None:
        receipt.check(earlier, header, batch.digest, keys.receipt_key(earlier.key))
        custody = earlier.bounds
    try:
        return Opened(batch, tuple(map(read, batch.entries)), custody)
    except StrictnessError as error:
        raise WireError("entry.malformed", str(error)) from None
