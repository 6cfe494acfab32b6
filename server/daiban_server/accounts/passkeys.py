"""Passkeys: for a second factor at the door, and for a person's own signature over something.

A passkey is bound to the host in this server's address and always asks who is there (fingerprint, face, PIN). Keys are
ES256 or EdDSA, so that what they signed can be checked offline (`daiban_sync.passkey`). A challenge is good once and
for five minutes.
"""

import functools
import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, func, or_, select, update
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from daiban_server.db import schema
from daiban_server.db.program import Program, Write, first, rows, run
from daiban_server.http.problems import ProblemError
from daiban_server.services import Services
from daiban_server.settings import Settings
from daiban_sync import passkey
from daiban_sync.errors import SignatureError
from daiban_sync.passkey import Assertion

LIFE = 300_000
"""Milliseconds in which a challenge is answered."""
MOST = 10
"""Passkeys of one person."""
OPEN_AT_ONCE = 20
"""Challenges of one person that wait for an answer."""
REGISTER, SECOND, SIGN = "register", "second", "sign/"
"""What a challenge is for; behind ``sign/`` stands the purpose of a signature."""
_ALGORITHMS = [COSEAlgorithmIdentifier.ECDSA_SHA_256, COSEAlgorithmIdentifier.EDDSA]
_ODD = (WebAuthnException, ValueError, LookupError, TypeError, AttributeError)
"""What `webauthn` raises for an answer that no authenticator made: it looks into it before it knows its form."""

_k, _c = schema.passkey.c, schema.challenge.c
_MINE = (
    select(_k.id, _k.key, _k.count, _k.name, _k.made, _k.used)
    .where(_k.person == bindparam("person_id"))
    .order_by(_k.made, _k.id)
)
_ANY = select(_k.person).where(_k.id == bindparam("key_id"))
_REMOVE = (
    delete(schema.passkey).where(_k.person == bindparam("person_id"), _k.id == bindparam("key_id")).returning(_k.id)
)
_REMOVE_ALL = delete(schema.passkey).where(_k.person == bindparam("person_id"))
_USED = (
    update(schema.passkey)
    .where(
        _k.id == bindparam("key_id"),
        _k.person == bindparam("person_id"),
        # Authenticators that count never go back; those that do not say 0 for ever (Web Authentication 7.2, step 21).
        or_(_k.count < bindparam("counted"), (_k.count == 0) & (bindparam("counted") == 0)),
    )
    .values(count=bindparam("counted"), used=bindparam("now"))
    .returning(_k.id)
)
_TAKE = (
    delete(schema.challenge)
    .where(
        _c.person == bindparam("person_id"),
        _c.digest == bindparam("asked"),
        _c.purpose == bindparam("wanted"),
    )
    .returning(_c.expires)
)
_STALE = delete(schema.challenge).where(_c.expires <= bindparam("now"))
_WAITING = select(func.count()).where(_c.person == bindparam("person_id"))


class Passkey(NamedTuple):
    """One of somebody's passkeys; times in Unix milliseconds."""

    id: bytes
    key: bytes
    counted: int
    name: str
    made: int
    used: int | None


Answer = Mapping[str, Any]
"""What a browser gives back, as ``PublicKeyCredential.toJSON()`` writes it."""


def mine(person: bytes) -> Program[Sequence[Passkey]]:
    """Somebody's passkeys, oldest first."""
    found = yield from rows(_MINE, person_id=person)
    return [Passkey(bytes(id_), bytes(key), *rest) for id_, key, *rest in found]


def remove(person: bytes, key: bytes) -> Program[None]:
    """Forget a passkey. Raises `ProblemError("passkey.unknown")`."""
    if (yield from first(_REMOVE, person_id=person, key_id=key)) is None:
        raise ProblemError("passkey.unknown")


def remove_all(person: bytes) -> Program[None]:
    """Forget all of somebody's passkeys."""
    yield from run(_REMOVE_ALL, person_id=person)


