"""One centre's records as a transaction sees them, and the rows that it will write.

The ledger is filled by a few set-wise reads, worked on in memory, and flushed by a few set-wise writes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Table

from daiban_schemas.entry import Entry, reread
from daiban_schemas.entry import change as encode_change
from daiban_schemas.entry import decode as decode_entry
from daiban_schemas.kind import AUTHORITY
from daiban_server.db import schema
from daiban_server.db.program import Conflict, Lookup, Program, Row, Write, Writes
from daiban_server.spine import history
from daiban_server.spine import scope as scopes
from daiban_server.spine.history import Stored
from daiban_server.spine.scope import Scope
from daiban_sync.ids import NOBODY
from daiban_sync.merge import Change, Head, lay
from daiban_sync.outcome import OUTCOMES, Outcome
from daiban_sync.view import View, Written

_heads = msgspec.msgpack.Decoder(list[tuple[int, bytes, int, tuple[str, ...], int]])
_pack = msgspec.msgpack.Encoder().encode
REFUSED = OUTCOMES.index("refused")
_RECORD = ("id", "kind", "parent", "place", "position", "stretch", "heads", "status", "version", "conflicts", "deleted")


class Incoming(NamedTuple):
    """An entry on its way into the records. `values` are a change's decoded fields, `faults` those of them that may not
    be written, each with the reason's code. `effective` and `authority` are
    frozen here; `chained` says whether its device's earlier entries are its ancestors."""

    device: bytes
    number: int
    chained: bool
    author: bytes
    role: str
    authority: int
    effective: int
    record: bytes
    entry: Entry
    values: Mapping[str, Any]
    faults: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class Record:
    """A row of `record`, being worked on. `heads` is None while the entry at `position` holds everything."""

    id: bytes
    kind: str
    parent: bytes | None
    place: bytes | None
    position: int
    heads: tuple[Head, ...] | None
    status: str | None = None
    version: int = 0
    conflicts: int = 0
    deleted: bool = False


