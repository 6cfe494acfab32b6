"""What somebody shows after the password, each on a page of its own: a code, a password of his own, a first factor."""

from typing import Any

from litestar import Response, get, post
from litestar.response import Template

from daiban_server.accounts import entering, passkeys, totp
from daiban_server.accounts.passwords import SHORTEST, login_of
from daiban_server.accounts.session_routes import browser_of
from daiban_server.accounts.sessions import CHANGE, ENROL, SECOND, Opened, SignedIn
from daiban_server.console import words
from daiban_server.console.door import entered
from daiban_server.console.languages.spoken import say
from daiban_server.console.pages import Asked, page, safe, signed_form
from daiban_server.http.problems import ProblemError
from daiban_server.http.session import GivenSession, secret_of
from daiban_server.services import GivenServices, Services


@get("/sign-in/code", opt={"action": "session.second", "stages": (SECOND,)})
async def code_page(request: Asked, session: GivenSession, services: GivenServices) -> Template:
    """Asks for the second factor."""
    return await _code_page(safe(request.query_params.get("next", "")), session, services)


@post("/sign-in/code", opt={"action": "session.second", "csrf_in_form": True, "stages": (SECOND,)})
async def give_code(request: Asked, session: GivenSession, services: GivenServices) -> Response[Any]:
    """Takes a code of the app, or a recovery code."""
    form = await signed_form(request, session)
    wanted, code = safe(form.get("next", "")), form.get("code", "")
    if not code.strip():
        return await _code_page(wanted, session, services, "请填写验证码。", 422)
    try:
        secret, browser = secret_of(request, services), browser_of(request)
        opened = await entering.second(secret, session, code, browser, request.cookies, services)
    except ProblemError as error:
        if error.code not in ("code.wrong", "session.too_many", "code.sealed"):
            raise
        return await _code_page(wanted, session, services, said_of(error), 422, error.headers)
    return entered(opened, wanted, request, services)


async def _code_page(
    wanted: str,
    session: SignedIn,
    services: Services,
    error: str = "",
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> Template:
    person = session.clerk.person
    has_app = await services.database.read(totp.has(person))
    has_passkey = bool(await services.database.read(passkeys.mine(person)))
    context = {"title": "第二步验证", "session": session, "next": wanted, "error": error}
    return page("second", {**context, "has_app": has_app, "has_passkey": has_passkey}, status, headers)


@get("/sign-in/password", opt={"action": "account.own", "stages": (CHANGE,)})
async def first_password(request: Asked, session: GivenSession, services: GivenServices) -> Template:
    """Asks for a password of one's own."""
    return await _password_page(safe(request.query_params.get("next", "")), session, services)


@post("/sign-in/password", opt={"action": "account.own", "csrf_in_form": True, "stages": (CHANGE,)})
async def own_password(request: Asked, session: GivenSession, services: GivenServices) -> Response[Any]:
    """Takes it."""
    form = await signed_form(request, session)
    wanted = safe(form.get("next", ""))
    opened, errors = await password_changed(form, request, session, services)
    if opened is None:
        return await _password_page(wanted, session, services, errors)
    return entered(opened, wanted, request, services)


async def _password_page(
    wanted: str, session: SignedIn, services: Services, errors: dict[str, str] | None = None
) -> Template:
    login = await services.database.read(login_of(session.clerk.person))
    context = {"title": "设置自己的密码", "session": session, "next": wanted, "errors": errors or {}}
    return page("first_password", {**context, "login": login, "shortest": SHORTEST}, 422 if errors else 200)


async def password_changed(
    form: dict[str, str], request: Asked, session: SignedIn, services: Services
) -> tuple[Opened | None, dict[str, str]]:
    """Change one's own password as a form says; the session made anew, or what is wrong with which field."""
    old, new = form.get("old", ""), form.get("new", "")
    if new != form.get("again", ""):
        return None, {"again": "两次输入的新密码不一样。"}
    try:
        secret = secret_of(request, services)
        return await entering.change_password(secret, session, old, new, browser_of(request), services), {}
    except ProblemError as error:
        if error.code == "session.refused":
            return None, {"old": "原密码不对，请重新输入。"}
        if error.code == "session.too_many":
            return None, {"old": said_of(error)}
        if not error.code.startswith("password."):
            raise
        return None, {"new": said_of(error)}


@get("/sign-in/factor", opt={"action": "account.own", "stages": (ENROL,)})
async def first_factor(session: GivenSession) -> Template:
    """Leads who must have a second factor to his first."""
    return page("first_factor", {"title": "设置第二步验证", "session": session})


def said_of(error: ProblemError) -> str:
    """A problem as a sentence beside a field."""
    if "Retry-After" in error.headers and error.code == "session.too_many":
        return say("试错次数多了，请等 {0} 再试。", words.wait(int(error.headers["Retry-After"])))
    return words.wrong(error.code)
