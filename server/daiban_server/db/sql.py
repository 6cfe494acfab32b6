"""SQL text for operations, one dialect each, compiled once.

Text is put together from names of tables and columns only, which are the schema's own; values are always parameters. So
the linter's warning of injection (S608) is turned off line by line.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from itertools import chain
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Integer, LargeBinary, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect

from daiban_server.db.program import Lookup, Row, Write

SQLITE: Dialect = sqlite.dialect(paramstyle="qmark")
# SQLAlchemy gives this one function no types, nor the class that compiles for what it makes.
POSTGRES: Dialect = postgresql.asyncpg.dialect()  # type: ignore[no-untyped-call]


class _ConstantsWrittenOut(POSTGRES.statement_compiler):  # type: ignore[name-defined,misc]
    """Writes the texts and numbers of a statement itself where they stand. PostgreSQL plans a statement once, for any
    values: of a state that was bound it does not know that few are in it, nor that an index has just those."""

    def visit_bindparam(self, bindparam: Any, **how: Any) -> str:
        """A parameter that somebody gives, or a constant."""
        constant = bindparam.unique and isinstance(bindparam.value, (str, int))
        return str(super().visit_bindparam(bindparam, **(how | {"literal_binds": True} if constant else how)))


POSTGRES.statement_compiler = _ConstantsWrittenOut


class Compiled:
    """SQL text and the order of its parameters. Statements name a fixed number of values: no ``IN`` over a list."""

    def __init__(self, statement: Any, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        self.text = str(compiled)
        self.order: list[str] = list(compiled.positiontup or ())
        self.constants: Mapping[str, Any] = dict(compiled.params)

    def arguments(self, parameters: Mapping[str, Any]) -> list[Any]:
        """Parameters in the statement's order; what is not given stands in the statement itself."""
        return [parameters[name] if name in parameters else self.constants[name] for name in self.order]


@lru_cache(maxsize=512)
def compiled(statement: Any, dialect: Dialect) -> Compiled:
    """A module-level statement, compiled once."""
    return Compiled(statement, dialect)


def sqlite_portions(keys: Sequence[Row]) -> Iterator[tuple[int, Sequence[Any]]]:
    """Keys in a few sizes of portions, so that few texts are compiled: how many, and their values one after the other.
    A statement for each key cost five times as much."""
    at = 0
    for size in (64, 8, 1):
        while len(keys) - at >= size:
            yield size, sqlite_values(chain.from_iterable(keys[at : at + size]))
            at += size


def sqlite_lookup(operation: Lookup, keys: int) -> str:
    """A SELECT for so many keys."""
    return _sqlite_lookup(operation.table, operation.key, operation.columns, keys)


@lru_cache(maxsize=128)
def _sqlite_lookup(table: Table, key: tuple[str, ...], columns: tuple[str, ...], keys: int) -> str:
    names = ", ".join(f't."{name}"' for name in columns)
    if keys == 1:
        where = " AND ".join(f't."{name}" = ?' for name in key)
        return f'SELECT {names} FROM "{table.name}" AS t WHERE {where}'  # noqa: S608
    marks = ", ".join([f"({', '.join('?' for _ in key)})"] * keys)
    where = " AND ".join(f't."{name}" = k.column{at}' for at, name in enumerate(key, 1))
    return f'SELECT {names} FROM (VALUES {marks}) AS k CROSS JOIN "{table.name}" AS t ON {where}'  # noqa: S608


def postgres_lookup(operation: Lookup) -> str:
    """A SELECT for all keys at once. The OFFSET keeps the planner on the index: a plain join on unnest cost up to
    1,370 µs a record without fresh statistics."""
    return _postgres_lookup(operation.table, operation.key, operation.columns)


