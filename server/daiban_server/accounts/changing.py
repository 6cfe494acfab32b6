"""Changing how one signs in: an app, passkeys, recovery codes. Each change is kept with its time, and each new factor
makes the session anew."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from daiban_server.accounts import entering, events, factors, lockout, passkeys, passwords, recovery, sessions, totp
from daiban_server.accounts.sessions import ENROL, FULL, Opened, SignedIn
from daiban_server.accounts.totp import Enrolment
from daiban_server.db.program import Program
from daiban_server.http.problems import ProblemError
from daiban_server.services import Services

ISSUER = "代办"
"""What an app calls this server."""
ENROLLING = (FULL, ENROL)
"""Stages at which a factor may be enrolled."""
LONGEST_NAME = 40
"""Characters of a passkey's name."""


class Risen(NamedTuple):
    """The session made anew, and recovery codes to be shown this once, if there were none."""

    opened: Opened
    codes: Sequence[str]


async def begin_app(session: SignedIn, services: Services) -> Enrolment:
    """A new secret for an app."""
    person, now = session.clerk.person, services.now()
    return await services.database.write(
        "account", lambda: totp.begin(person, session.name, ISSUER, services.keys, now)
    )


async def confirm_app(secret: str, session: SignedIn, code: str, browser: str, services: Services) -> Risen:
    """Take the app into use. Raises `ProblemError`: ``code.wrong``, ``code.nothing_new``, ``session.too_many``."""
    person, now = session.clerk.person, services.now()
    key = lockout.account_key(lockout.CODE, person, browser=b"enrolling")
    await entering.claim(key, lockout.CODE, services)

    def step() -> Program[Risen]:
        yield from totp.confirm(person, "".join(code.split()), services.keys, now)
        yield from lockout.clear(key)
        return (yield from _enrolled(secret, session, "app.added", browser, services))

    return await services.database.write("session", step)


async def remove_app(session: SignedIn, services: Services) -> None:
    """No app any more."""
    person, now = session.clerk.person, services.now()

    def step() -> Program[None]:
        if not (yield from totp.has(person)):
            raise ProblemError("factor.none")
        yield from totp.remove(person)
        yield from factors.check_last(person, session.role, services.settings.second_factor)
        yield from events.note(person, person, "app.removed", now)

    await services.database.write("account", step)


async def new_codes(session: SignedIn, services: Services) -> Sequence[str]:
    """Ten new recovery codes."""
    person, now = session.clerk.person, services.now()

    def step() -> Program[Sequence[str]]:
        if not (yield from factors.has_any(person)):
            raise ProblemError("factor.none")
        yield from events.note(person, person, "recovery.made", now)
        return (yield from recovery.make(person, services.keys))

    return await services.database.write("account", step)


async def passkey_options(session: SignedIn, services: Services) -> str:
    """What the browser needs to make a passkey, as JSON."""
    person, now = session.clerk.person, services.now()

    def step() -> Program[str]:
        login = yield from passwords.login_of(person)
        return (yield from passkeys.registration(person, login, session.name, services.settings, now))

    return await services.database.write("passkey", step)


async def add_passkey(
    secret: str, session: SignedIn, name: str, answer: dict[str, Any], browser: str, services: Services
) -> Risen:
    """Keep a passkey that the browser made. Raises `ProblemError` as `passkeys.registered` and `passkeys.keep`."""
    called = name.strip()[:LONGEST_NAME] or "通行密钥"
    person, now = session.clerk.person, services.now()
    made = await passkeys.registered(person, answer, services)

    def step() -> Program[Risen]:
        yield from passkeys.keep(person, called, made, now)
        return (yield from _enrolled(secret, session, "passkey.added", browser, services))

    return await services.database.write("session", step)


async def remove_passkey(session: SignedIn, key: bytes, services: Services) -> None:
    """Forget one. Raises `ProblemError`: ``passkey.unknown``, ``factor.last``."""
    person, now = session.clerk.person, services.now()

    def step() -> Program[None]:
        yield from passkeys.remove(person, key)
        yield from factors.check_last(person, session.role, services.settings.second_factor)
        yield from events.note(person, person, "passkey.removed", now)

    await services.database.write("account", step)


def _enrolled(secret: str, session: SignedIn, code: str, browser: str, services: Services) -> Program[Risen]:
    """Whoever has just shown a new factor has given one: the session rises with it, and those end that came without."""
    person = session.clerk.person
    codes = yield from factors.first_codes(person, services.keys)
    yield from sessions.end_others(person, bytes.fromhex(session.id))
    yield from events.note(person, person, code, services.now())
    return Risen((yield from entering.risen(secret, session, browser, services, second=True)), codes)
