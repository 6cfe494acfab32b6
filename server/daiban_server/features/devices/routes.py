"""Devices after enrolment over HTTP: acts, quarantine, adoption; and the device's own request for another key."""

import secrets
from typing import Any

from litestar import Controller, Request, get, post
from litestar.params import FromPath, JSONBody
from msgspec import Struct

from daiban_server.accounts import passkeys
from daiban_server.features.devices import adopting, life, quarantined, rotating
from daiban_server.features.devices.adopting import Choice
from daiban_server.features.devices.life import Act, Between, checked_reason
from daiban_server.features.devices.quarantined import Pair, Quarantined
from daiban_server.http.bodies import Whole
from daiban_server.http.device import signed_device
from daiban_server.http.problems import ProblemError, checked_id
from daiban_server.http.session import GivenSession
from daiban_server.services import GivenServices
from daiban_sync import adoption
from daiban_sync.keys import fingerprint


class ActIn(Struct):
    """Why, and of a phone that is missing since when (Unix milliseconds)."""

    reason: str
    lost_at: Whole | None = None


class Story(Struct, frozen=True):
    """What was done with a device, newest first, and the batches that came in between its loss and the report."""

    acts: list[Act]
    between: list[Between]


class QuarantineLine(Struct, frozen=True):
    """A batch in quarantine, or what came out of a phone's spool (`sequence` is 0 then); `decided` is None while nobody
    looked at it."""

    device: str
    digest: str
    sequence: int
    code: str
    at: int
    entries: int
    device_name: str
    person: str
    decided: dict[str, Any] | None


class QuarantineOut(Struct, frozen=True):
    """The same with its entries, each beside what was taken under its number."""

    line: QuarantineLine
    pairs: list[Pair]


class Decision(Struct):
    """Which entries are adopted, by number (none: nothing of it), why, and what the browser's passkey answered
    (``PublicKeyCredential.toJSON()``)."""

    reason: str
    numbers: list[Whole] = []
    credential: dict[str, Any] | None = None


class ToSign(Struct, frozen=True):
    """What the clerk's passkey signs, in hexadecimal."""

    purpose: str
    digest: str


class Devices(Controller):
    """What the centre does with its devices."""

    path = "/v1/devices/{device:str}"

    @get("/acts", opt={"action": "device.read"})
    async def story(self, device: FromPath[str], session: GivenSession, services: GivenServices) -> Story:
        """What was done with a device."""
        id_, centre = checked_id(device, "device.unknown"), session.clerk.centre
        acts = await services.database.read(life.acts(centre, id_))
        return Story(acts, await services.database.read(life.between(centre, id_)))

    @post("/suspend", opt={"action": "device.suspend"}, status_code=200)
    async def suspend(
        self, device: FromPath[str], data: JSONBody[ActIn], session: GivenSession, services: GivenServices
    ) -> dict[str, str]:
        """A phone is missing: it neither takes nor gives until it is found."""
        return await _act("suspend", device, data, session, services)

    @post("/reinstate", opt={"action": "device.revoke"}, status_code=200)
    async def reinstate(
        self, device: FromPath[str], data: JSONBody[ActIn], session: GivenSession, services: GivenServices
    ) -> dict[str, str]:
        """A suspended phone was found."""
        return await _act("reinstate", device, data, session, services)

    @post("/revoke", opt={"action": "device.revoke"}, status_code=200)
    async def revoke(
        self, device: FromPath[str], data: JSONBody[ActIn], session: GivenSession, services: GivenServices
    ) -> dict[str, str]:
        """A phone is lost for good. What it hands in from now on is kept apart."""
        return await _act("revoke", device, data, session, services)

    @post("/reject", opt={"action": "device.approve"}, status_code=200)
    async def reject(
        self, device: FromPath[str], data: JSONBody[ActIn], session: GivenSession, services: GivenServices
    ) -> dict[str, str]:
        """A phone that waits is not the right one."""
        return await _act("reject", device, data, session, services)


