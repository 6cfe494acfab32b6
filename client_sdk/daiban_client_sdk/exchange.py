"""One sync over a link: records first, then the photos for which there are tickets, then their receipts."""

from daiban_client_sdk.at_work import AtWork
from daiban_client_sdk.device import Device
from daiban_client_sdk.errors import AlarmError, OfflineError, RefusedError
from daiban_client_sdk.progress import OnProgress, Progress
from daiban_client_sdk.rounds import Rounds, Step, Ticketed
from daiban_client_sdk.transport import Transport
from daiban_client_sdk.uploads import UploadError, upload
from daiban_sync import faults
from daiban_sync.errors import ProofError, SyncError

ANEW = frozenset({"frozen", "revoked", "rejected"})
"""States of an enrolment that is over: the phone enrols anew, and keeps its work."""
PHOTO_ROUNDS = 4
"""Rounds of tickets and uploads in one sync; what is left then waits for the next."""


class Exchange(AtWork):
    """A device at work that exchanges what it has with its centre."""

    async def _exchange(self, transport: Transport, progress: OnProgress) -> None:
        """Raises `OfflineError`, `RefusedError` or `AlarmError`; what was receipted before stays so."""
        rounds = await self._run(Rounds, self.device, progress)
        await self._records(rounds, transport, fresh=True)
        for _ in range(PHOTO_ROUNDS):
            if not await self._photos(rounds, transport, progress):
                break
            await self._records(rounds, transport, fresh=False)
        await self._run(rounds.finish, transport.offset)

    async def _records(self, rounds: Rounds, transport: Transport, *, fresh: bool) -> None:
        """Round trips until nothing is unsent and nothing is left to pull."""
        while True:
            step = await self._run(rounds.begin, fresh)
            fresh = False
            faults.reach("device.push.sent")
            answer = await self._ask(transport, step)
            faults.reach("device.push.answered")
            try:
                again = await self._run(rounds.take, step, answer)
            except ProofError as error:
                raise AlarmError(error.code, error.detail) from None
            except SyncError as error:
                raise RefusedError(error.code, error.detail) from None
            if not again:
                return

    async def _ask(self, transport: Transport, step: Step) -> bytes:
        signer, device = step.identity.signer, step.identity.device.hex()
        try:
            answer = await transport.request("POST", "/v1/sync", step.body, signer=signer, device=device)
        except RefusedError as error:
            await self._run(_heed, self.device, error.code)
            raise
        return answer.content if answer.status_code == 200 else b""

    async def _photos(self, rounds: Rounds, transport: Transport, progress: OnProgress) -> bool:
        """Bring photos for which there are tickets; gives whether any was brought."""
        brought = False
        for photo in await self._run(rounds.ticketed):
            faults.reach("device.photo.ticket")
            try:
                await self._bring(rounds, photo, transport, progress)
            except (UploadError, OSError) as error:
                # One bad photo never blocks another; this one is tried again with the next sync.
                await self._run(rounds.failed, photo, str(error))
                if isinstance(error, UploadError) and error.after is not None:
                    raise transport.rest(error.after) from None
                if isinstance(error, UploadError) and error.code == "upload.cut":
                    raise OfflineError("upload.cut") from None
                continue
            faults.reach("device.photo.uploaded")
            rounds.uploaded(photo)
            brought = True
        return brought

    async def _bring(self, rounds: Rounds, photo: Ticketed, transport: Transport, progress: OnProgress) -> None:
        before, whole = rounds.photo_bytes(photo.record)

        def tell(offset: int) -> None:
            progress(Progress("photos", rounds.photos_done, rounds.photos_total, before + offset, whole))

        with photo.path.open("rb") as source:
            await upload(await transport.http(), photo.url, source, photo.size, progress=tell)


def _heed(device: Device, code: str) -> None:
    """Keep what a refusal says of this device, or of the time of the server that its mirror is of."""
    state = code.removeprefix("device.")
    with device.store.transaction():
        if code in ("cursor.ahead", "cursor.invalid") and device.store.get("cursor", ""):
            # The mirror is of another time of the server: pull it anew. The outbox stays as it is.
            device.mirror.forget()
        if code.startswith("device.") and state in ANEW | {"unknown", "suspended"}:
            device.store.put("state", state)
