"""What becomes of an upload, whatever protocol brings it.

An upload at its full size is finished and recorded before anybody is told so, on every request that meets
it there: a process that died between the two left it to the next request.
"""

from collections.abc import AsyncIterator, Callable

from daiban_sync.faults import reach

from . import grant as tickets
from .grant import Grant
from .port import Budget, Checksum, PhotoStore, Recorder, Upload


class Receiving:
    """Takes photos in for whoever holds a ticket of `secret`; `clock` gives Unix milliseconds.

    What comes over a link is counted in `budget`; what is scanned at a desk has none.
    """

    def __init__(
        self,
        store: PhotoStore,
        recorder: Recorder,
        secret: bytes,
        clock: Callable[[], int],
        budget: Callable[[], Budget] | None = None,
    ) -> None:
        self._store, self._recorder, self._secret, self._clock = store, recorder, secret, clock
        self._budget = budget

    def admit(self, ticket: str) -> Grant:
        """What the ticket allows now. Raises `ticket.invalid` and `ticket.expired`."""
        return tickets.open(self._secret, ticket, self._clock())

    async def create(self, grant: Grant) -> int:
        """Begin the upload, or find it where an earlier ticket left it; the offset to go on from."""
        async with self._store.hold(grant, create=True) as upload:
            reach("server.photo.created")
            return await self._settle(upload, grant)

    async def offset(self, grant: Grant) -> int:
        """Where the upload stands; the full size only when the photo is stored and recorded."""
        async with self._store.hold(grant) as upload:
            return await self._settle(upload, grant)

    async def append(self, grant: Grant, offset: int, blocks: AsyncIterator[bytes], checksum: Checksum | None) -> int:
        """Take bytes in; the new offset. Raises what `Budget.take`, `Upload.append` and `Upload.finish` raise."""
        if self._budget:
            budget = self._budget()
            budget.take(grant.device, self._clock())
            blocks = self._counted(grant.device, budget, blocks)
        async with self._store.hold(grant) as upload:
            if offset < grant.size or offset != upload.offset:  # else it is whole: nothing to add
                await upload.append(offset, blocks, checksum)
            return await self._settle(upload, grant)

    async def terminate(self, grant: Grant) -> None:
        """Forget what came so far. `upload.stored` if all of it did."""
        async with self._store.hold(grant) as upload:
            await upload.discard()

    async def _counted(self, device: bytes, budget: Budget, blocks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        async for block in blocks:
            budget.charge(device, self._clock(), size=len(block))
            yield block

    async def _settle(self, upload: Upload, grant: Grant) -> int:
        if upload.offset >= grant.size:
            await upload.finish()
            await self._recorder.photo_stored(grant)
            reach("server.photo.recorded")
        return upload.offset
