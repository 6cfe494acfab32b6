"""The steps of what was handed in: signatures of batches and spooled saves, the case's entries, receipts, the log."""

import hashlib
from collections.abc import Iterable, Sequence

from daiban_schemas import strict
from daiban_schemas.entry import decode, values_of
from daiban_schemas.strict import StrictnessError
from daiban_sync import batch, dsse, limits, merkle, new_key, note, receipt, spooled
from daiban_sync.batch import Header
from daiban_sync.clock import Interval
from daiban_sync.errors import ProofError, SignatureError, WireError
from daiban_sync.evidence.document import Batch, Disclosed, Envelope, octets
from daiban_sync.evidence.trust import checkpoint, receipt_key
from daiban_sync.evidence.verdict import Found, Kept, Signed, Told
from daiban_sync.spooled import Stated

_BATCHES, _ENTRIES, _RECEIPTS = (f"evidence.{name}" for name in ("batches", "entries", "receipts"))
_LINKS = ("application", "parent")
"""Fields by which a record says that it belongs to a case, or to a record that does."""


def batches(found: Found) -> None:
    """Each batch was signed by its device, for this centre; those of one device are in the order of their chain. Each
    save that came out of a spool was signed by its device, in the order of numbers."""
    last: dict[bytes, Signed] = {}
    for i, one in enumerate(found.document.batches):
        found.at = f"batches/{i}/envelope"
        signed = batch_of(found, one.envelope, _BATCHES)
        header = signed.header
        if (before := last.get(header.device)) is not None:
            _check_chain(before, header)
        last[header.device] = signed
        found.batches.append(signed)
    for i, save in enumerate(found.document.spooled):
        found.at = f"spooled/{i}/envelope"
        _spooled(found, save.envelope)


def batch_of(found: Found, envelope: Envelope, code: str) -> Signed:
    """A batch for this centre, which its device signed under the key that it had then."""
    header, hashes = batch.read_payload(envelope.payload)
    keys = found.devices.get(header.device)
    if keys is None:
        raise SignatureError(code, "of a device that is not here")
    key = new_key.key_at(header.sequence, keys.former, keys.present)
    if keys.desk:
        key = keys.desk.get(octets(envelope.signatures[0].keyid, 8, code), key)
    payload = envelope.opened(dsse.BATCH, key, code)
    if (header.protocol, header.flags) != (limits.PROTOCOL, 0):
        raise WireError(code, "another version")
    if (header.origin, header.centre) != (found.ids.origin, found.ids.centre):
        raise WireError(code, "for another centre")
    return Signed(header, hashes, hashlib.sha256(payload).digest(), payload)


def save_of(found: Found, envelope: Envelope, code: str) -> Stated:
    """A save for this centre, which its phone signed singly under the key that it had then."""
    said = spooled.read_payload(envelope.payload)
    keys = found.devices.get(said.device)
    if keys is None or keys.desk:
        raise SignatureError(code, "of a phone that is not here")
    envelope.opened(dsse.SPOOLED, new_key.key_of(said.number, keys.former, keys.present), code)
    if (said.origin, said.centre) != (found.ids.origin, found.ids.centre):
        raise WireError(code, "for another centre")
    return said


def _spooled(found: Found, envelope: Envelope) -> None:
    said = save_of(found, envelope, _BATCHES)
    if found.spooled and (said.device, said.number) <= (found.spooled[-1].device, found.spooled[-1].number):
        raise WireError(_BATCHES, "out of order")
    found.spooled.append(said)
    found.notes.add("spooled")


def _check_chain(before: Signed, header: Header) -> None:
    if header.sequence <= before.header.sequence or header.first < before.header.first + before.header.entry_count:
        raise WireError(_BATCHES, "out of the chain's order")
    if header.sequence == before.header.sequence + 1 and header.previous != before.digest:
        raise WireError(_BATCHES, "not the batch that follows")


def entries(found: Found) -> None:
    """Each disclosed entry is the one whose hash was signed at its place, stands once, and belongs to the case."""
    for i, (one, signed) in enumerate(zip(found.document.batches, found.batches, strict=True)):
        after = -1
        for k, disclosed in enumerate(one.entries):
            found.at = f"batches/{i}/entries/{k}"
            if not after < disclosed.index < len(signed.hashes):
                raise WireError(_ENTRIES, "out of order, or no such entry")
            after = disclosed.index
            body = disclosed_body(signed, disclosed, _ENTRIES)
            found.entries.append(told(signed.header.device, signed.header.first + disclosed.index, body))
        if after < 0:
            raise WireError(_ENTRIES, "a batch without an entry of the case")
    _spooled_entries(found)
    found.at = "batches"
    of_case = linked(found.ids.case, found.entries)
    if any(one.entry.record not in of_case for one in found.entries):
        raise WireError(_ENTRIES, "an entry of another case")


def disclosed_body(signed: Signed, disclosed: Disclosed, code: str) -> bytes:
    """The bytes of an entry, which are those that were signed at its place."""
    body = disclosed.entry.encode()
    if len(disclosed.salt) != batch.SALT_BYTES:
        raise WireError(code, "a salt has 16 bytes")
    if not 0 <= disclosed.index < len(signed.hashes):
        raise WireError(code, "no such entry")
    if batch.entry_hash(disclosed.salt, body) != signed.hashes[disclosed.index]:
        raise SignatureError(code, "not the entry that was signed")
    return body


def _spooled_entries(found: Found) -> None:
    batched = {(one.device, one.number) for one in found.entries}
    for i, (one, said) in enumerate(zip(found.document.spooled, found.spooled, strict=True)):
        found.at = f"spooled/{i}/entry"
        body = one.entry.encode()
        if hashlib.sha256(body).digest() != said.digest:
            raise SignatureError(_ENTRIES, "not the entry that was signed")
        if (said.device, said.number) in batched:
            raise WireError(_ENTRIES, "an entry that stands in a batch too")
        found.entries.append(told(said.device, said.number, body))


def told(device: bytes, number: int, body: bytes) -> Told:
    """What an entry says. Raises `WireError("evidence.entries")` for what is no entry."""
    try:
        strict.check_bytes(body)
        entry = decode(body)
        return Told(device, number, body, entry, values_of(entry))
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
    """Each batch stands in the log where its receipt says, and each save of a spool where the file says."""
    for i, (one, signed, kept) in enumerate(zip(found.document.batches, found.batches, found.kept, strict=True)):
        found.at = f"batches/{i}/path"
        _stands(found, kept.epoch, kept.leaf, signed.payload, one.path)
    for i, save in enumerate(found.document.spooled):
        found.at = f"spooled/{i}/path"
        _stands(found, save.epoch, save.leaf, save.envelope.payload, save.path)


def _stands(found: Found, epoch: int, leaf: int, payload: bytes, path: Sequence[bytes]) -> None:
    ends = found.logs.get(epoch)
    if ends is None:
        raise ProofError("evidence.inclusion", "its log is not here")
    if leaf < 0:
        raise ProofError("evidence.inclusion", "no such leaf")
    merkle.check_inclusion(leaf, ends.size, merkle.leaf_hash(payload), path, ends.root)
