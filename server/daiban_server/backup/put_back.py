"""Putting a backup back into a new data folder and an empty database, on either database.

All rows and the step into the new epoch are one transaction: a restore that is interrupted leaves an empty database,
and is begun again.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

from sqlalchemy import Table, func, select

from daiban_server.backup import archive, epoch_note, erasure_note
from daiban_server.backup.archive import BackupError, Manifest, Tell, silent
from daiban_server.backup.erasure_note import Erased
from daiban_server.db import schema
from daiban_server.db.database import open_database
from daiban_server.db.migrate import migrate
from daiban_server.db.program import Program, Row, Write, first
from daiban_server.features.erasure import copies, searches
from daiban_server.features.erasure.copies import Blob
from daiban_server.keystore import ServerKeys
from daiban_server.spine import erasing, restores
from daiban_sync.keys import Signer
from daiban_sync.restored import Restored

_USED = select(func.count()).select_from(schema.counter)


async def restore(
    backup: Path,
    url: str,
    photos: Path,
    keys: ServerKeys,
    root: Signer,
    clock: Callable[[], int],
    notes: Sequence[Path],
    tell: Tell = silent,
) -> list[Restored]:
    """Put `backup` back; gives what every centre states of it. `notes` are folders in which restores leave word of each
    other (see `epoch_note`) and lists of erasures lie, the new data's first. Raises `BackupError` and changes nothing
    that counts."""
    manifest = archive.load(backup)
    if manifest.origin != keys.origin.hex():
        raise BackupError("这些密钥属于另一套系统 / these keys are of another installation")
    if unknown := manifest.tables.keys() - schema.metadata.tables.keys():
        raise BackupError(f"备份里有本版本不认识的表 / tables unknown to this version: {', '.join(sorted(unknown))}")
    await asyncio.to_thread(migrate, url)
    database = await open_database(url)
    try:
        if (await database.read(_count())) > 0:
            raise BackupError("数据库不是空的 / the database is not empty")
        erased = erasure_note.read(notes)
        # Its next backup copies this server's own list over the one beside the keys: all of it has to be in there.
        erasure_note.append(notes[0], erased)
        await archive.copy_photos(backup.parent / "photos", photos, manifest, tell)
        stated, blobs = await database.write(
            "restore", lambda: _fill(backup, manifest, keys, root, clock(), notes, erased, tell)
        )
        for blob in blobs:
            (photos / blob.centre.hex() / blob.digest.hex()[:2] / blob.digest.hex()).unlink(missing_ok=True)
        return stated
    finally:
        await database.close()


def _count() -> Program[int]:
    row = yield from first(_USED)
    return int(row[0]) if row else 0


def _fill(
    backup: Path,
    manifest: Manifest,
    keys: ServerKeys,
    root: Signer,
    now: int,
    notes: Sequence[Path],
    erased: Sequence[Erased],
    tell: Tell,
) -> Program[tuple[list[Restored], list[Blob]]]:
    tables = [table for table in schema.metadata.sorted_tables if table.name in manifest.tables]
    for done, table in enumerate(tables):
        tell("tables", done, len(tables))
        for rows in _rows(backup, table, manifest.tables[table.name].columns):
            yield Write(table, rows)
    tell("tables", len(tables), len(tables))
    yield from restores.finish_backup(manifest.begun)
    beyond = epoch_note.newest(notes)
    stated = yield from restores.go_on_everywhere(keys, root, manifest.begun, now, beyond)
    # Before the commit: an epoch that was noted and never began is skipped, and that is all.
    epoch_note.leave(notes, max(beyond, *(one.epoch for one in stated)))
    return stated, (yield from _erase_again(erased, now))


def _erase_again(erased: Sequence[Erased], now: int) -> Program[list[Blob]]:
    """What was erased after the backup was made is erased in what was put back."""
    blobs: list[Blob] = []
    for centre, found in groupby(sorted(erased, key=attrgetter("centre", "by", "reason")), attrgetter("centre")):
        for (by, reason), together in groupby(found, attrgetter("by", "reason")):
            records = [bytes.fromhex(one.record) for one in together]
            people = yield from searches.told_of(bytes.fromhex(centre), records)
            yield from erasing.erase(bytes.fromhex(centre), records, bytes.fromhex(by), reason, now, again=True)
            yield from searches.forget(bytes.fromhex(centre), people)
            blobs += yield from copies.empty(bytes.fromhex(centre), records, now)
    return blobs


def _rows(backup: Path, table: Table, stated: Sequence[str]) -> Iterator[list[Row]]:
    """A table's rows with this version's columns; one that the backup did not have yet takes its default."""
    where = {name: i for i, name in enumerate(stated)}
    picks: list[int | None] = [where.get(column.name) for column in table.columns]
    defaults = [_default(column) for column in table.columns]
    for chunk in archive.read_table(archive.table_file(backup, table.name)):
        if picks == list(range(len(stated))):
            yield [tuple(row) for row in chunk]
        else:
            yield [tuple(d if p is None else row[p] for p, d in zip(picks, defaults, strict=True)) for row in chunk]


def _default(column: Any) -> Any:
    return None if column.nullable or column.default is None else column.default.arg
