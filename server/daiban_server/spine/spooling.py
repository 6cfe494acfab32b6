"""Saves that come out of a spool: each was signed singly, since its phone can open its store no more.

They are the device's own entries under their own numbers, mostly later than its chain's end. Each is a leaf of the log
by itself, and `spooled` keeps its signature. Should the chain go on after all, its batches bring the same numbers once
more: those are passed over (`push`). A number below the chain's end that no batch brought lay in a gap that the head
closed: it is new here, and like a batch that was given up it has no ancestors, since what came behind it went on
without it.

The price of coming without a batch: no checkpoint bounds them from below, so their claimed times are believed down to
any past; and the device gets no receipts, having nothing to keep them in.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import bindparam, func, select

from daiban_schemas.kind import AUTHORITY
from daiban_schemas.reading import read
from daiban_server.db import schema
from daiban_server.db.program import Program, Row, Write, Writes, rows
from daiban_server.keystore import ServerKeys
from daiban_server.spine import chains, erased, log, quarantine, taken, waiting
from daiban_server.spine.apply import Applier
from daiban_server.spine.effects import Effects
from daiban_server.spine.ledger import Incoming, Ledger
from daiban_server.spine.opening import Sender
from daiban_sync import spooled
from daiban_sync.batch import Batch
from daiban_sync.clock import Interval, effective
from daiban_sync.epochs import epoch_of
from daiban_sync.errors import SignatureError
from daiban_sync.new_key import key_of
from daiban_sync.spooled import Signed, Spooled

_s = schema.spooled.c
LAST = (
    select(func.max(_s.number))
    .where(_s.centre == bindparam("centre_id"), _s.device == schema.device.c.id)
    .correlate(schema.device)
    .scalar_subquery()
)
"""The last entry of a device that came out of its spool; nothing for nearly all of them."""
_KNOWN = select(_s.number, _s.signature).where(
    _s.centre == bindparam("centre_id"),
    _s.device == bindparam("device_id"),
    _s.number >= bindparam("first_number"),
    _s.number <= bindparam("last_number"),
)


class Taken(NamedTuple):
    """What became of a spool's saves: how many are new here, were here already, and were refused or wait. `frozen`:
    they contradict what was here, so none was taken in, and the device speaks no more."""

    new: int
    known: int
    troubled: int
    frozen: bool = False


def numbers(sender: Sender, first: int, last: int) -> Program[dict[int, bytes]]:
    """Which of a device's entries came out of its spool, with the signature of each."""
    scope = {"centre_id": sender.centre, "device_id": sender.device}
    return dict((yield from rows(_KNOWN, **scope, first_number=first, last_number=last)))


def contradicts(sender: Sender, batch: Batch) -> Program[bool]:
    """Whether an entry of a batch is another than the one that came out of the spool under its number."""
    header = batch.header
    known = yield from numbers(sender, header.first, header.first + header.entry_count - 1)
    saves = enumerate(batch.entries, header.first)
    return any(
        not _signed(Spooled(header.origin, header.centre, header.device, number, body), known[number], sender)
        for number, body in saves
        if number in known
    )


def _signed(save: Spooled, signature: bytes, sender: Sender) -> bool:
    """Whether this is what the device once signed so."""
    try:
        spooled.check(Signed(save, signature), key_of(save.number, sender.former, sender.key))
    except SignatureError:
        return False
    return True


