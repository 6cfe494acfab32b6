"""The port to the database: programs, read or written. Which backend serves it is one URL."""

import asyncio
from collections.abc import Hashable
from pathlib import Path
from typing import Protocol, TypeVar

from daiban_server.db.postgres import PostgresDatabase
from daiban_server.db.program import Factory, Fetch, Program, Row
from daiban_server.db.sqlite import SqliteDatabase
from daiban_server.db.sqlite import write_beside as write_beside_server

T = TypeVar("T")


class Database(Protocol):
    """Runs programs. Both backends pass tests/contracts/test_database.py."""

    async def read(self, program: Program[T]) -> T:
        """Run a program that only reads, on one snapshot."""
        ...

    async def read_shortly(self, program: Program[T]) -> T:
        """As `read`, for a program of a few lookups: where it can, it runs without going to another thread."""
        ...

    async def look(self, fetch: Fetch) -> list[Row]:
        """The rows of one statement that only reads: a snapshot by itself, without a transaction around it."""
        ...

    async def write(self, key: Hashable, factory: Factory[T]) -> T:
        """Run a program in a transaction; gives its result once it is durable."""
        ...

    async def forget(self) -> None:
        """Leave what was overwritten or deleted in none of its files, as far as it can."""
        ...

    async def close(self) -> None:
        """Finish what was begun and let go."""
        ...


async def write_beside(url: str, factory: Factory[T]) -> T:
    """Run one short program in a transaction, beside a server that may have the database open."""
    if url.startswith("sqlite:///"):
        return await asyncio.to_thread(write_beside_server, Path(url.removeprefix("sqlite:///")), factory)
    database = await PostgresDatabase.open(url)
    try:
        return await database.write("beside", factory)
    finally:
        await database.close()


async def open_database(url: str, *, durable: bool = True) -> Database:
    """Open ``sqlite:////path`` or ``postgresql://…``. `durable`: see `SqliteDatabase.open`; PostgreSQL always is."""
    if url.startswith("sqlite:///"):
        return await SqliteDatabase.open(Path(url.removeprefix("sqlite:///")), durable=durable)
    return await PostgresDatabase.open(url)