@dataclass(slots=True)
class Ledger:
    """The transaction's state. `position` is the last one given out; `now` is in Unix milliseconds; `starts` says in
    which stretch of history the entry at a position stands; `added` are rows of features, and `memo` is what they found
    out, by whatever it depends on; `pasts` is what history has of records, until more is written; `on_paper` says that
    the desk keys in what was written on paper."""

    centre: bytes
    now: int
    position: int
    on_paper: bool = field(default=False, kw_only=True)
    records: dict[bytes, Record | None] = field(default_factory=dict)
    stored: dict[int, Stored] = field(default_factory=dict)
    starts: dict[int, int] = field(default_factory=dict)
    changed: set[bytes] = field(default_factory=set)
    created: list[bytes] = field(default_factory=list)
    entries: list[Stored] = field(default_factory=list)
    outcomes: dict[tuple[bytes, int], Row] = field(default_factory=dict)
    parked: dict[tuple[bytes, int], Row] = field(default_factory=dict)
    departures: list[Row] = field(default_factory=list)
    added: dict[tuple[Table, Conflict], list[Row]] = field(default_factory=dict)
    memo: dict[Any, Any] = field(default_factory=dict)
    pasts: dict[bytes, Sequence[Stored]] = field(default_factory=dict)
    places: dict[bytes, bool] = field(default_factory=dict)
    scopes: dict[bytes, Scope] = field(default_factory=dict)

    # Reading ------------------------------------------------------------------------------------------------

    def load(self, ids: Iterable[bytes]) -> Program[None]:
        """Know these records, and of those that one entry made the entry's bytes."""
        wanted = [id_ for id_ in dict.fromkeys(ids) if id_ not in self.records]
        if not wanted:
            return
        found = yield Lookup(schema.record, ("centre", "id"), _RECORD, [(self.centre, id_) for id_ in wanted])
        self.records.update(dict.fromkeys(wanted))
        whole = []
        for id_, kind, parent, place, position, stretch, packed, status, version, conflicts, deleted in found:
            heads = self._known_heads(position, stretch, packed)
            self.records[id_] = Record(
                id_, kind, parent, place, position, heads, status, version, conflicts, bool(deleted)
            )
            if heads is None:
                whole.append(position)
        yield from self.load_entries(whole)

    def _known_heads(self, position: int, stretch: int, packed: bytes | None) -> tuple[Head, ...] | None:
        if packed is None:
            self.starts[position] = stretch
            return None
        heads, starts = unpack_heads(packed)
        self.starts.update(starts)
        return heads

    def load_entries(self, positions: Iterable[int]) -> Program[None]:
        """Know the entries at these positions, which heads of loaded records named."""
        wanted = {self.starts[position] for position in positions if position not in self.stored}
        if wanted:
            self.stored.update((yield from history.entries_at(self.centre, wanted)))

    def heads(self, record: Record) -> tuple[Head, ...]:
        """The record's heads, spelt out."""
        if record.heads is not None:
            return record.heads
        stored = self.stored[record.position]
        names = tuple(reread(stored.body)[1])
        return (Head(stored.position, stored.device, stored.number, names),)

    def view(self, record: Record) -> Program[View]:
        """The record as people see it."""
        heads = self.heads(record)
        yield from self.load_entries(head.position for head in heads)
        written = [self.written(head) for head in heads]
        return View(record.id.hex(), record.kind, record.position, written)

    def values(self, id_: bytes | None) -> Program[Mapping[str, Any]]:
        """What stands in a record, by its id; nothing where it is not there."""
        if id_ is None:
            return {}
        yield from self.load([id_])
        record = self.records[id_]
        return (yield from self.view(record)).values if record else {}

    def written(self, head: Head) -> Written:
        """A head with its values; its entry must have been loaded."""
        return as_written(self.stored[head.position], head.names)

    def within(self, incoming: Incoming, record: bytes, place: bytes | None) -> Program[bool]:
        """Whether an agent answered for `place`, where `record` belongs, when he wrote this entry."""
        if incoming.role != "agent":
            return True
        scope = self.scopes.get(incoming.author)
        if scope is None:
            scope = self.scopes[incoming.author] = yield from scopes.of(incoming.author)
        if scope.had(place, incoming.effective):
            return True
        return (yield from scopes.had_left(self.centre, record, scope, incoming.effective))

    def came(self, incoming: Incoming) -> int:
        """When the centre was handed what an entry says: when the server had it, but what was written on paper at the
        desk when that was written."""
        return incoming.effective if self.on_paper else self.now

    def applied(self, record: bytes) -> list[Stored]:
        """What took effect on a record in this transaction and is not written yet, in order."""
        return [one for one in self.entries if one.record == record and one.outcome != REFUSED]

    # Writing ------------------------------------------------------------------------------------------------

    def next_position(self) -> int:
        """One more position, in order of application."""
        self.position += 1
        return self.position

    def remember(self, incoming: Incoming, position: int, outcome: int = 0) -> Stored:
        """Let views see the entry at `position`, before its outcome is known."""
        device, number, chained, author, _, authority, effective, record, _, _, _, body = incoming
        stored = Stored(position, device, number, author, authority, chained, effective, outcome, record, body)
        self.stored[position] = stored
        return stored

    def keep(self, incoming: Incoming, position: int, outcome: Outcome) -> None:
        """Write the entry into history at `position`; an outcome that people want to hear of is told by pull too."""
        self.entries.append(self.remember(incoming, position, OUTCOMES.index(outcome.outcome)))
        if outcome.noteworthy:
            self.tell(incoming, position, outcome)

    def tell(self, incoming: Incoming, position: int, outcome: Outcome) -> None:
        """Make an outcome known to the device by pull."""
        self.outcomes[incoming.device, incoming.number] = (
            self.centre,
            incoming.device,
            incoming.number,
            position,
            OUTCOMES.index(outcome.outcome),
            outcome.code,
            ",".join(outcome.fields),
        )

    def write_fields(
        self,
        record: Record,
        fields: Mapping[str, Any],
        status: str | None = None,
        over: Mapping[str, list[int]] | None = None,
    ) -> None:
        """Write server fields of a record; a `status` moves its state machine on by one version.

        The server's change has all heads in view and replaces whatever stood in its fields; of those in `over` only the
        heads at these positions.
        """
        if status is not None:
            record.status, record.version = status, record.version + 1
            fields = {**fields, "status": status, "version": record.version, "status_at": self.now}
        if not fields:
            return
        before = self.heads(record)
        position = self.next_position()
        body = encode_change(record.id.hex(), record.kind, fields, seen=position, at=self.now, over=over)
        made, rank = decode_entry(body), AUTHORITY["server"]
        own = Incoming(NOBODY, position, False, NOBODY, "server", rank, self.now, record.id, made, fields, {}, body)
        record.heads = lay(before, Change(position, NOBODY, position, False, tuple(fields), position, over or {}))
        record.position = position
        self.changed.add(record.id)
        self.keep(own, position, Outcome(position, "merged"))

    def add(self, table: Table, row: Row, conflict: Conflict = "fail") -> None:
        """Write a row of a feature's, with others, when this is flushed; who reads that table here before then calls
        `write_added`."""
        self.added.setdefault((table, conflict), []).append(row)

    def write_added(self) -> Program[None]:
        """Write what was added so far."""
        yield Writes(self._added())

    def _added(self) -> list[Write]:
        added, self.added = self.added, {}
        return [Write(table, rows, conflict) for (table, conflict), rows in added.items()]

    def forget(self, position: int) -> None:
        """Drop what was worked on since `position`, after a rollback."""
        self.records, self.stored, self.starts, self.changed, self.created = {}, {}, {}, set(), []
        self.entries, self.outcomes, self.parked, self.departures = [], {}, {}, []
        self.added, self.memo, self.pasts = {}, {}, {}
        self.position = position

    def flush(self) -> Program[None]:
        """Write everything that changed."""
        stretches = [self._stretch(stretch) for stretch in history.cut(self.entries)]
        records = [self._row(record) for record in map(self.records.get, self.changed) if record]
        yield Writes(
            [
                Write(schema.history, stretches),
                Write(schema.record, records, "replace"),
                Write(schema.outcome, list(self.outcomes.values()), "replace"),
                Write(schema.parked, list(self.parked.values()), "replace"),
                Write(schema.departure, self.departures),
                *self._added(),
            ]
        )
        self.entries, self.outcomes, self.parked, self.departures = [], {}, {}, []
        self.pasts = {}
        self.changed.clear()

    def _stretch(self, stretch: Sequence[Stored]) -> Row:
        start = stretch[0].position
        self.starts.update((one.position, start) for one in stretch)
        return history.row(self.centre, stretch)

    def _row(self, record: Record) -> Row:
        heads, stretch = None, 0
        if record.heads is None:
            stretch = self.starts[record.position]
        else:
            heads = _pack([(*head, self.starts[head.position]) for head in record.heads])
        return (
            self.centre,
            record.id,
            record.kind,
            record.parent,
            record.place,
            record.position,
            stretch,
            heads,
            record.status,
            record.version,
            record.conflicts,
            record.deleted,
        )


def unpack_heads(packed: bytes) -> tuple[tuple[Head, ...], dict[int, int]]:
    """A record's heads as its row has them, and in which stretch of history each stands, by position."""
    found = _heads.decode(packed)
    return tuple(Head(*told[:4]) for told in found), {told[0]: told[4] for told in found}


def as_written(stored: Stored, names: Sequence[str]) -> Written:
    """A stored change as a head that still holds `names`."""
    entry, fields = reread(stored.body)
    return Written(
        position=stored.position,
        device=stored.device,
        number=stored.number,
        chained=bool(stored.chained),
        author=stored.author.hex(),
        authority=stored.authority,
        effective=stored.effective,
        at=entry.at,
        seen=entry.seen,
        over=entry.over or {},
        fields=fields,
        names=tuple(names),
    )
