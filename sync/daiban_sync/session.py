"""Both ends of a round trip, driven by whoever owns the connection.

The device's end verifies; nothing of an answer is believed before these steps, in this order:

1. a newer keyring is signed by the root key pinned at enrolment, and is not older than the one held;
2. restores are signed by the root key and in order, and the newest one's epoch is later than the device's; the log
   then begins anew, with the newest restore as its first leaf;
3. each receipt is for a batch that was sent, and a receipt key of the keyring signed it; so is the backup horizon;
4. the checkpoint is signed by such a key, for this centre's log of this epoch;
5. each receipt of this epoch has a leaf of its own, which the checkpoint covers, and the frontier, extended by the
   proof and by the device's own leaves, has the signed root.

A failure in 1 to 4 refuses the answer; a failure in 5 means that the log contradicts itself, which is an
alarm (`ProofError`), not something to retry.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from daiban_sync import keyring as keyrings
from daiban_sync import limits, merkle, note, receipt, restored, wire
from daiban_sync.batch import Batch
from daiban_sync.errors import ProofError, SignatureError, WireError
from daiban_sync.keyring import Keyring
from daiban_sync.merkle import Frontier
from daiban_sync.receipt import PhotoReceipt, Receipt


class Trust(NamedTuple):
    """What a device knows for certain. Ids are 16 bytes; `root_key` was pinned at enrolment."""

    origin: bytes
    centre: bytes
    device: bytes
    root_key: bytes
    keyring: Keyring


class Received(NamedTuple):
    """A verified answer. `frontier` is the log of `epoch` as far as it is now verified; `digest` names its checkpoint
    (None: the answer brought none)."""

    reply: wire.Reply
    receipts: tuple[Receipt, ...]
    photo_receipts: tuple[PhotoReceipt, ...]
    keyring: Keyring
    epoch: int
    frontier: Frontier
    checkpoint: note.Checkpoint | None
    digest: bytes | None


class SyncSession:
    """The device's end of one round trip: `request`, then `receive` with the answer's bytes."""

    def __init__(self, trust: Trust, frontier: Frontier, hello: wire.Hello, batches: Sequence[Batch]) -> None:
        self._trust = trust
        self._frontier = frontier
        self._hello = hello
        self._batches = {batch.header.sequence: batch for batch in batches}

    def request(self, packed: Iterable[bytes], custody: Iterable[bytes] = (), sealed: Iterable[bytes] = ()) -> bytes:
        """The request's body; `packed` are the batches' stored bytes, `custody` their earlier receipts, `sealed` those
        that lie sealed: all are sent verbatim."""
        return wire.encode_request(self._hello, packed, custody, sealed)

    def receive(self, body: bytes) -> Received:
        """Verify an answer. Raises `WireError`, `SignatureError` or `ProofError`; then nothing of it holds."""
        reply = wire.decode_answer(body)
        ring = self._keyring(reply)
        keys = ring.receipt_keys()
        self._check_restored(reply)
        if reply.horizon is not None:
            key = _key(keys, reply.horizon.key)
            restored.check_horizon(reply.horizon, self._trust.origin, self._trust.centre, key)
        for one in reply.receipts:
            self._check_receipt(one, keys)
        for photo in reply.photo_receipts:
            key = _key(keys, photo.key)
            receipt.check_photo(photo, self._trust.origin, self._trust.centre, self._trust.device, key)
        epoch = reply.restored[-1].epoch if reply.restored else self._hello.epoch
        frontier, digest = self._log(reply, ring, epoch)
        return Received(reply, reply.receipts, reply.photo_receipts, ring, epoch, frontier, reply.checkpoint, digest)

    def _keyring(self, reply: wire.Reply) -> Keyring:
        held = self._trust.keyring
        if reply.keyring is None:
            return held
        newer = keyrings.load(reply.keyring, self._trust.root_key, self._trust.origin)
        if newer.edition < held.edition:
            raise SignatureError("keyring.older", f"edition {newer.edition} after {held.edition}")
        return newer

    def _check_restored(self, reply: wire.Reply) -> None:
        before = 0
        for stated in reply.restored:
            restored.check(stated, self._trust.origin, self._trust.centre, self._trust.root_key)
            if stated.epoch <= before:
                raise SignatureError("restored.signature", f"epoch {stated.epoch} after {before}")
            before = stated.epoch
        if not reply.restored:
            return
        if before <= self._hello.epoch:
            raise SignatureError("restored.signature", f"epoch {before} after {self._hello.epoch}")
        if reply.checkpoint is None:
            raise WireError("body.malformed", "a restore without a checkpoint")

    def _check_receipt(self, one: Receipt, keys: dict[bytes, bytes]) -> None:
        batch = self._batches.get(one.sequence)
        if batch is None:
            raise SignatureError("receipt.signature", "for a batch that was not sent")
        receipt.check(one, batch.header, batch.digest, _key(keys, one.key))

    def _log(self, reply: wire.Reply, ring: Keyring, epoch: int) -> tuple[Frontier, bytes | None]:
        checkpoint = reply.checkpoint
        if any(one.epoch > epoch for one in reply.receipts):
            raise ProofError("log.proof", "a receipt of an epoch that was not stated")
        if checkpoint is None:
            if reply.receipts:
                raise WireError("body.malformed", "receipts without a checkpoint")
            return self._frontier, None
        log = note.name(self._trust.origin, self._trust.centre, epoch)
        if checkpoint.key not in ring.receipt_keys().values():
            raise SignatureError("checkpoint.signature", "not a key of this server")
        note.check(checkpoint, log)
        # A receipt below the frontier is one whose first answer was lost after a later one came: its leaf is
        # covered already, and only an inclusion proof could show it again.
        # So is one of an earlier epoch: it was given before a restore, and the backup has its batch.
        current = [one for one in reply.receipts if one.epoch == epoch]
        leaves = {one.leaf: self._batches[one.sequence].payload for one in current}
        if len(leaves) < len(current) or any(leaf >= checkpoint.size for leaf in leaves):
            raise ProofError("log.proof", "a receipt whose leaf the log does not hold")
        before = self._frontier
        if reply.restored:
            before = Frontier()
            if 0 in leaves:
                raise ProofError("log.proof", "a receipt in the restore's own leaf")
            leaves[0] = restored.payload(self._trust.origin, self._trust.centre, reply.restored[-1])
        own = {leaf: merkle.leaf_hash(p) for leaf, p in leaves.items() if leaf >= before.size}
        frontier = merkle.extend(before, checkpoint.size, own, reply.proof)
        if frontier.root() != checkpoint.root:
            raise ProofError("log.forked", f"at size {checkpoint.size}")
        return frontier, note.digest(checkpoint, log)


def _key(keys: dict[bytes, bytes], named: bytes) -> bytes:
    key = keys.get(named)
    if key is None:
        raise SignatureError("receipt.signature", "not a key of this server")
    return key


def portion(batches: Sequence[bytes]) -> int:
    """How many of the packed `batches`, in order, fit one request (at least one)."""
    total = 0
    for count, packed in enumerate(batches):
        total += len(packed)
        if count and (count == limits.REQUEST_BATCHES or total > limits.WIRE_BYTES // 2):
            return count
    return len(batches)
