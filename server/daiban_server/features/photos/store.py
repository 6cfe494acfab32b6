"""Photos on a local disk, so that an answered offset and a stored photo survive a power cut.

Under the root (and `pieces`, of what is carried in)::

    uploads/<centre>/<record>-<sha256>/    one upload; the folder itself is what is locked
        bytes      what was received, never a byte of a chunk whose checksum was asked and not yet seen; such a chunk
                   is held in memory, a large one in a file without a name
        shown      empty: these bytes were whole and hashed right, once
    <centre>/<first two>/<sha256>          finished photos

No file says where an upload stands: that is the size of `bytes`, or `shown` beside a finished photo. A
process may die at any line.
"""

import asyncio
import hashlib
import os
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from io import FileIO
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import ParamSpec, TypeVar

from daiban_server.durable import sync
from daiban_sync.faults import reach

from .disk import FolderLock, Writable, locked, make_folder, open_private, touched, write
from .grant import Grant
from .port import Checksum, LinkCutError
from .problems import PhotoError

_BLOCK = 256 * 1024
"""Bytes between two visits to a worker thread."""
_MEMORY = 512 * 1024
"""Bytes of a chunk that are held in memory until its checksum is seen."""

P = ParamSpec("P")
T = TypeVar("T")


class LocalStore:
    """A `PhotoStore` under `root`, a folder that exists. Its files are readable by their owner only."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @asynccontextmanager
    async def hold(self, grant: Grant, *, create: bool = False) -> AsyncIterator["LocalUpload"]:
        """See `PhotoStore.hold`."""
        folder = self._folder(grant)
        lock = FolderLock(folder)
        try:
            upload = LocalUpload(self._root, folder, self._photo(grant.centre, grant.digest), grant)
            await _in_thread(self._enter, lock, upload, create)
            yield upload
        finally:
            lock.release()

    async def size(self, centre: bytes, digest: bytes) -> int:
        """See `PhotoStore.size`."""
        try:
            return (await _in_thread(self._photo(centre, digest).stat)).st_size
        except FileNotFoundError:
            raise PhotoError("photo.unknown") from None

    async def forget(self, centre: bytes, digest: bytes) -> None:
        """See `PhotoStore.forget`."""
        path = self._photo(centre, digest)
        try:
            await _in_thread(path.unlink)
        except FileNotFoundError:
            raise PhotoError("photo.unknown") from None
        await _in_thread(sync, path.parent)

    async def read(self, centre: bytes, digest: bytes) -> AsyncIterator[bytes]:
        """See `PhotoStore.read`."""
        try:
            file = await _in_thread(self._photo(centre, digest).open, "rb")
        except FileNotFoundError:
            raise PhotoError("photo.unknown") from None
        with file:
            while block := await _in_thread(file.read, _BLOCK):
                yield block

    async def sweep(self, now: int, age: int) -> int:
        """See `PhotoStore.sweep`. An upload rests since the newest change in its folder."""
        return await _in_thread(self._sweep, now - age)

    def _enter(self, lock: FolderLock, upload: "LocalUpload", create: bool) -> None:
        self._take(lock, upload.folder, create)
        upload.look()

    def _take(self, lock: FolderLock, folder: Path, create: bool) -> None:
        while True:
            if create:
                make_folder(folder, self._root)
            try:
                lock.take()
            except FileNotFoundError:
                if create:  # swept in between
                    continue
                raise PhotoError("upload.unknown") from None
            if create:
                os.utime(folder)
            return

    def _sweep(self, before: int) -> int:
        swept = 0
        for folder in (*self._root.glob("uploads/*/*"), *self._root.glob("carried/*/*")):
            if touched(folder) > before:
                continue
            with locked(folder) as mine:
                if mine and touched(folder) <= before:  # nobody used it between the look and the lock
                    shutil.rmtree(folder)
                    swept += 1
        return swept

    def _folder(self, grant: Grant) -> Path:
        name = f"{grant.record.hex()}-{grant.digest.hex()}"
        return self._root / "uploads" / grant.centre.hex() / name

    def _photo(self, centre: bytes, digest: bytes) -> Path:
        name = digest.hex()
        return self._root / centre.hex() / name[:2] / name


class LocalUpload:
    """An `Upload` whose folder is locked; made by `LocalStore.hold`."""

    def __init__(self, root: Path, folder: Path, photo: Path, grant: Grant) -> None:
        self._root, self.folder, self._photo, self._grant = root, folder, photo, grant
        self._bytes, self._shown = folder / "bytes", folder / "shown"
        self._offset, self._stored = 0, False

    @property
    def offset(self) -> int:
        """See `Upload.offset`."""
        return self._offset

    @property
    def stored(self) -> bool:
        """See `Upload.stored`."""
        return self._stored

    async def append(self, offset: int, blocks: AsyncIterator[bytes], checksum: Checksum | None = None) -> None:
        """See `Upload.append`."""
        if offset != self._offset:
            raise PhotoError("upload.offset", f"the upload stands at {self._offset}")
        if checksum is None:
            await self._append(blocks)
        else:
            await self._append_checked(blocks, checksum)

    async def finish(self) -> None:
        """See `Upload.finish`."""
        await _in_thread(self._finish)

    async def discard(self) -> None:
        """See `Upload.discard`."""
        if self._stored:
            raise PhotoError("upload.stored")
        await _in_thread(shutil.rmtree, self.folder)

    async def _append(self, blocks: AsyncIterator[bytes]) -> None:
        with open_private(self._bytes, "ab") as file:
            try:
                rest, _ = await _pour(blocks, file, self._room)  # after a cut, what came is kept
            except PhotoError as error:
                if error.code == "upload.too_large":
                    await _in_thread(file.truncate, self._offset)
                raise
            await _in_thread(self._add, file, rest)

    def _add(self, file: FileIO, rest: bytes) -> None:
        write(file, rest)
        self._settle()

    async def _append_checked(self, blocks: AsyncIterator[bytes], checksum: Checksum) -> None:
        with SpooledTemporaryFile(_MEMORY, buffering=0, dir=str(self.folder)) as chunk:
            rest, cut = await _pour(blocks, chunk, self._room)
            if not cut:
                await _in_thread(self._take_chunk, chunk, rest, checksum)

    def _take_chunk(self, chunk: "SpooledTemporaryFile[bytes]", rest: bytes, checksum: Checksum) -> None:
        write(chunk, rest)
        hashed = hashlib.new(checksum.algorithm)
        chunk.seek(0)
        while block := chunk.read(_BLOCK):
            hashed.update(block)
        if hashed.digest() != checksum.digest:
            raise PhotoError("upload.checksum")
        chunk.seek(0)
        with open_private(self._bytes, "ab") as file:
            while block := chunk.read(_BLOCK):
                write(file, block)
        self._settle()

    @property
    def _room(self) -> int:
        return self._grant.size - self._offset

    def _settle(self) -> None:
        reach("server.photo.appended")
        self.look()
        reach("server.photo.flushed")

    def look(self) -> None:
        """Learn where the upload stands, and make sure of it, whoever wrote it."""
        if self._bytes.exists():
            sync(self._bytes)
        sync(self.folder)
        self._stored = self._shown.exists() and self._photo.exists()
        if self._stored:
            self._offset = self._grant.size
        else:
            self._offset = self._bytes.stat().st_size if self._bytes.exists() else 0

    def _finish(self) -> None:
        if not self._stored:
            self._verify()
            open_private(self._shown, "wb").close()
            sync(self.folder)
            make_folder(self._photo.parent, self._root)
            self._bytes.replace(self._photo)
            reach("server.photo.renamed")
            self._stored = True
        # Also when an earlier process renamed it and died before this line.
        sync(self._photo.parent)

    def _verify(self) -> None:
        with self._bytes.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").digest()
        if digest != self._grant.digest or self._offset != self._grant.size:
            shutil.rmtree(self.folder)
            raise PhotoError("photo.digest")
        reach("server.photo.verified")


async def _pour(blocks: AsyncIterator[bytes], file: Writable, room: int) -> tuple[bytes, bool]:
    """Write what comes, at most `room` bytes, with one visit to a worker thread for each `_BLOCK`; gives what is left
    to write, less than a block, and whether the link was cut."""
    pending = bytearray()
    try:
        async for block in blocks:
            room -= len(block)
            if room < 0:
                raise PhotoError("upload.too_large")
            pending += block
            if len(pending) >= _BLOCK:
                await _in_thread(write, file, bytes(pending))
                pending.clear()
    except LinkCutError:
        return bytes(pending), True
    return bytes(pending), False


async def _in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run in a worker thread, to its end even when cancelled: it may be writing under a lock."""
    work = asyncio.ensure_future(asyncio.to_thread(function, *args, **kwargs))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        await asyncio.wait([work])
        raise
