"""The outbox: entries numbered at save, frozen into batches, kept until receipted and after.

A batch's bytes are on disk before the first of them leaves, and are sent again verbatim. There is no "uploading"
flag that
could stick: what is unsent is what has no receipt.
"""

from collections.abc import Callable
from typing import NamedTuple

from daiban_client_sdk.store import Store
from daiban_sync import batch, faults, limits, outcome, receipt
from daiban_sync.batch import Batch
from daiban_sync.chain import Chain
from daiban_sync.keys import Signer
from daiban_sync.outcome import Outcome
from daiban_sync.session import Received

FROZEN_BYTES = limits.BATCH_BYTES // 2


class Identity(NamedTuple):
    """Whose batches these are; ids of 16 bytes."""

    origin: bytes
    centre: bytes
    device: bytes
    signer: Signer


class Sendable(NamedTuple):
    """A batch as it is handed in: its bytes; the signed payload where those are sealed; the receipt that it had before
    a restore."""

    packed: bytes
    payload: bytes | None
    earlier: bytes | None

    @property
    def sealed(self) -> bool:
        """Whether the bytes are sealed to the server."""
        return self.payload is not None

    @property
    def batch(self) -> Batch:
        """What this device still knows of it: of a sealed one no entries."""
        return batch.unpack(self.packed) if self.payload is None else batch.from_payload(self.payload)


class Act(NamedTuple):
    """A command or report of this device. `saved_at` is the device's clock then, in Unix milliseconds; `outcome` is
    None before the server said one; `shown` says whether the mirror has what came of it."""

    record: str
    name: str
    saved_at: int
    outcome: str | None
    code: str | None
    shown: bool


