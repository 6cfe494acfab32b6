"""A township on paper: one record, and everybody who edits it.

Devices pull, open forms, save with no signal and hand in batches; clerks open and save at the console, whose changes
have no ancestors. Each saved change remembers what its author had in view and what it was meant to replace; the server
lays it by the real rules and checks at once that no more and no less was replaced.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec

from daiban_sync.batch import FIRST, Batch, Header
from daiban_sync.chain import Chain, judge
from daiban_sync.clock import Interval, effective
from daiban_sync.merge import TOMBSTONE, UNSENT, Change, Head, lay
from daiban_sync.view import View, Written

FIELDS = ("phone", "address", "note", TOMBSTONE)
DESK = b"desk".ljust(16, b".")
Id = tuple[bytes, int]
"""A change's name for ever: device and number."""


class Saved(NamedTuple):
    """A change as its author saved it. `viewed` and `meant` say, by field, whose values were in view, and whose were to
    be replaced."""

    device: bytes
    number: int
    chained: bool
    authority: int
    at: int
    seen: int
    over: Mapping[str, tuple[int, ...]]
    values: Mapping[str, Any]
    viewed: Mapping[str, frozenset[Id]]
    meant: Mapping[str, frozenset[Id]]

    @property
    def id(self) -> Id:
        return self.device, self.number

    def change(self, position: int) -> Change:
        return Change(position, *self.id, self.chained, tuple(self.values), self.seen, self.over)

    def written(self, position: int, believed: int) -> Written:
        fields = {name: msgspec.Raw(msgspec.json.encode(value)) for name, value in self.values.items()}
        who = (position, *self.id, self.chained, self.device.hex(), self.authority, believed)
        return Written(*who, self.at, self.seen, self.over, fields, tuple(fields))


class Form(NamedTuple):
    """A record as it was opened."""

    seen: int
    view: View

    def fill(self, device: bytes, number: int, values: Mapping[str, Any], *, settle: bool, **author: Any) -> Saved:
        """What is saved: an ordinary edit of a field in conflict replaces the visible value, a settlement all."""
        over, viewed, meant = {}, {}, {}
        for name in values:
            heads = {(w.device, w.number): w.position for w in self.view.written if name in w.names}
            viewed[name] = meant[name] = frozenset(heads)
            if name in self.view.conflicts:
                if not settle:
                    shown = self.view.shown(name)
                    meant[name] = frozenset(one for one, position in heads.items() if position in shown)
                over[name] = tuple(heads[one] for one in meant[name] if heads[one] < UNSENT)
        return Saved(device, number, seen=self.seen, over=over, values=values, viewed=viewed, meant=meant, **author)


class Sent(NamedTuple):
    """A batch: its place in the chain, its entries, and when its device last heard of the log."""

    batch: Batch
    entries: tuple[Saved, ...]
    earliest: int


@dataclass
class Server:
    """The centre: the record's heads, and the chain of each device."""

    now: int = 1000
    position: int = 0
    heads: tuple[Head, ...] = ()
    stored: dict[int, Written] = field(default_factory=dict)
    saved: dict[Id, Saved] = field(default_factory=dict)
    chains: dict[bytes, Chain] = field(default_factory=dict)
    digests: dict[tuple[bytes, int], bytes] = field(default_factory=dict)

    def copy(self) -> "Server":
        return Server(
            *(self.now, self.position, self.heads, dict(self.stored), dict(self.saved)),
            *(dict(self.chains), dict(self.digests)),
        )

    def take(self, sent: Sent) -> str:
        """Judge a batch as the chain says; lay its entries if it is the next. Gives the verdict."""
        header = sent.batch.header
        chain = self.chains.get(header.device, Chain())
        verdict = judge(sent.batch, chain, self.digests.get((header.device, header.sequence)))
        if verdict == "next":
            self.chains[header.device] = chain.after(sent.batch)
            self.digests[header.device, header.sequence] = sent.batch.digest
            for entry in sent.entries:
                self.lay(entry, Interval(sent.earliest, self.now))
        return verdict

    def lay(self, saved: Saved, bounds: Interval) -> None:
        """Lay one change, and hold the promises: only what was meant to go goes, and all of that."""
        before = holders(self.heads)
        self.position += 1
        self.heads = lay(self.heads, saved.change(self.position))
        self.stored[self.position] = saved.written(self.position, effective(saved.at, bounds))
        self.saved[saved.id] = saved
        after = holders(self.heads)
        for name in FIELDS:
            gone = before[name] - after[name]
            meant = saved.meant.get(name, frozenset())
            assert all(one in meant or is_earlier(one, saved) for one in gone), "not meant to go, and went"
            assert not meant & after[name], "meant to go, and stayed"
            assert (saved.id in after[name]) == (name in saved.values), "a change holds what it wrote"

    def written(self) -> list[Written]:
        return [self.stored[head.position]._replace(names=head.names) for head in self.heads]

    def view(self) -> View:
        return View("0" * 32, "photo", self.position, self.written())