# Registration ------------------------------------------------------------------------------------------------------


def registration(person: bytes, login: str, name: str, settings: Settings, now: int) -> Program[str]:
    """What the browser needs to make a passkey, as JSON. Raises `ProblemError`: ``passkey.address``,
    ``passkey.too_many``."""
    known = yield from mine(person)
    if len(known) >= MOST:
        raise ProblemError("passkey.too_many")
    asked = secrets.token_bytes(32)
    options = generate_registration_options(
        rp_id=_host(settings),
        rp_name="代办",
        user_id=person,
        user_name=login or name,
        user_display_name=name,
        challenge=asked,
        timeout=LIFE,
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one.id) for one in known],
        supported_pub_key_algs=_ALGORITHMS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
    )
    yield from _ask(person, asked, REGISTER, now)
    return options_to_json(options)


async def registered(person: bytes, answer: Answer, services: Services) -> VerifiedRegistration:
    """The passkey that the browser made, to be kept by `keep`. Raises `ProblemError`: ``passkey.challenge``,
    ``passkey.refused``."""
    asked = _challenge_of(answer)
    await _take(person, asked, REGISTER, services)
    try:
        made = verify_registration_response(
            credential=dict(answer),
            expected_challenge=asked,
            expected_rp_id=_host(services.settings),
            expected_origin=services.settings.web_origin,
            require_user_verification=True,
            supported_pub_key_algs=_ALGORITHMS,
        )
        # By the code that will check what it signs: the library also lets keys pass that verify nothing.
        passkey.check_key(made.credential_public_key)
    except (*_ODD, SignatureError):
        raise ProblemError("passkey.refused") from None
    return made


def keep(person: bytes, name: str, made: VerifiedRegistration, now: int) -> Program[None]:
    """Keep a passkey under a name. Raises `ProblemError`: ``passkey.too_many``, ``passkey.known``."""
    if len((yield from mine(person))) >= MOST:
        raise ProblemError("passkey.too_many")
    if (yield from first(_ANY, key_id=made.credential_id)) is not None:
        raise ProblemError("passkey.known")
    row = (made.credential_id, person, made.credential_public_key, made.sign_count, name, now, None)
    yield Write(schema.passkey, [row])


# The second factor -------------------------------------------------------------------------------------------------


def second_options(person: bytes, settings: Settings, now: int) -> Program[str]:
    """What the browser needs to show a passkey at the door, as JSON. Raises `ProblemError`: ``passkey.unknown`` for who
    has none, ``passkey.address``, ``session.too_many``."""
    return (yield from _options(person, secrets.token_bytes(32), SECOND, settings, now))


async def second_shown(person: bytes, answer: Answer, services: Services) -> None:
    """Raise `ProblemError` unless the answer shows one of the person's passkeys: ``passkey.challenge``,
    ``passkey.refused``."""
    asked = _challenge_of(answer)
    await _take(person, asked, SECOND, services)
    await services.database.write("passkey", lambda: _asserted(person, answer, asked, services))


# A signature -------------------------------------------------------------------------------------------------------


def signing_options(person: bytes, purpose: str, digest: bytes, settings: Settings, now: int) -> Program[str]:
    """What the browser needs so that the person signs 32 bytes, as JSON; see `daiban_sync.passkey.challenge` for
    `purpose`. Raises `ProblemError`: ``passkey.unknown`` for who has none, ``passkey.address``, ``session.too_many``,
    ``request.invalid``."""
    return (yield from _options(person, _to_sign(purpose, digest), SIGN + purpose, settings, now))