class Outbox:
    """Reads and writes the outbox in `store`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, record: bytes, kind: str, action: str, body: bytes, now: int, name: str | None = None) -> int:
        """Number an entry and keep it; call it within a transaction. `name` is a command's or report's, which is known
        longer than the body. Gives the entry's number."""
        row = self._store.row("SELECT coalesce(max(number), 0) + 1 FROM entry")
        number = int(row[0]) if row else 1
        self._store.run(
            "INSERT INTO entry (number, record, kind, action, body, saved_at, name) VALUES (?, ?, ?, ?, ?, ?, ?)",
            *(number, record, kind, action, body, now, name),
        )
        return number

    def freeze(self, identity: Identity, secret: Callable[[], bytes]) -> int:
        """Put everything unfrozen into batches, which name the newest checkpoint that was verified before. Gives how
        many
        batches were made."""
        made = 0
        while True:
            with self._store.transaction():
                entries = self._portion()
                if not entries:
                    return made
                sealed = self._seal(entries, identity, secret())
                self._store.run(
                    "INSERT INTO batch (sequence, digest, packed) VALUES (?, ?, ?)",
                    *(sealed.header.sequence, sealed.digest, batch.pack(sealed)),
                )
                self._store.run(
                    "UPDATE entry SET sequence = ? WHERE number BETWEEN ? AND ?",
                    *(sealed.header.sequence, entries[0][0], entries[-1][0]),
                )
                faults.reach("device.freeze.before_commit")
            faults.reach("device.freeze.committed")
            made += 1

    def _portion(self) -> list[tuple[int, bytes]]:
        found = self._store.rows(
            "SELECT number, body FROM entry WHERE sequence IS NULL ORDER BY number LIMIT ?", limits.BATCH_ENTRIES
        )
        entries: list[tuple[int, bytes]] = []
        total = 0
        for number, body in found:
            total += len(body)
            if entries and total > FROZEN_BYTES:
                break
            entries.append((number, body))
        return entries

    def _seal(self, entries: list[tuple[int, bytes]], identity: Identity, secret: bytes) -> Batch:
        chain = self._chain()
        header = batch.Header(
            protocol=limits.PROTOCOL,
            flags=0,
            origin=identity.origin,
            centre=identity.centre,
            device=identity.device,
            sequence=chain.sequence + 1,
            previous=chain.digest,
            checkpoint_size=self._store.get("log_size", 0),
            checkpoint=bytes.fromhex(self._store.get("checkpoint", batch.NO_CHECKPOINT.hex())),
            first=entries[0][0],
            entry_count=len(entries),
        )
        return batch.seal(header, secret, [body for _, body in entries], identity.signer)

    def _chain(self) -> Chain:
        row = self._store.row("SELECT sequence, digest FROM batch ORDER BY sequence DESC LIMIT 1")
        if row is None:
            return Chain()
        return Chain(row[0], batch.FIRST if row[0] <= self._begun() else row[1])

    def _begun(self) -> int:
        """The last batch of an earlier enrolment of this device; sequences count on, the chain begins behind it."""
        return int(self._store.get("chain_begun", 0))

    def begin_anew(self, identity: Identity) -> None:
        """What has no receipt is signed once more, by this identity, behind everything that was signed before: this
        device has another id from now on, or a restored server asks for what it signed under another. The batches keep
        their entries, also where they lie sealed, and the checkpoint that they named. Call it within a transaction."""
        chain = Chain(self.ends()[0])
        self._store.put("chain_begun", chain.sequence)
        for sequence, packed, payload in self._store.rows(
            "SELECT sequence, packed, payload FROM batch WHERE receipt IS NULL ORDER BY sequence"
        ):
            made = _anew(packed, payload, chain, identity)
            chain = chain.after(made.batch)
            self._store.run("DELETE FROM batch WHERE sequence = ?", sequence)
            self._store.run(
                "INSERT INTO batch (sequence, digest, packed, payload) VALUES (?, ?, ?, ?)",
                *(chain.sequence, chain.digest, made.packed, made.payload),
            )
            self._store.run(
                "UPDATE entry SET sequence = ?, outcome = NULL, code = NULL, fields = NULL WHERE sequence = ?",
                *(chain.sequence, sequence),
            )

    def sign_anew(self, identity: Identity, last: int) -> None:
        """What was frozen behind the batch `last` under a key that counts no more is signed by the one that does, in
        its place. Call it within a transaction."""
        for sequence, packed, payload in self._store.rows(
            "SELECT sequence, packed, payload FROM batch WHERE receipt IS NULL AND sequence > ? ORDER BY sequence", last
        ):
            made = _anew(packed, payload, self._before(sequence), identity)
            self._store.run(
                "UPDATE batch SET digest = ?, packed = ?, payload = ? WHERE sequence = ?",
                *(made.batch.digest, made.packed, made.payload, sequence),
            )

    def _before(self, sequence: int) -> Chain:
        row = self._store.row("SELECT digest FROM batch WHERE sequence = ?", sequence - 1)
        return Chain(sequence - 1, row[0] if row and sequence - 1 > self._begun() else batch.FIRST)

    def foreign(self) -> bool:
        """Whether a batch without receipt was signed in an earlier enrolment of this device."""
        found = self._store.row("SELECT 1 FROM batch WHERE receipt IS NULL AND sequence <= ?", self._begun())
        return found is not None

    def ends(self) -> tuple[int, int]:
        """The last batch that was frozen and the last entry that was saved, 0 for none."""
        row = self._store.row(
            "SELECT (SELECT coalesce(max(sequence), 0) FROM batch), (SELECT coalesce(max(number), 0) FROM entry)"
        )
        return (row[0], row[1]) if row else (0, 0)

    def sendable(self) -> list[Sendable]:
        """Batches without receipt that this enrolment signed, in order."""
        found = self._store.rows(
            "SELECT packed, payload, earlier FROM batch WHERE receipt IS NULL AND sequence > ? ORDER BY sequence",
            self._begun(),
        )
        return [Sendable(*row) for row in found]

    def held(self) -> list[Batch]:
        """Batches of this enrolment that are still here, with a receipt or without."""
        found = self._store.rows(
            "SELECT packed, payload FROM batch WHERE packed <> x'' AND sequence > ?", self._begun()
        )
        return [Sendable(packed, payload, None).batch for packed, payload in found]

    def take(self, received: Received) -> None:
        """Keep receipts and outcomes of an answer; call it within a transaction."""
        for one in received.receipts:
            self._store.run("UPDATE batch SET receipt = ? WHERE sequence = ?", receipt.pack(one), one.sequence)
        for packed in received.reply.outcomes:
            self._store.many(
                "UPDATE entry SET outcome = ?, code = ?, fields = ? WHERE number = ?",
                [(o.outcome, o.code, ",".join(o.fields), o.number) for o in outcome.unpack(packed)],
            )

    def hollow(self) -> list[bytes]:
        """Empty what was refused since its record is erased at the centre; gives those records. Call it within a
        transaction."""
        found = self._store.rows("SELECT DISTINCT record FROM entry WHERE code = 'record.erased' AND body <> x''")
        self._store.run("UPDATE entry SET body = x'' WHERE code = 'record.erased'")
        return [record for (record,) in found]

    def came_back(self) -> None:
        """A pull is complete: receipts come before the pull of the same answer, so it shows what was applied. Call it
        within a transaction."""
        self._store.run(
            "UPDATE entry SET mirrored = 1 WHERE mirrored = 0 AND outcome IS NOT NULL AND outcome <> 'parked'"
            " AND sequence IN (SELECT sequence FROM batch WHERE receipt IS NOT NULL)"
        )

    def pending(self, record: bytes) -> list[str]:
        """Names of this device's commands and reports about a record that the mirror does not show yet, in order."""
        found = self._store.rows(
            "SELECT name FROM entry WHERE mirrored = 0 AND record = ? AND name IS NOT NULL"
            " AND (outcome IS NULL OR outcome <> 'refused') ORDER BY number",
            record,
        )
        return [name for (name,) in found]

    def acts(self, kind: str) -> list[Act]:
        """All of this device's commands and reports about records of a kind, in order. It reads the whole outbox."""
        found = self._store.rows(
            "SELECT record, name, saved_at, outcome, code, mirrored FROM entry WHERE kind = ? AND name IS NOT NULL"
            " ORDER BY number",
            kind,
        )
        return [Act(one.hex(), name, at, outcome, code, bool(shown)) for one, name, at, outcome, code, shown in found]

    def troubled(self) -> list[tuple[int, str, str, Outcome]]:
        """Entries that were refused or wait: number, record, kind and outcome."""
        found = self._store.rows(
            "SELECT number, record, kind, outcome, code, fields FROM entry WHERE outcome IN ('refused', 'parked')"
            " ORDER BY number"
        )
        return [
            (number, record.hex(), kind, Outcome(number, outcome, code, tuple(filter(None, (fields or "").split(",")))))
            for number, record, kind, outcome, code, fields in found
        ]


def _anew(packed: bytes, payload: bytes | None, chain: Chain, identity: Identity) -> Sendable:
    """A batch as the next of another chain. What is signed are hashes, so it need not be opened."""
    held = batch.unpack(packed) if payload is None else batch.from_payload(payload)
    header = held.header._replace(device=identity.device, sequence=chain.sequence + 1, previous=chain.digest)
    head, signed = batch.sign_anew(header, held.payload[batch.HEADER_BYTES :], identity.signer)
    if payload is None:
        return Sendable(head + packed[batch.HEAD_BYTES :], None, None)
    _, sealed = batch.cut_sealed(packed)
    return Sendable(head + sealed, signed, None)
