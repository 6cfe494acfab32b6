"""One run of the bench: where it keeps its files, its databases, and its limits, each measured once."""

import contextlib
import functools
import itertools
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

from sqlalchemy.engine import make_url

from tests.bench import limit
from tests.bench.centre import Centre
from tests.support.postgres import Postgres, find_postgres
from tests.support.processes import ROOT

SCRATCH = ROOT / ".tools" / "bench"
"""On the project's own disk, whose sync is a real one: a folder in memory would flatter."""
REFERENCE = {("sqlite", 100): 16.0, ("sqlite", 500): 14.0, ("postgres", 100): 19.5, ("postgres", 500): 19.0}
"""The limit in µs a record on the machine on which the reaches were set."""
REPEATS = 3


class MissingError(Exception):
    """Something that a part needs is not on this machine; the text says what."""


class Run:
    """Used as a block; at its end all its files and databases are gone."""

    def __init__(self, records: int = 10_000, repeats: int = REPEATS) -> None:
        self.records, self.repeats = records, repeats
        self._names = itertools.count(1)
        self._cluster: Postgres | None = None
        self._open: list[Path] = []

    def __enter__(self) -> Self:
        SCRATCH.mkdir(parents=True, exist_ok=True)
        self.folder = Path(tempfile.mkdtemp(prefix="run-", dir=SCRATCH))
        return self

    def __exit__(self, *_: object) -> None:
        if self._cluster is not None:
            self._cluster.stop()
        for folder in (self.folder, *self._open):
            shutil.rmtree(folder, ignore_errors=True)

    @property
    def cluster(self) -> Postgres:
        """The run's PostgreSQL. Raises `MissingError`."""
        if self._cluster is None:
            programs = find_postgres()
            if programs is None:
                raise MissingError("PostgreSQL 15 or newer is not installed: apt-get install postgresql")
            self._cluster = Postgres(programs)
        return self._cluster

    @contextlib.contextmanager
    def other_cluster(self) -> Iterator[None]:
        """A second PostgreSQL, started now, which is the run's until the block ends. Raises `MissingError`."""
        first, self._cluster = self._cluster, None
        try:
            self._cluster = self.cluster
            yield
        finally:
            if self._cluster is not None:
                self._cluster.stop()
            self._cluster = first

    def beside(self, centre: Centre) -> int:
        """The process whose family keeps the centre's database; 0 where the server does so itself."""
        return self.postmaster(centre.settings.database) if centre.settings.database else 0

    def postmaster(self, url: str) -> int:
        """The process that all of a cluster's descend from, by the URL of one of its databases."""
        folder = Path(str(make_url(url).query["host"]))
        return int((folder / "data" / "postmaster.pid").read_text().split()[0])

    def path(self) -> Path:
        """A name for a new file or folder."""
        return self.folder / str(next(self._names))

    def open_path(self) -> Path:
        """A new folder that other users, as PostgreSQL's, may read."""
        folder = Path(tempfile.mkdtemp(prefix="daiban-bench-"))
        folder.chmod(0o755)
        self._open.append(folder)
        return folder

    def centre(self, database: str = "sqlite") -> Centre:
        """A new centre on ``sqlite`` or ``postgres``."""
        return Centre(self.path(), self.cluster.create_database() if database == "postgres" else "").set_up()

    def best(self, measure: Callable[[], float]) -> float:
        """The least of some repeats: whatever else ran on the machine only ever adds."""
        return min(measure() for _ in range(self.repeats))

    @functools.cache  # noqa: B019 - one run lives as long as the process
    def limit(self, database: str = "sqlite", batch: int = 100) -> float:
        """The limit in CPU µs a record, measured in this run."""
        if database == "postgres":
            url = self.cluster.create_database()
            return self.best(lambda: limit.on_postgres(url, batch, self.records))
        return self.best(lambda: limit.on_sqlite(self.path(), batch, self.records))

    def scaled(self, micros: float, database: str = "sqlite", batch: int = 100) -> float:
        """A reach of `micros` on this machine: it grows and shrinks with the limit."""
        return micros * self.limit(database, batch) / REFERENCE[database, batch]
