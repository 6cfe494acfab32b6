"""Making a backup while the server goes on.

The order matters:

1. every counter is locked for a moment and the ends of all logs are noted;
2. the tables are copied from one snapshot, taken after that;
3. the photos that the snapshot names are copied; they were on disk before their rows;
4. the manifest is written and everything is durable;
5. only now the backup counts: the horizon moves, and devices may forget what it has.
"""

import contextlib
import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from msgspec import structs

from daiban_server.backup import archive
from daiban_server.backup.archive import BackupError, Manifest, Tell, silent
from daiban_server.db import schema
from daiban_server.db.database import write_beside
from daiban_server.db.snapshot import open_snapshot
from daiban_server.durable import sync
from daiban_server.spine import restores

DAY = 86_400_000
LEFT_OUT = ("session", "enrolment_code", "challenge", "failure")
"""Who is signed in, one-time codes and challenges, failed tries: a restored server asks anew."""


async def back_up(
    url: str, photos: Path, origin: bytes, folder: Path, clock: Callable[[], int], tell: Tell = silent
) -> Path:
    """Back up the database at `url` and the photos under `photos` into a new folder under `folder`, which is given.

    Raises `BackupError`; then devices keep what they have, and nothing of it is left.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(folder):
        _clear(folder)
        try:
            return await _back_up(url, photos, origin, folder, clock, tell)
        except BaseException:
            _clear(folder)
            raise


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One at a time: another's end would take away photos that this one has copied and not yet named."""
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise BackupError("另一次备份正在进行 / another backup is at work") from None
    finally:
        os.close(lock)


def _clear(folder: Path) -> None:
    """Remove what a backup that broke off left: all tables in clear, which no day would ever expire."""
    for path in folder.glob("*.part"):
        shutil.rmtree(path)
    for path in (folder / "photos").glob("*/*/*.part"):
        path.unlink()


async def _back_up(url: str, photos: Path, origin: bytes, folder: Path, clock: Callable[[], int], tell: Tell) -> Path:
    begun = await write_beside(url, lambda: restores.begin_backup(clock))
    name = datetime.fromtimestamp(begun / 1000, UTC).strftime("%Y-%m-%dT%H-%M-%S.%fZ")
    target, aside = folder / name, folder / f"{name}.part"
    (aside / "tables").mkdir(parents=True, mode=0o700)
    manifest = await _copy_tables(url, origin, begun, aside, tell)
    size = await archive.copy_photos(photos, folder / "photos", manifest, tell)
    sync(aside / "tables")
    archive.write_manifest(aside, structs.replace(manifest, photo_bytes=size))
    aside.rename(target)
    sync(folder)
    await write_beside(url, lambda: restores.finish_backup(begun))
    return target


async def _copy_tables(url: str, origin: bytes, begun: int, aside: Path, tell: Tell) -> Manifest:
    tables = [table for table in schema.metadata.sorted_tables if table.name not in LEFT_OUT]
    files = {}
    async with open_snapshot(url) as snapshot:
        for done, table in enumerate(tables):
            tell("tables", done, len(tables))
            chunks = snapshot.chunks(table)
            files[str(table.name)] = await archive.write_table(archive.table_file(aside, table.name), table, chunks)
        revision = await snapshot.revision()
    tell("tables", len(tables), len(tables))
    return Manifest(archive.FORMAT, begun, origin.hex(), revision, files, _photos_of(aside), 0)


def _photos_of(folder: Path) -> list[str]:
    """Photos that the copied rows name, but for those that are erased."""
    columns = [column.name for column in schema.photo_file.columns]
    centre, digest, erased = (columns.index(name) for name in ("centre", "digest", "erased"))
    rows = (row for chunk in archive.read_table(archive.table_file(folder, "photo_file")) for row in chunk)
    return sorted({f"{row[centre].hex()}/{row[digest].hex()}" for row in rows if row[erased] is None})


def expire(folder: Path, keep: int, now: int) -> list[Path]:
    """Remove backups that were begun over `keep` days ago, with the photos that none of the others names; the newest
    one stays, however old. Gives those that are gone. Raises `BackupError` while one is being made."""
    if not folder.exists():
        return []
    with _alone(folder):
        return _expire(folder, keep, now)


def _expire(folder: Path, keep: int, now: int) -> list[Path]:
    whole = sorted(path for path in folder.iterdir() if (path / archive.MANIFEST).exists())
    old = [path for path in whole[:-1] if archive.begun(path) < now - keep * DAY]
    for path in old:
        shutil.rmtree(path)
    if old:
        named = {name for path in whole if path not in old for name in archive.load(path).photos}
        for photo in (folder / "photos").glob("*/*/*"):
            if f"{photo.parent.parent.name}/{photo.name}" not in named:
                photo.unlink()
    return old


def check_apart(folder: Path, keys: Path) -> None:
    """Raise `BackupError` where keys would lie in the backup."""
    if keys.resolve().is_relative_to(folder.resolve()):
        raise BackupError("密钥不能和备份放在一起 / keys must not lie in the backup")
