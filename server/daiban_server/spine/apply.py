"""Laying entries over records: which outcome an entry has, and what it changes.

Every outcome is one branch here. What an entry is judged by does not depend on when it arrives, except for commands,
which ask about a state.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import bindparam, select

from daiban_schemas import strict
from daiban_schemas.kind import Field, Kind
from daiban_schemas.kinds import KINDS
from daiban_schemas.types import Reference, Type
from daiban_server.db import schema
from daiban_server.db.program import Fetch, Program
from daiban_server.spine import holding
from daiban_server.spine.effects import Asked, Effects
from daiban_server.spine.ledger import Incoming, Ledger, Record
from daiban_server.spine.moving import follow_parent
from daiban_server.spine.parking import park, take_parked
from daiban_server.spine.refusal import Refusal
from daiban_sync.merge import TOMBSTONE, Change, Head, contested, lay
from daiban_sync.outcome import Outcome
from daiban_sync.view import View, same

_PLACE = select(schema.place.c.id).where(
    schema.place.c.id == bindparam("id"), schema.place.c.centre == bindparam("centre_id")
)


HEADS = 40
"""Heads of one record: with entries of at most 256 KiB it still fits an answer. Nobody honest comes near."""


class Applier:
    """Applies entries to one transaction's ledger, with the features' effects."""

    def __init__(self, ledger: Ledger, effects: Effects) -> None:
        self.ledger = ledger
        self._effects = effects

    def apply(self, incoming: Sequence[Incoming]) -> Program[list[Outcome]]:
        """Apply entries in order, then whatever had been waiting for the records that they made."""
        outcomes = yield from self._each(incoming)
        yield from self._free()
        yield from self.project()
        return outcomes

    def _free(self) -> Program[None]:
        """Apply what had been waiting for the records that were made, and for those that this makes."""
        while self.ledger.created:
            freed = yield from take_parked(self.ledger, _pop_all(self.ledger.created))
            for outcome, one in zip((yield from self._each(freed)), freed, strict=True):
                if outcome.outcome != "parked":
                    self.ledger.tell(one, self.ledger.position, outcome)

    def project(self) -> Program[None]:
        """Bring the features' tables into step with the records that changed."""
        if self._effects.projections:
            changed = [record for record in map(self.ledger.records.get, self.ledger.changed) if record]
            for record in changed:
                for projection in self._effects.projections.get(record.kind, ()):
                    yield from projection(self.ledger, record)

    def _each(self, incoming: Sequence[Incoming]) -> Program[list[Outcome]]:
        yield from self.ledger.load(_ids(incoming))
        outcomes = []
        for one in incoming:
            outcomes.append((yield from self._one(one)))
        return outcomes

    def _one(self, incoming: Incoming) -> Program[Outcome]:
        entry = incoming.entry
        if entry.erased is not msgspec.UNSET:
            # Nothing of it is left (see `erasing`), and nobody hands in such an entry by himself.
            return self._refuse(incoming, "record.erased")
        kind = KINDS.get(entry.kind)
        if kind is None:
            return park(self.ledger, incoming, "kind.unknown", entry.kind.encode())
        id_ = incoming.record
        record = self.ledger.records.get(id_)
        if record is not None:
            if record.kind != entry.kind:
                return self._refuse(incoming, "record.other_kind")
            if not (yield from self.ledger.within(incoming, id_, record.place)):
                return self._refuse(incoming, "scope.foreign")
        if entry.action == "change":
            return (yield from self._change(kind, id_, record, incoming))
        if record is None:
            return park(self.ledger, incoming, "record.unknown", id_)
        if entry.action == "command":
            return (yield from self._command(kind, record, incoming))
        return (yield from self._report(kind, record, incoming))

    # Changes ------------------------------------------------------------------------------------------------

    def _change(self, kind: Kind, id_: bytes, record: Record | None, incoming: Incoming) -> Program[Outcome]:
        code, fields = unwritable(kind, incoming)
        if incoming.entry.seen > self.ledger.position:
            code = "seen.ahead"
        if code:
            return self._refuse(incoming, code, fields)
        if record is None:
            return (yield from self._make(kind, id_, incoming))
        return (yield from self._lay(kind, record, incoming))

    def _make(self, kind: Kind, id_: bytes, incoming: Incoming) -> Program[Outcome]:
        parent = place = None
        if kind.parent is not None:
            named = incoming.values.get(kind.parent)
            if named is None:
                return park(self.ledger, incoming, "record.unknown", id_)
            parent = bytes.fromhex(named)
            found = yield from self._parent(kind.fields[kind.parent], parent)
            if isinstance(found, str):
                return self._refuse(incoming, found, (kind.parent,))
            if found is None:
                return park(self.ledger, incoming, "parent.missing", parent)
            place = found[0]
            if not (yield from self.ledger.within(incoming, parent, place)):
                return self._refuse(incoming, "scope.foreign")
        position = self.ledger.next_position()
        record = Record(id_, kind.name, parent, place, position, None, kind.first_state)
        outcome = Outcome(incoming.number, "new")
        self.ledger.keep(incoming, position, outcome)
        self.ledger.records[id_] = record
        self.ledger.changed.add(id_)
        self.ledger.created.append(id_)
        if follow := self._effects.made.get(kind.name):
            self.ledger.write_fields(record, (yield from follow(self.ledger, record, incoming)))
        if kind.rules or TOMBSTONE in incoming.values:
            yield from self._reckon(kind, record)
        return outcome

    def _parent(self, field: Field, parent: bytes) -> Program[tuple[bytes | None] | str | None]:
        """The place that a parent stands in, a refusal's code, or None where the parent is not there yet."""
        kinds = field.type.kinds if isinstance(field.type, Reference) else ()
        if kinds == ("place",):
            if parent not in self.ledger.places:
                rows = yield Fetch(_PLACE, {"id": parent, "centre_id": self.ledger.centre})
                self.ledger.places[parent] = bool(rows)
            return (parent,) if self.ledger.places[parent] else None
        if parent not in self.ledger.records:
            yield from self.ledger.load([parent])
        record = self.ledger.records[parent]
        if record is None:
            return None
        return (record.place,) if record.kind in kinds else "parent.other_kind"

    def _place_of(self, kind: Kind, parent: bytes) -> Program[bytes | None]:
        found = yield from self._parent(kind.fields[str(kind.parent)], parent)
        return found[0] if isinstance(found, tuple) else None

    def _lay(self, kind: Kind, record: Record, incoming: Incoming) -> Program[Outcome]:
        if kind.word_of is not None and (yield from self._foreign(kind, record, incoming)):
            return self._refuse(incoming, "record.not_yours", tuple(incoming.values))
        before = self.ledger.heads(record)
        heads = lay(before, _as_change(incoming, self.ledger.position + 1))
        if len(heads) > max(HEADS, len(before)):
            return self._refuse(incoming, "record.too_contested", tuple(incoming.values))
        was = yield from self._same_as_before(before, incoming)
        valid = yield from holding.valid(self.ledger, kind, record, incoming)
        position = self.ledger.next_position()
        record.heads = heads
        record.position = position
        self.ledger.changed.add(record.id)
        self.ledger.remember(incoming, position)
        held = yield from holding.moved(self.ledger, record, valid)
        if kind.parent in incoming.values and kind.parent not in held:
            yield from follow_parent(self.ledger, kind, record, self._place_of)
        yield from self._reckon(kind, record)
        open_fields = tuple(sorted({*(yield from self._open_among(record, incoming.values)), *held}))
        if open_fields:
            outcome = Outcome(
                incoming.number, "conflict", "field.held" if valid.keys() & {*open_fields} else None, open_fields
            )
        else:
            outcome = Outcome(incoming.number, "identical" if was else "merged")
        self.ledger.keep(incoming, position, outcome)
        if held:
            self.ledger.write_fields(record, held, over={name: [] for name in held})
            if kind.parent in held:
                yield from follow_parent(self.ledger, kind, record, self._place_of)
            yield from self._reckon(kind, record)
        for changed in self._effects.changed.get(kind.name, ()):
            self.ledger.write_fields(record, (yield from changed(self.ledger, record, incoming, before)))
        return outcome

    def _foreign(self, kind: Kind, record: Record, incoming: Incoming) -> Program[bool]:
        view, author = (yield from self.ledger.view(record)), incoming.author.hex()
        return kind.foreign_to(author, view.values, wrote=any(one.author == author for one in view.written))

    def _same_as_before(self, heads: tuple[Head, ...], incoming: Incoming) -> Program[bool]:
        """Whether a record that one change holds says already what the change says."""
        if len(heads) != 1:
            return False
        yield from self.ledger.load_entries([heads[0].position])
        fields = self.ledger.written(heads[0]).fields
        return all(
            name in fields and same(msgspec.json.decode(fields[name]), value) for name, value in incoming.values.items()
        )

    def _reckon(self, kind: Kind, record: Record) -> Program[None]:
        """Count the record's open conflicts, and say whether it is deleted."""
        heads = self.ledger.heads(record)
        disputed = contested(heads)
        tombstone = any(TOMBSTONE in head.names for head in heads)
        if not disputed and not kind.rules and not tombstone:
            record.conflicts, record.deleted = 0, False
            return
        view = yield from self.ledger.view(record)
        record.deleted = view.deleted
        record.conflicts = len(view.conflicts) + len(broken_rules(kind, view)) + view.doubted

    def _open_among(self, record: Record, names: Iterable[str]) -> Program[tuple[str, ...]]:
        if not record.conflicts:
            return ()
        view = yield from self.ledger.view(record)
        concerned = {field for rule in broken_rules(KINDS[record.kind], view) for field in rule}
        if view.doubted:
            concerned.add(TOMBSTONE)
        return tuple(sorted(n for n in {*names, TOMBSTONE} if n in view.conflicts or n in concerned))

    # Commands and reports -----------------------------------------------------------------------------------

    def _command(self, kind: Kind, record: Record, incoming: Incoming) -> Program[Outcome]:
        entry = incoming.entry
        command = kind.commands.get(str(entry.command))
        if command is None:
            return self._refuse(incoming, "command.unknown")
        if incoming.role not in command.roles:
            return self._refuse(incoming, "command.not_your_role")
        if record.status not in command.source:
            return self._refuse(incoming, "command.not_now")
        if entry.expected is not msgspec.UNSET and entry.expected != record.version:
            return self._refuse(incoming, "command.late")
        try:
            arguments = checked_arguments(entry.arguments, command.arguments, command.required)
            effect = self._effects.commands.get((kind.name, command.name))
            asked = Asked(incoming, record, command.name, arguments, self.ledger.position + 1)
            fields = (yield from effect(self.ledger, asked)) if effect else {}
            fields = yield from self._moved(asked, fields)
        except Refusal as refusal:
            return self._refuse(incoming, refusal.code, refusal.fields)
        outcome = Outcome(incoming.number, "merged")
        self.ledger.keep(incoming, self.ledger.next_position(), outcome)
        yield from self._write(kind, record, fields, command.target or record.status)
        return outcome

    def _report(self, kind: Kind, record: Record, incoming: Incoming) -> Program[Outcome]:
        entry = incoming.entry
        report = kind.reports.get(str(entry.report))
        if report is None:
            return park(self.ledger, incoming, "report.unknown", entry.kind.encode())
        try:
            facts = checked_arguments(entry.facts, report.facts, report.required)
        except Refusal as refusal:
            return self._refuse(incoming, refusal.code, refusal.fields)
        target = report.target(record.status or "", facts)
        outcome = Outcome(incoming.number, "merged", None if target else "report.without_effect")
        self.ledger.keep(incoming, self.ledger.next_position(), outcome)
        asked = Asked(incoming, record, report.name, facts, self.ledger.position)
        effect = self._effects.reports.get((kind.name, report.name if target else "*"))
        fields = (yield from effect(self.ledger, asked)) if effect else {}
        if target:
            fields = yield from self._moved(asked, fields)
            yield from self._write(kind, record, fields, target)
        return outcome

    def _write(self, kind: Kind, record: Record, fields: Mapping[str, Any], status: str | None) -> Program[None]:
        """Write what an act gives. Of a held field it replaces what was shown, and nothing else that stands open. An
        act whose outcome decides says itself to which of the kind's states it leads."""
        fields = dict(fields)
        status = fields.pop("status", status)
        over = yield from holding.replaced(self.ledger, kind, record, fields)
        self.ledger.write_fields(record, fields, status, over)
        if over:
            if kind.parent in over:
                yield from follow_parent(self.ledger, kind, record, self._place_of)
            yield from self._reckon(kind, record)

    def _moved(self, asked: Asked, fields: Mapping[str, Any]) -> Program[Mapping[str, Any]]:
        for moved in self._effects.moved.get(asked.record.kind, ()):
            fields = {**fields, **(yield from moved(self.ledger, asked, fields))}
        return fields

    def _refuse(self, incoming: Incoming, code: str, fields: tuple[str, ...] = ()) -> Outcome:
        """Keep the entry in history, change nothing, and say why."""
        outcome = Outcome(incoming.number, "refused", code, fields)
        self.ledger.keep(incoming, self.ledger.next_position(), outcome)
        return outcome


