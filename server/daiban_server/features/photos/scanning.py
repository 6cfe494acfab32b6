"""Papers that were scanned at a desk: looked at, kept like a photo that a phone brought, and recorded under a case."""

import hashlib
from collections.abc import AsyncIterator

from daiban_schemas import entry
from daiban_server.features.photos.grant import MAX_BYTES, Grant
from daiban_server.features.photos.inspect import Inspection
from daiban_server.features.photos.problems import PhotoError
from daiban_server.features.photos.receiving import Receiving
from daiban_server.features.photos.recorder import PhotoRecorder
from daiban_server.services import Services

TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}


async def look(content: bytes, services: Services) -> Inspection:
    """What a scanned file is. Raises `PhotoError`: ``photo.unreadable`` and the like, ``upload.too_large``."""
    if not 0 < len(content) <= MAX_BYTES:
        raise PhotoError("upload.too_large")
    return await services.inspector.look(_blocks(content))


async def store(centre: bytes, record: bytes, content: bytes, services: Services) -> None:
    """Keep the bytes for a photo record that is going to name them: before it, as a phone does."""
    keys = services.keys
    digest = hashlib.sha256(content).digest()
    grant = Grant(centre, record, keys.desk_device(centre), digest, len(content), 0)
    taking = Receiving(services.photos, PhotoRecorder(services), keys.derived("ticket"), services.now)
    offset = await taking.create(grant)
    await taking.append(grant, offset, _blocks(content[offset:]), None)


def described(
    record: str, case: str, paper: str, page: int, content: bytes, seen: Inspection, *, at: int, by: str
) -> bytes:
    """The entry of the photo record."""
    fields = {
        "parent": case,
        "paper": paper,
        "page": page,
        "sha256": hashlib.sha256(content).hexdigest(),
        "size": len(content),
        "type": TYPES[seen.format],
        "width": seen.width,
        "height": seen.height,
        "taken_at": at,
    }
    return entry.change(record, "photo", fields, seen=0, at=at, by=by)


async def _blocks(content: bytes) -> AsyncIterator[bytes]:
    yield content
