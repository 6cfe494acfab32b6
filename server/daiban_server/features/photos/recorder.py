"""Signs for stored photos: the receipt is kept in the database and goes to the device by its next sync."""

from typing import TYPE_CHECKING

from daiban_server.db import schema
from daiban_server.db.program import Program, Write
from daiban_server.features.photos.grant import Grant
from daiban_server.spine import log
from daiban_sync import receipt

if TYPE_CHECKING:
    from daiban_server.services import Services


class PhotoRecorder:
    """The photo feature's `Recorder` over the database."""

    def __init__(self, services: "Services") -> None:
        self._services = services

    async def photo_stored(self, grant: Grant) -> None:
        """Keep a receipt; the first one stands, however often this is called."""
        services = self._services
        await services.database.write(grant.centre, lambda: _record(grant, services))


def _record(grant: Grant, services: "Services") -> Program[None]:
    # The time is read under the counter's lock: a backup that begins later has every photo received before it.
    yield from log.lock(grant.centre)
    keys, now = services.keys, services.now()
    signed = receipt.issue_photo(
        keys.receipt, keys.origin, grant.centre, grant.device, grant.record, grant.digest, grant.size, now
    )
    row = (grant.centre, grant.record, grant.digest, grant.device, grant.size, now, receipt.pack_photo(signed), None)
    yield Write(schema.photo_file, [row], "ignore")
