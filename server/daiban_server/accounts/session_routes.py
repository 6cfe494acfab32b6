"""Signing in and out by the JSON API, and one's own sessions."""

from collections.abc import Sequence
from typing import Annotated, Any

from litestar import Request, Response, delete, get, post
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from daiban_server.accounts import entering, passkeys, sessions
from daiban_server.accounts.sessions import FULL, SECOND, Line, Opened, SignedIn
from daiban_server.http.problems import ProblemError, checked_id
from daiban_server.http.session import GivenSession, secret_of
from daiban_server.permissions import OWN_STAGES
from daiban_server.services import GivenServices, Services

Asked = Request[Any, Any, Any]
Text = Annotated[str, Meta(max_length=4096)]


class SignIn(Struct):
    """What is asked at the door."""

    login: str
    password: str


class CodeIn(Struct, forbid_unknown_fields=True):
    """Six digits of the app, or a recovery code."""

    code: Annotated[str, Meta(max_length=40)]


class PasswordIn(Struct, forbid_unknown_fields=True):
    """One's own password, once more."""

    password: Text


class ShownIn(Struct, forbid_unknown_fields=True):
    """What a browser gives back of a passkey, as ``PublicKeyCredential.toJSON()`` writes it."""

    credential: dict[str, Any]


@post("/v1/session", status_code=200)
async def sign_in(data: JSONBody[SignIn], request: Asked, services: GivenServices) -> Response[SignedIn]:
    """Sign in. The answer sets the cookies, tells the CSRF token, and what is still to be shown (`SignedIn.stage`)."""
    judged = await entering.judge(data.login, data.password, request.cookies, services)
    opened = await entering.open_session(judged, secret_of(request, services), browser_of(request), services)
    return entered(opened, request, services)


@post("/v1/session/code", opt={"action": "session.second", "stages": (SECOND,)}, status_code=200)
async def give_code(
    data: JSONBody[CodeIn], request: Asked, session: GivenSession, services: GivenServices
) -> Response[SignedIn]:
    """The second step, by a code."""
    secret = secret_of(request, services)
    opened = await entering.second(secret, session, data.code, browser_of(request), request.cookies, services)
    return entered(opened, request, services)


@post("/v1/session/passkey/options", opt={"action": "session.second", "stages": (SECOND,)}, status_code=200)
async def passkey_options(session: GivenSession, services: GivenServices) -> Response[str]:
    """The second step, by a passkey: what the browser needs for it."""
    person, now, settings = session.clerk.person, services.now(), services.settings
    options = await services.database.write("passkey", lambda: passkeys.second_options(person, settings, now))
    return Response(options, media_type="application/json")


@post("/v1/session/passkey", opt={"action": "session.second", "stages": (SECOND,)}, status_code=200)
async def show_passkey(
    data: JSONBody[ShownIn], request: Asked, session: GivenSession, services: GivenServices
) -> Response[SignedIn]:
    """The second step, by a passkey."""
    await passkeys.second_shown(session.clerk.person, data.credential, services)
    secret, browser = secret_of(request, services), browser_of(request)
    opened = await services.database.write(
        "session", lambda: entering.risen(secret, session, browser, services, second=True)
    )
    return entered(opened, request, services)


@post("/v1/session/proof", opt={"action": "account.own"}, status_code=204)
async def show_again(
    data: JSONBody[PasswordIn], request: Asked, session: GivenSession, services: GivenServices
) -> None:
    """Show once more who one is: for ten minutes one may change how one signs in."""
    await entering.show_again(secret_of(request, services), session, data.password, services)


@delete("/v1/session", opt={"action": "session.end", "stages": OWN_STAGES}, status_code=204)
async def sign_out(request: Asked, services: GivenServices) -> None:
    """Sign out: the session is gone on the server."""
    await services.database.write("session", lambda: sessions.end(secret_of(request, services)))


class SessionRow(Struct, frozen=True):
    """One of one's own sessions; `here` is the one that asks."""

    id: str
    browser: str
    created: int
    seen: int
    here: bool


@get("/v1/sessions", opt={"action": "account.own"})
async def own_sessions(session: GivenSession, services: GivenServices) -> Sequence[SessionRow]:
    """Where one is signed in."""
    found: Sequence[Line] = await services.database.read(sessions.mine(session.clerk.person, services.now()))
    return [SessionRow(*one, here=one.id == session.id) for one in found]


@delete("/v1/sessions/{session_id:str}", opt={"action": "account.own"}, status_code=204)
async def end_one(session_id: FromPath[str], session: GivenSession, services: GivenServices) -> None:
    """End one of one's own sessions. Raises `ProblemError("session.unknown")`."""
    id_, person = checked_id(session_id, "session.unknown"), session.clerk.person
    await services.database.write("session", lambda: sessions.end_one(person, id_))


@delete("/v1/sessions", opt={"action": "account.own"}, status_code=204)
async def end_others(session: GivenSession, services: GivenServices) -> None:
    """End all of one's own sessions but this one."""
    person, id_ = session.clerk.person, bytes.fromhex(session.id)
    await services.database.write("session", lambda: sessions.end_others(person, id_))


def entered(opened: Opened, request: Asked, services: Services) -> Response[SignedIn]:
    """The answer to a step that made a session."""
    return Response(opened.session, cookies=entering.cookies_of(opened, request.cookies, services))


def browser_of(request: Asked) -> str:
    """What the browser calls itself, for the list of sessions."""
    return request.headers.get("user-agent", "").replace("\x00", "")[: sessions.LONGEST_BROWSER]


def check_fresh(session: SignedIn, services: Services) -> None:
    """Raise `ProblemError("session.stale")` unless the person showed within ten minutes who he is. Whoever enrols his
    first factor has just signed in."""
    if session.stage == FULL and not session.is_fresh(services.now()):
        raise ProblemError("session.stale")
