"""What every database backend must keep, whichever serves the port."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import bindparam, select, text

from daiban_server.db import schema
from daiban_server.db.database import Database, open_database
from daiban_server.db.program import Fetch, Lookup, Program, Savepoint, Write, first, rows
from tests.support.tables import put_tables

_ALL = select(schema.setting.c.name, schema.setting.c.value).order_by(schema.setting.c.name)
_ONE = select(schema.setting.c.value).where(schema.setting.c.name == bindparam("wanted"))


@pytest.fixture
async def database(database_url: str, tmp_path: Path) -> AsyncIterator[Database]:
    """A migrated database on each backend."""
    file = tmp_path / "daiban.db"
    put_tables(file)
    opened = await open_database(database_url or f"sqlite:///{file}")
    yield opened
    await opened.close()


def put(name: str, value: str) -> Program[str]:
    yield Write(schema.setting, [(name, value)], "replace")
    return value


async def everything(database: Database) -> dict[str, str]:
    return dict(await database.read(rows(_ALL)))


async def test_what_was_written_is_read_by_the_next_reader(database: Database) -> None:
    assert await database.write("k", lambda: put("centre", "建民")) == "建民"
    assert await everything(database) == {"centre": "建民"}


async def test_conflicts_fail_replace_or_are_ignored_as_asked(database: Database) -> None:
    def twice(conflict: Any) -> Program[None]:
        yield Write(schema.setting, [("a", "1")], "replace")
        yield Write(schema.setting, [("a", "2"), ("b", "2")], conflict)

    await database.write("k", lambda: twice("replace"))
    assert await everything(database) == {"a": "2", "b": "2"}
    await database.write("k", lambda: twice("ignore"))
    assert await everything(database) == {"a": "1", "b": "2"}
    with pytest.raises(Exception, match=r"(?i)unique"):
        await database.write("k", lambda: twice("fail"))
    assert await everything(database) == {"a": "1", "b": "2"}


async def test_lookups_give_rows_of_many_keys_and_none_of_none(database: Database) -> None:
    def program() -> Program[list[Any]]:
        yield Write(schema.setting, [(f"n{i}", str(i)) for i in range(500)])
        found = yield Lookup(schema.setting, ("name",), ("name", "value"), [("n7",), ("n9",), ("nothing",)])
        none = yield Lookup(schema.setting, ("name",), ("name",), [])
        assert none == []
        return sorted(found)

    assert await database.write("k", program) == [("n7", "7"), ("n9", "9")]


async def test_a_program_that_fails_in_a_group_takes_only_itself_along(database: Database) -> None:
    def failing() -> Program[None]:
        yield Write(schema.setting, [("lost", "1")])
        raise LookupError("on purpose")

    results = await asyncio.gather(
        *(database.write("k", lambda i=i: put(f"kept{i}", "1")) for i in range(20)),
        database.write("k", failing),
        *(database.write("k", lambda i=i: put(f"kept{i}", "1")) for i in range(20, 40)),
        return_exceptions=True,
    )
    assert sum(isinstance(result, LookupError) for result in results) == 1
    assert sum(result == "1" for result in results) == 40
    assert set(await everything(database)) == {f"kept{i}" for i in range(40)}


async def test_a_program_goes_on_after_it_rolled_back_to_its_savepoint(database: Database) -> None:
    def program() -> Program[None]:
        yield Write(schema.setting, [("custody", "1")])
        yield Savepoint("set", "application")
        try:
            yield Write(schema.setting, [("half", "1")])
            yield Write(schema.setting, [("custody", "again")])
        except Exception:
            yield Savepoint("rollback", "application")
        yield Savepoint("release", "application")
        yield Write(schema.setting, [("after", "1")])

    await database.write("k", program)
    assert await everything(database) == {"custody": "1", "after": "1"}


async def test_a_commit_that_fails_is_never_told_as_done(database: Database) -> None:
    """Case 4: a deferred constraint speaks only at COMMIT. Whoever shared the transaction is tried alone, and kept."""

    def prepare() -> Program[None]:
        yield Fetch(text("CREATE TABLE parent (id INTEGER PRIMARY KEY)"), {})
        yield Fetch(text("CREATE TABLE child (id INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)"), {})

    def orphan() -> Program[str]:
        yield Fetch(text("INSERT INTO child VALUES (1)"), {})
        return "stored"

    await database.write("k", prepare)
    results = await asyncio.gather(
        database.write("k", lambda: put("honest", "1")),
        database.write("k", orphan),
        database.write("k", lambda: put("honest too", "1")),
        return_exceptions=True,
    )
    assert results[0] == "1"
    assert isinstance(results[1], Exception)
    assert results[2] == "1"
    assert set(await everything(database)) == {"honest", "honest too"}
    assert await database.read(first(text("SELECT count(*) FROM child"))) == (0,)


async def test_a_program_that_swallows_an_error_is_never_told_as_done_in_vain(database: Database) -> None:
    """PostgreSQL rolls back at such a COMMIT and calls it a success; on SQLite the rest of the program stands."""

    def careless() -> Program[str]:
        yield from put("kept", "1")
        try:
            yield Fetch(text("SELECT no_such_column FROM setting"), {})
        except Exception:
            return "stored"
        return "never"

    for others in (0, 1):
        told = await asyncio.gather(
            database.write("k", careless),
            *(database.write("k", lambda: put("other", "1")) for _ in range(others)),
            return_exceptions=True,
        )
        stands = await everything(database)
        assert (told[0] == "stored") == ("kept" in stands)
        assert others == 0 or stands["other"] == "1"


async def test_nobody_reads_what_is_not_committed(database: Database) -> None:
    seen: list[Any] = []

    async def look() -> None:
        for _ in range(40):
            seen.append(len(await everything(database)))
            await asyncio.sleep(0)

    def both() -> Program[None]:
        yield Write(schema.setting, [("a", "1")])
        yield Write(schema.setting, [("b", "1")])

    await asyncio.gather(look(), database.write("k", both), look())
    assert set(seen) <= {0, 2}


async def test_four_writers_lose_no_update_of_one_counter(database: Database) -> None:
    def count() -> Program[None]:
        row = yield from first(_ONE, wanted="counter")
        yield Write(schema.setting, [("counter", str(int(row[0]) + 1 if row else 1))], "replace")

    async def writer() -> None:
        for _ in range(25):
            await database.write("counter", count)

    await asyncio.gather(*(writer() for _ in range(4)))
    assert await everything(database) == {"counter": "100"}


async def test_migrating_again_changes_nothing(database: Database, tmp_path: Path) -> None:
    await database.write("k", lambda: put("kept", "1"))
    assert await everything(database) == {"kept": "1"}
