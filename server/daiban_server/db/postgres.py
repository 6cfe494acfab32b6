"""PostgreSQL through asyncpg: any number of server processes, each with a few connections.

A program's statements are set-wise here, so a batch costs a handful of round trips. Programs of one centre run in
groups, one group at a time in this process; between processes the counter row's lock orders them.
"""

from collections.abc import Hashable, Sequence
from typing import Any, TypeVar

import asyncpg

from daiban_server.db import sql
from daiban_server.db.group import GroupCommit, Outcome
from daiban_server.db.program import Factory, Fetch, Lookup, Operation, Program, Row, Savepoint, Write, Writes
from daiban_sync import faults

T = TypeVar("T")
CONNECTIONS = 8
_ANALYSED_AFTER = frozenset((2, 8, 32, 128, 512))
"""Transactions of this process after which statistics are brought up to date; later the database does it itself."""


class PostgresDatabase:
    """Programs on a PostgreSQL database. Open with `open`, close with `close`."""

    dialect = sql.POSTGRES

    def __init__(self, pool: Any) -> None:
        self._pool = pool
        self._group = GroupCommit(self._commit)
        self._groups = 0

    @classmethod
    async def open(cls, url: str) -> "PostgresDatabase":
        """Open a ``postgresql://`` URL, whose database must have been migrated."""
        pool = await asyncpg.create_pool(
            url.replace("postgresql+asyncpg://", "postgresql://"),
            min_size=1,
            max_size=CONNECTIONS,
            reset=_as_it_is,
            # Lookups name keys of an index; without fresh statistics the planner may still read whole tables. No value
            # changes which index is right, so a statement is planned once.
            server_settings={
                "enable_seqscan": "off",
                "jit": "off",
                "plan_cache_mode": "force_generic_plan",
                "synchronous_commit": "on",
            },
        )
        return cls(pool)

    async def read(self, program: Program[T]) -> T:
        """Run a program that only reads, on one snapshot."""
        async with self._pool.acquire() as connection:
            await connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            try:
                return await _run(connection, program)
            finally:
                await connection.execute("ROLLBACK")

    async def read_shortly(self, program: Program[T]) -> T:
        """Run a program of a few lookups, on one snapshot."""
        return await self.read(program)

    async def look(self, fetch: Fetch) -> list[Row]:
        """The rows of one statement that only reads: one round trip."""
        async with self._pool.acquire() as connection:
            found: list[Row] = await _perform(connection, fetch)
            return found

    async def write(self, key: Hashable, factory: Factory[T]) -> T:
        """Run a program in a transaction, with others of the same key that wait; gives its result once it is durable.

        `key` is the centre whose counter the program locks: programs of different keys run beside each other.
        """
        result: T = await self._group.run(key, factory)
        return result

    async def forget(self) -> None:
        """PostgreSQL clears old versions of rows away by itself, and says nothing of their bytes on the disk, which is
        to be encrypted (``features/erasure/DESIGN.md``)."""

    async def close(self) -> None:
        """Finish what was begun and close every connection."""
        await self._group.close()
        await self._pool.close()

    async def _commit(self, factories: list[Factory[Any]]) -> list[Outcome]:
        async with self._pool.acquire() as connection:
            await connection.execute("BEGIN")
            try:
                if len(factories) == 1:
                    outcomes: list[Outcome] = [(await _run(connection, factories[0]()), None)]
                else:
                    outcomes = [await _in_savepoint(connection, factory) for factory in factories]
                faults.reach("server.push.before_commit")
                await _end(connection)
            except BaseException:
                if not connection.is_closed():
                    await connection.execute("ROLLBACK")
                raise
            faults.reach("server.push.committed")
        await self._refresh_statistics()
        return outcomes

    async def _refresh_statistics(self) -> None:
        """Analyse a young database now and then: until its own housekeeping comes round, the planner knows nothing of
        the tables' growth and reads a centre's whole index for each key (60 ms for a push of 100)."""
        self._groups += 1
        if self._groups in _ANALYSED_AFTER:
            async with self._pool.acquire() as connection:
                await connection.execute("ANALYZE record, history, outcome, log_node, envelope, parked")


async def _as_it_is(connection: Any) -> None:
    """What there is to reset on a connection that goes back into the pool: nothing, since we change no session's state,
    and an open transaction is rolled back without this. The pool's own way cost a round trip of four statements."""


async def _end(connection: Any) -> None:
    """Commit. After an error that somebody swallowed the database rolls back instead, and says so only by the way."""
    if await connection.execute("COMMIT") != "COMMIT":
        raise RuntimeError("the transaction was rolled back: an error in it went unheeded")


async def _in_savepoint(connection: Any, factory: Factory[Any]) -> Outcome:
    await connection.execute("SAVEPOINT program")
    try:
        result = await _run(connection, factory())
    except (asyncpg.PostgresConnectionError, asyncpg.InterfaceError):
        raise  # the connection is gone, and everybody's work with it
    except Exception as error:
        await connection.execute("ROLLBACK TO program")
        return None, error
    await connection.execute("RELEASE program")
    return result, None


async def _run(connection: Any, program: Program[T]) -> T:
    result: Any = None
    try:
        operation = next(program)
        while True:
            try:
                result = await _perform(connection, operation)
            except Exception as error:
                operation = program.throw(error)
            else:
                operation = program.send(result)
    except StopIteration as stop:
        value: T = stop.value
        return value


async def _perform(connection: Any, operation: Operation) -> Any:
    match operation:
        case Lookup():
            if not operation.values:
                return []
            columns = [list(column) for column in zip(*operation.values, strict=True)]
            return [tuple(row) for row in await connection.fetch(sql.postgres_lookup(operation), *columns)]
        case Write():
            await _write(connection, [operation])
        case Writes():
            await _write(connection, operation.writes)
        case Fetch():
            statement = sql.compiled(operation.statement, sql.POSTGRES)
            arguments = statement.arguments(operation.parameters)
            return [tuple(row) for row in await connection.fetch(statement.text, *arguments)]
        case Savepoint(action="set"):
            await connection.execute(f"SAVEPOINT {operation.name}")
        case Savepoint(action="release"):
            await connection.execute(f"RELEASE SAVEPOINT {operation.name}")
        case Savepoint():
            await connection.execute(f"ROLLBACK TO SAVEPOINT {operation.name}")
    return None


async def _write(connection: Any, writes: Sequence[Write]) -> None:
    told = [write for write in writes if write.rows]
    if told:
        columns = [list(column) for write in told for column in zip(*write.rows, strict=True)]
        await connection.execute(sql.postgres_writes(told), *columns)
