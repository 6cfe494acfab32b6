"""SQLite: one process, one writing connection, readers that cannot write.

The library is sqlcipher3's own (3.53), since the interpreter's may be one whose WAL can lose data with two or more
connections (fixed in 3.51.3). Two SQLite libraries must never open one file in one process: they break each
other's locks. The writer alone checkpoints.
"""

import asyncio
import contextlib
import contextvars
import fcntl
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any, TypeVar

import aiosqlite
from sqlcipher3 import dbapi2

from daiban_server.db import sql
from daiban_server.db.group import GroupCommit, Outcome
from daiban_server.db.program import Factory, Fetch, Lookup, Operation, Program, Row, Savepoint, Write, Writes
from daiban_sync import faults

T = TypeVar("T")
OLDEST_SAFE = (3, 51, 3)
READERS = 2


class DatabaseInUseError(RuntimeError):
    """Another process has this database open for writing."""


class _Connection(aiosqlite.Connection):
    """An aiosqlite connection whose thread runs whole functions: no hop and no await per row."""

    async def __aenter__(self) -> "_Connection":
        await self
        return self

    async def call(self, function: Any, *arguments: Any) -> Any:
        """Run `function(connection, *arguments)` on the connection's own thread."""
        return await self._execute(function, self._conn, *arguments)  # type: ignore[no-untyped-call]  # aiosqlite gives it no types


class SqliteDatabase:
    """Programs on a SQLite file. Open with `open`, close with `close`."""

    dialect = sql.SQLITE

    def __init__(self, writer: _Connection, readers: list[_Connection], here: Any, lock: Any) -> None:
        self._writer = writer
        self._here = here
        self._lent = tuple(readers)
        self._readers: asyncio.Queue[_Connection] = asyncio.Queue()
        for reader in readers:
            self._readers.put_nowait(reader)
        self._lock = lock
        self._group = GroupCommit(self._commit)

    @classmethod
    async def open(cls, path: Path, *, durable: bool = True) -> "SqliteDatabase":
        """Open `path`, which must have been migrated. What is not `durable` does not wait for the disk: a file that is
        thrown away unless it is finished, and synced then. Raises `DatabaseInUseError`."""
        if dbapi2.sqlite_version_info < OLDEST_SAFE:
            raise RuntimeError(f"SQLite {dbapi2.sqlite_version} may lose data in WAL mode; 3.51.3 or newer is needed")
        async with contextlib.AsyncExitStack() as opened:
            lock = opened.enter_context(hold_lock(path))
            writer = await opened.enter_async_context(_connection(path, "rw"))
            await writer.call(_prepare_writer, durable)
            readers = [await opened.enter_async_context(_connection(path, "ro")) for _ in range(READERS)]
            here = _connector(path, "ro")()
            # What was opened stays open only if all of it was: a thread that is left keeps the process from ending.
            opened.pop_all()
        return cls(writer, readers, here, lock)

    async def read(self, program: Program[T]) -> T:
        """Run a program that only reads, on one snapshot."""
        reader = await self._readers.get()
        # What a program says is in the language of whoever asked, and that stands in the context of the request.
        asked = contextvars.copy_context()
        try:
            result: T = await reader.call(lambda connection: asked.run(_read, connection, program))
            return result
        finally:
            self._readers.put_nowait(reader)

    async def read_shortly(self, program: Program[T]) -> T:
        """Run a program of a few lookups, on one snapshot. It runs where it stands: handing it to a thread and back
        cost more than the lookups."""
        return _read(self._here, program)

    async def look(self, fetch: Fetch) -> list[Row]:
        """The rows of one statement that only reads. It runs where it stands too."""
        found: list[Row] = _perform(self._here, fetch)
        return found

    async def write(self, key: Hashable, factory: Factory[T]) -> T:
        """Run a program in a transaction, with others that wait; gives its result once it is durable.

        All keys share the one writer.
        """
        result: T = await self._group.run("writer", factory)
        return result

    async def forget(self) -> None:
        """Pages are overwritten as they are freed (`_overwrite`), and the log goes into the file, which empties it.
        While somebody reads for longer than the writer waits, the log keeps what it has until the next time."""
        await self._writer.call(lambda connection: connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall())

    async def close(self) -> None:
        """Finish what was begun and close every connection; a reading that still goes on is broken off."""
        await self._group.close()
        # Those that are lent too: the thread of one that is left open keeps the process from ever ending.
        for reader in self._lent:
            await reader.interrupt()
            await reader.close()
        self._here.close()
        # Last of all: whoever is the last to close brings the log into the file, and a reader cannot.
        await self._writer.close()
        self._lock.close()

    async def _commit(self, factories: list[Factory[Any]]) -> list[Outcome]:
        outcomes: list[Outcome] = await self._writer.call(_commit_together, factories)
        return outcomes


