"""Photos that are carried in by stretches, in any order: kept as files until they are whole, then stored like others.

Under the photos' root::

    carried/<device>/<record>-<sha256>/<offset, 12 digits>     one stretch

A stretch is signed for by its device (`http.bundles`). What does not hash right when it is whole is thrown away, and
the device, which has no receipt for it, brings it again.
"""

import asyncio
import contextlib
import os
import shutil
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from daiban_server.durable import sync
from daiban_server.features.photos.disk import make_folder, open_private, write
from daiban_server.features.photos.grant import MAX_BYTES, Grant
from daiban_server.features.photos.problems import PhotoError
from daiban_server.features.photos.recorder import PhotoRecorder
from daiban_server.spine.opening import Sender
from daiban_sync.bundle import Part
from daiban_sync.errors import WireError

if TYPE_CHECKING:
    from daiban_server.services import Services

MOST = 200
"""Photos of one device that may wait for stretches."""


class PhotoPieces:
    """Takes stretches of photos in."""

    def __init__(self, services: "Services") -> None:
        self._services = services
        self._root = services.settings.data / "photos"

    async def take(self, sender: Sender, parts: Iterable[Part]) -> None:
        """Keep the stretches of a piece, and store what is whole by them. Raises `WireError`; photos that turn out
        to be others than they said are let go without a word, since their device will ask for their receipts."""
        by_photo: dict[tuple[bytes, bytes], list[Part]] = {}
        for part in parts:
            if not 0 < part.size <= MAX_BYTES:
                raise WireError("bundle.malformed", "a photo's size")
            by_photo.setdefault((part.record, part.digest), []).append(part)
        for (record, digest), found in by_photo.items():
            grant = Grant(sender.centre, record, sender.device, digest, found[0].size, 0)
            folder = self._root / "carried" / sender.device.hex() / f"{record.hex()}-{digest.hex()}"
            # Of several carriers at once one stores the photo and clears up behind it; the others are done then.
            with contextlib.suppress(FileNotFoundError):
                if await asyncio.to_thread(self._keep, folder, found):
                    await self._store(grant, folder)

    def _keep(self, folder: Path, parts: list[Part]) -> bool:
        """Write the stretches; gives whether the photo is whole."""
        if not folder.exists() and folder.parent.exists() and len(list(folder.parent.iterdir())) >= MOST:
            return False
        make_folder(folder, self._root)
        for part in parts:
            path = folder / f"{part.offset:012}"
            if path.exists() and path.stat().st_size >= len(part.content):
                continue
            aside = path.with_name(f"{path.name}.{os.urandom(4).hex()}")
            with open_private(aside, "wb") as file:
                write(file, part.content)
            sync(aside)
            aside.replace(path)
        sync(folder)
        return _whole(folder, parts[0].size)

    async def _store(self, grant: Grant, folder: Path) -> None:
        store, recorder = self._services.photos, PhotoRecorder(self._services)
        try:
            async with store.hold(grant, create=True) as upload:
                if upload.offset < grant.size:
                    await upload.append(upload.offset, _from(folder, upload.offset), None)
                await upload.finish()
                await recorder.photo_stored(grant)
        except PhotoError as error:
            if error.code == "upload.busy":
                return  # another piece, or a link, is bringing it: the next one finds it done
            if error.code not in ("photo.digest", "upload.too_large"):
                raise
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


def _stretches(folder: Path) -> list[tuple[int, Path]]:
    return sorted((int(path.name), path) for path in folder.iterdir() if path.name.isdecimal())


def _whole(folder: Path, size: int) -> bool:
    reached = 0
    for offset, path in _stretches(folder):
        if offset > reached:
            return False
        reached = max(reached, offset + path.stat().st_size)
    return reached >= size


async def _from(folder: Path, start: int) -> AsyncIterator[bytes]:
    """The photo's bytes from `start` on, whatever stretches overlap."""
    at = start
    for offset, path in _stretches(folder):
        content = await asyncio.to_thread(path.read_bytes)
        if offset + len(content) > at:
            yield content[at - offset :]
            at = offset + len(content)
