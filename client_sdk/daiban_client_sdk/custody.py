"""What a device keeps of what it handed in, and for how long.

A receipt says that the centre has custody; only the signed backup horizon says that custody outlives the server's disk.
So envelopes and photos stay here until the horizon has passed them, and if the server was restored from a backup, what
the backup did not have is handed in again, byte for byte, with the receipt that it had.
"""

import secrets
from collections.abc import Iterable, Sequence

from daiban_client_sdk.store import Store
from daiban_schemas import private
from daiban_sync import batch, receipt, restored, sealing
from daiban_sync.restored import Horizon, Restored

KEPT = 7 * 86_400_000
"""Milliseconds for which a photo stays at hand after it was taken, though a backup has it."""


def horizon(store: Store) -> Horizon | None:
    """How far the server's backups reach, as last heard."""
    packed = store.get("horizon")
    return restored.unpack_horizon(bytes.fromhex(packed)) if packed else None


def remember(store: Store, reach: Horizon) -> None:
    """Keep a verified horizon."""
    store.put("horizon", restored.pack_horizon(reach).hex())


def reopen(store: Store, stated: Restored) -> int:
    """The server was restored: whatever its backup did not have is unsent again; call it within a transaction. Gives
    how many batches that are.

    A batch that was already let go under the horizon cannot come back; if the backup that held it is lost too, the
    server will say which are missing.
    """
    sequences = [
        (sequence,)
        for sequence, given in store.rows(
            "SELECT sequence, receipt FROM batch WHERE receipt IS NOT NULL AND packed <> x''"
        )
        if stated.forgot(receipt.unpack(given))
    ]
    store.many("UPDATE batch SET earlier = receipt, receipt = NULL WHERE sequence = ?", sequences)
    store.many(
        "UPDATE entry SET outcome = NULL, code = NULL, fields = NULL, mirrored = 0 WHERE sequence = ?", sequences
    )
    records = [
        (record,)
        for record, given in store.rows("SELECT record, receipt FROM photo WHERE receipt IS NOT NULL AND path <> ''")
        if stated.forgot_photo(receipt.unpack_photo(given))
    ]
    store.many("UPDATE photo SET receipt = NULL WHERE record = ?", records)
    # What the horizon said was of the server before.
    store.put("horizon", None)
    store.put("epoch", stated.epoch)
    return len(sequences)


def seal_away(store: Store, sequences: Iterable[int], origin: bytes, to: bytes | None) -> None:
    """Of batches that have their receipts, keep no private field in clear; call it within a transaction. A batch that
    holds one lies sealed to the server from now on: if it must be handed in again after a restore, it is handed in as
    it lies.

    A server without a seal key has to take it as it was, so there it stays as it was.
    """
    if to is None:
        return
    if not store.get("sealed_away", False):
        # From before this device sealed anything away.
        sequences = [row[0] for row in store.rows("SELECT sequence FROM batch WHERE receipt IS NOT NULL")]
        store.put("sealed_away", True)
    for sequence in sequences:
        row = store.row("SELECT packed FROM batch WHERE sequence = ? AND payload IS NULL AND packed <> x''", sequence)
        if row and private.holds_private(row[0]):
            _seal(store, sequence, row[0], origin, to)


def _seal(store: Store, sequence: int, packed: bytes, origin: bytes, to: bytes) -> None:
    sealed = sealing.seal([packed], secrets.token_bytes(32), to, batch.sealed_as(origin))
    payload = batch.unpack(packed).payload
    store.run("UPDATE batch SET packed = ?, payload = ? WHERE sequence = ?", b"".join(sealed), payload, sequence)
    bodies = store.rows("SELECT number, body FROM entry WHERE sequence = ? AND action = 'change'", sequence)
    veiled = [(private.veiled(body), number) for number, body in bodies if body]
    store.many("UPDATE entry SET body = ? WHERE number = ?", veiled)


def let_go(store: Store, gone: Sequence[bytes], origin: bytes, to: bytes | None) -> None:
    """Let go of what the centre erased: photos, and in clear the batches that spoke of it, which stay sealed until the
    backup horizon has passed them; call it within a transaction."""
    for record in gone:
        for sequence, packed in store.rows(
            "SELECT sequence, packed FROM batch WHERE receipt IS NOT NULL AND payload IS NULL AND packed <> x'' AND"
            " sequence IN (SELECT sequence FROM entry WHERE record = ?)",
            record,
        ):
            if to is not None:
                _seal(store, sequence, packed, origin, to)
        for (path,) in store.rows("SELECT path FROM photo WHERE record = ? AND path <> ''", record):
            (store.photos / path).unlink(missing_ok=True)
        # One that never arrived is wanted by nobody any more, and would keep this phone from being given back.
        store.run("DELETE FROM photo WHERE record = ? AND receipt IS NULL", record)
        store.run("UPDATE photo SET path = '', key = NULL WHERE record = ?", record)


def release(store: Store, now: int) -> None:
    """Let go of envelopes and photos that a backup has; `now` is in Unix milliseconds.

    The bodies of entries go with their envelope, except where somebody may still want to read what was refused.
    """
    reach = horizon(store)
    if reach is None:
        return
    done = [
        (sequence,)
        for sequence, given in store.rows(
            "SELECT sequence, receipt FROM batch WHERE receipt IS NOT NULL AND packed <> x''"
        )
        if reach.covers(receipt.unpack(given))
    ]
    with store.transaction():
        store.many("UPDATE batch SET packed = x'' WHERE sequence = ?", done)
        store.many(
            "UPDATE entry SET body = x'' WHERE sequence = ? AND mirrored = 1 AND outcome NOT IN ('refused', 'parked')",
            done,
        )
    for record, path, taken_at, given in store.rows(
        "SELECT record, path, taken_at, receipt FROM photo WHERE receipt IS NOT NULL AND path <> ''"
    ):
        if taken_at + KEPT < now and reach.covers_photo(receipt.unpack_photo(given)):
            # The file first: a row that names a missing file is let go the next time.
            (store.photos / path).unlink(missing_ok=True)
            store.run("UPDATE photo SET path = '' WHERE record = ?", record)
