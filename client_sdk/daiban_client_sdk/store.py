"""The device's store: one encrypted SQLite file, written with a full sync.

======== ======================================================================================
meta     who this device is, cursor, log frontier, offsets; JSON by name
entry    what was saved, by number: the outbox and its history
batch    frozen batches, byte for byte as they are sent, with their receipts
record   the mirror of what the server has, with its changes
photo    photos with path, hash and receipt
early    photos that were taken before it was known to whom they are to be sealed
======== ======================================================================================

What a person saved is in `entry` before `save` returns; the mirror may be thrown away at any time, the outbox never.
"""

import contextlib
import errno
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
from sqlcipher3 import dbapi2

from daiban_client_sdk.errors import DeviceError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS entry (
    number INTEGER PRIMARY KEY, record BLOB NOT NULL, kind TEXT NOT NULL, action TEXT NOT NULL, body BLOB NOT NULL,
    saved_at INTEGER NOT NULL, sequence INTEGER, outcome TEXT, code TEXT, fields TEXT, mirrored INTEGER NOT NULL
    DEFAULT 0
);
CREATE INDEX IF NOT EXISTS ix_entry_open ON entry (record, number) WHERE mirrored = 0;
CREATE INDEX IF NOT EXISTS ix_entry_unfrozen ON entry (number) WHERE sequence IS NULL;
CREATE TABLE IF NOT EXISTS batch (
    sequence INTEGER PRIMARY KEY, digest BLOB NOT NULL, packed BLOB NOT NULL, receipt BLOB
);
CREATE INDEX IF NOT EXISTS ix_batch_open ON batch (sequence) WHERE receipt IS NULL;
CREATE TABLE IF NOT EXISTS record (
    id BLOB PRIMARY KEY, kind TEXT NOT NULL, parent BLOB, position INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS ix_record_kind ON record (kind, position);
CREATE INDEX IF NOT EXISTS ix_record_parent ON record (parent);
CREATE TABLE IF NOT EXISTS change (
    record BLOB NOT NULL, position INTEGER NOT NULL, device BLOB NOT NULL, number INTEGER NOT NULL,
    chained INTEGER NOT NULL, author TEXT NOT NULL, authority INTEGER NOT NULL, effective INTEGER NOT NULL,
    names TEXT, body BLOB NOT NULL, PRIMARY KEY (record, position)
);
CREATE TABLE IF NOT EXISTS photo (
    record BLOB PRIMARY KEY, sha256 TEXT NOT NULL, path TEXT NOT NULL, size INTEGER NOT NULL,
    taken_at INTEGER NOT NULL, receipt BLOB, tries INTEGER NOT NULL DEFAULT 0
);
"""
_UPGRADES = {
    1: """
ALTER TABLE batch ADD COLUMN earlier BLOB;
ALTER TABLE record ADD COLUMN gone INTEGER NOT NULL DEFAULT 0;
""",
    3: """
ALTER TABLE photo ADD COLUMN key BLOB;
ALTER TABLE batch ADD COLUMN payload BLOB;
""",
    2: """
ALTER TABLE entry ADD COLUMN name TEXT;
UPDATE entry SET name = coalesce(json_extract(CAST(body AS TEXT), '$.command'),
    json_extract(CAST(body AS TEXT), '$.report')) WHERE action <> 'change' AND body <> x'';
""",
    4: """
CREATE TABLE IF NOT EXISTS early_photo (
    record BLOB PRIMARY KEY, data BLOB NOT NULL, fields BLOB NOT NULL, taken_at INTEGER NOT NULL
);
""",
}
"""What each version lacks of the next. A store that holds unsent work is upgraded, never made anew."""
VERSION = 5


_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
_SHARED_MEMORY = 32 * 1024
"""Bytes that SQLite needs beside a store to open it, WAL and all."""


class StoreError(RuntimeError):
    """The store cannot be opened: another key, a newer version, or a damaged file."""


class Store:
    """The open store. One connection, used by one thread at a time."""

    def __init__(self, folder: Path, key: bytes) -> None:
        """Open the store in `folder`, which exists, with its key (32 bytes), or make it. Raises `StoreError`, or
        `DeviceError("disk.full")`."""
        self.folder = folder
        self.photos = folder / "photos"
        self.photos.mkdir(exist_ok=True, mode=0o700)
        self._connection: Any = dbapi2.connect(
            str(folder / "store.db"), isolation_level=None, check_same_thread=False, cached_statements=256
        )
        try:
            self._prepare(key)
        except dbapi2.DatabaseError as error:
            self._connection.close()
            # SQLite says no more than that reading failed, where its shared memory found no room.
            if shutil.disk_usage(folder).free < _SHARED_MEMORY:
                raise DeviceError("disk.full") from error
            raise StoreError(f"the store in {folder} cannot be opened: {error}") from None

    def _prepare(self, key: bytes) -> None:
        # A raw key: SQLCipher then derives nothing, and opening costs no 256,000 rounds. PIN and keystore wrap it
        # (`lock`).
        self._connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        # Sorting must not write what is encrypted in clear beside it.
        self._connection.execute("PRAGMA temp_store = MEMORY")
        self._connection.execute("PRAGMA cipher_memory_security = OFF")
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        version = self._connection.execute("PRAGMA user_version").fetchone()[0]
        if version > VERSION:
            raise StoreError(f"the store is of version {version}; this program knows {VERSION}")
        if version < VERSION:
            self._upgrade()

    def _upgrade(self) -> None:
        with self.transaction():
            # Read again under the lock: another process may have begun this store together with us.
            version = self._connection.execute("PRAGMA user_version").fetchone()[0]
            scripts = [_SCHEMA] if version == 0 else []
            scripts += [_UPGRADES[one] for one in range(max(version, 1), VERSION)]
            for statement in ";".join(scripts).split(";"):
                self._connection.execute(statement)
            self._connection.execute(f"PRAGMA user_version = {VERSION}")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything within is written together, and durable when the block ends."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            # A full disk may have ended the transaction already; a failed commit may have left it open.
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    def rows(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Run a statement and give its rows."""
        found: list[tuple[Any, ...]] = self._connection.execute(sql, parameters).fetchall()
        return found

    def row(self, sql: str, *parameters: Any) -> tuple[Any, ...] | None:
        """The first row, or None."""
        found: tuple[Any, ...] | None = self._connection.execute(sql, parameters).fetchone()
        return found

    def run(self, sql: str, *parameters: Any) -> None:
        """Run a statement for its effect."""
        self._connection.execute(sql, parameters)

    def many(self, sql: str, rows: list[tuple[Any, ...]]) -> None:
        """Run a statement for each row."""
        self._connection.executemany(sql, rows)

    def get(self, name: str, default: Any = None) -> Any:
        """A value of `meta`."""
        found = self.row("SELECT value FROM meta WHERE name = ?", name)
        return default if found is None else msgspec.json.decode(found[0])

    def put(self, name: str, value: Any) -> None:
        """Write a value of `meta`."""
        self.run("INSERT OR REPLACE INTO meta VALUES (?, ?)", name, msgspec.json.encode(value))


@contextlib.contextmanager
def room() -> Iterator[None]:
    """Raises `DeviceError("disk.full")` where something within found no room on the disk; it must leave nothing behind
    by itself."""
    try:
        yield
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        raise DeviceError("disk.full") from error
    except dbapi2.OperationalError as error:
        if getattr(error, "sqlite_errorcode", None) != dbapi2.SQLITE_FULL:
            raise
        raise DeviceError("disk.full") from error


def begin_key(path: Path, content: Callable[[], bytes]) -> None:
    """Make the folder and the file of the store's key, of mode 0600; what is there stays."""
    if path.exists():
        return
    made = content()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = path.with_suffix(f".{secrets.token_hex(8)}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(made)
        file.flush()
        os.fsync(file.fileno())
    # A link never replaces: of two processes that begin a store together, both use the key of the first.
    with contextlib.suppress(FileExistsError):
        path.hardlink_to(aside)
    aside.unlink()
    sync_folder(path.parent)


def aside_of(path: Path) -> Iterator[Path]:
    """What a phone left that died while it made the file of its store's key: another copy, in which no wrong PIN was
    ever counted."""
    return path.parent.glob(path.stem + "." + "[0-9a-f]" * 16)


def sync_folder(folder: Path) -> None:
    """Make a rename in `folder` durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_file(path: Path, data: bytes) -> None:
    """Write a file whole and durably, or not at all."""
    aside = path.with_name(path.name + ".part")
    aside.unlink(missing_ok=True)
    try:
        _fill(aside, data)
    except OSError:
        # Half a photo would take the room on a full disk that the next try needs.
        aside.unlink(missing_ok=True)
        raise
    aside.rename(path)
    sync_folder(path.parent)


def _fill(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
