"""Whose request it is: the session behind a cookie, what it may do, and that no other site sent it.

What makes and ends sessions is in `daiban_server.accounts`.
"""

import hmac
from typing import Any
from urllib.parse import urlsplit

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler

from daiban_server.accounts import sessions
from daiban_server.accounts.sessions import FULL, LIFE, SignedIn
from daiban_server.http.problems import ProblemError
from daiban_server.permissions import may
from daiban_server.services import Services

__all__ = ["COOKIE", "GivenSession", "SignedIn"]

COOKIE = "daiban_session"
"""The cookie's name where cookies are not secure; else ``__Host-`` stands before it, with which no other host of the
domain, and no page without TLS, can plant one (RFC 6265bis, 4.1.3)."""
PRACTICE_COOKIE = "daiban_practice"
"""Where people practise: a browser sends its cookies to every port of a host."""
SAFE = ("GET", "HEAD", "OPTIONS")
GivenSession = NamedDependency[SignedIn]
"""The session as a handler's parameter."""

Connection = ASGIConnection[Any, Any, Any, Any]


def cookie_name(services: Services) -> str:
    """What the session's cookie is called here."""
    name = PRACTICE_COOKIE if services.settings.practice else COOKIE
    return f"__Host-{name}" if services.settings.secure_cookies else name


def secret_of(connection: Connection, services: Services) -> str:
    """The cookie's secret, or ""."""
    return connection.cookies.get(cookie_name(services), "")


async def find_session(connection: Connection, services: Services, *, used: bool = True) -> SignedIn | None:
    """The session that the cookie names, if it still lasts; it may be of a lower stage. `used` as `sessions.look_up`
    has it."""
    secret = secret_of(connection, services)
    return await sessions.look_up(secret, services, used=used) if secret else None


async def permitted(connection: Connection, handler: BaseRouteHandler) -> None:
    """The guard of every route. What changes something comes from no other site. A route that names an action wants
    somebody signed in, of a stage at which it is open, who may do that, with the session's CSRF token."""
    unsafe = connection.scope.get("method", "GET") not in SAFE
    if unsafe:
        check_origin(connection)
    action = handler.opt.get("action")
    if action is None:
        return
    services: Services = connection.app.state.services
    # What a page asks for by itself, nobody did: a desk that was left open ends all the same.
    by_itself = handler.opt.get("by_itself") or connection.headers.get("x-by-itself") is not None
    session = await find_session(connection, services, used=not by_itself)
    if session is None:
        raise ProblemError("session.missing")
    if session.stage not in handler.opt.get("stages", (FULL,)):
        raise ProblemError("session.complete" if session.stage == FULL else f"session.{session.stage}")
    if not may(session.role, action):
        raise ProblemError("permission.denied")
    if unsafe and not handler.opt.get("csrf_in_form"):
        check_csrf(connection.headers.get("x-csrf-token", ""), session)
    connection.scope["state"]["session"] = session


def check_origin(connection: Connection) -> None:
    """Refuse what another site sent. Raises `ProblemError("csrf.mismatch")`. Browsers say where a request comes from;
    whoever is no browser says nothing, and has no cookie of anybody's either."""
    site, origin = connection.headers.get("sec-fetch-site"), connection.headers.get("origin")
    if origin is not None and _host(origin) != connection.headers.get("host", ""):
        raise ProblemError("csrf.mismatch")
    if site not in (None, "same-origin", "none"):
        raise ProblemError("csrf.mismatch")


def _host(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


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
        key=cookie_name(services),
        value=secret,
        path="/",
        httponly=True,
        secure=services.settings.secure_cookies,
        samesite="lax",
        max_age=LIFE // 1000,
    )
