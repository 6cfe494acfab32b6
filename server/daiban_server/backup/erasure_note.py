"""The list of erasures outside of the database: a backup does not know what was erased after it was made.

One line of JSON for each record, in ``erasures.jsonl`` beside the data, and as it was then beside the keys that are
copied with a backup. A restore goes through all lists that it finds.
"""

import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from daiban_server.backup.archive import BackupError
from daiban_server.durable import sync

NAME = "erasures.jsonl"


class Erased(Struct, frozen=True):
    """A record that was erased; ids in hexadecimal, `at` in Unix milliseconds."""

    centre: str
    record: str
    at: int
    by: str
    reason: str


_decoder = msgspec.json.Decoder(Erased)


def append(folder: Path, erased: Iterable[Erased]) -> None:
    """Note erasures, durably. Raises `OSError`. A line that a power cut left half written goes first, or the next one
    would stand behind it and no restore could read either."""
    lines = b"".join(msgspec.json.encode(one) + b"\n" for one in erased)
    descriptor = os.open(folder / NAME, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)  # on PostgreSQL several workers erase at once
        _cut_half_a_line(descriptor)
        while lines:
            lines = lines[os.write(descriptor, lines) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    sync(folder)


def bring_up(folder: Path, erased: Iterable[Erased]) -> None:
    """Note what no line of the list in `folder` names that can be read. Raises `OSError`; and once all is noted,
    `BackupError` as `read` does: a damaged line keeps no erasure out, and what it said is noted anew."""
    lines = [line for _, line in _lines([folder])]
    noted = {(one.centre, one.record) for one in lines if one}
    if missing := [one for one in erased if (one.centre, one.record) not in noted]:
        append(folder, missing)
    if None in lines:
        raise _damaged(folder)


def _cut_half_a_line(descriptor: int) -> None:
    """End the file behind its last whole line."""
    end, block = os.fstat(descriptor).st_size, 4096
    while end and (found := os.pread(descriptor, min(block, end), max(0, end - block)).rfind(b"\n")) < 0:
        end = max(0, end - block)
    os.ftruncate(descriptor, max(0, end - block) + found + 1 if end else 0)


def read(folders: Sequence[Path]) -> list[Erased]:
    """What the lists in `folders` name, each record once. Raises `BackupError` for a list that is damaged elsewhere
    than at its end, where a power cut may have cut a line off."""
    found: dict[tuple[str, str], Erased] = {}
    for folder, one in _lines(folders):
        if one is None:
            raise _damaged(folder)
        found.setdefault((one.centre, one.record), one)
    return list(found.values())


def _lines(folders: Iterable[Path]) -> Iterator[tuple[Path, Erased | None]]:
    """The whole lines of the lists in `folders`, None for each that is damaged."""
    for folder in folders:
        if not (folder / NAME).exists():
            continue
        *whole, _cut_off = (folder / NAME).read_bytes().split(b"\n")
        for line in whole:
            try:
                yield folder, _decoder.decode(line)
            except msgspec.DecodeError:
                yield folder, None


def _damaged(folder: Path) -> BackupError:
    return BackupError(f"{folder / NAME} 已损坏 / is damaged")


def copy(source: Path, target: Path) -> None:
    """Put the list beside keys that are copied."""
    if (source / NAME).exists():
        target.mkdir(parents=True, exist_ok=True, mode=0o700)
        aside = target / f"{NAME}.new"
        shutil.copyfile(source / NAME, aside)
        aside.chmod(0o600)
        sync(aside)
        aside.rename(target / NAME)
        sync(target)