@lru_cache(maxsize=128)
def _postgres_lookup(table: Table, key: tuple[str, ...], columns: tuple[str, ...]) -> str:
    arrays = ", ".join(f"${i}::{_type(table, name)}[]" for i, name in enumerate(key, 1))
    names = ", ".join(f"k{i}" for i in range(len(key)))
    where = " AND ".join(f'inner_t."{name}" = k.k{i}' for i, name in enumerate(key))
    columns_text = ", ".join(f'inner_t."{name}"' for name in columns)
    return (
        f"SELECT t.* FROM unnest({arrays}) AS k({names}), "  # noqa: S608
        f'LATERAL (SELECT {columns_text} FROM "{table.name}" AS inner_t WHERE {where} OFFSET 0) AS t'
    )


def sqlite_write(operation: Write) -> str:
    """An INSERT for one row."""
    return _sqlite_write(operation.table, operation.conflict)


def sqlite_rows(operation: Write) -> Iterator[tuple[Any, ...]]:
    """The rows as they are bound. The driver looks for an adapter of every value but plain numbers, texts and byte
    arrays, which cost a microsecond each: more than the rest of a row."""
    columns = zip(*operation.rows, strict=True)
    return zip(*(bind(values) for bind, values in zip(_binders(operation.table), columns, strict=True)), strict=True)


Bind = Callable[[Sequence[Any]], Iterable[Any]]


@lru_cache(maxsize=128)
def _binders(table: Table) -> tuple[Bind, ...]:
    return tuple(map(_binder, table.columns))


def _binder(column: "Column[Any]") -> Bind:
    make = bytearray if isinstance(column.type, LargeBinary) else int if isinstance(column.type, Boolean) else None
    if column.nullable:
        return lambda values: [_NOTHING if value is None else make(value) if make else value for value in values]
    return partial(map, make) if make else iter


def sqlite_values(values: Iterable[Any]) -> list[Any]:
    """Values of a statement as they are bound, for the same reason."""
    return [bytearray(value) if type(value) is bytes else value for value in values]


_NOTHING = "\x00"
"""Stands for NULL where a row is written: no text that anybody may write holds U+0000."""


@lru_cache(maxsize=128)
def _sqlite_write(table: Table, conflict: str) -> str:
    marks = ", ".join("nullif(?, char(0))" if column.nullable else "?" for column in table.columns)
    return f'INSERT INTO "{table.name}" ({_names(table)}) VALUES ({marks}){_on_conflict(table, conflict)}'  # noqa: S608


def postgres_writes(writes: Sequence[Write]) -> str:
    """One statement that inserts the rows of all, from one array a column."""
    return _postgres_writes(tuple((write.table, write.conflict) for write in writes))


@lru_cache(maxsize=128)
def _postgres_writes(writes: tuple[tuple[Table, str], ...]) -> str:
    texts, before = [], 0
    for table, conflict in writes:
        texts.append(_postgres_write(table, conflict, before))
        before += len(table.columns)
    *others, last = texts
    named = ", ".join(f"w{at} AS ({text})" for at, text in enumerate(others))
    return f"WITH {named} {last}" if named else last


def _postgres_write(table: Table, conflict: str, before: int) -> str:
    arrays = ", ".join(f"${i}::{_type(table, c.name)}[]" for i, c in enumerate(table.columns, before + 1))
    return (
        f'INSERT INTO "{table.name}" ({_names(table)}) SELECT * FROM unnest({arrays})'  # noqa: S608
        f"{_on_conflict(table, conflict)}"
    )


def _names(table: Table) -> str:
    return ", ".join(f'"{column.name}"' for column in table.columns)


def _on_conflict(table: Table, conflict: str) -> str:
    if conflict == "fail":
        return ""
    key = ", ".join(f'"{column.name}"' for column in table.primary_key)
    others = [column.name for column in table.columns if not column.primary_key]
    if conflict == "ignore" or not others:
        return f" ON CONFLICT ({key}) DO NOTHING"
    assignments = ", ".join(f'"{name}" = excluded."{name}"' for name in others)
    return f" ON CONFLICT ({key}) DO UPDATE SET {assignments}"


def _type(table: Table, name: str) -> str:
    kind = table.columns[name].type
    for python, text in ((LargeBinary, "bytea"), (BigInteger, "bigint"), (Boolean, "boolean"), (Integer, "integer")):
        if isinstance(kind, python):
            return text
    return "text"
