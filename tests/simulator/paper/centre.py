"""A centre on paper: what the server does with a request, as plain data around the real rules and the real bytes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from daiban_schemas import entry as entries
from daiban_sync import batch, limits, merkle, note, outcome, receipt, restored, wire
from daiban_sync.batch import Batch
from daiban_sync.chain import Chain, judge
from daiban_sync.clock import Interval, effective
from daiban_sync.frames import Frame
from daiban_sync.keys import SoftwareKey
from daiban_sync.merge import EPOCH, Change, contested, lay
from daiban_sync.outcome import Outcome
from daiban_sync.receipt import Receipt
from daiban_sync.restored import Restored
from daiban_sync.session import Trust
from daiban_sync.view import View, Written
from tests.simulator.cast import Clerk, Refused
from tests.simulator.paper.book import Book, Envelope, Member, Row, Taken
from tests.simulator.paper.phone import KIND, Form
from tests.sync.paper_log import Log

RECEIPTS, ROOT = SoftwareKey(bytes([2]) * 32), SoftwareKey(bytes([1]) * 32)


@dataclass
class PaperCentre:
    """One centre. `clock` is the right time; `scope` maps a person to the places that are theirs."""

    name: str
    id: bytes
    trust: Trust
    desk: SoftwareKey
    page: int
    clock: Callable[[], int] = int
    members: dict[bytes, Member] = field(default_factory=dict)
    scope: dict[bytes, frozenset[bytes]] = field(default_factory=dict)
    book: Book = field(default_factory=Book)
    latest: int = 0
    signed: list[tuple[int, bytes]] = field(default_factory=list)
    newest: note.Checkpoint | None = None

    @property
    def epoch(self) -> int:
        return self.book.restores[-1].epoch if self.book.restores else 0

    @property
    def now(self) -> int:
        return self.clock()

    @property
    def position(self) -> int:
        return self.book.position

    # Push -----------------------------------------------------------------------------------------------------

    dark = dead = False
    backups_begun = 0

    def answers(self, asked: Sequence[tuple[bytes, Any]]) -> list[bytes | Exception | None]:
        """Answer requests that came together."""
        found: list[bytes | Exception | None] = []
        for device, step in asked:
            try:
                found.append(self.answer(device, step.body))
            except Refused as refusal:
                found.append(refusal)
        return found

    def answer(self, device: bytes, body: bytes) -> bytes:
        """One round trip of a device. Raises `Refused` or `SyncError`; then nothing changes."""
        asked = wire.decode_request(body)
        member, hello = self._member(device), asked.hello
        if (hello.epoch, hello.size) > (self.epoch, self.book.log.frontier.size) or hello.epoch > self.epoch:
            raise Refused("log.ahead")
        for one in asked.batches:
            batch.check(one, member.key)
        frames: list[tuple[int, bytes]] = []
        taken = []
        for one in asked.batches:
            found = self.take(one, member, asked.custody.get(one.header.sequence))
            if isinstance(found, wire.Problem):
                frames.append(wire.json_frame(Frame.PROBLEM, found))
                continue
            taken.append(receipt.unpack(found.receipt))
            frames.append((Frame.RECEIPT, found.receipt))
            frames.append(wire.json_frame(Frame.OUTCOMES, found.outcomes))
        frames += self._proof(hello, taken)
        cursor, more, pulled = self._pull(member, hello)
        head = wire.json_frame(Frame.ANSWER, wire.Answer(self.now, cursor, more))
        return wire.encode_answer([head, *frames, *pulled], 1)

    def _member(self, device: bytes) -> Member:
        if device in self.book.barred:
            raise Refused(f"device.{self.book.barred[device]}")
        return self.members[device]

    def take(self, one: Batch, member: Member, earlier: Receipt | None = None) -> Envelope | wire.Problem:
        """Judge a batch by its chain; custody and entries, if it is the next."""
        book, header = self.book, one.header
        if member.device in book.barred:
            return wire.Problem(header.sequence, f"device.{book.barred[member.device]}")
        chain = book.chains.get(member.device, Chain())
        held = book.envelopes.get((member.device, header.sequence))
        verdict = judge(one, chain, held.batch.digest if held else None)
        if verdict == "replay" and held:
            return held
        if verdict == "gap":
            return wire.Problem(header.sequence, "chain.gap", chain.sequence + 1)
        if verdict == "equivocation":
            book.quarantined.add(one.digest)
            book.barred[member.device] = "frozen"
            return wire.Problem(header.sequence, "chain.equivocation")
        return self._accept(one, member, chain, earlier)

    def _accept(self, one: Batch, member: Member, chain: Chain, earlier: Receipt | None) -> Envelope:
        book, header = self.book, one.header
        bounds = Interval(min(book.times.get(header.checkpoint, 0), self.now), self.now)
        if earlier is not None:
            receipt.check(earlier, header, one.digest, RECEIPTS.public_key)
            bounds = earlier.bounds
        leaf = book.log.append(one.payload)
        signed = receipt.pack(receipt.issue(RECEIPTS, header, one.digest, leaf, bounds, self.epoch))
        told = [
            self._lay(member, header.first + at, body, bounds, header.first + at) for at, body in enumerate(one.entries)
        ]
        made = Envelope(one, signed, outcome.pack(told))
        book.chains[member.device] = chain.after(one)
        book.envelopes[member.device, header.sequence] = made
        self._sign()
        return made

    def _lay(self, member: Member, number: int, body: bytes, bounds: Interval, at: int) -> Outcome:
        book, said = self.book, entries.decode(body)
        seen, over = said.seen, said.over or {}
        record, fields = bytes.fromhex(said.record), entries.fields_of(said)
        row = book.records.get(record)
        before = row.heads if row else ()
        book.position += 1
        heads = lay(before, Change(book.position, member.device, number, member.chained, tuple(fields), seen, over))
        believed = effective(said.at, bounds)
        who = (book.position, member.device, number, member.chained, member.name, member.authority, believed)
        book.entries[book.position] = Written(*who, said.at, seen, over, fields, tuple(fields))
        book.bodies[book.position] = body
        # A record's id ends in the place that it stands in: places are no matter of these rules.
        book.records[record] = Row(book.position, record[-1:], heads)
        disputed = tuple(sorted(name for name in contested(heads) if name in fields))
        if row is None:
            return Outcome(number, "new")
        return Outcome(number, "conflict", None, disputed) if disputed else Outcome(number, "merged")

    def _fresh(self) -> note.Checkpoint:
        """The newest checkpoint, or one of now if that is a minute old."""
        newest = self.newest
        if newest and newest.size == self.book.log.frontier.size and self.now - newest.time < 60_000:
            return newest
        return self._sign()

    def _sign(self) -> note.Checkpoint:
        log = note.name(self.trust.origin, self.id, self.epoch)
        frontier = self.book.log.frontier
        made = note.issue(RECEIPTS, log, frontier.size, frontier.root(), self.now)
        self.book.times[note.digest(made, log)] = made.time
        self.signed.append((made.size, made.root))
        self.newest = made
        return made

    # Pull -----------------------------------------------------------------------------------------------------

    def _proof(self, hello: wire.Hello, taken: Sequence[Receipt]) -> list[tuple[int, bytes]]:
        known = any(stated.epoch == hello.epoch for stated in self.book.restores)
        news = [stated for stated in self.book.restores if not known or stated.epoch > hello.epoch]
        start = 0 if news else hello.size
        own = {one.leaf for one in taken if one.epoch == self.epoch and one.leaf >= start}
        if news:
            own.add(0)
        made = self._fresh()
        hashes = merkle.extension(start, made.size, sorted(own), self.book.log.node)
        frames = [(int(Frame.RESTORED), restored.pack(stated)) for stated in news]
        return [*frames, (Frame.CHECKPOINT, note.pack(made)), (Frame.PROOF, b"".join(hashes))]

    def _pull(self, member: Member, hello: wire.Hello) -> tuple[str, bool, list[tuple[int, bytes]]]:
        """The page after the cursor: what changed in the places that the phone has, all of what it got newly."""
        after, had = self._cursor(hello)
        mine = self.scope[member.person]
        page = sorted(
            (row.position, record)
            for record, row in self.book.records.items()
            if row.place in mine and (row.position > after or row.place not in had)
        )
        more = mine == had and len(page) > self.page
        if more:
            page = page[: self.page]
        authors: dict[tuple[bytes, str], int] = {}
        frames = [(int(Frame.RECORD), self._record(record, authors)) for _, record in page]
        frames += [
            (int(Frame.RECORD), wire.record_head(record, row.position, 0, gone=True))
            for record, row in self.book.records.items()
            if row.place in had - mine
        ]
        reached = page[-1][0] if more else self.book.position
        told = [wire.Author(d.hex(), name, "agent", self.members[d].chained) for d, name in authors]
        if told:
            frames.insert(0, wire.json_frame(Frame.AUTHORS, told))
        return f"{self.epoch}.{reached}.{b''.join(sorted(mine)).decode()}", more, frames

    def _cursor(self, hello: wire.Hello) -> tuple[int, frozenset[bytes]]:
        if not hello.cursor:
            return 0, frozenset()
        epoch, position, places = hello.cursor.split(".")
        if int(epoch) < self.epoch:
            return 0, frozenset()
        return int(position), frozenset(bytes([one]) for one in places.encode())

    def _record(self, record: bytes, authors: dict[tuple[bytes, str], int]) -> bytes:
        row = self.book.records[record]
        parts = [wire.record_head(record, row.position, len(row.heads))]
        for head in row.heads:
            said = self.book.entries[head.position]
            author = authors.setdefault((head.device, said.author), len(authors))
            names = None if len(row.heads) == 1 and head.names == said.names else head.names
            change = wire.PulledChange(
                *(author, head.number, head.position, said.authority, said.effective, names),
                self.book.bodies[head.position],
            )
            parts.append(wire.pack_change(change))
        return b"".join(parts)

    # The desk -------------------------------------------------------------------------------------------------

    def written(self, record: bytes) -> list[Written]:
        """The record's heads with their values."""
        row = self.book.records.get(record)
        return [self.book.entries[h.position]._replace(names=h.names) for h in row.heads] if row else []

    def open(self, record: bytes) -> Form:
        """A record as a clerk sees it."""
        row = self.book.records.get(record)
        return Form(record, View(record.hex(), KIND, row.position, self.written(record)) if row else None)

    def save(self, clerk: Clerk, form: Form, values: Mapping[str, Any], *, settle: bool) -> tuple[int, bytes, int]:
        """What a clerk saves is a batch of the desk; gives the entry's number and bytes, and the time."""
        over = {}
        for name in values:
            if form.view and name in form.view.conflicts:
                over[name] = form.view.positions(name) if settle else form.view.shown(name)
        body = entries.change(form.record.hex(), KIND, values, seen=form.seen, at=self.now, over=over or None)
        chain = self.book.chains.get(clerk.device, Chain())
        header = batch.Header(
            *(limits.PROTOCOL, 0, self.trust.origin, self.id, clerk.device, chain.sequence + 1, chain.digest),
            *(0, batch.NO_CHECKPOINT, chain.number + 1, 1),
        )
        sealed = batch.seal(header, self.now.to_bytes(32, "big"), [body], self.desk)
        found = self.take(sealed, self.members[clerk.device])
        assert isinstance(found, Envelope)
        return chain.number + 1, body, self.now

    def carried(self, device: bytes, packed: list[bytes]) -> None:
        """Batches that somebody carried in. Raises `Refused`."""
        member = self._member(device)
        for one in map(batch.unpack, packed):
            batch.check(one, member.key)
            self.take(one, member)

    # What befalls it ------------------------------------------------------------------------------------------

    def die(self, dice: Random) -> None:
        """Nothing is lost that was committed, and on paper nothing else is there."""

    def reassign(self, person: bytes, places: frozenset[bytes]) -> None:
        """Give somebody other places."""
        self.scope[person] = places

    def revoke(self, device: bytes) -> None:
        """A phone was stolen."""
        self.book.barred[device] = "revoked"

    def backup(self) -> Book:
        """A consistent copy of everything."""
        return self.book.copied()

    def restore(self, backup: Book) -> None:
        """Go on from a backup in a new epoch, whose log begins with a statement about the old one."""
        book, epoch = backup.copied(), self.latest + 1
        self.latest = epoch
        end = Restored(epoch, book.position, book.log.frontier.size, book.log.frontier.root(), 0, self.now)
        stated = restored.issue(ROOT, self.trust.origin, self.id, end)
        book.restores = (*book.restores, stated)
        book.position = epoch * EPOCH
        book.log = Log()
        book.log.append(restored.payload(self.trust.origin, self.id, stated))
        self.book, self.signed = book, []
        self._sign()

    # What the judge looks at -------------------------------------------------------------------------------------

    def after(self, position: int) -> list[Taken]:
        """Entries that were taken after `position`, in order."""
        book = self.book
        found = []
        for at in range(max(position + 1, self.epoch * EPOCH), book.position + 1):
            if at in book.entries:
                said = book.entries[at]
                bounds = self._bounds(said.device, said.number)
                found.append(
                    Taken(at, said.device, said.number, book.bodies[at], said.effective, said.authority, bounds)
                )
        return found

    def _bounds(self, device: bytes, number: int) -> Interval:
        for (owner, _), held in reversed(self.book.envelopes.items()):
            if owner == device and held.batch.header.first <= number:
                return receipt.unpack(held.receipt).bounds
        raise AssertionError("an entry without its envelope")

    def scope_of(self, person: bytes) -> frozenset[bytes]:
        """Somebody's places."""
        return self.scope[person]

    def barred(self, device: bytes) -> bool:
        """Whether a device may not speak any more."""
        return device in self.book.barred

    def lays(self, device: bytes, number: int) -> bool:
        """Whether an entry must have been laid."""
        return True

    def roots(self) -> list[tuple[int, bytes]]:
        """Size and root of every checkpoint of this epoch."""
        return self.signed

    def chains(self) -> list[tuple[batch.Header, bytes]]:
        """Header and digest of everything in custody, each device's in order."""
        return [(held.batch.header, held.batch.digest) for _, held in sorted(self.book.envelopes.items())]

    def custody(self) -> list[bytes]:
        """What the log's leaves must be."""
        stated = self.book.restores[-1:]
        leaves = [merkle.leaf_hash(restored.payload(self.trust.origin, self.id, one)) for one in stated]
        current = [(receipt.unpack(held.receipt), held.batch.payload) for held in self.book.envelopes.values()]
        own = sorted((one.leaf, payload) for one, payload in current if one.epoch == self.epoch)
        return leaves + [merkle.leaf_hash(payload) for _, payload in own]

    def rows(self) -> Mapping[bytes, Row]:
        """All records."""
        return self.book.records

    def leaves(self) -> list[bytes]:
        """The log's leaf hashes."""
        return self.book.log.leaves

    def holds(self, device: bytes, sequence: int) -> tuple[bytes, bytes] | None:
        """Digest and receipt of a batch in custody."""
        held = self.book.envelopes.get((device, sequence))
        return (held.batch.digest, held.receipt) if held else None

    def outcomes(self, device: bytes) -> dict[int, str]:
        """What became of a device's entries."""
        return {
            told.number: told.outcome
            for (owner, _), held in self.book.envelopes.items()
            if owner == device
            for told in outcome.unpack(held.outcomes)
        }
