"""Passkeys by the JSON API: making, naming and removing them, and being asked to sign."""

from collections.abc import Sequence
from typing import Annotated, Any

from litestar import Response, delete, get, post
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from daiban_server.accounts import changing, passkeys
from daiban_server.accounts.account_routes import CodesOut, codes_out
from daiban_server.accounts.changing import ENROLLING, LONGEST_NAME
from daiban_server.accounts.session_routes import Asked, browser_of, check_fresh
from daiban_server.http.problems import ProblemError
from daiban_server.http.session import GivenSession, secret_of
from daiban_server.services import GivenServices

Digest = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
Purpose = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9._-]{0,63}$")]
TRY = "account.try"
"""The purpose of a signature that proves nothing but that it can be made."""


class PasskeyOut(Struct, frozen=True):
    """One of one's own passkeys; times in Unix milliseconds."""

    id: str
    name: str
    made: int
    used: int | None


class PasskeyIn(Struct, forbid_unknown_fields=True):
    """A passkey that the browser made, as ``PublicKeyCredential.toJSON()`` writes it, and what to call it."""

    credential: dict[str, Any]
    name: Annotated[str, Meta(max_length=LONGEST_NAME)] = ""


class ToSign(Struct, forbid_unknown_fields=True):
    """32 bytes in hexadecimal, and as what they are signed."""

    purpose: Purpose
    digest: Digest


class SignedTry(Struct, forbid_unknown_fields=True):
    """A signature that was only tried."""

    digest: Digest
    credential: dict[str, Any]


class Evidence(Struct, frozen=True):
    """What would be kept of a signature, in hexadecimal (`daiban_sync.passkey.Assertion`)."""

    credential: str
    key: str
    authenticator_data: str
    client_data: str
    signature: str


@get("/v1/passkeys", opt={"action": "account.own"})
async def own_passkeys(session: GivenSession, services: GivenServices) -> Sequence[PasskeyOut]:
    """One's own passkeys, oldest first."""
    found = await services.database.read(passkeys.mine(session.clerk.person))
    return [PasskeyOut(one.id.hex(), one.name, one.made, one.used) for one in found]


@post("/v1/passkeys/registration", opt={"action": "account.own", "stages": ENROLLING}, status_code=200)
async def registration(session: GivenSession, services: GivenServices) -> Response[str]:
    """What the browser needs to make a passkey."""
    check_fresh(session, services)
    return Response(await changing.passkey_options(session, services), media_type="application/json")


@post("/v1/passkeys", opt={"action": "account.own", "stages": ENROLLING}, status_code=201)
async def add_passkey(
    data: JSONBody[PasskeyIn], request: Asked, session: GivenSession, services: GivenServices
) -> Response[CodesOut]:
    """Keep a passkey that the browser made. With the first factor come recovery codes."""
    check_fresh(session, services)
    secret, browser = secret_of(request, services), browser_of(request)
    risen = await changing.add_passkey(secret, session, _plain(data.name), data.credential, browser, services)
    return codes_out(risen, request, services)


@delete("/v1/passkeys/{key:str}", opt={"action": "account.own"}, status_code=204)
async def remove_passkey(key: FromPath[str], session: GivenSession, services: GivenServices) -> None:
    """Forget a passkey. Raises `ProblemError`: ``passkey.unknown``, ``factor.last``."""
    check_fresh(session, services)
    await changing.remove_passkey(session, _key(key), services)


@post("/v1/passkeys/signing", opt={"action": "passkey.sign"}, status_code=200)
async def to_sign(data: JSONBody[ToSign], session: GivenSession, services: GivenServices) -> Response[str]:
    """What the browser needs so that the person signs. Whoever asked for the signature takes it, on a route of its own,
    by `passkeys.signed`."""
    person, digest, now = session.clerk.person, bytes.fromhex(data.digest), services.now()
    options = await services.database.write(
        "passkey", lambda: passkeys.signing_options(person, data.purpose, digest, services.settings, now)
    )
    return Response(options, media_type="application/json")


@post("/v1/passkeys/signing/try", opt={"action": "passkey.sign"}, status_code=200)
async def try_signing(data: JSONBody[SignedTry], session: GivenSession, services: GivenServices) -> Evidence:
    """Judge a signature for the purpose ``account.try``, which nothing follows from."""
    digest = bytes.fromhex(data.digest)
    signed = await passkeys.signed(session.clerk.person, TRY, digest, data.credential, services)
    return Evidence(*(part.hex() for part in signed))


def _key(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise ProblemError("passkey.unknown") from None


def _plain(name: str) -> str:
    return "".join(sign for sign in name if sign.isprintable())
