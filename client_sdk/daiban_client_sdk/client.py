"""The SDK's client: enrol a device, work with no signal, sync when there is one.

::

    async with Client(Path("device")) as client:
        await client.enrol(code_text, "小王的手机")      # once; the centre head approves
        form = await client.open(record)                # fixes what was seen
        await client.save(form, {"phone": "13800000000"})
        await client.sync(print)                        # hand in, then take what changed
        print((await client.status()).line())

All work on the store runs on one thread of its own, so a user interface never waits for the disk.
"""

import asyncio
import functools
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from daiban_client_sdk import (
    carrying,
    comparing,
    consents,
    enrolment,
    home,
    mandates,
    posts,
    replies,
    visit_news,
    visits,
)
from daiban_client_sdk.device import Attached, Conflict, Device
from daiban_client_sdk.errors import AlarmError, DeviceError, OfflineError, RefusedError
from daiban_client_sdk.forms import Form
from daiban_client_sdk.home import Home, Slip, Told
from daiban_client_sdk.lock import Cost, Keystore
from daiban_client_sdk.mandates import Signer
from daiban_client_sdk.outbox import Identity
from daiban_client_sdk.posts import StandIn
from daiban_client_sdk.progress import OnProgress, Progress, Status, silent
from daiban_client_sdk.rounds import Rounds, Step
from daiban_client_sdk.transport import Transport, wall_clock
from daiban_client_sdk.uploads import UploadError, upload
from daiban_client_sdk.visit_news import Became
from daiban_client_sdk.visits import Day, Where
from daiban_sync import faults, new_key
from daiban_sync.errors import ProofError, SyncError
from daiban_sync.keys import Signer as SigningKey
from daiban_sync.new_key import NewKey
from daiban_sync.outcome import Outcome
from daiban_sync.view import View

T = TypeVar("T")
ANEW = frozenset({"frozen", "revoked", "rejected"})
"""States of an enrolment that is over: the phone enrols anew, and keeps its work."""
PHOTO_ROUNDS = 4
"""Rounds of tickets and uploads in one sync; what is left then waits for the next."""


