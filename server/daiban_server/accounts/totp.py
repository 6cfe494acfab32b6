"""Codes of an authenticator app: RFC 6238 with six digits, thirty seconds and SHA-1, which every app knows.

The secret is sealed (ChaCha20-Poly1305) under a key that is not in the database, and bound to its owner: a copy of the
database alone makes no codes, and a row copied to somebody else opens for nobody. A code is good once: the step of the
last one that was taken is kept, and only a later one passes.
"""

import hmac
import secrets
from typing import NamedTuple

import pyotp
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from sqlalchemy import bindparam, delete, select, update

from daiban_server.db import schema
from daiban_server.db.program import Program, Write, first, run
from daiban_server.http.problems import ProblemError
from daiban_server.keystore import ServerKeys

STEP = 30_000
"""Milliseconds for which an app shows one code."""
WINDOW = 1
"""Steps by which an app's clock may be off."""
PENDING_LIFE = 900_000
"""Milliseconds in which a new secret has to be confirmed."""
_NONCE = 12

_t = schema.second_factor.c
_ROW = select(_t.secret, _t.step, _t.pending, _t.pending_until).where(_t.person == bindparam("person_id"))
_PENDING = (
    update(schema.second_factor)
    .where(_t.person == bindparam("person_id"))
    .values(pending=bindparam("sealed"), pending_until=bindparam("until"))
)
_TAKEN = (
    update(schema.second_factor)
    .where(_t.person == bindparam("person_id"), _t.step < bindparam("taken"))
    .values(step=bindparam("taken"))
    .returning(_t.person)
)
_CONFIRMED = (
    update(schema.second_factor)
    .where(_t.person == bindparam("person_id"))
    .values(
        secret=bindparam("sealed"), step=bindparam("taken"), since=bindparam("now"), pending=None, pending_until=None
    )
)
_GONE = delete(schema.second_factor).where(_t.person == bindparam("person_id"))


class Enrolment(NamedTuple):
    """A new secret: as text to type, and as the address that an app scans."""

    secret: str
    uri: str


def begin(person: bytes, login: str, issuer: str, keys: ServerKeys, now: int) -> Program[Enrolment]:
    """Make a secret that waits for its first code; one in use goes on until then."""
    secret = pyotp.random_base32()
    sealed, until = seal(secret, person, keys), now + PENDING_LIFE
    yield Write(schema.second_factor, [(person, None, 0, None, None, None)], "ignore")
    yield from run(_PENDING, person_id=person, sealed=sealed, until=until)
    return Enrolment(secret, pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=issuer))


def waiting(person: bytes, login: str, issuer: str, keys: ServerKeys, now: int) -> Program[Enrolment | None]:
    """The secret that waits for its first code, if one does."""
    row = yield from first(_ROW, person_id=person)
    if row is None or row[2] is None or row[3] <= now:
        return None
    secret = unseal(row[2], person, keys)
    return Enrolment(secret, pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=issuer))


def confirm(person: bytes, code: str, keys: ServerKeys, now: int) -> Program[None]:
    """Take the pending secret into use by its first code. Raises `ProblemError`: ``code.wrong``, ``code.nothing_new``
    where none waits any more."""
    row = yield from first(_ROW, person_id=person)
    if row is None or row[2] is None or row[3] <= now:
        raise ProblemError("code.nothing_new")
    step = step_of(unseal(row[2], person, keys), code, now)
    if step is None:
        raise ProblemError("code.wrong")
    yield from run(_CONFIRMED, person_id=person, sealed=bytes(row[2]), taken=step, now=now)


def take(person: bytes, code: str, keys: ServerKeys, now: int) -> Program[bool]:
    """Whether a code is good; it is so once, and none of before it any more."""
    row = yield from first(_ROW, person_id=person)
    if row is None or row[0] is None:
        return False
    step = step_of(unseal(row[0], person, keys), code, now)
    return step is not None and (yield from first(_TAKEN, person_id=person, taken=step)) is not None


def has(person: bytes) -> Program[bool]:
    """Whether somebody has an app that makes codes."""
    row = yield from first(_ROW, person_id=person)
    return row is not None and row[0] is not None


def remove(person: bytes) -> Program[None]:
    """No app any more, none that waits either."""
    yield from run(_GONE, person_id=person)


def step_of(secret: str, code: str, now: int) -> int | None:
    """The step whose code this is, now or a step to either side; None for none. Compares all, in equal time."""
    app, found = pyotp.TOTP(secret), None
    for step in range(now // STEP - WINDOW, now // STEP + WINDOW + 1):
        if hmac.compare_digest(app.generate_otp(step).encode(), code.encode()):
            found = step
    return found


def seal(secret: str, person: bytes, keys: ServerKeys) -> bytes:
    """A secret for the database."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + ChaCha20Poly1305(keys.derived("totp")).encrypt(nonce, secret.encode(), person)


def unseal(sealed: bytes, person: bytes, keys: ServerKeys) -> str:
    """The secret. Raises `ProblemError("code.sealed")` where the server's key is another than then."""
    data = bytes(sealed)
    try:
        return ChaCha20Poly1305(keys.derived("totp")).decrypt(data[:_NONCE], data[_NONCE:], person).decode()
    except InvalidTag:
        raise ProblemError("code.sealed") from None
