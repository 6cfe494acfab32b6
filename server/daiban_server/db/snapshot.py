"""Reading whole tables as they were at one moment, beside a server that goes on writing."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

import asyncpg
from sqlalchemy import Table
from sqlcipher3 import dbapi2

from daiban_server.db.program import Row

CHUNK = 1000
"""Rows read at once."""


class Snapshot(Protocol):
    """A moment of the database."""

    async def revision(self) -> str:
        """The schema's revision."""
        ...

    def chunks(self, table: Table) -> AsyncIterator[Sequence[Row]]:
        """A table's rows, all columns in the table's order, some at a time."""
        ...


@asynccontextmanager
async def open_snapshot(url: str) -> AsyncIterator[Snapshot]:
    """The database at `url` as it is now, until the block ends."""
    if url.startswith("sqlite:///"):
        connection = await asyncio.to_thread(_connect, Path(url.removeprefix("sqlite:///")))
        try:
            yield _SqliteSnapshot(connection)
        finally:
            await asyncio.to_thread(connection.close)
        return
    server = await asyncpg.connect(url.replace("postgresql+asyncpg://", "postgresql://"))
    try:
        async with server.transaction(isolation="repeatable_read", readonly=True):
            yield _PostgresSnapshot(server)
    finally:
        await server.close()


def _connect(path: Path) -> Any:
    connection = dbapi2.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None, check_same_thread=False)
    connection.execute("BEGIN")
    connection.execute("SELECT count(*) FROM alembic_version").fetchall()  # the moment is now, not at the first table
    return connection


def _select(table: Table) -> str:
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    return f'SELECT {columns} FROM "{table.name}"'  # noqa: S608 - names are the schema's own


_REVISION = "SELECT version_num FROM alembic_version"


class _SqliteSnapshot:
    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def revision(self) -> str:
        row = await asyncio.to_thread(lambda: self._connection.execute(_REVISION).fetchone())
        return str(row[0])

    async def chunks(self, table: Table) -> AsyncIterator[Sequence[Row]]:
        cursor = await asyncio.to_thread(self._connection.execute, _select(table))
        while rows := await asyncio.to_thread(cursor.fetchmany, CHUNK):
            yield rows


class _PostgresSnapshot:
    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def revision(self) -> str:
        return str(await self._connection.fetchval(_REVISION))

    async def chunks(self, table: Table) -> AsyncIterator[Sequence[Row]]:
        cursor = await self._connection.cursor(_select(table))
        while rows := await cursor.fetch(CHUNK):
            yield [tuple(row) for row in rows]
