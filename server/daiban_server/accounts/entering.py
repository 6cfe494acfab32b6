"""Signing in, step by step. Nobody is let in by a step that does not say so.

1. Account and password (`judge`, `open_session`), or a provider's word (`oidc`).
2. Who has a second factor gives it (`second`); until then the session may do nothing else.
3. Who has a password that somebody else knows changes it (`change_password`).
4. Who must have a second factor and has none enrols one.

Each step that lets more be done makes a session anew, so a cookie that was seen before is worth nothing after.
"""

import functools
from collections.abc import Mapping
from typing import NamedTuple

from litestar.datastructures import Cookie
from sqlalchemy import bindparam, select

from daiban_server.accounts import browsers, factors, lockout, passwords, sessions
from daiban_server.accounts.sessions import CHANGE, ENROL, FULL, PASSWORD, SECOND, Opened, SignedIn
from daiban_server.db import schema
from daiban_server.db.program import Program, first
from daiban_server.http.problems import ProblemError
from daiban_server.http.session import session_cookie
from daiban_server.services import Services

LONGEST = 200
"""Characters of a login or a password that are looked at."""

_p = schema.person.c
_BY_LOGIN = select(_p.id, _p.password, _p.role, _p.active).where(_p.login == bindparam("login_name"))
_PASSWORD = select(_p.password).where(_p.id == bindparam("person_id"), _p.active)


class Judged(NamedTuple):
    """Whose password was right: the hash it was held against, and what he is."""

    person: bytes
    hashed: str
    role: str


async def judge(login: str, password: str, cookies: Mapping[str, str], services: Services) -> Judged:
    """Whose account and password these are. Raises `ProblemError`: ``session.refused``, ``session.too_many`` with
    ``Retry-After``."""
    if len(login) > LONGEST or len(password) > LONGEST or "\x00" in login:
        raise ProblemError("session.refused")
    row = await services.database.read(first(_BY_LOGIN, login_name=login))
    person = row[0] if row and row[3] else None
    browser = browsers.known(cookies, person, services) if person else b""
    key = lockout.account_key(lockout.PASSWORD, person, login, browser)
    await claim(key, lockout.PASSWORD, services)
    # An account that does not exist costs the same time as a wrong password.
    right = await services.hashing.verify(row[1] if row and person else None, password)
    if not right or row is None:
        raise ProblemError("session.refused")
    await services.database.write("lockout", lambda: lockout.clear(key))
    if services.hashing.is_weak(row[1]):
        hashed = await services.hashing.hash(password)
        await services.database.write("people", lambda: passwords.renew(row[0], row[1], hashed))
        return Judged(row[0], hashed, row[2])
    return Judged(row[0], row[1], row[2])


async def open_session(judged: Judged, old: str, browser: str, services: Services) -> Opened:
    """A session for whom the password was right; the one that the browser had before ends. Raises `ProblemError` where
    the password changed in between."""
    return await services.database.write("session", lambda: _open(judged, old, browser, services))


def _open(judged: Judged, old: str, browser: str, services: Services) -> Program[Opened]:
    row = yield from first(_PASSWORD, person_id=judged.person)
    if row is None or row[0] != judged.hashed:
        raise ProblemError("session.refused")
    yield from sessions.end(old)
    stage = yield from next_stage(judged.person, judged.role, services, second=False, door=PASSWORD)
    now = services.now()
    return (yield from sessions.begin(judged.person, stage, second=False, door=PASSWORD, browser=browser, now=now))


def next_stage(person: bytes, role: str, services: Services, *, second: bool, door: str) -> Program[str]:
    """What somebody has to show next; `second` says whether a second factor was given, here or at the provider."""
    has = yield from factors.has_any(person)
    if has and not second:
        return SECOND
    if door == PASSWORD and (yield from passwords.must_change(person)):
        return CHANGE
    if role in services.settings.second_factor and not has and not second:
        return ENROL
    return FULL


async def second(
    secret: str, session: SignedIn, code: str, browser: str, cookies: Mapping[str, str], services: Services
) -> Opened:
    """The second step by a code of the app, or a recovery code. Raises `ProblemError`: ``code.wrong``,
    ``session.too_many``."""
    person, now = session.clerk.person, services.now()
    key = lockout.account_key(lockout.CODE, person, browser=browsers.known(cookies, person, services))
    await claim(key, lockout.CODE, services)

    def step() -> Program[Opened]:
        if not (yield from factors.take(person, code, services.keys, now)):
            raise ProblemError("code.wrong")
        yield from lockout.clear(key)
        return (yield from risen(secret, session, browser, services, second=True))

    return await services.database.write("session", step)


def risen(secret: str, session: SignedIn, browser: str, services: Services, *, second: bool = False) -> Program[Opened]:
    """The session after something more was shown."""
    given = second or session.second
    stage = yield from next_stage(session.clerk.person, session.role, services, second=given, door=session.door)
    return (yield from sessions.rise(secret, stage, second=given, browser=browser, now=services.now()))


async def show_again(secret: str, session: SignedIn, password: str, services: Services) -> None:
    """Somebody signed in gives the password again, so that he may change how he signs in. Raises `ProblemError`:
    ``session.refused``, ``session.too_many``."""
    await _own(session, password, services)
    await services.database.write("session", lambda: sessions.proved(secret, services.now()))


async def change_password(
    secret: str, session: SignedIn, old: str, new: str, browser: str, services: Services
) -> Opened:
    """Change one's own password; the session is made anew and all others end. Raises `ProblemError`:
    ``session.refused`` for a wrong old one, ``session.too_many``, ``password.same``, and what `passwords.check` does.
    """
    before, login, name = await _own(session, old, services)
    if new == old:
        raise ProblemError("password.same")
    passwords.check(new, login, name)
    hashed, person = await services.hashing.hash(new), session.clerk.person

    def step() -> Program[Opened]:
        yield from passwords.change(person, before, hashed, bytes.fromhex(session.id), services.now())
        return (yield from risen(secret, session, browser, services))

    return await services.database.write("session", step)


async def _own(session: SignedIn, password: str, services: Services) -> tuple[str, str, str]:
    """Hash, login and name of whoever's session it is, after the password was right; guessed at a desk that stands open
    it makes wait as at the door, by itself."""
    person = session.clerk.person
    if len(password) > LONGEST:
        raise ProblemError("session.refused")
    key = lockout.account_key(lockout.PASSWORD, person, browser=b"signed in")
    await claim(key, lockout.PASSWORD, services)
    account = await services.database.read(passwords.of(person))
    if not await services.hashing.verify(account[0], password):
        raise ProblemError("session.refused")
    await services.database.write("lockout", lambda: lockout.clear(key))
    return account


async def claim(key: bytes, budget: lockout.Budget, services: Services) -> None:
    """Count a try that is about to be judged. Raises `ProblemError("session.too_many")` with ``Retry-After``."""
    counting = functools.partial(lockout.claim, key, budget, services.now())
    if wait := await services.database.write("lockout", counting):
        raise ProblemError("session.too_many", {"Retry-After": str(wait // 1000 + 1)})


def cookies_of(opened: Opened, cookies: Mapping[str, str], services: Services) -> list[Cookie]:
    """The cookies of a session just made. The browser is remembered once nothing secret is owed any more, and not where
    people practise: there is no password to guess at, and the real server would get these cookies too."""
    made = [session_cookie(opened.secret, services)]
    if opened.session.stage != SECOND and not services.settings.practice:
        made.append(browsers.remember(cookies, opened.session.clerk.person, services))
    return made
