"""The SDK's client: enrol a device, work with no signal, sync when there is one.

::

    async with Client(Path("device"), pin="190733") as client:
        await client.enrol(code_text, "小王的手机")      # once; the centre head approves
        form = await client.open(record)                # fixes what was seen
        await client.save(form, {"phone": "13800000000"})
        await client.sync(print)                        # hand in, then take what changed
        print((await client.status()).line())

All work on the store runs on one thread of its own, so a user interface never waits for the disk.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from types import TracebackType

from daiban_client_sdk import carrying, comparing, enrolment
from daiban_client_sdk.device import Device
from daiban_client_sdk.errors import DeviceError, RefusedError
from daiban_client_sdk.exchange import ANEW, Exchange
from daiban_client_sdk.outbox import Identity
from daiban_client_sdk.owner import KEY_ASKED
from daiban_client_sdk.progress import OnProgress, Status, silent
from daiban_client_sdk.transport import Transport
from daiban_sync import new_key
from daiban_sync.keys import Signer as SigningKey
from daiban_sync.new_key import NewKey

NOT_BEFORE = "not_before"
"""In `meta`: until when the server asked to be left alone, by the device's clock."""
_SIGNED = frozenset({"device.frozen", "device.revoked", "device.suspended", "device.rejected"})
"""What the server says of a device only behind a signature that holds."""


