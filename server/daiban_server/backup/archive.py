"""A backup's files: tables as chunks of rows, and a manifest that says what belongs together.

A table's file is a sequence of ``u32 length | zlib(msgpack list of rows)``, big-endian. Rows hold all columns in the
order that the manifest states, so a backup of an older version can be put back and then migrated.
"""

import asyncio
import hashlib
import struct
import zlib
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Boolean, Table

from daiban_server.db.program import Row
from daiban_server.durable import sync

FORMAT = 1
MANIFEST = "manifest.json"
_LENGTH = struct.Struct(">I")
_BLOCK = 2**20


Tell = Callable[[str, int, int], None]
"""Progress: what is copied (``tables`` or ``photos``), how much of it is done, and how much there is."""


def silent(what: str, done: int, total: int) -> None:
    """Tells nobody."""


class BackupError(RuntimeError):
    """A backup that cannot be made or put back; the message says why, Chinese first."""


class TableFile(Struct, frozen=True):
    """A table's file: its columns in order, how many rows, and the SHA-256 of the file."""

    columns: list[str]
    rows: int
    sha256: str


class Manifest(Struct, frozen=True):
    """What a backup has. `begun` (Unix milliseconds) names it; `revision` is the schema's; photos are
    ``<centre>/<sha256>``."""

    format: int
    begun: int
    origin: str
    revision: str
    tables: dict[str, TableFile]
    photos: list[str]
    photo_bytes: int


_decode = msgspec.msgpack.Decoder(list[list[Any]])
_manifest = msgspec.json.Decoder(Manifest)


async def write_table(path: Path, table: Table, chunks: AsyncIterator[Sequence[Row]]) -> TableFile:
    """Write a table's rows, durably."""
    truths = [i for i, column in enumerate(table.columns) if isinstance(column.type, Boolean)]
    digest, count = hashlib.sha256(), 0
    with path.open("wb") as file:
        async for chunk in chunks:
            count += len(chunk)
            packed = zlib.compress(msgspec.msgpack.encode([_portable(row, truths) for row in chunk]), 1)
            for part in (_LENGTH.pack(len(packed)), packed):
                digest.update(part)
                file.write(part)
    sync(path)
    return TableFile([str(column.name) for column in table.columns], count, digest.hexdigest())


def _portable(row: Row, truths: Sequence[int]) -> Sequence[Any]:
    """SQLite keeps truths as numbers, PostgreSQL wants them as truths."""
    if not truths:
        return row
    values = list(row)
    for i in truths:
        values[i] = bool(values[i])
    return values


def read_table(path: Path) -> Iterator[list[list[Any]]]:
    """A table's rows, chunk by chunk."""
    with path.open("rb") as file:
        while head := file.read(_LENGTH.size):
            (length,) = _LENGTH.unpack(head)
            yield _decode.decode(zlib.decompress(file.read(length)))


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest, durably; with it a backup is complete."""
    (folder / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1))
    sync(folder / MANIFEST)
    sync(folder)


def begun(folder: Path) -> int:
    """When a complete backup was begun, in Unix milliseconds."""
    return _manifest.decode((folder / MANIFEST).read_bytes()).begun


def load(folder: Path) -> Manifest:
    """Read a backup's manifest and check every table against it. Raises `BackupError`."""
    try:
        manifest = _manifest.decode((folder / MANIFEST).read_bytes())
    except (OSError, msgspec.DecodeError):
        raise BackupError(f"{folder} 里没有完整的备份 / holds no complete backup") from None
    if manifest.format != FORMAT:
        raise BackupError(f"备份格式 {manifest.format} 不认识 / a backup of an unknown format")
    for name, stated in manifest.tables.items():
        if hash_of(table_file(folder, name)) != stated.sha256:
            raise BackupError(f"备份已损坏：表 {name} / damaged: table {name}")
    return manifest


def table_file(folder: Path, name: str) -> Path:
    """Where a table's rows are."""
    return folder / "tables" / f"{name}.rows"


def hash_of(path: Path) -> str:
    """The SHA-256 of a file; "" where there is none."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
    except FileNotFoundError:
        return ""
    return digest.hexdigest()


def copy_photo(source: Path, target: Path) -> int:
    """Copy a photo unless it is there already; gives its size. Raises `BackupError` where it is missing or damaged."""
    if target.exists():
        return target.stat().st_size
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside, digest, size = target.with_name(target.name + ".part"), hashlib.sha256(), 0
    try:
        with source.open("rb") as file, aside.open("wb") as copy:
            while block := file.read(_BLOCK):
                digest.update(block)
                size += copy.write(block)
    except FileNotFoundError:
        raise BackupError(f"照片丢失 / a photo is missing: {source}") from None
    if digest.hexdigest() != target.name:
        aside.unlink()
        raise BackupError(f"照片已损坏 / a photo is damaged: {source}")
    sync(aside)
    aside.rename(target)
    sync(target.parent)
    return size


async def copy_photos(source: Path, target: Path, manifest: Manifest, tell: Tell) -> int:
    """Copy the photos that a backup names from one folder to another; gives their bytes."""
    size = 0
    for done, name in enumerate(manifest.photos):
        tell("photos", done, len(manifest.photos))
        centre, digest = name.split("/")
        where = Path(centre, digest[:2], digest)
        size += await asyncio.to_thread(copy_photo, source / where, target / where)
    tell("photos", len(manifest.photos), len(manifest.photos))
    return size