async def signed(person: bytes, purpose: str, digest: bytes, answer: Answer, services: Services) -> Assertion:
    """The person's own signature over these 32 bytes, to be kept as evidence. It can be asked for once. Raises
    `ProblemError`: ``passkey.challenge`` where it was not asked for within five minutes or was used,
    ``passkey.refused``."""
    asked = _to_sign(purpose, digest)
    await _take(person, asked, SIGN + purpose, services)
    assertion = await services.database.write("passkey", lambda: _asserted(person, answer, asked, services))
    settings = services.settings
    try:
        # By the code that will check it in ten years: what could not be shown later is no signature today.
        passkey.check(assertion, purpose, digest, _host(settings), [settings.web_origin])
    except SignatureError:
        raise ProblemError("passkey.refused") from None
    return assertion


def _to_sign(purpose: str, digest: bytes) -> bytes:
    try:
        return passkey.challenge(purpose, digest)
    except ValueError:
        raise ProblemError("request.invalid") from None


# What all have in common -------------------------------------------------------------------------------------------


def _options(person: bytes, asked: bytes, purpose: str, settings: Settings, now: int) -> Program[str]:
    known = yield from mine(person)
    if not known:
        raise ProblemError("passkey.unknown")
    options = generate_authentication_options(
        rp_id=_host(settings),
        challenge=asked,
        timeout=LIFE,
        allow_credentials=[PublicKeyCredentialDescriptor(id=one.id) for one in known],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    yield from _ask(person, asked, purpose, now)
    return options_to_json(options)


def _ask(person: bytes, asked: bytes, purpose: str, now: int) -> Program[None]:
    yield from sweep(now)
    waiting = yield from first(_WAITING, person_id=person)
    if waiting and waiting[0] >= OPEN_AT_ONCE:
        raise ProblemError("session.too_many", {"Retry-After": str(LIFE // 1000)})
    yield Write(schema.challenge, [(person, asked, purpose, now + LIFE)], "replace")


async def _take(person: bytes, asked: bytes, purpose: str, services: Services) -> None:
    """A challenge is gone with the first answer, right or wrong: hence a transaction of its own."""
    taking = functools.partial(first, _TAKE, person_id=person, asked=asked, wanted=purpose)
    row = await services.database.write("passkey", taking)
    if row is None or row[0] <= services.now():
        raise ProblemError("passkey.challenge")


def _asserted(person: bytes, answer: Answer, asked: bytes, services: Services) -> Program[Assertion]:
    known = {one.id: one for one in (yield from mine(person))}
    try:
        one = known[_bytes(answer["rawId"])]
        shown = verify_authentication_response(
            credential=dict(answer),
            expected_challenge=asked,
            expected_rp_id=_host(services.settings),
            expected_origin=services.settings.web_origin,
            credential_public_key=one.key,
            credential_current_sign_count=one.counted,
            require_user_verification=True,
        )
        parts = (_bytes(answer["response"][name]) for name in ("authenticatorData", "clientDataJSON", "signature"))
        assertion = Assertion(one.id, one.key, *parts)
    except _ODD:
        raise ProblemError("passkey.refused") from None
    counted = {"key_id": one.id, "person_id": person, "counted": shown.new_sign_count, "now": services.now()}
    if (yield from first(_USED, **counted)) is None:
        raise ProblemError("passkey.refused")
    return assertion


def sweep(now: int) -> Program[None]:
    """Forget challenges that nobody answered."""
    yield from run(_STALE, now=now)


def _host(settings: Settings) -> str:
    """The relying party. An address in numbers cannot be one. Raises `ProblemError("passkey.address")`."""
    if not settings.host or settings.host.replace(".", "").isdigit() or ":" in settings.host:
        raise ProblemError("passkey.address")
    return settings.host


def _challenge_of(answer: Answer) -> bytes:
    """The challenge that an answer says it is for; whether it is signed is seen later."""
    try:
        return _bytes(json.loads(_bytes(answer["response"]["clientDataJSON"]))["challenge"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise ProblemError("passkey.refused") from None


def _bytes(text: str) -> bytes:
    """Base64url as browsers write it. Raises `ValueError`, `TypeError`."""
    return base64url_to_bytes(text)