class Client(Exchange):
    """A device with its link. Safe to close at any instant: the next start goes on where this one was."""

    _transport: Transport | None = None

    async def __aenter__(self) -> "Client":
        self._syncing = asyncio.Lock()
        await super().__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._transport is not None:
            await self._transport.close()
        await super().__aexit__(kind, error, trace)

    # Enrolment ------------------------------------------------------------------------------------------------

    async def enrol(self, code_text: str, name: str) -> str:
        """Register this device by a one-time code; gives the fingerprint that the centre head compares. A device that
        a restored server has forgotten registers again under its id, and keeps everything. One that is frozen, revoked
        or was rejected gets another id and another key, and hands in under them what has no receipt.

        Raises `DeviceError`: ``enrolment.malformed``, ``enrolment.code`` and others; `OfflineError`.
        """
        former = await self._run(self.device.store.get, "device", "")
        state = await self._run(self.device.store.get, "state")
        if former and state not in ANEW | {"unknown"}:
            raise DeviceError("device.enrolled")
        code = enrolment.read_code(code_text)
        if former and code.origin != await self._run(self.device.store.get, "origin"):
            raise DeviceError("enrolment.other_centre")
        anew = bool(former) and state in ANEW
        signer = await self._run(self.device.new_key, "next_seed" if anew else "seed")
        transport = Transport(code.url, code.pin, self._now)
        try:
            stated = await enrolment.enrol(code, signer, name, self._now(), transport, "" if anew else former)
        finally:
            await transport.close()
        await self._run(self.device.remember_enrolment, code, stated)
        return self.device.fingerprint()

    async def new_key(self) -> str:
        """Take another key, as one does when somebody may have had the phone in his hands; gives its fingerprint, of
        which the centre head is told. What is frozen goes under the old key, all after it under the new. It may be cut
        off at any instant and called again."""
        async with self._syncing, self._linked() as (transport, identity):
            await self._change_key(transport, identity)
            return self.device.fingerprint()

    async def _change_key(self, transport: Transport, identity: Identity) -> None:
        fresh = await self._run(self.device.new_key, "next_seed")
        if not await self._counts(transport, identity, fresh):
            last, number = await self._run(self.device.ask_next_key)
            device, origin = identity.device.hex(), identity.origin.hex()
            asked = NewKey(device, origin, fresh.public_key.hex(), last, number, self._now() + transport.offset)
            body = new_key.state(asked, fresh, identity.signer)
            try:
                await transport.request("POST", "/v1/enrolment/key", body, signer=identity.signer, device=device)
            except RefusedError:
                await self._run(self.device.store.put, KEY_ASKED, None)
                raise
        await self._run(_take_next_key, self.device)

    async def _counts(self, transport: Transport, identity: Identity, fresh: SigningKey) -> bool:
        """Whether the new key counts already: the answer to an earlier request was lost."""
        try:
            await transport.request("GET", "/v1/enrolment", signer=fresh, device=identity.device.hex())
        except RefusedError as error:
            if error.code == "signature.invalid":
                return False
            if error.code not in _SIGNED:
                raise
        return True

    async def enrolment_state(self) -> str:
        """``pending`` until the centre head approves, then ``active``."""
        async with self._linked() as (transport, identity):
            device = identity.device.hex()
            answer = await transport.request("GET", "/v1/enrolment", signer=identity.signer, device=device)
        state = str(answer.json()["state"])
        await self._run(self.device.store.put, "state", state)
        return state

    # By hand --------------------------------------------------------------------------------------------------

    async def export(self, folder: Path, size: int = carrying.PIECE) -> list[Path]:
        """Write everything without a receipt into `folder`, sealed, in pieces of about `size` bytes: anybody may carry
        them in, and nobody on the way can read or alter them."""
        async with self._syncing:
            return await self._run(carrying.export, self.device, folder, size)

    async def carry(self, piece: bytes) -> bytes:
        """Hand in a piece of somebody's bundle over this device's link; gives the answer to bring back."""
        async with self._linked() as (transport, _):
            return (await transport.request("POST", "/v1/bundles", piece)).content

    async def receive(self, answer: bytes) -> Status:
        """Take in an answer that was brought back for a bundle of this device."""
        async with self._syncing:
            await self._run(carrying.receive, self.device, answer)
        return await self.status()

    # What others saw -------------------------------------------------------------------------------------------

    async def compare(self, seen: str) -> None:
        """Hold a checkpoint that somebody else was shown (another phone, a witness, a notice on the wall) against this
        device's own. Raises `AlarmError("log.forked")` where the server showed two histories, and `RefusedError` for
        what is no checkpoint of this centre. One of before a stated restore is of another log and says nothing."""
        own = await self.checkpoint()
        theirs, mine = await self._run(comparing.read, self.device, seen, own)
        if theirs is None or mine is None:
            return
        small, large = sorted((theirs, mine), key=lambda one: one.size)
        proof: list[bytes] = []
        if small.size not in (0, large.size):
            async with self._linked() as (transport, identity):
                path = f"/v1/logs/{identity.centre.hex()}/consistency?old={small.size}&new={large.size}"
                proof = comparing.hashes((await transport.request("GET", path)).json())
        comparing.check(small, large, proof)

    # Sync -----------------------------------------------------------------------------------------------------

    async def sync(self, progress: OnProgress = silent) -> Status:
        """Hand in what was saved, take what changed, bring the photos, take their receipts.

        Records come first; a photo that cannot be brought never holds them up. Raises `OfflineError`, `RefusedError` or
        `AlarmError`; whatever was receipted before stays so.
        """
        async with self._syncing, self._linked() as (transport, identity):
            if await self._run(self.device.store.get, KEY_ASKED):
                # Before anything is frozen: which key counts is not known since an answer was lost. Where the next one
                # is refused the present one stands, and what is to be said of this device is said to it.
                with contextlib.suppress(RefusedError):
                    await self._change_key(transport, identity)
            await self._exchange(transport, progress)
        return await self.status()

    async def _link(self) -> tuple[Transport, Identity]:
        identity = await self._run(self.device.identity)
        if self._transport is None:
            get = self.device.store.get
            url, pin = await self._run(get, "url"), await self._run(get, "pin")
            offset, until = await self._run(get, "clock_offset", 0), await self._run(get, NOT_BEFORE, 0)
            self._transport = Transport(url, pin, self._now, offset, until)
        return self._transport, identity

    @contextlib.asynccontextmanager
    async def _linked(self) -> AsyncIterator[tuple[Transport, Identity]]:
        """The link. If the server asks meanwhile to be left alone, that holds for the next start as well."""
        transport, identity = await self._link()
        before = transport.not_before
        try:
            yield transport, identity
        finally:
            if transport.not_before != before:
                await self._run(self.device.store.put, NOT_BEFORE, transport.not_before)


def _take_next_key(device: Device) -> None:
    """What was frozen since it was asked for, under a key that no longer counted, is signed by it."""
    with device.store.transaction():
        last, _ = device.store.get(KEY_ASKED) or device.outbox.ends()
        device.take_next_key()
        device.outbox.sign_anew(device.identity(), last)
