"""The migrations make exactly the tables that the code knows, on both databases."""

import asyncio
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool
from sqlcipher3 import dbapi2

from daiban_server.app import create_app
from daiban_server.db.migrate import configuration, migrate, newest
from daiban_server.db.schema import metadata
from daiban_server.db.sqlite import DatabaseInUseError, SqliteDatabase, hold_lock
from daiban_server.services import Services
from daiban_server.settings import Settings


def differences(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection), metadata))


def test_sqlite_has_what_the_code_knows(tmp_path: Path) -> None:
    path = tmp_path / "daiban.db"
    migrate(f"sqlite:///{path}")
    migrate(f"sqlite:///{path}")
    engine = create_engine("sqlite://", creator=lambda: dbapi2.connect(str(path)), module=dbapi2, poolclass=NullPool)
    with engine.connect() as connection:
        assert differences(connection) == []
    engine.dispose()


def test_no_other_account_of_the_machine_reads_the_database(tmp_path: Path) -> None:
    """Neither a new one nor one of before, whatever the folder lets through."""
    path = tmp_path / "data" / "daiban.db"
    migrate(f"sqlite:///{path}")
    assert [one.stat().st_mode & 0o077 for one in (path, path.parent)] == [0, 0]
    path.chmod(0o644)
    tail = path.with_name("daiban.db-wal")
    tail.touch(mode=0o644)
    migrate(f"sqlite:///{path}")
    assert [one.stat().st_mode & 0o077 for one in path.parent.iterdir()] == [0] * len(list(path.parent.iterdir()))


def test_postgres_has_what_the_code_knows(postgres_url: str) -> None:
    migrate(postgres_url)
    migrate(postgres_url)

    async def look() -> list[object]:
        engine = create_async_engine(postgres_url, poolclass=NullPool)
        async with engine.connect() as connection:
            found = await connection.run_sync(differences)
        await engine.dispose()
        return found

    assert asyncio.run(look()) == []


def test_what_is_newest_is_what_alembic_says(tmp_path: Path) -> None:
    engine = create_engine("sqlite://", poolclass=NullPool)
    with engine.connect() as connection:
        assert newest() == ScriptDirectory.from_config(configuration(connection)).get_current_head()
    engine.dispose()


def test_cases_that_were_over_before_an_upgrade_are_due_at_their_time_and_erased_ones_are_not(tmp_path: Path) -> None:
    """As 0015 finds them: filed, withdrawn, open, and filed and erased."""
    path = tmp_path / "daiban.db"
    migrate(f"sqlite:///{path}", "0013")
    cases = {b"filed": ("archived", 5, 7), b"gone": ("withdrawn", 3, None), b"open": ("accepted", None, None)}
    cases[b"erased"] = cases[b"filed"]
    with dbapi2.connect(str(path)) as connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(case_sheet)")]
        for id_, (status, ended, archived) in cases.items():
            row = dict.fromkeys(columns, 0) | {"centre": b"c", "id": id_, "status": status}
            row |= {"ended": ended, "archived": archived}
            marks = ", ".join("?" for _ in columns)
            connection.execute(f"INSERT INTO case_sheet VALUES ({marks})", [row[name] for name in columns])
        connection.execute("INSERT INTO erasure VALUES (?, ?, 1, ?, '')", (b"c", b"erased", b"p"))
        connection.execute("INSERT INTO setting VALUES ('households 63', '9')")
    connection.close()
    migrate(f"sqlite:///{path}")
    with dbapi2.connect(str(path)) as connection:
        kept = dict(connection.execute("SELECT id, kept_from FROM case_sheet").fetchall())
        assert connection.execute("SELECT * FROM setting").fetchall() == [], "households are followed from the first on"
    connection.close()
    assert kept == {b"filed": 7, b"gone": 3, b"open": None, b"erased": None}


async def test_a_second_server_on_one_sqlite_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "daiban.db"
    await asyncio.to_thread(migrate, f"sqlite:///{path}")
    first = await SqliteDatabase.open(path)
    with pytest.raises(DatabaseInUseError, match="open in another process"):
        await SqliteDatabase.open(path)
    await first.close()
    again = await SqliteDatabase.open(path)
    await again.close()


async def test_what_cannot_be_opened_leaves_no_lock_and_no_thread_behind(tmp_path: Path) -> None:
    """A thread that is left keeps the process from ever ending, and nobody would start it again."""
    path, before = tmp_path / "daiban.db", set(threading.enumerate())
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(dbapi2.DatabaseError, match="not a database"):
        await SqliteDatabase.open(path)
    assert left_since(before) == []
    hold_lock(path).close()


async def test_a_start_that_fails_half_way_closes_the_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(services: Services) -> None:
        raise RuntimeError("no room on the disk")

    monkeypatch.setattr("daiban_server.app.replay_parked", fails)
    app, before = create_app(Settings(tmp_path)), set(threading.enumerate())
    with pytest.RaisesGroup(pytest.RaisesExc(RuntimeError, match="no room")):
        async with app.lifespan():
            raise AssertionError("it has started")
    try:
        hold_lock(tmp_path / "daiban.db").close()
        assert left_since(before) == []
    except BaseException:
        await app.state.wired.database.close()  # or this process would not end either, and nobody would be told
        raise


def left_since(before: set[threading.Thread]) -> list[str]:
    """The threads of connections that are there beside those of `before`; one that ends is waited for."""
    found = [one for one in set(threading.enumerate()) - before if "connection" in one.name]
    for one in found:
        one.join(5)
    return [one.name for one in found if one.is_alive()]


async def test_an_old_sqlite_library_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dbapi2, "sqlite_version_info", (3, 40, 1))
    with pytest.raises(RuntimeError, match=r"3\.51\.3"):
        await SqliteDatabase.open(tmp_path / "daiban.db")


def test_a_promise_of_before_stands_where_it_stood(tmp_path: Path) -> None:
    path = tmp_path / "daiban.db"
    migrate(f"sqlite:///{path}", "0003")
    with dbapi2.connect(str(path)) as connection:
        row = (b"v" * 16, b"a" * 16, b"c" * 16, b"p" * 16, 109_000_000, 32_000_000, 9_000, 10_000, 0)
        connection.execute(f"INSERT INTO slot VALUES ({', '.join('?' * len(row))})", row)
    connection.close()
    migrate(f"sqlite:///{path}")
    with dbapi2.connect(str(path)) as connection:
        found = connection.execute('SELECT "start", "end", promised, low, high, told FROM slot').fetchall()
    connection.close()
    assert found == [(9_000, 10_000, 9_000, 9_000, 9_000, 1)], "it is a promise, and moves nowhere by itself"


def test_a_mandate_of_before_stands(tmp_path: Path) -> None:
    path = tmp_path / "daiban.db"
    migrate(f"sqlite:///{path}", "0004")
    with dbapi2.connect(str(path)) as connection:
        for kind in ("mandate", "photo"):
            row = (b"c" * 16, kind.ljust(16).encode(), kind, None, None, 1, 1, None, None, 0, 0, 0)
            connection.execute(f"INSERT INTO record VALUES ({', '.join('?' * len(row))})", row)
    connection.close()
    migrate(f"sqlite:///{path}")
    with dbapi2.connect(str(path)) as connection:
        found = connection.execute("SELECT kind, status FROM record ORDER BY kind").fetchall()
    connection.close()
    assert found == [("mandate", "standing"), ("photo", None)]