def take(sender: Sender, saves: Sequence[Signed], keys: ServerKeys, effects: Effects, now: int) -> Program[Taken]:
    """Take in saves whose signatures hold, each once."""
    position, frontier = yield from log.lock(sender.centre)
    chain = yield from chains.end(sender.centre, sender.device)
    by_number: Mapping[int, Signed] = {one.spooled.number: one for one in saves}
    known = yield from numbers(sender, min(by_number), max(by_number))
    others = yield from _standing(sender, (yield from _others(sender, saves, known)), now)
    here = known.keys() | (yield from taken.among(sender.centre, sender.device, by_number))
    unknown = [by_number[number] for number in sorted(by_number) if number not in here]
    fresh = yield from _standing(sender, unknown, now)
    if others and not any(_presently(one, sender) for one in others):
        # Whoever had a copy of a key that was given up could have made them: they are kept, and freeze nothing.
        yield from quarantine.keep_saves(sender, others, "chain.equivocation", now)
        fresh = [one for one in fresh if one not in others]
    elif others:
        apart = sorted({*others, *fresh}, key=lambda one: one.spooled.number)
        yield from quarantine.keep_saves(sender, apart, "chain.equivocation", now)
        yield from quarantine.freeze(sender, now)
        yield from waiting.leave_apart(sender, now)
        return Taken(0, 0, 0, frozen=True)
    gone = len(unknown) - len(fresh)
    if not fresh:
        return Taken(0, len(by_number) - gone, gone)
    ledger, kept, nodes = Ledger(sender.centre, now, position), [], []
    for one in fresh:
        number = one.spooled.number
        row: Row = (sender.centre, sender.device, number, one.signature, epoch_of(position), frontier.size, now)
        kept.append(row)
        frontier, written = log.append(sender.centre, epoch_of(position), frontier, one.spooled.payload)
        nodes.append(written)
    outcomes = yield from Applier(ledger, effects).apply([_incoming(one, sender, now, chain.number) for one in fresh])
    yield from ledger.flush()
    yield Writes([Write(schema.spooled, kept), *nodes, *log.sign(keys, sender.centre, ledger.position, frontier, now)])
    troubled = sum(one.outcome in ("refused", "parked") for one in outcomes)
    return Taken(len(fresh) - troubled, len(by_number) - len(unknown), troubled + gone)


def _presently(one: Signed, sender: Sender) -> bool:
    """Whether it is signed by the key that the device has now."""
    return key_of(one.spooled.number, sender.former, sender.key) == sender.key


def _others(sender: Sender, saves: Sequence[Signed], known: Mapping[int, bytes]) -> Program[list[Signed]]:
    """Those that say something else than what came before under their number: in the spool, in a batch that was taken
    in or that waits for its forerunners, or among themselves."""
    told = {one.spooled.number for one in saves}
    handed_in = yield from taken.bodies(sender.centre, sender.device, told)
    waits = yield from waiting.said(sender, told)
    bodies = {number: body for number, body in handed_in.items() if number not in known}
    found = []
    for one in saves:
        number, entry = one.spooled.number, one.spooled.entry
        if number in known:
            same = _signed(one.spooled, known[number], sender)
        else:
            same = bodies.setdefault(number, entry) == entry
        same = same and waits.get(number, {entry}) == {entry}
        if not same:
            found.append(one)
    return found


def keep_apart(sender: Sender, saves: Sequence[Signed], code: str, now: int) -> Program[None]:
    """Keep what a locked device sealed for people to look at, save by save, but what is in custody already."""
    by_number = {one.spooled.number: one for one in saves}
    known = yield from numbers(sender, min(by_number), max(by_number))
    handed_in = yield from taken.bodies(sender.centre, sender.device, by_number)
    foreign = [
        one
        for number, one in sorted(by_number.items())
        if number not in known and handed_in.get(number) != one.spooled.entry
    ]
    fresh = yield from _standing(sender, foreign, now)
    yield from quarantine.keep_saves(sender, fresh, code, now)


def _standing(sender: Sender, saves: Sequence[Signed], now: int) -> Program[list[Signed]]:
    """Those that do not speak of what was erased. The others are let go: a save by itself has no salt to destroy, so a
    leaf in the log would go on telling whoever guesses right that he did."""
    gone = set((yield from erased.among(sender.centre, [_incoming(one, sender, now) for one in saves])))
    return [one for i, one in enumerate(saves) if i not in gone]


def _incoming(one: Signed, sender: Sender, now: int, chained_after: int = 0) -> Incoming:
    chained = one.spooled.number > chained_after
    entry, values, faults = read(one.spooled.entry)
    return Incoming(
        *(sender.device, one.spooled.number, chained, sender.person, sender.role, AUTHORITY[sender.role]),
        effective(entry.at, Interval(0, now)),
        bytes.fromhex(entry.record),
        entry,
        values,
        faults,
        one.spooled.entry,
    )
