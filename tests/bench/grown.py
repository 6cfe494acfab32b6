"""A year of a centre, grown to as many cases as a whole year of a large one has.

Every copy is of what the server itself wrote for the demonstration's year: records with their history, and the tables
from which lists and figures are read. A copy happened when that happened of which it is one, in the same village and
under the same people; it has ids, positions, telephones and numbers of its own. What no page reads (log, receipts,
outcomes) is not copied; nor are posts, of which a centre has as many as it has, nor the week's visits.
"""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Table, bindparam, select, update

from daiban_server.db import schema
from daiban_server.db.program import Program, Row, Write, first, rows, run
from tests.bench.centre import Centre

UNFOLLOWED = 10_000
"""Households that are left for the first search to find."""
_TABLES = (
    *(schema.record, schema.history, schema.case_sheet, schema.case_event, schema.deadline, schema.rating),
    *(schema.register_line, schema.obligation, schema.opinion_sheet, schema.visit_event, schema.message, schema.task),
    *(schema.household_sheet, schema.reception_sheet),
)
_KEYED = (schema.record, schema.obligation, schema.message, schema.task)
"""Tables whose ids are a copy's own wherever they are named."""
_AT_ONCE = 10
_LINES = 1000
"""Lines of a register that a copy may have in a day."""
_WORDS = re.compile(
    r"([0-9a-f]{32}|\b1400\d{7}\b|\b99\d{15}[\dX]\b|\b[A-Z]{2}\d\d-\d{8}-[A-Z]+-\d{4}\b|\bS-[0-9A-F]{6}\b)", re.I | re.A
)
"""What a text says that must be a copy's own: ids, telephones, identity numbers, numbers of cases and of slips."""
_pack, _unpack = msgspec.msgpack.encode, msgspec.msgpack.decode


class Copy(NamedTuple):
    """One of the copies: how far its positions lie behind the first ones', and what became of ids and of words."""

    number: int
    shift: int
    ids: dict[bytes, bytes]
    words: dict[str, str]


Made = Callable[[Copy], Any]


class Grower:
    """Copies what is in `centre`; no server may be running on its SQLite file."""

    def __init__(self, centre: Centre) -> None:
        self._centre = centre
        self._span = self._households = self.cases = 0
        self._ids: set[bytes] = set()
        self._words: set[str] = set()
        self._tables: list[tuple[Table, list[Callable[[Copy], Row]]]] = []

    def grow(self, cases: int) -> None:
        """Copy until there are at least `cases`, and leave some `UNFOLLOWED` households to the first search."""
        self._centre.run(self._read)
        copies = max(0, -(-cases // self.cases) - 1)
        followed = max(0, copies - UNFOLLOWED // self._households)
        for begin in range(1, copies + 1, _AT_ONCE):
            some = range(begin, min(begin + _AT_ONCE, copies + 1))
            self._centre.run(lambda some=some: self._write(some, followed))
        self._centre.run(lambda: self._stand(self._span * (copies + 1), self._span * (followed + 1)))
        self.cases *= copies + 1

    def _read(self) -> Program[None]:
        counter = yield from first(_POSITION, centre_id=self._centre.id)
        assert counter is not None
        self._span = counter[0]
        found: dict[Table, list[dict[str, Any]]] = {}
        for table in _TABLES:
            found[table] = yield from self._rows(table)
        found[schema.record] = [one for one in found[schema.record] if one["kind"] not in ("post", "handover")]
        self._ids = {one["id"] for table in _KEYED for one in found[table]}
        self.cases, self._households = len(found[schema.case_sheet]), len(found[schema.household_sheet])
        self._tables = [(table, [self._row(one) for one in found[table]]) for table in _TABLES]

    def _rows(self, table: Table) -> Program[list[dict[str, Any]]]:
        found = yield from rows(select(*table.columns).where(table.c.centre == self._centre.id))
        return [dict(zip(table.columns.keys(), row, strict=True)) for row in found]

    def _copy(self, number: int) -> Copy:
        ids = {id_: id_[:12] + _mixed(id_[12:], number) for id_ in self._ids}
        hexed = {old.hex(): new.hex() for old, new in ids.items()}
        words = {word: hexed.get(word) or _own(word, number) for word in self._words}
        return Copy(number, self._span * number, ids, words)

    def _write(self, numbers: range, followed: int) -> Program[None]:
        for table, made in self._tables:
            some = [n for n in numbers if n <= followed or table is not schema.household_sheet]
            yield Write(table, [one(copy) for copy in map(self._copy, some) for one in made])

    def _stand(self, position: int, followed: int) -> Program[None]:
        yield from run(_ADVANCE, centre_id=self._centre.id, to=position)
        yield Write(schema.setting, [(f"households {self._centre.id.hex()}", str(followed))], "replace")

    def _row(self, row: dict[str, Any]) -> Callable[[Copy], Row]:
        """How to copy a row: whatever is a copy's own is found here, once."""
        own = [(n, made) for n, one in enumerate(row.items()) if (made := self._made(*one))]
        as_it_was = list(row.values())

        def copied(copy: Copy) -> Row:
            values = as_it_was.copy()
            for n, made in own:
                values[n] = made(copy)
            return tuple(values)

        return copied

    def _made(self, name: str, value: Any) -> Made | None:
        if value is None:
            return None
        if name in ("position", "stretch"):
            return lambda copy: value + copy.shift
        if name == "line":
            return lambda copy: value + copy.number * _LINES
        if name == "heads":
            heads = _unpack(value)
            return lambda copy: _pack([(at + copy.shift, *rest, start + copy.shift) for at, *rest, start in heads])
        if name == "facts":
            facts = _unpack(value)
            return lambda copy: _pack([(at, outcome, copy.ids.get(id_, id_)) for at, outcome, id_ in facts])
        if isinstance(value, bytes) and len(value) == 16:
            return (lambda copy: copy.ids[value]) if value in self._ids else None
        return self._told(value) if isinstance(value, (str, bytes)) else None

    def _told(self, value: str | bytes) -> Made | None:
        """A text, or bytes with texts in them. A copy's words are as long as the first ones', so lengths still hold."""
        parts = _WORDS.split(value if isinstance(value, str) else value.decode("latin-1"))
        words = parts[1::2]
        if not words:
            return None
        self._words.update(words)

        def made(copy: Copy) -> str | bytes:
            parts[1::2] = [copy.words[word] for word in words]
            told = "".join(parts)
            return told if isinstance(value, str) else told.encode("latin-1")

        return made


def _mixed(four: bytes, number: int) -> bytes:
    return (int.from_bytes(four, "big") ^ number).to_bytes(4, "big")


def _own(word: str, number: int) -> str:
    """A copy's own telephone, identity number, number of a case or code of a slip; any other id stays."""
    if len(word) == 32:
        return word
    if word[1] == "-":
        return f"{word[:2]}{int(word[2:], 16) ^ number << 8:06{'x' if word[0] == 's' else 'X'}}"
    if "-" in word:
        return f"{word[:-4]}{number % 1000:03}{word[-1]}"
    digits = slice(3, 7) if len(word) == 11 else slice(6, 10)
    return f"{word[: digits.start]}{number:04}{word[digits.stop :]}"


_POSITION = select(schema.counter.c.position).where(schema.counter.c.centre == bindparam("centre_id"))
_ADVANCE = (
    update(schema.counter).where(schema.counter.c.centre == bindparam("centre_id")).values(position=bindparam("to"))
)
