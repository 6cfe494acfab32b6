"""A record's past: every entry that concerned it, and what stood in it after any of them.

The row of a record holds what stands now. What stood before is laid anew from history, by the same rules as when it
came. Where its entries are is told by an index that follows history (`tracing`), and what that has not followed yet is
read backwards, without bodies; then those of the record alone.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select

from daiban_schemas.entry import Entry, reread
from daiban_server.db import schema
from daiban_server.db.program import Lookup, Program, rows
from daiban_server.spine import history, tracing
from daiban_server.spine.history import COLUMNS, Stored, entries_of, opened
from daiban_server.spine.ledger import REFUSED, as_written
from daiban_sync.ids import NOBODY
from daiban_sync.merge import Head, lay
from daiban_sync.outcome import OUTCOMES
from daiban_sync.view import View

PAGE = 500
"""Stretches of history that one step back reads."""
_MADE = OUTCOMES.index("new")
_h = schema.history.c
_BACK = (
    select(*(_h[name] for name in COLUMNS[:-1]))
    .where(_h.centre == bindparam("centre_id"), _h.position <= bindparam("until"), _h.position > bindparam("after"))
    .order_by(_h.position.desc())
    .limit(bindparam("page"))
)


class Step(NamedTuple):
    """What one person did to a record. `position` is that of the entry, `author` an id, `effective` when it is believed
    to have been done, `view` what stood after it."""

    position: int
    author: bytes
    effective: int
    entry: Entry
    view: View


class Past(NamedTuple):
    """A record's entries that took effect, in order; `names` are their authors'."""

    entries: Sequence[Stored]
    names: Mapping[bytes, str]

    def at(self, position: int) -> Mapping[str, Any]:
        """The fields after the entry at `position`, with what the server wrote for it."""
        return next((one.view.values for one in reversed(self.steps()) if one.position <= position), {})

    def until(self, position: int) -> "Past":
        """Without what came after `position`."""
        return self._replace(entries=[one for one in self.entries if one.position <= position])

    def ever(self, name: str) -> list[str]:
        """Every text that ever was shown in a field, in order."""
        shown = dict.fromkeys(one.view.values.get(name) for one in self.steps())
        return [one for one in shown if isinstance(one, str)]

    def steps(self) -> list[Step]:
        """What was done, one after the other."""
        known = {one.position: one for one in self.entries}
        heads: tuple[Head, ...] = ()
        done: list[Step] = []
        for together in self._together():
            for one in together:
                heads = _laid(heads, one)
            first = together[0]
            done.append(Step(first.position, first.author, first.effective, reread(first.body)[0], _view(heads, known)))
        return done

    def _together(self) -> list[list[Stored]]:
        """Each entry with those that the server wrote right behind it, in the same transaction."""
        groups: list[list[Stored]] = []
        for one in self.entries:
            if groups and one.device == NOBODY and one.position == groups[-1][-1].position + 1:
                groups[-1].append(one)
            else:
                groups.append([one])
        return groups


def _laid(heads: tuple[Head, ...], one: Stored) -> tuple[Head, ...]:
    fields = reread(one.body)[1]
    if not fields:
        return heads
    return lay(heads, as_written(one, tuple(fields)).change)


def _view(heads: Sequence[Head], known: Mapping[int, Stored]) -> View:
    last = known[heads[-1].position]
    written = [as_written(known[head.position], head.names) for head in heads]
    return View(last.record.hex(), reread(last.body)[0].kind, last.position, written)


def past(centre: bytes, record: bytes, until: int) -> Program[Past]:
    """The past of a record whose last change stands at `until`; empty for one that was never made."""
    own = yield from kept(centre, record, until)
    authors = [(one,) for one in dict.fromkeys(one.author for one in own)]
    found = yield Lookup(schema.person, ("id",), ("id", "name"), authors)
    return Past(own, dict(found))


def kept(centre: bytes, record: bytes, until: int) -> Program[list[Stored]]:
    """The entries of a record that took effect, in order, of those that were written before this transaction."""
    starts = yield from stretches(centre, {record}, until)
    stored = yield from history.entries_at(centre, starts)
    return [one for _, one in sorted(stored.items()) if one.record == record and one.outcome != REFUSED]


def shown(entries: Sequence[Stored]) -> Mapping[str, Any]:
    """What would stand in a record by these of its entries alone, in order."""
    heads: tuple[Head, ...] = ()
    for one in entries:
        heads = _laid(heads, one)
    return _view(heads, {one.position: one for one in entries}).values if heads else {}


def stretches(centre: bytes, records: AbstractSet[bytes], until: int) -> Program[list[int]]:
    """Where the stretches begin that have an entry of one of the records, from `until` back to what made them."""
    traced_to = yield from tracing.reached(centre)
    starts, sought = yield from _looked_through(centre, records, until, traced_to)
    if sought:
        starts += [one for one in (yield from tracing.traced(centre, records)) if one <= min(until, traced_to)]
    return starts


def _looked_through(
    centre: bytes, records: AbstractSet[bytes], until: int, after: int
) -> Program[tuple[list[int], set[bytes]]]:
    """The stretches that were not followed yet, and the records that none of them made."""
    starts: list[int] = []
    sought = set(records)
    while True:
        found = yield from rows(_BACK, centre_id=centre, until=until, after=after, page=PAGE)
        for row in found:
            own = [one for one in entries_of(opened(row)) if one.record in records]
            starts += [row[0]] if own else []
            sought -= {one.record for one in own if one.outcome == _MADE}
            if not sought:
                return starts, sought
        if len(found) < PAGE:
            return starts, sought
        until = found[-1][0] - 1
