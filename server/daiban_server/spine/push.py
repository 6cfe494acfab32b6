"""Taking a device's batches into custody, and laying what they hold.

Custody and application are apart: the receipt is written whatever becomes of the entries, and a fault in laying them
parks the batch's entries for a person to look at, under a savepoint of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import and_, bindparam, select

from daiban_schemas.kind import AUTHORITY
from daiban_server.db import schema
from daiban_server.db.program import Program, Row, Savepoint, Write, Writes, first, rows
from daiban_server.keystore import ServerKeys
from daiban_server.logs import logger
from daiban_server.spine import chains, erased, erasing, gaps, history, log, quarantine, spooling, waiting
from daiban_server.spine.apply import Applier
from daiban_server.spine.effects import Effects
from daiban_server.spine.handing_in import LEAVERS
from daiban_server.spine.ledger import Incoming, Ledger
from daiban_server.spine.opening import Opened, Sender, open_batch
from daiban_server.spine.parking import park
from daiban_sync import batch as batches
from daiban_sync import faults, receipt
from daiban_sync.batch import Batch
from daiban_sync.chain import LOST, Chain, judge
from daiban_sync.clock import Interval, effective
from daiban_sync.epochs import epoch_of
from daiban_sync.errors import SyncError, WireError
from daiban_sync.merkle import Frontier
from daiban_sync.new_key import key_at
from daiban_sync.outcome import OUTCOMES, Outcome, pack

_logger = logger(__name__)

_d, _c, _v = schema.device.c, schema.chain.c, schema.envelope.c
_BEFORE = (
    select(
        *(_d.state, log.NAMED_TIME, spooling.LAST, erased.ANY, _c.sequence, _c.digest, _c.number),
        *(_v.digest, _v.receipt, _v.since, _v.until, waiting.ANY),
    )
    .select_from(
        schema.device.outerjoin(schema.chain, and_(_c.centre == bindparam("centre_id"), _c.device == _d.id)).outerjoin(
            schema.envelope,
            and_(_v.centre == bindparam("centre_id"), _v.device == _d.id, _v.sequence == bindparam("at_sequence")),
        )
    )
    .where(_d.id == bindparam("device_id"))
)
"""A device's state, when the checkpoint was signed that a batch names, the last entry that came out of the device's
spool, whether its centre erased anything, the end of its chain, what is held of the batch at that sequence, and whether
other batches of the device wait."""
_NOTED = select(
    schema.outcome.c.number, schema.outcome.c.outcome, schema.outcome.c.code, schema.outcome.c.fields
).where(
    schema.outcome.c.centre == bindparam("centre_id"),
    schema.outcome.c.device == bindparam("device_id"),
    schema.outcome.c.number >= bindparam("first_number"),
    schema.outcome.c.number <= bindparam("last_number"),
)


class Known(NamedTuple):
    """What a device says that it knows: its cursor's position, and how much of which epoch's log."""

    position: int = 0
    epoch: int = 0
    size: int = 0

    def check(self, position: int, size: int) -> None:
        """Raise `WireError` if a server whose counter and log are here cannot have said that."""
        if self.position > position:
            raise WireError("cursor.ahead", "this server has not given out such a position")
        if (self.epoch, self.size) > (epoch_of(position), size):
            raise WireError("log.ahead", f"{self.size} of epoch {self.epoch}")


NOTHING = Known()


@dataclass
class Pushed:
    """What became of a request's batches, each by itself; `own` are the entries that its device hands in with it, as
    part of its chain: the number of each by the position that it got."""

    receipts: list[bytes] = field(default_factory=list)
    leaves: list[int] = field(default_factory=list)
    outcomes: list[dict[str, object]] = field(default_factory=list)
    problems: list[tuple[int, str, int]] = field(default_factory=list)
    own: dict[int, int] = field(default_factory=dict)


def push(
    sender: Sender,
    opened: Sequence[Opened],
    keys: ServerKeys,
    effects: Effects,
    now: int,
    knows: Known = NOTHING,
    *,
    carried: bool = False,
) -> Program[Pushed]:
    """Judge and take in each batch, in one transaction; behind those that were `carried` in, what had to wait for them.
    Raises `WireError` before anything is changed: ``cursor.ahead`` or ``log.ahead`` for a device that knows more than
    this server ever said."""
    faults.reach("server.push.begun")
    position, frontier = yield from log.lock(sender.centre)
    knows.check(position, frontier.size)
    ledger = Ledger(sender.centre, now, position, on_paper=sender.on_paper)
    intake = _Intake(sender, keys, effects, ledger, frontier)
    for one in opened:
        yield from intake.take(one)
    if carried:
        yield from intake.take_carried(opened)
    elif intake.waits:
        yield from intake.look_back()
    if intake.frontier != frontier:
        yield Writes([*intake.custody, *log.sign(keys, sender.centre, ledger.position, intake.frontier, now)])
    faults.reach("server.push.applied")
    return intake.done


@dataclass
class _Intake:
    """One request's batches on their way in; `custody` is what is still to be written of the last one, `spooled` the
    last entry of the device that came out of its spool, `erasures` whether anything was ever erased, `waits` whether
    something of the device was carried in that waits for its forerunners, `frozen` whether its key was frozen here."""

    sender: Sender
    keys: ServerKeys
    effects: Effects
    ledger: Ledger
    frontier: Frontier
    custody: Sequence[Write] = ()
    spooled: int = 0
    erasures: bool = False
    waits: bool = False
    frozen: bool = False
    done: Pushed = field(default_factory=Pushed)

    def take(self, opened: Opened) -> Program[None]:
        """Judge one batch by its chain."""
        batch, sender = opened.batch, self.sender
        sequence = batch.header.sequence
        row = yield from self._before(batch)
        if row is None or row[0] not in LEAVERS | {"active", "desk"}:
            self.done.problems.append((sequence, f"device.{row[0] if row else 'unknown'}", 0))
            return
        if row[0] in LEAVERS:
            # Who left decides nothing more: his phone may hand in what was written where he had a place.
            sender = sender._replace(role="agent")
        named, held = row[1] or 0, row[7]
        chain = Chain(*row[4:7]) if row[4] is not None else Chain()
        self.spooled, self.erasures, self.waits = row[2] or 0, bool(row[3]), row[11] is not None
        given_up = sequence <= chain.sequence and held is None and (yield from gaps.covers(sender, batch))
        verdict = judge(batch, chain, held, given_up=given_up)
        if verdict == "next" and chain.digest == LOST and (yield from gaps.numbered(sender, batch)):
            verdict = "equivocation"
        sealed = verdict in ("next", "adopted") and batch.header.first <= self.spooled
        if sealed and (yield from spooling.contradicts(sender, batch)):
            verdict = "equivocation"
        if verdict == "replay":
            yield from self._answer_again(batch, *row[8:11])
        elif verdict == "gap":
            self.done.problems.append((sequence, "chain.gap", chain.sequence + 1))
        elif verdict == "equivocation":
            yield from self._quarantine(batch)
            self.done.problems.append((sequence, "chain.equivocation", 0))
        elif verdict == "adopted":
            yield from self._accept(opened, sender._replace(chained=False), named, [])
        else:
            end = chains.extended(sender.centre, sender.device, chain.after(batch), self.ledger.now)
            yield from self._accept(opened, sender, named, [end])

    def take_carried(self, opened: Sequence[Opened]) -> Program[None]:
        """Keep what came too early, and take in what waited for what came now."""
        early = {sequence for sequence, code, _ in self.done.problems if code == "chain.gap"}
        for one in opened:
            if one.batch.header.sequence in early:
                yield from waiting.keep(self.sender, one.batch, self.ledger.now)
        while True:
            count = len(self.done.receipts)
            end = yield from self.look_back()
            for batch in (yield from waiting.following(self.sender, end)):
                if (good := self._still_good(batch)) is not None:
                    yield from self.take(good)
            if len(self.done.receipts) == count:
                return

    def look_back(self) -> Program[int]:
        """Judge what waited for a place that the chain went past; gives the sequence where the chain ends. What is
        there already is let go; what lay in a gap that was given up comes in; the rest is the other branch."""
        yield Writes(self.custody)
        self.custody = ()
        chain = yield from chains.end(self.sender.centre, self.sender.device)
        for batch in (yield from waiting.passed(self.sender, chain.sequence)):
            if (good := self._still_good(batch)) is not None:
                yield from self.take(good)
            if self.frozen:
                break  # whatever else waited stands apart
        yield Writes(self.custody)
        self.custody = ()
        yield from waiting.let_go(self.sender, chain.sequence)
        return chain.sequence

    def _still_good(self, batch: Batch) -> Opened | None:
        """What waited, unless its key was given up meanwhile: that signs nothing later, and keeps nobody out."""
        try:
            return open_batch(batch, self.sender, self.keys)
        except SyncError:
            return None

    def _before(self, batch: Batch) -> Program[Row | None]:
        """What the database knows of a batch, those before it included."""
        yield Writes(self.custody)
        self.custody, header = (), batch.header
        return (
            yield from first(
                _BEFORE,
                centre_id=self.sender.centre,
                device_id=self.sender.device,
                at_sequence=header.sequence,
                named_size=header.checkpoint_size,
                named=header.checkpoint,
            )
        )

    def _accept(self, opened: Opened, sender: Sender, named: int, chain: Sequence[Write]) -> Program[None]:
        """Custody: log and receipt. Then what the entries say. `named` is when the checkpoint was signed that the batch
        names."""
        batch, header, now = opened.batch, opened.batch.header, self.ledger.now
        leaf, epoch = self.frontier.size, epoch_of(self.ledger.position)
        self.frontier, nodes = log.append(sender.centre, epoch, self.frontier, batch.payload)
        bounds = opened.custody or Interval(min(named, now), now)
        signed = receipt.pack(receipt.issue(self.keys.receipt, header, batch.digest, leaf, bounds, epoch))
        since = self.ledger.position
        incoming = _incoming(opened, sender, bounds)
        gone = (yield from erased.among(sender.centre, incoming)) if self.erasures else []
        secret: bytes = batch.secret
        kept: list[bytes | None] = [None, None]
        if gone:
            yield from erased.spread(sender.centre, incoming, now)
            incoming = erased.hollow(incoming, gone, now)
            secret, kept = b"", [*erasing.without(batch, gone)]
        outcomes = yield from self._lay(incoming)
        row = (
            sender.centre,
            sender.device,
            header.sequence,
            batch.digest,
            batch.payload[: batches.HEADER_BYTES],
            batch.signature,
            secret,
            header.first,
            header.first + header.entry_count - 1,
            since,
            self.ledger.position,
            epoch,
            leaf,
            *bounds,
            signed,
            *kept,
        )
        self.custody = [*chain, nodes, Write(schema.envelope, [row])]
        self.done.receipts.append(signed)
        self.done.leaves.append(leaf)
        self.done.outcomes.append(pack(outcomes))

    def _lay(self, incoming: list[Incoming]) -> Program[list[Outcome]]:
        """Lay the entries, but those that came out of the spool before their batch."""
        if incoming[0].number > self.spooled:
            return (yield from self._apply(incoming))
        known = yield from spooling.numbers(self.sender, incoming[0].number, incoming[-1].number)
        rest = [one for one in incoming if one.number not in known]
        outcomes = (yield from self._apply(rest)) if rest else []
        again = {one.number: Outcome(one.number, "identical") for one in incoming if one.number in known}
        for one in incoming:
            if one.number in again:
                self.ledger.tell(one, self.ledger.position, again[one.number])
        yield from self.ledger.flush()
        return sorted([*outcomes, *again.values()])

    def _apply(self, incoming: list[Incoming]) -> Program[list[Outcome]]:
        """Lay the entries; if that fails, keep them all parked, and the batch's custody stands."""
        yield Savepoint("set", "application")
        before = self.ledger.position
        try:
            outcomes = yield from Applier(self.ledger, self.effects).apply(incoming)
            own = self._own(incoming)
            yield from self.ledger.flush()
        except Exception:
            _logger.exception("laying a batch failed; its entries are parked")
            yield Savepoint("rollback", "application")
            self.ledger.forget(before)
            outcomes = [park(self.ledger, one, "merge.failed", b"person") for one in incoming]
            own = {}
            yield from self.ledger.flush()
        self.done.own.update(own)
        yield Savepoint("release", "application")
        return outcomes

    def _own(self, incoming: Sequence[Incoming]) -> dict[int, int]:
        """Which of the entries to be written the device has just handed in, as part of its chain."""
        device, first, last = self.sender.device, incoming[0].number, incoming[-1].number
        return {
            one.position: one.number
            for one in self.ledger.entries
            if one.chained and one.device == device and first <= one.number <= last
        }

    def _answer_again(self, batch: Batch, signed: bytes, since: int, until: int) -> Program[None]:
        """A replay gets the receipt that was stored, byte for byte, and the outcomes as they are now."""
        centre, device, numbers = self.sender.centre, self.sender.device, _numbers(batch)
        applied = yield from history.between(centre, since + 1, until)
        found = {
            one.number: Outcome(one.number, OUTCOMES[one.outcome])
            for one in applied
            if one.device == device and one.number in numbers
        }
        scope = {"centre_id": centre, "device_id": device, "first_number": numbers[0], "last_number": numbers[-1]}
        for noted in (yield from rows(_NOTED, **scope)):
            found[noted[0]] = read_outcome(noted)
        self.done.receipts.append(signed)
        again = receipt.unpack(signed)
        if again.epoch == epoch_of(self.ledger.position):
            self.done.leaves.append(again.leaf)
        self.done.outcomes.append(pack([found[number] for number in sorted(found)]))

    def _quarantine(self, batch: Batch) -> Program[None]:
        """Keep the other branch and freeze the key: one phone signed two histories. Under a key that was given up
        anybody may have, who had a copy of it: that is kept as far as there is room, and freezes nothing."""
        code, sender, now = "chain.equivocation", self.sender, self.ledger.now
        if key_at(batch.header.sequence, sender.former, sender.key) != sender.key:
            yield from quarantine.keep_all(sender, [batch], code, now)
            return
        yield from quarantine.keep(sender, batch, code, now)
        self.frozen = True
        yield from quarantine.freeze(sender, now)
        yield from waiting.leave_apart(sender, now)


def _numbers(batch: Batch) -> range:
    header = batch.header
    return range(header.first, header.first + header.entry_count)


def _incoming(opened: Opened, sender: Sender, bounds: Interval) -> list[Incoming]:
    authority, start = AUTHORITY[sender.role], opened.batch.header.first
    return [
        Incoming(
            sender.device,
            start + i,
            sender.chained,
            sender.person,
            sender.role,
            authority,
            effective(entry.at, bounds),
            bytes.fromhex(entry.record),
            entry,
            values,
            faults,
            body,
        )
        for i, ((entry, values, faults), body) in enumerate(zip(opened.entries, opened.batch.entries, strict=True))
    ]


def read_outcome(row: Row) -> Outcome:
    """An `outcome` row's (number, outcome, code, fields)."""
    number, code, reason, fields = row
    return Outcome(number, OUTCOMES[code], reason, tuple(filter(None, (fields or "").split(","))))
