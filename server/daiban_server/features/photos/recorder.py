"""Signs for stored photos: the receipt is kept in the database and goes to the device by its next sync."""

import contextlib
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from daiban_server.db import schema
from daiban_server.db.program import Program, Write, first
from daiban_server.features.photos.grant import Grant
from daiban_server.features.photos.problems import PhotoError
from daiban_server.spine import erased, log
from daiban_sync import receipt

if TYPE_CHECKING:
    from daiban_server.services import Services

_f = schema.photo_file.c
_WANTED = (
    select(_f.digest)
    .where(_f.centre == bindparam("centre_id"), _f.digest == bindparam("sha256"), _f.erased.is_(None))
    .limit(1)
)


class PhotoRecorder:
    """The photo feature's `Recorder` over the database."""

    def __init__(self, services: "Services") -> None:
        self._services = services

    async def photo_stored(self, grant: Grant) -> None:
        """Keep a receipt; the first one stands, however often this is called. What came after its record was erased
        is let go at once."""
        services = self._services
        if not await services.database.write(grant.centre, lambda: _record(grant, services)):
            with contextlib.suppress(PhotoError):  # the erasure may have let go of it meanwhile
                await services.photos.forget(grant.centre, grant.digest)


def _record(grant: Grant, services: "Services") -> Program[bool]:
    """Gives whether anybody may keep the photo."""
    # The time is read under the counter's lock: a backup that begins later has every photo received before it.
    yield from log.lock(grant.centre)
    keys, now = services.keys, services.now()
    signed = receipt.issue_photo(
        keys.receipt, keys.origin, grant.centre, grant.device, grant.record, grant.digest, grant.size, now
    )
    row = (grant.centre, grant.record, grant.digest, grant.device, grant.size, now, receipt.pack_photo(signed))
    gone = yield from erased.known(grant.centre, [grant.record])
    yield Write(schema.photo_file, [(*row, now if gone else None)], "ignore")
    if not gone:
        return True
    return (yield from first(_WANTED, centre_id=grant.centre, sha256=grant.digest)) is not None
