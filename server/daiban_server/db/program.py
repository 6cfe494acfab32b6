"""A program: what to do with the database, as a generator that yields operations and gets their results.

A push must not await each row: on SQLite it runs as one function on the writer's thread, on PostgreSQL as a few
set-wise statements on one connection. Written as a generator it is the same code on both, and pure enough to be read
top to bottom::

    def rename(centre: bytes, name: str) -> Program[int]:
        rows = yield Fetch(_CENTRE, {"id": centre})
        ...
        yield Write(schema.centre, [(centre, name, code)], conflict="replace")
        return len(rows)

Compose programs by ``yield from``. An operation that fails raises inside the program, which may catch it after it
rolled back to a savepoint.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from sqlalchemy import Table
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.elements import ClauseElement

T = TypeVar("T")
Row = tuple[Any, ...]
Conflict = Literal["fail", "replace", "ignore"]


@dataclass(frozen=True, slots=True)
class Fetch:
    """Run one Core statement, kept at module level so that it compiles once; gives its rows (none for an update
    without RETURNING)."""

    statement: "Executable | ClauseElement"
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Lookup:
    """Rows of `table` whose `key` columns equal one of `values`; gives `columns` of those found, in any order."""

    table: Table
    key: tuple[str, ...]
    columns: tuple[str, ...]
    values: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Write:
    """Insert rows, each with all columns in the table's order. Where the key is there already: fail, ``replace`` the
    row or ``ignore`` the new one."""

    table: Table
    rows: Sequence[Row]
    conflict: Conflict = "fail"


@dataclass(frozen=True, slots=True)
class Writes:
    """Several writes, none of which needs another: one round trip where the database is elsewhere."""

    writes: Sequence[Write]


@dataclass(frozen=True, slots=True)
class Savepoint:
    """``set``, ``release`` or ``rollback`` a named savepoint."""

    action: Literal["set", "release", "rollback"]
    name: str


Operation = Fetch | Lookup | Write | Writes | Savepoint
Program = Generator[Operation, Any, T]
Factory = Callable[[], Program[T]]
"""Makes a fresh program: a group that cannot commit is tried again one by one."""


def first(statement: "Executable | ClauseElement", **parameters: Any) -> Program[Row | None]:
    """The first row, or None."""
    rows = yield Fetch(statement, parameters)
    return rows[0] if rows else None


def rows(statement: "Executable | ClauseElement", **parameters: Any) -> Program[list[Row]]:
    """All rows."""
    found: list[Row] = yield Fetch(statement, parameters)
    return found


def run(statement: "Executable | ClauseElement", **parameters: Any) -> Program[None]:
    """Run a statement for its effect."""
    yield Fetch(statement, parameters)
