"""Photos for those who handle a case: opened where the phone sealed them, and small ones for lists.

What lies on the server's disk is as it came: a sealed photo stays sealed there, and is opened for who may see it.
"""

import asyncio
from collections.abc import AsyncIterator

from litestar import Controller, Response, get
from litestar.params import FromPath

from daiban_server.db.program import Program
from daiban_server.features.photos.opened import opened
from daiban_server.features.photos.port import PhotoStore
from daiban_server.features.photos.problems import PhotoError
from daiban_server.http.problems import checked_id
from daiban_server.http.session import GivenSession
from daiban_server.keystore import ServerKeys
from daiban_server.services import GivenServices, Services
from daiban_server.spine import views
from daiban_sync import sealing
from daiban_sync.sealing import Opening, Purpose

AT_ONCE = asyncio.Semaphore(2)
"""Sealed photos that are opened at a time: each stands whole in memory."""
HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Photos(Controller):
    """Photos of one's own centre, by record."""

    path = "/v1/photos/{record:str}"

    @get("/", opt={"action": "photo.read"}, media_type="image/jpeg")
    async def whole(self, record: FromPath[str], session: GivenSession, services: GivenServices) -> Response[bytes]:
        """The photo as it was taken; that it was opened is kept. Raises ``photo.unknown`` while it has not arrived."""
        digest = await _digest(record, session.clerk.centre, services)
        async with AT_ONCE:
            blocks = clear(services.photos, services.keys, session.clerk.centre, digest)
            data = b"".join([block async for block in blocks])
        await opened(session.clerk, bytes.fromhex(record), services)
        return Response(data, media_type="image/jpeg", headers=HEADERS)

    @get("/thumbnail", opt={"action": "photo.read"}, media_type="image/jpeg")
    async def small(self, record: FromPath[str], session: GivenSession, services: GivenServices) -> Response[bytes]:
        """A small picture of it, too small to read (`inspect.THUMBNAIL`): nothing is kept of who saw it."""
        digest = await _digest(record, session.clerk.centre, services)
        seen = await services.inspector.look(clear(services.photos, services.keys, session.clerk.centre, digest))
        return Response(seen.thumbnail, media_type="image/jpeg", headers=HEADERS)


async def clear(store: PhotoStore, keys: ServerKeys, centre: bytes, digest: bytes) -> AsyncIterator[bytes]:
    """A stored photo in blocks, opened if it was sealed. Raises `PhotoError("photo.unknown")` or `SignatureError`."""
    blocks = [block async for block in store.read(centre, digest)]
    if not blocks or not blocks[0].startswith(sealing.MAGIC):
        for block in blocks:
            yield block
        return
    opening = Opening(blocks)
    purpose = Purpose(sealing.PHOTO, keys.origin, centre)
    key = sealing.unwrap(opening.wrapped, keys.seal_key(opening.key_id), purpose)
    for piece in await asyncio.to_thread(list, opening.content(key)):
        yield piece


async def _digest(record: str, centre: bytes, services: Services) -> bytes:
    id_ = checked_id(record, "photo.unknown")

    def named() -> Program[str]:
        shown = yield from views.shown(views.BY_ID, centre, record_id=id_)
        digest = shown[0].view.values.get("sha256") if shown and shown[0].view.kind == "photo" else None
        if not digest:  # one that was erased has none
            raise PhotoError("photo.unknown")
        return str(digest)

    return bytes.fromhex(await services.database.read(named()))
