"""Signing in: server-side sessions behind a cookie, made anew at each login.

The cookie holds a random secret; the database holds its SHA-256. Each session has a CSRF token of its own, which every
request that changes something must carry. Lockout is by account with growing pauses, in this process's memory.
"""

import asyncio
import hashlib
import hmac
import secrets
from functools import lru_cache
from typing import Any

import argon2
from litestar import Request, Response, delete, post
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.params import JSONBody
from msgspec import Struct
from sqlalchemy import bindparam, select
from sqlalchemy import delete as sql_delete

from daiban_server.db import schema
from daiban_server.db.program import Program, Write, first, run
from daiban_server.http.problems import ProblemError
from daiban_server.permissions import may
from daiban_server.services import GivenServices, Services
from daiban_server.spine.desk import Clerk

COOKIE = "daiban_session"
LIFE = 12 * 3_600_000
"""Milliseconds that a session lasts: a working day."""
LONGEST_WORD = 200
"""Characters of a login or a password."""

_hasher = argon2.PasswordHasher()
_p, _s = schema.person.c, schema.session.c
_BY_LOGIN = select(_p.id, _p.password, _p.active).where(_p.login == bindparam("login_name"))
_BY_SESSION = (
    select(_p.id, _p.role, _p.centre, _p.name, _s.csrf, _s.expires, _p.active)
    .select_from(schema.session.join(schema.person, _s.person == _p.id))
    .where(_s.digest == bindparam("session_digest"))
)
_END = sql_delete(schema.session).where(_s.digest == bindparam("session_digest"))


class SignIn(Struct):
    """What is asked at the door."""

    login: str
    password: str


class SignedIn(Struct, frozen=True):
    """Whose session this is. `csrf` goes into the ``X-CSRF-Token`` header of every change."""

    person: str
    name: str
    role: str
    centre: str
    csrf: str

    @property
    def clerk(self) -> Clerk:
        """The signed-in person as an author."""
        return Clerk(bytes.fromhex(self.person), self.role, bytes.fromhex(self.centre))


GivenSession = NamedDependency[SignedIn]
"""The session as a handler's parameter."""


def hash_password(password: str) -> str:
    """Argon2id, with the library's parameters."""
    return _hasher.hash(password)


async def open_session(login: str, password: str, services: Services) -> str:
    """Check a password and make a session; gives the cookie's secret. Raises `ProblemError`."""
    now = services.now()
    if wait := services.tries.wait(login, now):
        raise ProblemError("session.too_many", {"Retry-After": str(wait // 1000 + 1)})
    if len(login) > LONGEST_WORD or len(password) > LONGEST_WORD or "\x00" in login:
        raise ProblemError("session.refused")
    row = await services.database.read(first(_BY_LOGIN, login_name=login))
    try:
        # An unknown account costs the same time as a wrong password; and no time of other people's.
        await asyncio.to_thread(_verify, row[1] if row else None, password)
    except argon2.exceptions.VerificationError:
        row = None
    if row is None or not row[2] or not row[1]:
        services.tries.failed(login, now)
        raise ProblemError("session.refused")
    services.tries.succeeded(login)
    secret = secrets.token_urlsafe(32)
    csrf = secrets.token_urlsafe(24)
    await services.database.write("session", lambda: _store(_digest(secret), row[0], csrf, now))
    return secret


def _verify(hashed: str | None, password: str) -> None:
    _hasher.verify(hashed or _nobody(), password)


@lru_cache(maxsize=1)
def _nobody() -> str:
    """A hash of no password. Made when it is first needed: the library takes 64 MiB for it."""
    return _hasher.hash("nobody has this password")


def _store(digest: bytes, person: bytes, csrf: str, now: int) -> Program[None]:
    yield Write(schema.session, [(digest, person, csrf, now, now + LIFE)])


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


async def find_session(connection: ASGIConnection[Any, Any, Any, Any], services: Services) -> SignedIn | None:
    """The session that the cookie names, if it still lasts."""
    secret = connection.cookies.get(COOKIE)
    if not secret:
        return None
    row = await services.database.read(first(_BY_SESSION, session_digest=_digest(secret)))
    if row is None or row[5] <= services.now() or not row[6]:
        return None
    person, role, centre, name, csrf, _, _ = row
    return SignedIn(person.hex(), name, role, centre.hex(), csrf)


async def permitted(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """The guard of every route that names an action: signed in, permitted, and with the session's CSRF token."""
    action = handler.opt.get("action")
    if action is None:
        return
    services: Services = connection.app.state.services
    session = await find_session(connection, services)
    if session is None:
        raise ProblemError("session.missing")
    if not may(session.role, action):
        raise ProblemError("permission.denied")
    method = connection.scope.get("method", "GET")
    if method not in ("GET", "HEAD") and not handler.opt.get("csrf_in_form"):
        check_csrf(connection.headers.get("x-csrf-token", ""), session)
    connection.scope["state"]["session"] = session


def check_csrf(token: str, session: SignedIn) -> None:
    """Raise `ProblemError("csrf.mismatch")` for a token that is not the session's."""
    if not hmac.compare_digest(token.encode(), session.csrf.encode()):
        raise ProblemError("csrf.mismatch")


def provide_session(request: Request[Any, Any, Any]) -> SignedIn:
    """The session that the guard found."""
    session: SignedIn = request.scope["state"]["session"]
    return session


def session_cookie(secret: str, services: Services) -> Cookie:
    """The cookie of a fresh session."""
    return Cookie(
        key=COOKIE,
        value=secret,
        path="/",
        httponly=True,
        secure=services.settings.secure_cookies,
        samesite="lax",
        max_age=LIFE // 1000,
    )


@post("/v1/session", status_code=200)
async def sign_in(
    data: JSONBody[SignIn], request: Request[Any, Any, Any], services: GivenServices
) -> Response[SignedIn]:
    """Sign in. The answer sets the cookie and tells the CSRF token."""
    secret = await open_session(data.login, data.password, services)
    row = await services.database.read(first(_BY_SESSION, session_digest=_digest(secret)))
    if row is None:
        raise ProblemError("session.refused")
    session = SignedIn(row[0].hex(), row[3], row[1], row[2].hex(), row[4])
    return Response(session, cookies=[session_cookie(secret, services)])


@delete("/v1/session", opt={"action": "session.end"}, status_code=204)
async def sign_out(request: Request[Any, Any, Any], services: GivenServices) -> None:
    """Sign out: the session is gone on the server."""
    await end_session(request, services)


async def end_session(request: Request[Any, Any, Any], services: Services) -> None:
    """Delete the session that the cookie names."""
    digest = _digest(request.cookies.get(COOKIE, ""))
    await services.database.write("session", lambda: run(_END, session_digest=digest))
