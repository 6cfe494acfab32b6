"""The store's side of a sync: what to send next, and what to keep of an answer, each in one transaction."""

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from daiban_client_sdk import custody
from daiban_client_sdk.device import Device
from daiban_client_sdk.errors import RefusedError
from daiban_client_sdk.outbox import Identity
from daiban_client_sdk.owner import LISTENS
from daiban_client_sdk.progress import OnProgress, Progress
from daiban_schemas.strict import StrictnessError
from daiban_sync import batch, clock, faults, note, receipt, wire
from daiban_sync.errors import WireError
from daiban_sync.session import Received, SyncSession, portion

PHOTOS_ASKED = 20
"""Photos of which one request asks receipts or tickets."""


class Step(NamedTuple):
    """One round trip: the request's body, and the session that will judge its answer."""

    identity: Identity
    session: SyncSession
    body: bytes
    sent_at: int


class Ticketed(NamedTuple):
    """A photo that may be brought now."""

    record: bytes
    path: Path
    size: int
    url: str


class Rounds:
    """One sync, round trip by round trip."""

    def __init__(self, device: Device, progress: OnProgress) -> None:
        self._device = device
        self._store = device.store
        self._tell = progress
        self._tickets: list[wire.Ticket] = []
        self._failed: set[bytes] = set()
        self._offset: clock.Offset | None = None
        self._pulled = 0
        device.seal_early()
        self._freeze()
        status = device.status()
        self._entries_total = status.entries
        self.photos_done, self.photos_total = 0, status.photos
        self._photo_bytes_total, self._photo_bytes_done = status.photo_bytes, 0

    def begin(self, fresh: bool) -> Step:
        """The next request: every unsent batch that fits, and the photos that still wait."""
        identity = self._device.identity()
        # Enrolled anew, a device first listens: a server that was restored meanwhile asks for what must come before.
        sendable = [] if self._store.get(LISTENS) else self._device.outbox.sendable()
        sendable = sendable[: portion([one.packed for one in sendable])]
        reach = custody.horizon(self._store)
        frontier = self._device.frontier()
        ring = self._device.keyring()
        batches, photos = [one.batch for one in sendable], self._photos()
        hello = wire.Hello(
            cursor=self._store.get("cursor", ""),
            epoch=self._store.get("epoch", 0),
            size=frontier.size,
            horizon=reach.at if reach else 0,
            keyring=ring.edition,
            photos=photos,
            fresh=fresh,
            own=True,
            left=self._left(batches, len(photos)),
        )
        session = SyncSession(self._device.trust(), frontier, hello, batches)
        body = session.request(
            [one.packed for one in sendable if not one.sealed],
            [one.earlier for one in sendable if one.earlier is not None],
            [one.packed for one in sendable if one.sealed],
        )
        return Step(identity, session, body, self._device.clock())

    def take(self, step: Step, body: bytes) -> bool:
        """Verify and keep an answer; gives whether another round trip is needed. Raises `SyncError`, `RefusedError`."""
        if not body:
            listened = bool(self._store.get(LISTENS))
            with self._store.transaction():
                self._store.put(LISTENS, None)
                self._complete()
            return listened and bool(self._device.outbox.sendable())
        received = step.session.receive(body)
        # What was saved meanwhile is older than the checkpoint that comes now: it is frozen under the one before.
        self._freeze()
        reply = received.reply
        self._offset = clock.learn(step.sent_at, self._device.clock(), reply.answer.time)
        with self._store.transaction():
            self._follow(reply)
            self._mirror(reply)
            keep(self._device, received)
            self._store.put("cursor", reply.answer.cursor)
            self._store.put(LISTENS, None)
            if not reply.answer.more:
                self._complete()
            faults.reach("device.receive.before_commit")
        faults.reach("device.receive.committed")
        if received.photo_receipts:
            faults.reach("device.photo.receipted")
        self._tickets = list(reply.tickets)
        self._report(received, len(body))
        # A restored server misses what came before this request's batches; the next request brings all of it.
        if reply.problems and not reply.restored:
            self._stop(reply.problems[0])
        return reply.answer.more or bool(self._device.outbox.sendable())

    def _follow(self, reply: wire.Reply) -> None:
        """Follow a restored server: hand in again what it forgot, pull everything anew."""
        for stated in reply.restored:
            custody.reopen(self._store, stated)
        if not reply.restored:
            return
        self._device.mirror.forget()
        if self._device.outbox.foreign():
            self._device.outbox.begin_anew(self._device.identity())

    def _mirror(self, reply: wire.Reply) -> None:
        """Write pulled records; an answer whose records are no entries refuses the whole answer."""
        try:
            self._device.mirror.take(reply.records, reply.authors)
            gone = self._device.mirror.erase(reply.records, reply.authors)
            custody.let_go(self._store, gone, self._device.identity().origin, self._device.keyring().seal_key())
            self._device.mirror.adopt(reply.own, reply.receipts, self._device.identity().device)
        except StrictnessError as error:
            raise WireError("body.malformed", str(error)) from None

    def finish(self, offset: int) -> None:
        """Keep what was learnt of the clock, and when this sync ended."""
        learnt = self._offset.milliseconds if self._offset else offset
        with self._store.transaction():
            self._store.put("clock_offset", learnt)
            self._store.put("synced_at", self._device.clock() + learnt)
            self._device.renew_lease()
        custody.release(self._store, self._device.clock() + learnt)
        with self._store.transaction():
            self._device.spool.release(self._store)

    def ticketed(self) -> list[Ticketed]:
        """Photos with a ticket that did not fail in this sync, the smallest first."""
        found = []
        for ticket in self._tickets:
            record = bytes.fromhex(ticket.record)
            row = self._store.row("SELECT path, size FROM photo WHERE record = ? AND receipt IS NULL", record)
            if row is not None and record not in self._failed:
                found.append(Ticketed(record, self._store.photos / row[0], row[1], ticket.url))
        self._tickets = []
        return sorted(found, key=lambda photo: photo.size)

    def photo_bytes(self, record: bytes) -> tuple[int, int]:
        """Bytes brought before this photo, and in all."""
        return self._photo_bytes_done, self._photo_bytes_total

    def uploaded(self, photo: Ticketed) -> None:
        """Count a photo as brought."""
        self.photos_done += 1
        self._photo_bytes_done += photo.size

    def failed(self, photo: Ticketed, why: str) -> None:
        """Leave a photo for the next sync, behind those that did not fail yet."""
        self._store.run("UPDATE photo SET tries = tries + 1 WHERE record = ?", photo.record)
        self._failed.add(photo.record)

    def _freeze(self) -> None:
        self._device.outbox.freeze(self._device.identity(), lambda: secrets.token_bytes(batch.SECRET_BYTES))

    def _photos(self) -> tuple[wire.PhotoWanted, ...]:
        rows = self._store.rows(
            "SELECT record, sha256, size FROM photo WHERE receipt IS NULL ORDER BY tries, size LIMIT ?", PHOTOS_ASKED
        )
        return tuple(wire.PhotoWanted(record.hex(), sha256, size) for record, sha256, size in rows)

    def _left(self, brought: Sequence[batch.Batch], listed: int) -> int:
        """Entries and photos without receipt that a request neither brings nor lists."""
        status = self._device.status()
        entries = status.entries - sum(one.header.entry_count for one in brought)
        return entries + status.photos - listed

    def _complete(self) -> None:
        """Everything was pulled: own entries that came back are shown as pulled, what left the scope may go."""
        self._device.outbox.came_back()
        self._device.mirror.purge()
        if not self._store.get("bootstrap_complete", False):
            self._store.put("bootstrap_complete", True)

    def _report(self, received: Received, size: int) -> None:
        left = self._device.status().entries
        self._pulled += len(received.reply.records)
        self._tell(Progress("records", self._entries_total - left, self._entries_total, size, 0))
        self._tell(Progress("pull", self._pulled, 0, size, 0))

    def _stop(self, problem: wire.Problem) -> None:
        """A batch that the server will not take. The keyword for a frozen device is kept, so that the status says
        it."""
        if problem.code == "chain.equivocation":
            self._store.put("state", "frozen")
        raise RefusedError(problem.code, f"batch {problem.sequence}")


def keep(device: Device, received: Received) -> None:
    """Keep what a verified answer says of custody and of the log; call it within a transaction."""
    store, reply = device.store, received.reply
    if reply.horizon is not None:
        custody.remember(store, reply.horizon)
    if reply.keyring is not None:
        store.put("keyring", reply.keyring.decode())
    if received.digest is not None:
        store.put("log_size", received.frontier.size)
        store.put("frontier", [one.hex() for one in received.frontier.hashes])
        store.put("checkpoint", received.digest.hex())
    if received.digest is not None and received.checkpoint is not None:
        store.put("checkpoint_note", note.note(received.checkpoint, device.log_name(received.epoch)))
    device.outbox.take(received)
    custody.let_go(store, device.outbox.hollow(), device.identity().origin, received.keyring.seal_key())
    sequences = [one.sequence for one in received.receipts]
    custody.seal_away(store, sequences, device.identity().origin, received.keyring.seal_key())
    for one in received.photo_receipts:
        store.run(
            "UPDATE photo SET receipt = ? WHERE record = ? AND sha256 = ?",
            *(receipt.pack_photo(one), one.record, one.digest.hex()),
        )
