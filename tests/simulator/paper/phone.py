"""A phone on paper: its outbox, mirror and log as plain data, around the real rules and the real bytes."""

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass, field
from random import Random
from typing import Any, NamedTuple

import msgspec

from daiban_schemas import entry as entries
from daiban_sync import batch, limits, outcome, wire
from daiban_sync.batch import Batch
from daiban_sync.chain import Chain
from daiban_sync.clock import Offset, learn
from daiban_sync.keys import SoftwareKey
from daiban_sync.merge import UNSENT, Change, lay
from daiban_sync.merkle import Frontier
from daiban_sync.receipt import Receipt, pack
from daiban_sync.session import SyncSession, Trust
from daiban_sync.view import View, Written

KIND = "household"


class Form(NamedTuple):
    """A record as it was opened."""

    record: bytes
    view: View | None

    @property
    def seen(self) -> int:
        return self.view.position if self.view else 0


class Kept(NamedTuple):
    """An entry in the outbox."""

    record: bytes
    body: bytes
    entry: entries.Entry
    values: Mapping[str, msgspec.Raw]


class Sealed(NamedTuple):
    """A batch that was frozen, with its receipt; `forgotten` is the receipt that a restored server gave before."""

    batch: Batch
    packed: bytes
    receipt: Receipt | None = None
    forgotten: Receipt | None = None


class Mirrored(NamedTuple):
    """A record as it was pulled."""

    position: int
    written: tuple[Written, ...]


@dataclass
class Memory:
    """All that a phone keeps: what a copy of it has too. Entries are numbered from one."""

    outbox: list[Kept] = field(default_factory=list)
    frozen: int = 0
    batches: list[Sealed] = field(default_factory=list)
    chain: Chain = field(default_factory=Chain)
    mirrored: set[int] = field(default_factory=set)
    outcomes: dict[int, str] = field(default_factory=dict)
    mirror: dict[bytes, Mirrored] = field(default_factory=dict)
    leaving: set[bytes] = field(default_factory=set)
    cursor: str = ""
    epoch: int = 0
    frontier: Frontier = field(default_factory=Frontier)
    checkpoint: bytes = batch.NO_CHECKPOINT
    offset: int = 0
    stopped: str = ""

    def copied(self) -> "Memory":
        """A copy, as a backup of the phone makes it."""
        made = copy(self)
        for name in ("outbox", "batches", "mirrored", "outcomes", "mirror", "leaving"):
            setattr(made, name, getattr(self, name).copy())
        return made


class Step(NamedTuple):
    """One round trip under way."""

    session: SyncSession
    body: bytes
    sent_at: int


