"""The few things about files that the store stands on: locks, folders and writes that survive a power cut."""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from typing import Protocol

from daiban_server.durable import sync

from .problems import PhotoError


class FolderLock:
    """An exclusive lock on a folder, between processes too; the kernel ends it with the process.

    `take` may run in a worker thread: whoever made the object can always `release` it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._descriptor: int | None = None

    def take(self) -> None:
        """FileNotFoundError if there is no folder; `PhotoError("upload.busy")` at once if it is locked."""
        while self._descriptor is None:
            descriptor = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                # A folder that was removed and made anew between the two calls is another folder.
                if os.path.samestat(os.fstat(descriptor), self._folder.stat()):
                    self._descriptor = descriptor
            except BlockingIOError:
                raise PhotoError("upload.busy") from None
            finally:
                if self._descriptor is None:
                    os.close(descriptor)

    def release(self) -> None:
        """May be said twice, and without `take`."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def open_private(path: Path, mode: str) -> FileIO:
    """Open unbuffered, for the owner's eyes only."""
    return FileIO(path, mode, opener=lambda name, flags: os.open(name, flags, 0o600))


class Writable(Protocol):
    """A file that says how much of the bytes it took."""

    def write(self, data: "bytes | memoryview", /) -> int:
        """Take bytes."""


def write(file: Writable, data: bytes | bytearray) -> None:
    """Write all of `data` to an unbuffered file; `PhotoError("storage.full")` where there is no room."""
    view = memoryview(data)
    try:
        while view:
            view = view[file.write(view) :]
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise PhotoError("storage.full") from error
        raise


def make_folder(folder: Path, root: Path) -> None:
    """Make `folder` and those between it and `root`, safe from a power cut.

    Existing ones are synced as well: the process that made them may have died before it did so.
    """
    for level in reversed([folder, *folder.parents[: len(folder.relative_to(root).parts) - 1]]):
        level.mkdir(mode=0o700, exist_ok=True)
        sync(level.parent)


def touched(folder: Path) -> float:
    """Newest change in `folder`, in Unix milliseconds; infinitely late if it is gone."""
    try:
        return max(entry.stat().st_mtime_ns // 1_000_000 for entry in (folder, *folder.iterdir()))
    except FileNotFoundError:
        return float("inf")


@contextmanager
def locked(folder: Path) -> Iterator[bool]:
    """Whether the lock could be had; if so, it lasts as long as the block."""
    lock = FolderLock(folder)
    try:
        lock.take()
        mine = True
    except (FileNotFoundError, PhotoError):
        mine = False
    try:
        yield mine
    finally:
        lock.release()