class Client:
    """A device with its link. Safe to close at any instant: the next start goes on where this one was."""

    def __init__(
        self,
        folder: Path,
        now: Callable[[], int] = wall_clock,
        pin: str | None = None,
        keystore: Keystore | None = None,
    ) -> None:
        """`pin` and `keystore` open a store that is locked by them (see `set_pin` and `lock`)."""
        self._folder = folder
        self._now = now
        self._opens = (pin, keystore)
        self._thread = ThreadPoolExecutor(1, "daiban-store")
        self._device: Device | None = None
        self._transport: Transport | None = None
        self._syncing = asyncio.Lock()

    async def __aenter__(self) -> "Client":
        self._device = await self._run(Device, self._folder, self._now, *self._opens)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        device, self._device = self._device, None
        if self._transport is not None:
            await self._transport.close()
        if device is not None:
            await self._run(device.close)
        self._thread.shutdown()

    @property
    def device(self) -> Device:
        """The device, once the client was entered."""
        if self._device is None:
            raise RuntimeError("enter the client first: async with Client(...) as client")
        return self._device

    async def set_pin(self, pin: str | None, cost: Cost | None = None) -> None:
        """Lock this device by a PIN (with the keystore, where one was given). Raises `DeviceError("pin.weak")`."""
        await self._run(self.device.set_pin, pin, cost)

    async def photo(self, record: str) -> bytes:
        """A photo that was taken on this device, while it is still here."""
        return await self._run(self.device.photo, record)

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
        async with self._syncing:
            transport, identity = await self._link()
            fresh = await self._run(self.device.new_key, "next_seed")
            if not await self._counts(transport, identity, fresh):
                last, number = await self._run(self.device.outbox.ends)
                device, origin = identity.device.hex(), identity.origin.hex()
                asked = NewKey(device, origin, fresh.public_key.hex(), last, number, self._now() + transport.offset)
                body = new_key.state(asked, fresh, identity.signer)
                await transport.request("POST", "/v1/enrolment/key", body, signer=identity.signer, device=device)
            await self._run(_take_next_key, self.device)
            return self.device.fingerprint()

    async def _counts(self, transport: Transport, identity: Identity, fresh: SigningKey) -> bool:
        """Whether the new key counts already: the answer to an earlier request was lost."""
        try:
            await transport.request("GET", "/v1/enrolment", signer=fresh, device=identity.device.hex())
        except RefusedError as error:
            if error.code != "signature.invalid":
                raise
            return False
        return True

    async def enrolment_state(self) -> str:
        """``pending`` until the centre head approves, then ``active``."""
        transport, identity = await self._link()
        answer = await transport.request("GET", "/v1/enrolment", signer=identity.signer, device=identity.device.hex())
        state = str(answer.json()["state"])
        await self._run(self.device.store.put, "state", state)
        return state

    # Work without a signal ------------------------------------------------------------------------------------

    async def open(self, record: str) -> Form:
        """Open a record's form; this fixes what was seen."""
        return await self._run(self.device.open, record)

    async def new(self, kind: str, record: str | None = None) -> Form:
        """An empty form for a new record; `form.record` is its id, a fresh one unless it is given."""
        return await self._run(self.device.new, kind, record)

    async def save(self, form: Form, fields: Mapping[str, Any]) -> int:
        """Save what differs from the form; durable when this returns. Raises `InvalidEntryError` and saves nothing."""
        return await self._run(self.device.save, form, fields)

    async def settle(self, record: str, field: str, value: Any) -> int:
        """Settle a conflict: `value` replaces every value in view."""
        return await self._run(self.device.settle, record, field, value)

    async def command(self, record: str, name: str, arguments: Mapping[str, Any] | None = None) -> int:
        """Ask for something; the outcome comes with a later sync."""
        return await self._run(self.device.command, record, name, arguments)

    async def report(self, record: str, name: str, facts: Mapping[str, Any] | None = None) -> int:
        """Report a fact."""
        return await self._run(self.device.report, record, name, facts)

    async def collect_papers(self, case: str, papers: Sequence[str], second: str = "") -> tuple[Slip, Told | None]:
        """The papers of a case were collected at the home: the slip, and the one-time notice of what is missing.
        `second` is who went along."""
        return await self._run(functools.partial(home.collect, self.device, case, papers, second=second))

    async def give_mandate(self, case: str, principal: Mapping[str, Any], term: tuple[str, str], **more: Any) -> str:
        """A mandate for this device's owner in a case, to be signed; gives its id (see `mandates.give`)."""
        return await self._run(functools.partial(mandates.give, self.device, case, principal, term, **more))

    async def sign_mandate(self, record: str, signer: Signer) -> None:
        """One more signs a mandate (see `mandates.sign`)."""
        await self._run(mandates.sign, self.device, record, signer)

    async def tell_missing(self, case: str, missing: Sequence[str], days: int = 15) -> Told:
        """Tell what is missing, once and wholly, to be brought within so many calendar days."""
        return await self._run(functools.partial(home.tell, self.device, case, missing, days=days))

    async def agree(self, case: str, kind: str, about: Mapping[str, Any], **given: Any) -> str:
        """Keep that somebody was told or agreed (`consents.agree`); gives the record."""
        return await self._run(functools.partial(consents.agree, self.device, case, kind, about, **given))

    async def lacking_consent(self, case: str) -> tuple[str, ...]:
        """Of ``notice``, ``sensitive`` and ``guardian`` what an application lacks."""
        return await self._run(consents.lacking, self.device, case)

    async def before_leaving(self, start: int, end: int) -> list[Home]:
        """What to look at before one leaves for the homes between two moments (Unix milliseconds)."""
        return await self._run(home.before_leaving, self.device, start, end)

    async def standing_in(self) -> list[StandIn]:
        """For whom this phone's owner stands in, and the open cases that came with it."""
        return await self._run(posts.standing_in, self.device)

    async def ask_leave(self, since: int, until: int, reason: str = "", note: str = "") -> str:
        """Ask to be stood in for; gives the record of it."""
        return await self._run(functools.partial(posts.ask_leave, self.device, since, until, reason=reason, note=note))

    async def reply(self, household: str, text: str, outcome: str, **given: Any) -> str:
        """Reply to a home (定期回复); `given` as `replies.reply` takes it. Gives the record."""
        return await self._run(functools.partial(replies.reply, self.device, household, text, outcome, **given))

    async def my_days(self, start: int, end: int) -> list[Day]:
        """One's own visits between two moments (Unix milliseconds), by day, with their marks."""
        return await self._run(visits.my_days, self.device, start, end)

    async def take_on(self, visit: str) -> int:
        """Ask to take a visit on."""
        return await self._run(visits.take_on, self.device, visit)

    async def arrived(self, visit: str, point: Where = None, note: str = "") -> int:
        """One is at the home."""
        return await self._run(functools.partial(visits.arrived, self.device, visit, point, note=note))

    async def done(self, visit: str, outcome: str, point: Where = None, note: str = "") -> int:
        """A visit is done, as `outcome` says."""
        return await self._run(functools.partial(visits.done, self.device, visit, outcome, point, note=note))

    async def nobody_home(self, visit: str, point: Where = None, note: str = "") -> int:
        """Nobody was at the home."""
        return await self._run(functools.partial(visits.nobody_home, self.device, visit, point, note=note))

    async def wants_other_time(
        self, visit: str, windows: Sequence[Mapping[str, int]] = (), point: Where = None, note: str = ""
    ) -> int:
        """The household asks for another time."""
        asked = functools.partial(visits.wants_other_time, self.device, visit, windows, point, note=note)
        return await self._run(asked)

    async def ask_visit(self, household: str, time: str = "propose", **asked: Any) -> str:
        """Ask for a new visit; gives its record, which gets a time at the next sync."""
        return await self._run(functools.partial(visits.ask_visit, self.device, household, time=time, **asked))

    async def what_became(self, since: int = 0) -> list[Became]:
        """What became of one's visits, acts and reports since a moment (Unix milliseconds), and why."""
        return await self._run(visit_news.what_became, self.device, since)

    async def attach_photo(self, parent: str, source: Path, **fields: Any) -> Attached:
        """Keep a photo of a paper under a record; `findings` say at once whether it should be taken again."""
        return await self._run(self.device.attach_photo, parent, source, fields)

    async def view(self, record: str) -> View | None:
        """A record as it stands here."""
        return await self._run(self.device.view, record)

    async def records(self, kind: str, parent: str | None = None) -> list[View]:
        """Records of a kind, of one parent if it is named."""
        return await self._run(self.device.records, kind, parent)

    async def today(self, start: int, end: int) -> list[View]:
        """This agent's visits between two moments (Unix milliseconds)."""
        return await self._run(self.device.today, start, end)

    async def conflicts(self) -> list[Conflict]:
        """Fields with more than one value."""
        return await self._run(self.device.conflicts)

    async def troubled(self) -> list[tuple[int, str, str, Outcome]]:
        """Entries that were refused or wait, with the reason."""
        return await self._run(self.device.outbox.troubled)

    async def status(self) -> Status:
        """What this device still holds alone."""
        return await self._run(self.device.status)

    # By hand --------------------------------------------------------------------------------------------------

    async def export(self, folder: Path, size: int = carrying.PIECE) -> list[Path]:
        """Write everything without a receipt into `folder`, sealed, in pieces of about `size` bytes: anybody may carry
        them in, and nobody on the way can read or alter them."""
        async with self._syncing:
            return await self._run(carrying.export, self.device, folder, size)

    async def carry(self, piece: bytes) -> bytes:
        """Hand in a piece of somebody's bundle over this device's link; gives the answer to bring back."""
        transport, _ = await self._link()
        return (await transport.request("POST", "/v1/bundles", piece)).content

    async def receive(self, answer: bytes) -> Status:
        """Take in an answer that was brought back for a bundle of this device."""
        async with self._syncing:
            await self._run(carrying.receive, self.device, answer)
        return await self.status()

    # What others saw -------------------------------------------------------------------------------------------

    async def checkpoint(self) -> str:
        """The newest checkpoint that this device verified, a signed note to show to others; "" before the first."""
        return str(await self._run(self.device.store.get, "checkpoint_note", ""))

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
            transport, identity = await self._link()
            path = f"/v1/logs/{identity.centre.hex()}/consistency?old={small.size}&new={large.size}"
            proof = comparing.hashes((await transport.request("GET", path)).json())
        comparing.check(small, large, proof)

    # Sync -----------------------------------------------------------------------------------------------------

    async def sync(self, progress: OnProgress = silent) -> Status:
        """Hand in what was saved, take what changed, bring the photos, take their receipts.

        Records come first; a photo that cannot be brought never holds them up. Raises `OfflineError`, `RefusedError` or
        `AlarmError`; whatever was receipted before stays so.
        """
        async with self._syncing:
            transport, _ = await self._link()
            rounds = await self._run(Rounds, self.device, progress)
            await self._records(rounds, transport, fresh=True)
            for _ in range(PHOTO_ROUNDS):
                if not await self._photos(rounds, transport, progress):
                    break
                await self._records(rounds, transport, fresh=False)
            await self._run(rounds.finish, transport.offset)
        return await self.status()

    async def _records(self, rounds: Rounds, transport: Transport, *, fresh: bool) -> None:
        """Round trips until nothing is unsent and nothing is left to pull."""
        while True:
            step: Step = await self._run(rounds.begin, fresh)
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
            if error.code in ("cursor.ahead", "cursor.invalid") and await self._run(
                self.device.store.get, "cursor", ""
            ):
                # The mirror is of another time of the server: pull it anew. The outbox stays as it is.
                await self._run(_forget_mirror, self.device)
            state = error.code.removeprefix("device.")
            if error.code.startswith("device.") and state in ANEW | {"unknown", "suspended"}:
                await self._run(self.device.store.put, "state", state)
            raise
        return answer.content if answer.status_code == 200 else b""

    async def _photos(self, rounds: Rounds, transport: Transport, progress: OnProgress) -> bool:
        """Bring photos for which there are tickets; gives whether any was brought."""
        brought = False
        for photo in await self._run(rounds.ticketed):
            faults.reach("device.photo.ticket")
            try:
                with photo.path.open("rb") as source:
                    done, total = rounds.photo_bytes(photo.record)

                    def tell(offset: int, before: int = done, whole: int = total) -> None:
                        progress(Progress("photos", rounds.photos_done, rounds.photos_total, before + offset, whole))

                    await upload(await transport.http(), photo.url, source, photo.size, progress=tell)
            except (UploadError, OSError) as error:
                # One bad photo never blocks another; this one is tried again with the next sync.
                await self._run(rounds.failed, photo, str(error))
                if getattr(error, "code", "") == "upload.cut":
                    raise OfflineError("upload.cut") from None
                continue
            faults.reach("device.photo.uploaded")
            rounds.uploaded(photo)
            brought = True
        return brought

    async def _link(self) -> tuple[Transport, Any]:
        identity = await self._run(self.device.identity)
        if self._transport is None:
            get = self.device.store.get
            url, pin = await self._run(get, "url"), await self._run(get, "pin")
            offset = await self._run(get, "clock_offset", 0)
            self._transport = Transport(url, pin, self._now, offset)
        return self._transport, identity

    async def _run(self, function: Callable[..., T], *arguments: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, function, *arguments)


def _take_next_key(device: Device) -> None:
    with device.store.transaction():
        device.take_next_key()


def _forget_mirror(device: Device) -> None:
    with device.store.transaction():
        device.mirror.forget()
