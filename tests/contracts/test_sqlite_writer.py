"""What only SQLite must keep: one writer, who holds the pen from the first statement on and waits for the disk."""

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlcipher3 import dbapi2

from daiban_server.db import schema
from daiban_server.db.migrate import migrate
from daiban_server.db.program import Program, Write, first, rows
from daiban_server.db.sqlite import SqliteDatabase
from daiban_server.settings import Settings

_ALL = select(schema.setting.c.name)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "daiban.db"


@pytest.fixture
async def database(path: Path) -> AsyncIterator[SqliteDatabase]:
    await asyncio.to_thread(migrate, f"sqlite:///{path}")
    opened = await SqliteDatabase.open(path)
    yield opened
    await opened.close()


async def test_nobody_writes_between_what_a_program_read_and_what_it_writes(
    database: SqliteDatabase, path: Path
) -> None:
    """Somebody with a shell on the server, say. A transaction that only reads at first would let him, and then fail."""

    def meddle() -> str:
        shell = dbapi2.connect(str(path), timeout=0, isolation_level=None)
        try:
            shell.execute("INSERT INTO setting VALUES ('meddled', '1')")
        except dbapi2.OperationalError as error:
            return str(error)
        finally:
            shell.close()
        return "written"

    def program() -> Program[str]:
        yield from rows(_ALL)
        answer = meddle()
        yield Write(schema.setting, [("ours", "1")])
        return answer

    assert await database.write("k", program) == "database is locked"
    assert await database.read(rows(_ALL)) == [("ours",)]
    assert meddle() == "written"


async def test_a_commit_waits_for_the_disk(database: SqliteDatabase) -> None:
    """2 is FULL: each commit is synced, so what was receipted survives a power cut (case 15)."""

    def settings() -> Program[list[object]]:
        found = []
        for name in ("synchronous", "journal_mode", "foreign_keys"):
            row = yield from first(text(f"PRAGMA {name}"))
            found.append(row and row[0])
        return found

    assert await database.write("k", settings) == [2, "wal", 1]


async def test_only_what_is_thrown_away_unless_it_is_finished_does_not_wait(path: Path) -> None:
    def settings() -> Program[object]:
        row = yield from first(text("PRAGMA synchronous"))
        return row and row[0]

    await asyncio.to_thread(migrate, f"sqlite:///{path}")
    for durable, expected in ((False, 0), (True, 2)):
        opened = await SqliteDatabase.open(path, durable=durable)
        try:
            assert await opened.write("k", settings) == expected
        finally:
            await opened.close()
    assert Settings.from_environment().durable


async def test_a_reader_cannot_write(database: SqliteDatabase) -> None:
    def program() -> Program[None]:
        yield Write(schema.setting, [("by a reader", "1")])

    with pytest.raises(dbapi2.OperationalError, match="readonly"):
        await database.read(program())


async def test_a_server_that_stops_waits_for_no_reading_that_nobody_wants_any_more(path: Path) -> None:
    """Whoever asked has gone away, and the reading goes on: a thread that is left keeps the process for ever."""
    seconds = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000000) SELECT max(i) FROM n"
    long = text(seconds)
    await asyncio.to_thread(migrate, f"sqlite:///{path}")
    before = set(threading.enumerate())
    opened = await SqliteDatabase.open(path)
    asked = asyncio.create_task(opened.read(rows(long)))
    await asyncio.sleep(0.1)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    again = asyncio.create_task(opened.read(rows(long)))
    await asyncio.sleep(0.1)
    await asyncio.wait_for(opened.close(), 60)
    with pytest.raises(dbapi2.OperationalError, match="interrupted"):
        await again
    for thread in set(threading.enumerate()) - before:
        thread.join(10)
        assert not thread.is_alive()