def write_beside(path: Path, factory: Factory[T]) -> T:
    """Run a short program on a file that a server may have open: SQLite's own locks order the two writers, and only
    the server checkpoints. Call it outside the event loop's thread."""
    connection = dbapi2.connect(f"file:{path}?mode=rw", uri=True, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA busy_timeout = 30000")
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        _overwrite(connection)
        connection.execute("PRAGMA synchronous = FULL")
        ((result, _),) = _commit_together(connection, [factory])
    finally:
        connection.close()
    value: T = result
    return value


def hold_lock(path: Path) -> Any:
    """The exclusive lock that serving, backup and check respect; close it to let go."""
    lock = Path(f"{path}.lock").open("ab")  # noqa: SIM115 - held as long as the database is open
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise DatabaseInUseError(f"{path} is open in another process") from None
    return lock


def _connection(path: Path, mode: str) -> _Connection:
    return _Connection(_connector(path, mode), 64)


def _connector(path: Path, mode: str) -> Callable[[], Any]:
    uri = f"file:{path}?mode={mode}"
    return lambda: dbapi2.connect(uri, uri=True, isolation_level=None, check_same_thread=False, cached_statements=256)


def _prepare_writer(connection: Any, durable: bool) -> None:
    mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    if mode != "wal":
        raise RuntimeError(f"the file system does not allow WAL (journal mode {mode})")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    _overwrite(connection)
    connection.execute("PRAGMA busy_timeout = 5000")
    connection.execute("PRAGMA cache_size = -4096")
    if not durable:
        connection.execute("PRAGMA synchronous = OFF")


def _overwrite(connection: Any) -> None:
    """Let no deleted or overwritten bytes stand in the file: what was erased is gone, whoever gets hold of the disk."""
    connection.execute("PRAGMA secure_delete = ON")


def _commit_together(connection: Any, factories: list[Factory[Any]]) -> list[Outcome]:
    """One transaction; each program in a savepoint, unless it is alone. Raises if the transaction cannot begin or
    commit, and what a program raised that was alone."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        if len(factories) == 1:
            outcomes: list[Outcome] = [(_run(connection, factories[0]()), None)]
        else:
            outcomes = [_in_savepoint(connection, factory) for factory in factories]
        faults.reach("server.push.before_commit")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    faults.reach("server.push.committed")
    return outcomes


def _in_savepoint(connection: Any, factory: Factory[Any]) -> Outcome:
    connection.execute("SAVEPOINT program")
    try:
        result = _run(connection, factory())
    except Exception as error:
        connection.execute("ROLLBACK TO program")
        connection.execute("RELEASE program")
        return None, error
    connection.execute("RELEASE program")
    return result, None


def _read(connection: Any, program: Program[T]) -> T:
    connection.execute("BEGIN")
    try:
        return _run(connection, program)
    finally:
        connection.execute("ROLLBACK")


def _run(connection: Any, program: Program[T]) -> T:
    result: Any = None
    try:
        operation = next(program)
        while True:
            try:
                result = _perform(connection, operation)
            except Exception as error:
                operation = program.throw(error)
            else:
                operation = program.send(result)
    except StopIteration as stop:
        value: T = stop.value
        return value


def _perform(connection: Any, operation: Operation) -> Any:
    match operation:
        case Lookup():
            found: list[Any] = []
            for many, arguments in sql.sqlite_portions(operation.values):
                found += connection.execute(sql.sqlite_lookup(operation, many), arguments).fetchall()
            return found
        case Write():
            _write(connection, operation)
        case Writes():
            for write in operation.writes:
                _write(connection, write)
        case Fetch():
            statement = sql.compiled(operation.statement, sql.SQLITE)
            arguments = sql.sqlite_values(statement.arguments(operation.parameters))
            return connection.execute(statement.text, arguments).fetchall()
        case Savepoint(action="set"):
            connection.execute(f"SAVEPOINT {operation.name}")
        case Savepoint(action="release"):
            connection.execute(f"RELEASE {operation.name}")
        case Savepoint():
            connection.execute(f"ROLLBACK TO {operation.name}")
    return None


def _write(connection: Any, write: Write) -> None:
    if write.rows:
        connection.executemany(sql.sqlite_write(write), sql.sqlite_rows(write))
