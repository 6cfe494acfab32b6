"""The steps of what was handed in: signatures of batches, the case's entries, receipts, the log, photos."""

import hashlib
from collections.abc import Iterable

from daiban_schemas import strict
from daiban_schemas.entry import decode, values_of
from daiban_schemas.strict import StrictnessError
from daiban_sync import batch, dsse, limits, merkle, note, receipt
from daiban_sync.batch import Header
from daiban_sync.clock import Interval
from daiban_sync.errors import ProofError, SignatureError, WireError
from daiban_sync.evidence.document import Batch, Disclosed
from daiban_sync.evidence.trust import checkpoint, receipt_key
from daiban_sync.evidence.verdict import Found, Kept, Signed, Told

_BATCHES, _ENTRIES, _RECEIPTS, _PHOTOS = (f"evidence.{name}" for name in ("batches", "entries", "receipts", "photos"))
_LINKS = ("application", "parent")
"""Fields by which a record says that it belongs to a case, or to a record that does."""


def batches(found: Found) -> None:
    """Each batch was signed by its device, for this centre; those of one device are in the order of their chain."""
    last: dict[bytes, Signed] = {}
    for i, one in enumerate(found.document.batches):
        found.at = f"batches/{i}/envelope"
        header, hashes = batch.read_payload(one.envelope.payload)
        key = found.devices.get(header.device)
        if key is None:
            raise SignatureError(_BATCHES, "of a device that is not here")
        payload = one.envelope.opened(dsse.BATCH, key, _BATCHES)
        if (header.protocol, header.flags) != (limits.PROTOCOL, 0):
            raise WireError(_BATCHES, "another version")
        if (header.origin, header.centre) != (found.ids.origin, found.ids.centre):
            raise WireError(_BATCHES, "for another centre")
        signed = Signed(header, hashes, hashlib.sha256(payload).digest(), payload)
        if (before := last.get(header.device)) is not None:
            _check_chain(before, header)
        last[header.device] = signed
        found.batches.append(signed)


def _check_chain(before: Signed, header: Header) -> None:
    if header.sequence <= before.header.sequence or header.first < before.header.first + before.header.entry_count:
        raise WireError(_BATCHES, "out of the chain's order")
    if header.sequence == before.header.sequence + 1 and header.previous != before.digest:
        raise WireError(_BATCHES, "not the batch that follows")


def entries(found: Found) -> None:
    """Each disclosed entry is the one whose hash was signed at its place, and belongs to the case."""
    for i, (one, signed) in enumerate(zip(found.document.batches, found.batches, strict=True)):
        after = -1
        for k, disclosed in enumerate(one.entries):
            found.at = f"batches/{i}/entries/{k}"
            if not after < disclosed.index < len(signed.hashes):
                raise WireError(_ENTRIES, "out of order, or no such entry")
            after = disclosed.index
            _check_entry(found, signed, disclosed)
        if after < 0:
            raise WireError(_ENTRIES, "a batch without an entry of the case")
    found.at = "batches"
    of_case = linked(found.ids.case, found.entries)
    if any(one.entry.record not in of_case for one in found.entries):
        raise WireError(_ENTRIES, "an entry of another case")


def _check_entry(found: Found, signed: Signed, disclosed: Disclosed) -> None:
    body = disclosed.entry.encode()
    if len(disclosed.salt) != batch.SALT_BYTES:
        raise WireError(_ENTRIES, "a salt has 16 bytes")
    if batch.entry_hash(disclosed.salt, body) != signed.hashes[disclosed.index]:
        raise SignatureError(_ENTRIES, "not the entry that was signed")
    found.entries.append(told(signed.header.device, signed.header.first + disclosed.index, body))


def told(device: bytes, number: int, body: bytes) -> Told:
    """What an entry says. Raises `WireError("evidence.entries")` for what is no entry."""
    try:
        strict.check_bytes(body)
        entry = decode(body)
        return Told(device, number, entry, values_of(entry))
    except StrictnessError:
        raise WireError(_ENTRIES, "not an entry") from None