def _as_change(incoming: Incoming, position: int) -> Change:
    entry = incoming.entry
    names, over = tuple(incoming.values), entry.over or {}
    return Change(position, incoming.device, incoming.number, incoming.chained, names, entry.seen, over)


def unwritable(kind: Kind, incoming: Incoming) -> tuple[str | None, tuple[str, ...]]:
    """Why a change may not be laid whatever stands in the record, and which fields are at fault."""
    if kind.written_by is not None and incoming.role not in kind.written_by:
        return "kind.read_only", ()
    faults = incoming.faults
    return (next(iter(faults.values())), tuple(faults)) if faults else (None, ())


def broken_rules(kind: Kind, view: View) -> list[tuple[str, ...]]:
    """The fields of each rule that the merged values break."""
    return [rule.fields for rule in kind.rules if not rule.holds({name: view.values.get(name) for name in rule.fields})]


def checked_arguments(raw: Any, types: Mapping[str, Type], required: frozenset[str]) -> Mapping[str, Any]:
    """A command's or report's arguments: those that it takes, and of them those that say something. Raises
    `Refusal("argument.invalid")` naming those at fault."""
    given = strict.plain(raw) if raw is not msgspec.UNSET else {}
    if not isinstance(given, dict):
        raise Refusal("argument.invalid")
    arguments = {name: value for name, value in given.items() if name in types and not blank(value)}
    wrong = [name for name in required if name not in arguments]
    wrong += [name for name, value in arguments.items() if types[name].problem(value)]
    if wrong:
        raise Refusal("argument.invalid", tuple(sorted(wrong)))
    return arguments


def blank(value: Any) -> bool:
    """Whether a value says nothing: nothing at all, an empty list, a text that nobody can see."""
    if isinstance(value, str):
        return all(letter.isspace() or unicodedata.category(letter) in ("Cc", "Cf") for letter in value)
    return value is None or value == []


def _ids(incoming: Sequence[Incoming]) -> Iterable[bytes]:
    """Records that entries concern, and parents that new ones name."""
    for one in incoming:
        yield one.record
        kind = KINDS.get(one.entry.kind)
        parent = one.values.get(kind.parent) if kind and kind.parent else None
        if isinstance(parent, str) and len(parent) == 32 and kind and kind.name != "household":
            try:
                yield bytes.fromhex(parent)
            except ValueError:
                continue


def _pop_all(ids: list[bytes]) -> list[bytes]:
    taken, ids[:] = ids[:], []
    return taken
