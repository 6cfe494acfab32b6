"""A disk that loses what was not synced: SQLite files watched statement by statement, and power cuts.

A `Watched` connection stands before a real one. It knows how far the WAL was synced, and at the statement or commit
that a decision names it cuts the power, fills the disk, or lets somebody else at the same file go first.
"""

import os
import shutil
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

from sqlcipher3 import dbapi2

_HEADER, _FRAME = 32, 24
_SALTS = slice(16, 24)


class PowerCut(BaseException):
    """The power went off."""


class DiskFullError(dbapi2.OperationalError):  # type: ignore[misc]
    """There was no room for a commit."""


def wal_end(wal: Path, known: tuple[bytes, int] = (b"", 0)) -> tuple[bytes, int]:
    """The salts of a WAL, and where its valid frames end. `known` is what was found before."""
    try:
        file = os.open(wal, os.O_RDONLY)
    except FileNotFoundError:
        return b"", 0
    try:
        header = os.read(file, _HEADER)
        if len(header) < _HEADER:
            return b"", 0
        (page,) = struct.unpack_from(">I", header, 8)
        salts = header[_SALTS]
        end = known[1] if known[0] == salts else _HEADER
        while os.pread(file, _FRAME, end)[8:16] == salts:
            end += _FRAME + page
        return salts, end
    finally:
        os.close(file)


class Watched:
    """A connection to a SQLite file in WAL mode, as the code under test gets it."""

    def __init__(self, connection: Any, path: Path) -> None:
        self.real = connection
        self.path = path
        self.wal = Path(f"{path}-wal")
        self.dead = self.quiet = False
        self.cut_at = self.cut_commit = self.full_commits = self.full_at = 0
        self.stays_open = False
        self.between: Callable[[], None] | None = None
        self.between_at = 0
        self.salts, self.durable = b"", 0
        self._changes = -1
        self.note()

    @property
    def in_transaction(self) -> bool:
        return bool(self.real.in_transaction)

    def execute(self, sql: str, parameters: Any = ()) -> Any:
        """Run a statement, if the power is on."""
        commits = sql == "COMMIT" and not self.quiet
        self._before(commits)
        found = self.real.execute(sql, parameters)
        if commits and self.cut_commit == 1:
            self._cut()
        self.cut_commit -= bool(commits and self.cut_commit)
        if not self.real.in_transaction:
            self.note()
        return found

    def executemany(self, sql: str, rows: Any) -> Any:
        """Run a statement for each row."""
        self._before(False)
        found = self.real.executemany(sql, rows)
        if not self.real.in_transaction:
            self.note()
        return found

    def close(self) -> None:
        """Close it."""
        self.real.close()

    @contextmanager
    def unseen(self) -> Iterator[None]:
        """Nothing happens to what is done within: somebody only looks."""
        self.quiet = True
        try:
            yield
        finally:
            self.quiet = False

    def note(self) -> None:
        """What was committed is safe, if commits are synced here."""
        if self.real.total_changes != self._changes and self._synced():
            self._changes = self.real.total_changes
            self.salts, self.durable = wal_end(self.wal, (self.salts, self.durable))

    def _synced(self) -> bool:
        return bool(self.real.execute("PRAGMA synchronous").fetchone()[0] >= 2)

    def _before(self, commits: bool) -> None:
        if self.quiet:
            return
        if self.dead:
            raise PowerCut
        if self.between_at:
            self.between_at -= 1
            if not self.between_at and self.between:
                self.between()
                self._changes = -1
                self.note()
                self._changes = -1
        if self.cut_at:
            self.cut_at -= 1
            if not self.cut_at:
                self._cut()
        if self.full_at:
            self.full_at -= 1
            if not self.full_at and self.real.in_transaction:
                raise DiskFullError("disk I/O error")
        if commits and self.full_commits:
            self.full_commits -= 1
            if not self.stays_open:
                self.real.execute("ROLLBACK")  # as SQLite does by itself when a commit finds no room
            raise DiskFullError("database or disk is full")

    def _cut(self) -> None:
        self.dead = True
        raise PowerCut

    def left_behind(self, into: Path, dice: Random) -> None:
        """Write what a power cut leaves of the database: the synced part of its WAL, and maybe some of the rest."""
        shutil.copyfile(self.path, into / self.path.name)
        salts, end = wal_end(self.wal)
        if not end:
            return
        safe = self.durable if salts == self.salts else 0
        kept = dice.choice((safe, end, dice.randint(safe, end))) if end > safe else end
        (into / self.wal.name).write_bytes(self.wal.read_bytes()[:kept])