def linked(case: bytes, entries: Iterable[Told]) -> set[str]:
    """The records that belong to a case by what entries say: itself, what names it, and what names those."""
    changes = [(one.entry.record, {str(one.fields.get(name)) for name in _LINKS}) for one in entries]
    members = {case.hex()}
    while more := {record for record, links in changes if record not in members and not members.isdisjoint(links)}:
        members |= more
    return members


def receipts(found: Found) -> None:
    """The centre signed for exactly each batch; the bounds are those of the checkpoint that it names and of its
    receipt."""
    for i, (one, signed) in enumerate(zip(found.document.batches, found.batches, strict=True)):
        found.at = f"batches/{i}/receipt"
        payload = one.receipt.opened(dsse.RECEIPT, receipt_key(found, one.receipt, _RECEIPTS), _RECEIPTS)
        epoch, leaf, bounds = receipt.read_payload(payload)
        if receipt.payload(signed.header, signed.digest, leaf, bounds, epoch) != payload:
            raise SignatureError(_RECEIPTS, "a receipt for another batch")
        found.at = f"batches/{i}/named"
        _check_bounds(found, one, signed.header, bounds)
        found.kept.append(Kept(epoch, leaf, bounds))


def _check_bounds(found: Found, one: Batch, header: Header, bounds: Interval) -> None:
    if bounds.earliest > bounds.latest:
        raise WireError(_RECEIPTS, "the bounds are the wrong way round")
    if one.named is None:
        found.notes.add("no_lower_bound" if header.checkpoint == batch.NO_CHECKPOINT else "named_elsewhere")
        return
    if hashlib.sha256(one.named.encode()).digest() != header.checkpoint:
        raise SignatureError(_RECEIPTS, "not the checkpoint that the batch names")
    named = checkpoint(found, one.named, _epoch(found, one.named))
    if named.size != header.checkpoint_size or bounds.earliest != min(named.time, bounds.latest):
        raise WireError(_RECEIPTS, "the lower bound is not the checkpoint's time")


def _epoch(found: Found, text: str) -> int:
    """The epoch of the log that a checkpoint is of, as its first line says."""
    tail = text.partition("\n")[0].removeprefix(note.name(found.ids.origin, found.ids.centre))
    return int(tail[1:]) if tail[1:].isascii() and tail[1:].isdigit() and len(tail) < 17 else 0


def inclusion(found: Found) -> None:
    """Each batch stands in the log where its receipt says."""
    for i, (one, signed, kept) in enumerate(zip(found.document.batches, found.batches, found.kept, strict=True)):
        found.at = f"batches/{i}/path"
        ends = found.logs.get(kept.epoch)
        if ends is None:
            raise ProofError("evidence.inclusion", "its log is not here")
        merkle.check_inclusion(kept.leaf, ends.size, merkle.leaf_hash(signed.payload), one.path, ends.root)


def photos(found: Found) -> None:
    """The centre signed for each photo by the hash that the case's entries name, and embedded bytes have that hash."""
    named = {
        (one.entry.record, str(one.fields["sha256"]))
        for one in found.entries
        if one.entry.kind == "photo" and one.fields.get("sha256")
    }
    got = set()
    for i, one in enumerate(found.document.photos):
        found.at = f"photos/{i}"
        payload = one.receipt.opened(dsse.PHOTO_RECEIPT, receipt_key(found, one.receipt, _PHOTOS), _PHOTOS)
        device, about = receipt.read_photo_payload(payload)
        if receipt.photo_payload(found.ids.origin, found.ids.centre, device, about) != payload:
            raise SignatureError(_PHOTOS, "a receipt for something else")
        if (about.record.hex(), about.digest.hex()) not in named:
            raise WireError(_PHOTOS, "a photo that no entry names")
        got.add((about.record.hex(), about.digest.hex()))
        if one.content is None:
            found.notes.add("photos_beside")
        elif (hashlib.sha256(one.content).digest(), len(one.content)) != (about.digest, about.size):
            raise SignatureError(_PHOTOS, "not the photo's bytes")
    if named - got:
        found.notes.add("photo_missing")
