"""Pictures for the file: opened where the phone sealed them, with what seals them to the same bytes again.

A picture's own key opens that picture and nothing else, so it may leave the house with it.
"""

from typing import NamedTuple

from daiban_server.features.photos.port import PhotoStore
from daiban_server.keystore import ServerKeys
from daiban_sync import sealing
from daiban_sync.errors import SyncError
from daiban_sync.evidence.document import Seal
from daiban_sync.sealing import Opening, Purpose


class Picture(NamedTuple):
    """What is embedded of a photo."""

    content: bytes | None
    seal: Seal | None = None


NONE = Picture(None)


async def picture(store: PhotoStore, keys: ServerKeys, centre: bytes, digest: bytes) -> Picture:
    """A stored photo. One that does not open is given as it lies there, and the verifier says so. Raises
    `PhotoError("photo.unknown")`."""
    data = b"".join([block async for block in store.read(centre, digest)])
    if not data.startswith(sealing.MAGIC):
        return Picture(data)
    try:
        opening = Opening([data])
        own = sealing.unwrap(
            opening.wrapped, keys.seal_key(opening.key_id), Purpose(sealing.PHOTO, keys.origin, centre)
        )
        return Picture(b"".join(opening.content(own)), Seal(opening.header, own))
    except SyncError:
        return Picture(data)