@dataclass
class PaperPhone:
    """A phone of somebody; `clock` is its own, in Unix milliseconds."""

    name: str
    device: bytes
    person: bytes
    trust: Trust
    key: SoftwareKey
    clock: Callable[[], int]
    memory: Memory = field(default_factory=Memory)

    # What a person does ---------------------------------------------------------------------------------------

    def open(self, record: bytes) -> Form:
        """A record's form; this fixes what was seen."""
        return Form(record, self.view(record))

    def new(self, record: bytes) -> Form:
        """An empty form."""
        return Form(record, None)

    def save(self, form: Form, values: Mapping[str, Any], *, settle: bool = False) -> tuple[int, bytes, int]:
        """Save values; gives the entry's number and bytes, and the time that it claims."""
        over = {}
        for name in values:
            if form.view and name in form.view.conflicts:
                listed = form.view.positions(name) if settle else form.view.shown(name)
                over[name] = [position for position in listed if position < UNSENT]
        at = Offset(self.memory.offset, 0).server_time(self.clock())
        body = entries.change(form.record.hex(), KIND, values, seen=form.seen, at=at, over=over or None)
        decoded = entries.decode(body)
        self.memory.outbox.append(Kept(form.record, body, decoded, entries.fields_of(decoded)))
        return len(self.memory.outbox), body, at

    def conflicts(self) -> list[Form]:
        """Forms of the records in conflict."""
        forms = [self.open(record) for record in self.memory.mirror]
        return [form for form in forms if form.view and form.view.conflicts]

    def view(self, record: bytes) -> View | None:
        """The record with own entries laid over it by the same rules."""
        pulled = self.memory.mirror.get(record)
        own = [(n, kept) for n, kept in self._unmirrored() if kept.record == record]
        if pulled is None and not own:
            return None
        heads = tuple(w.head for w in pulled.written) if pulled else ()
        known = {w.position: w for w in pulled.written} if pulled else {}
        for number, kept in own:
            position, said = UNSENT + number, kept.entry
            names, over = tuple(kept.values), said.over or {}
            heads = lay(heads, Change(position, self.device, number, True, names, said.seen, over))
            who = (position, self.device, number, True, self.name, 1, said.at, said.at, said.seen, over)
            known[position] = Written(*who, kept.values, names)
        written = [known[head.position]._replace(names=head.names) for head in heads]
        return View(record.hex(), KIND, pulled.position if pulled else 0, written)

    def _unmirrored(self) -> list[tuple[int, Kept]]:
        memory = self.memory
        return [(n, kept) for n, kept in enumerate(memory.outbox, 1) if n not in memory.mirrored]

    # A round trip ---------------------------------------------------------------------------------------------

    def freeze(self) -> None:
        """Put what was saved into a batch, under the newest checkpoint that was verified before."""
        memory = self.memory
        while memory.frozen < len(memory.outbox):
            some = [kept.body for kept in memory.outbox[memory.frozen : memory.frozen + 3]]
            header = batch.Header(
                *(limits.PROTOCOL, 0, self.trust.origin, self.trust.centre, self.device),
                *(memory.chain.sequence + 1, memory.chain.digest, memory.frontier.size, memory.checkpoint),
                *(memory.frozen + 1, len(some)),
            )
            sealed = batch.seal(header, self.device + bytes(16), some, self.key)
            memory.batches.append(Sealed(sealed, batch.pack(sealed)))
            memory.chain = memory.chain.after(sealed)
            memory.frozen += len(some)

    def _waiting(self) -> list[Sealed]:
        """Batches without a receipt that counts."""
        return [sealed for sealed in self.memory.batches if sealed.receipt is None]

    def begin(self, *, fresh: bool = True) -> Step:
        """The next request."""
        self.freeze()
        memory, waiting = self.memory, self._waiting()
        hello = wire.Hello(
            cursor=memory.cursor,
            epoch=memory.epoch,
            size=memory.frontier.size,
            keyring=self.trust.keyring.edition,
            fresh=fresh,
        )
        session = SyncSession(self.trust, memory.frontier, hello, [sealed.batch for sealed in waiting])
        custody = [pack(sealed.forgotten) for sealed in waiting if sealed.forgotten]
        return Step(session, session.request([sealed.packed for sealed in waiting], custody), self.clock())

    def take(self, step: Step, body: bytes) -> tuple[list[Receipt], bool]:
        """Verify an answer and keep it; gives its receipts, and whether there is more."""
        received = step.session.receive(body)
        self.freeze()
        memory, reply = self.memory, received.reply
        if not reply.answer.more:
            memory.offset = learn(step.sent_at, self.clock(), reply.answer.time).milliseconds
        if reply.restored:
            self._begin_anew(reply)
        self._mirror(reply)
        taken = {one.sequence: one for one in received.receipts}
        memory.batches = [
            sealed._replace(receipt=taken[sealed.batch.header.sequence], forgotten=None)
            if sealed.batch.header.sequence in taken
            else sealed
            for sealed in memory.batches
        ]
        for packed in reply.outcomes:
            memory.outcomes |= {told.number: told.outcome for told in outcome.unpack(packed)}
        if not reply.answer.more:
            memory.mirrored |= {
                number
                for sealed in memory.batches
                if sealed.receipt
                for number in range(sealed.batch.header.first, sealed.batch.header.first + len(sealed.batch.entries))
            }
            self._purge()
        memory.cursor, memory.epoch = reply.answer.cursor, received.epoch
        if received.digest is not None:
            memory.frontier, memory.checkpoint = received.frontier, received.digest
        if any(problem.code == "chain.equivocation" for problem in reply.problems):
            memory.stopped = "frozen"
        return list(received.receipts), reply.answer.more

    def _begin_anew(self, reply: wire.Reply) -> None:
        """The server was restored: the mirror is pulled anew, and what the server forgot is handed in again."""
        memory = self.memory
        memory.mirror, memory.leaving = {}, set()
        for at, sealed in enumerate(memory.batches):
            old = sealed.receipt
            if old and any(stated.forgot(old) for stated in reply.restored):
                memory.batches[at] = sealed._replace(receipt=None, forgotten=old)
                first = sealed.batch.header.first
                numbers = set(range(first, first + len(sealed.batch.entries)))
                memory.mirrored -= numbers
                memory.outcomes = {n: told for n, told in memory.outcomes.items() if n not in numbers}

    def _mirror(self, reply: wire.Reply) -> None:
        memory = self.memory
        for pulled in reply.records:
            if pulled.gone:
                memory.leaving.add(pulled.record)
                continue
            memory.leaving.discard(pulled.record)
            written = []
            for change in pulled.changes:
                said = entries.decode(change.body)
                author, fields = reply.authors[change.author], entries.fields_of(said)
                names = tuple(fields) if change.names is None else change.names
                who = (change.position, bytes.fromhex(author.device), change.number, author.chained, author.name)
                when = (change.authority, change.effective, said.at, said.seen)
                written.append(Written(*who, *when, said.over or {}, fields, names))
            memory.mirror[pulled.record] = Mirrored(pulled.position, tuple(written))

    def _purge(self) -> None:
        """Forget records that left this phone's scope, once nothing of them is unsent."""
        waiting = {kept.record for _, kept in self._unmirrored()}
        for record in self.memory.leaving - waiting:
            self.memory.mirror.pop(record, None)
            self.memory.leaving.discard(record)

    # What befalls it ------------------------------------------------------------------------------------------

    def packed(self) -> list[bytes]:
        """Everything without a receipt, as it would be carried on a stick."""
        self.freeze()
        return [sealed.packed for sealed in self._waiting()]

    def die(self, dice: Random) -> None:
        """Nothing that it keeps is lost: this phone writes whole or not at all."""

    def copied(self) -> Memory:
        """A copy of all that it keeps."""
        return self.memory.copied()

    def put_back(self, copied: Memory) -> None:
        """Go on from a copy."""
        self.memory = copied.copied()

    # What the judge looks at ----------------------------------------------------------------------------------

    @property
    def stopped(self) -> str:
        return self.memory.stopped

    def mirror(self) -> dict[bytes, Mirrored]:
        """What was pulled."""
        return self.memory.mirror

    def photos(self) -> list[tuple[str, bytes]]:
        """There are none here."""
        return []

    def unmirrored(self) -> frozenset[int]:
        """Numbers of own entries that are laid over what was pulled."""
        return frozenset(range(1, len(self.memory.outbox) + 1)) - self.memory.mirrored

    def bodies(self) -> dict[int, bytes]:
        """Everything that was ever saved here, by number."""
        return {number: kept.body for number, kept in enumerate(self.memory.outbox, 1)}

    def receipted(self) -> list[tuple[int, bytes, Receipt]]:
        """Batches with their receipts: sequence, digest, receipt."""
        return [(s.batch.header.sequence, s.batch.digest, s.receipt) for s in self.memory.batches if s.receipt]

    def unreceipted(self) -> int:
        """What it holds alone: batches, and entries in none yet."""
        return len(self._waiting()) + len(self.memory.outbox) - self.memory.frozen

    def reached(self) -> int:
        """The position that its cursor stands for."""
        return int(self.memory.cursor.split(".")[1]) if self.memory.cursor else 0

    def log(self) -> tuple[int, int, bytes]:
        """Epoch, size and root of the log that it believes in."""
        return self.memory.epoch, self.memory.frontier.size, self.memory.frontier.root()

    def outcomes(self) -> Mapping[int, str]:
        """What it was told became of its entries."""
        return self.memory.outcomes
