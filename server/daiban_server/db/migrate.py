"""Migrations: from the first table on, by Alembic; a server brings its database up to date before it serves."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool
from sqlcipher3 import dbapi2

if TYPE_CHECKING:
    from alembic.config import Config

PAGE = 8192
"""Bytes of a page of a new SQLite file."""
_MIGRATIONS = Path(__file__).with_name("migrations")
_LOCK = 0x6461_6962_616E
"""Of PostgreSQL's advisory locks: servers that start together migrate one after the other."""
_QUIET: dict[str, Any] = {"poolclass": NullPool, "hide_parameters": True}
"""One connection and no more; what a statement was given is in no message of its failure."""


def migrate(url: str, revision: str = "head") -> None:
    """Bring the database at `url` to `revision`. Call it outside a running event loop."""
    if url.startswith("sqlite:///"):
        path = url.removeprefix("sqlite:///")
        _close_to_others(Path(path))
        engine = create_engine("sqlite://", creator=lambda: _connect(path), module=dbapi2, **_QUIET)
        with engine.begin() as connection:
            _upgrade(connection, revision)
        engine.dispose()
    else:
        asyncio.run(_postgres(url, revision))


def _close_to_others(path: Path) -> None:
    """Let no other account of the machine read a SQLite file, which is not encrypted here. What SQLite puts beside it
    gets the same mode."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch()
    for one in path.parent.glob(f"{path.name}*"):
        one.chmod(one.stat().st_mode & 0o700)


def _connect(path: str) -> Any:
    connection = dbapi2.connect(path)
    # Of consequence for a new file only. In a table without rowids a row of more than a quarter of a page spills onto
    # pages of its own, and history's rows of a single entry of 1 KB are more than that of the usual page.
    connection.execute(f"PRAGMA page_size = {PAGE}")
    return connection


async def _postgres(url: str, revision: str) -> None:
    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://"), **_QUIET)
    async with engine.begin() as connection:
        await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        await connection.run_sync(_upgrade, revision)
    await engine.dispose()


def _upgrade(connection: Connection, revision: str) -> None:
    if revision == "head" and _stands_at(connection) == newest():
        return
    # Loaded where there is something to do: a server whose database is up to date goes without its 16 MB.
    from alembic import command

    command.upgrade(configuration(connection), revision)


def _stands_at(connection: Connection) -> str:
    if not inspect(connection).has_table("alembic_version"):
        return ""
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
    return str(found[0]) if len(found) == 1 else ""


def newest() -> str:
    """The revision that a database is brought to: each file of a migration begins with its own."""
    return max(path.name[:4] for path in (_MIGRATIONS / "versions").glob("[0-9]*.py"))


def configuration(connection: Connection) -> "Config":
    """Alembic's configuration for an open connection."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