async def _act(name: str, device: str, data: ActIn, session: GivenSession, services: GivenServices) -> dict[str, str]:
    id_, clerk, now = checked_id(device, "device.unknown"), session.clerk, services.now()
    told = life.told(data.reason, now, data.lost_at)
    state = await services.database.write(
        clerk.centre, lambda: life.act(clerk.centre, id_, name, told, clerk.person, now)
    )
    return {"state": state}


class Quarantine(Controller):
    """Batches that are kept and not applied."""

    path = "/v1/quarantine"

    @get("/", opt={"action": "quarantine.read"})
    async def all(self, session: GivenSession, services: GivenServices) -> list[QuarantineLine]:
        """The centre's quarantine, newest first."""
        return [_line(one) for one in await services.database.read(quarantined.listed(session.clerk.centre))]

    @get("/{device:str}/{digest:str}", opt={"action": "quarantine.read"})
    async def one(
        self, device: FromPath[str], digest: FromPath[str], session: GivenSession, services: GivenServices
    ) -> QuarantineOut:
        """One batch, entry by entry."""
        centre, id_, named = session.clerk.centre, checked_id(device, "quarantine.unknown"), digest_of(digest)
        found = await services.database.read(quarantined.found(centre, id_, named))
        return QuarantineOut(_line(found), await services.database.read(quarantined.pairs(centre, found)))

    @post("/{device:str}/{digest:str}/signing", opt={"action": "quarantine.decide"}, status_code=200)
    async def signing(
        self, device: FromPath[str], digest: FromPath[str], data: JSONBody[Decision], session: GivenSession
    ) -> ToSign:
        """What to sign for a choice."""
        id_, named = checked_id(device, "quarantine.unknown"), digest_of(digest)
        return ToSign(adoption.PURPOSE, adoption.digest_of(id_, named, data.numbers).hex())

    @post("/{device:str}/{digest:str}/decision", opt={"action": "quarantine.decide"}, status_code=200)
    async def decide(
        self,
        device: FromPath[str],
        digest: FromPath[str],
        data: JSONBody[Decision],
        session: GivenSession,
        services: GivenServices,
    ) -> list[str]:
        """Adopt some entries, under a passkey's signature over what ``signing`` gave, or none; gives what became of
        each."""
        id_, named = checked_id(device, "quarantine.unknown"), digest_of(digest)
        clerk, now, secret = session.clerk, services.now(), secrets.token_bytes(32)
        choice = Choice(id_, named, tuple(sorted(set(data.numbers))), checked_reason(data.reason))
        if choice.numbers:
            to_sign = adoption.digest_of(id_, named, choice.numbers)
            answer = data.credential or {}
            shown = await passkeys.signed(clerk.person, adoption.PURPOSE, to_sign, answer, services)
            choice = choice._replace(signature=shown)
        outcomes = await services.database.write(
            clerk.centre, lambda: adopting.decide(clerk, choice, services.keys, services.effects, now, secret)
        )
        return [outcome.outcome for outcome in outcomes]


def digest_of(text: str) -> bytes:
    """A batch's digest in hexadecimal. Raises `ProblemError("quarantine.unknown")`."""
    try:
        digest = bytes.fromhex(text)
    except ValueError:
        digest = b""
    if len(digest) != 32:
        raise ProblemError("quarantine.unknown")
    return digest


def _line(one: Quarantined) -> QuarantineLine:
    return QuarantineLine(
        one.device.hex(),
        one.digest.hex(),
        one.sequence,
        one.code,
        one.at,
        len(one.entries),
        one.device_name,
        one.person,
        one.decided,
    )


@post("/v1/enrolment/key", status_code=200)
async def new_key(request: Request[Any, Any, Any], services: GivenServices) -> dict[str, str]:
    """Take another key for the device that signs; the body is signed with the new one."""
    body = await request.body()
    device = await signed_device(request, body, services)
    asked, now = rotating.read(body, device.sender, services.keys.origin), services.now()
    await services.database.write(device.sender.centre, lambda: rotating.take(device.sender, asked, body, now))
    return {"fingerprint": fingerprint(bytes.fromhex(asked.key))}


ROUTES: list[Any] = [Devices, Quarantine, new_key]
