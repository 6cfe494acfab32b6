"""A PostgreSQL server of the test run's own, thrown away with it."""

import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from daiban_server.db.migrate import migrate

OLDEST = 15

# Waits for the end of its input, which comes when the test run closes the pipe and also when it is killed:
# no server and no folder stay behind. It says nothing, for whoever listened may be dead.
_KEEPER = 'exec >/dev/null 2>&1; read -r _; "$1/pg_ctl" -D "$2/data" -w -m fast stop; rm -rf "$2"'

_SETTINGS = """
listen_addresses = ''
unix_socket_directories = '{folder}'
wal_level = minimal
max_wal_senders = 0
timezone = UTC
"""


def find_postgres() -> Path | None:
    """Return the folder of the newest server programs that Debian has here, None if there are none, or old."""
    found = {int(folder.parent.name): folder for folder in Path("/usr/lib/postgresql").glob("[0-9]*/bin")}
    newest = max(found, default=0)
    return found[newest] if newest >= OLDEST else None


class Postgres:
    """A running cluster, reached by a socket in its own folder, which no other user of the machine may enter.

    fsync is on, as in a township: what is committed is on the disk.
    """

    def __init__(self, programs: Path) -> None:
        """Make a cluster with the server programs in `programs`, and start it; takes a second."""
        self._programs = programs
        # initdb refuses root, so root's cluster belongs to the user that Debian's package made.
        self._user = "postgres" if os.getuid() == 0 else None
        self._folder = Path(tempfile.mkdtemp(prefix="daiban-postgres-"))
        if self._user:
            shutil.chown(self._folder, self._user, self._user)
        self._names = (f"daiban_{number}" for number in itertools.count(1))
        self._keeper = self._start(["sh", "-c", _KEEPER, "keeper", programs, self._folder])
        data = self._folder / "data"
        self._run("initdb", "-D", data, "-U", "daiban", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
        with (data / "postgresql.conf").open("a") as settings:
            settings.write(_SETTINGS.format(folder=self._folder))
        self._run("pg_ctl", "-D", data, "-w", "-l", self._folder / "log", "start")

    def create_database(self, copy_of: str | None = None) -> str:
        """Make a database and return its URL for SQLAlchemy over asyncpg.

        It is empty, or a copy of the one at the URL `copy_of`, to which nobody may be connected then.
        """
        name = next(self._names)
        template = make_url(copy_of).database if copy_of else "template1"
        self._run("createdb", "-h", self._folder, "-U", "daiban", "-T", template, name)
        return f"postgresql+asyncpg://daiban@/{name}?host={self._folder}"

    def drop_database(self, url: str) -> None:
        """Remove the database, whoever is still connected to it."""
        self._run("dropdb", "-h", self._folder, "-U", "daiban", "--force", make_url(url).database)

    def stop(self) -> None:
        """Stop the server in good order and remove its folder."""
        self._keeper.communicate(timeout=60)

    def _run(self, program: str, *arguments: object) -> None:
        process = self._start([self._programs / program, *arguments])
        said, _ = process.communicate(timeout=60)
        assert process.returncode == 0, f"{program} failed:\n{said}"

    def _start(self, command: list[object]) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd="/",
            user=self._user,
            group=self._user,
            extra_groups=[] if self._user else None,
            start_new_session=True,  # Ctrl-C is for pytest, which then ends these in order
        )


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Give the test run's cluster, started by the first test that asks."""
    programs = find_postgres()
    if programs is None:
        pytest.skip(f"PostgreSQL {OLDEST} or newer is not installed: apt-get install postgresql")
    cluster = Postgres(programs)
    yield cluster
    cluster.stop()


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """Give the URL of an empty database of the test's own."""
    url = postgres.create_database()
    yield url
    postgres.drop_database(url)


@pytest.fixture(scope="session")
def postgres_tables(postgres: Postgres) -> str:
    """Give the URL of a database with the server's tables and nothing in them, to be copied: migrating takes longer."""
    url = postgres.create_database()
    migrate(url)
    return url


@pytest.fixture
def postgres_tables_url(postgres: Postgres, postgres_tables: str) -> Iterator[str]:
    """Give the URL of a database of the test's own that has the server's tables already."""
    url = postgres.create_database(postgres_tables)
    yield url
    postgres.drop_database(url)