@dataclass
class Desk:
    """A clerk's tab at the console. All share one key, so no change has ancestors."""

    tab: int
    form: Form | None = None
    count: int = 0

    def open(self, server: Server) -> None:
        self.form = Form(server.position, server.view())

    def save(self, values: Mapping[str, Any], at: int, *, settle: bool) -> Saved:
        assert self.form
        self.count += 1
        number = 1000 * (self.tab + 1) + self.count
        return self.form.fill(DESK, number, values, settle=settle, chained=False, authority=2, at=at)


@dataclass
class Device:
    """A phone: what it pulled, and what it saved since."""

    name: bytes
    position: int = 0
    pulled: list[Written] = field(default_factory=list)
    number: int = 0
    chain: Chain = field(default_factory=Chain)
    heard: int = 0
    form: Form | None = None
    unmirrored: list[Saved] = field(default_factory=list)
    unfrozen: list[Saved] = field(default_factory=list)
    frozen: list[Sent] = field(default_factory=list)

    def view(self) -> View:
        """The record with this device's own changes laid over what it pulled, by the same rules."""
        heads = tuple(w.head for w in self.pulled)
        known = {w.position: w for w in self.pulled}
        for saved in self.unmirrored:
            position = UNSENT + saved.number
            heads = lay(heads, saved.change(position))
            known[position] = saved.written(position, saved.at)
        return View("0" * 32, "photo", self.position, [known[h.position]._replace(names=h.names) for h in heads])

    def open(self) -> None:
        self.form = Form(self.position, self.view())

    def save(self, values: Mapping[str, Any], at: int, *, settle: bool) -> None:
        assert self.form
        self.number += 1
        who = {"chained": True, "authority": 1, "at": at}
        saved = self.form.fill(self.name, self.number, values, settle=settle, **who)
        self.unmirrored.append(saved)
        self.unfrozen.append(saved)

    def freeze(self) -> None:
        """Put what was saved into a batch, which is older than anything that is pulled from now on."""
        if not self.unfrozen:
            return
        entries, self.unfrozen = tuple(self.unfrozen), []
        digest = sha256(repr((self.name, self.chain, entries)).encode()).digest()
        where = (self.chain.sequence + 1, self.chain.digest, 0, FIRST, entries[0].number, len(entries))
        header = Header(1, 0, bytes(16), bytes(16), self.name, *where)
        batch = Batch(header, b"", b"", (), b"", digest)
        self.chain = self.chain.after(batch)
        self.frozen.append(Sent(batch, entries, self.heard))

    def hand_in(self, server: Server) -> None:
        self.freeze()
        for sent in self.frozen:
            assert server.take(sent) in ("next", "replay")
        self.frozen.clear()

    def pull(self, server: Server) -> None:
        """Take what changed. Only now may it be seen; a receipt alone shows nothing."""
        self.freeze()
        self.position, self.pulled, self.heard = server.position, server.written(), server.now
        last = server.chains.get(self.name, Chain()).number
        self.unmirrored = [saved for saved in self.unmirrored if saved.number > last]


def holders(heads: Iterable[Head]) -> dict[str, frozenset[Id]]:
    """By field, whose values stand."""
    heads = tuple(heads)
    return {name: frozenset((h.device, h.number) for h in heads if name in h.names) for name in FIELDS}


def is_earlier(one: Id, saved: Saved) -> bool:
    """Whether the author himself wrote `one` before."""
    return saved.chained and one[0] == saved.device and one[1] < saved.number


def seen_by_people(view: View) -> dict[str, object]:
    """All that a view shows, without positions."""

    def shown(values: Sequence[Any]) -> list[tuple[object, ...]]:
        return [(v.value, v.author, v.authority, v.effective, v.number) for v in values]

    return {
        "values": view.values,
        "conflicts": {name: shown(values) for name, values in view.conflicts.items()},
        "deleted": (view.deleted, view.doubted),
    }
