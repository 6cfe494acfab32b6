"""Signing in and out at the console. What follows the password is in `steps.py`, a provider's word in `provider.py`."""

from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect, Template

from daiban_server.accounts import entering, sessions
from daiban_server.accounts.session_routes import browser_of
from daiban_server.accounts.sessions import FULL, Opened
from daiban_server.console import words as told
from daiban_server.console.languages.spoken import say
from daiban_server.console.pages import Asked, go, home_of, onward, page, read_form, safe, said_in, signed_form
from daiban_server.console.training.people import practice_door
from daiban_server.http.problems import ProblemError
from daiban_server.http.session import GivenSession, cookie_name, find_session, secret_of
from daiban_server.permissions import OWN_STAGES
from daiban_server.services import GivenServices, Services

LONGEST = 200
"""Characters of an account or a password that are looked at."""
_QUESTIONS = {"login": "请填写账号。", "password": "请填写密码。"}
NO_DESK = "这里是中心的页面；代办员请在手机应用里办理。"


@get("/")
async def entrance(request: Asked, services: GivenServices) -> Redirect:
    """To the summary, or to the door."""
    session = await find_session(request, services)
    return go(onward(session, home_of(session.role)) if session else "/sign-in")


@get("/sign-in")
async def sign_in_page(request: Asked, services: GivenServices) -> Response[Any]:
    """The form; who is signed in already is led on."""
    wanted = safe(request.query_params.get("next", ""))
    session = await find_session(request, services)
    if session is not None and session.stage == FULL:
        return go(wanted if wanted != "/summary" else home_of(session.role) or wanted)
    if services.settings.practice:
        return await practice_door(request, services)
    return sign_in_form("", wanted, services, said=said_in(request))


@post("/sign-in")
async def sign_in(request: Asked, services: GivenServices) -> Response[Any]:
    """Check account and password; the session is always a new one, and an old one ends."""
    form = await read_form(request)
    login, password = form.get("login", "").strip()[:LONGEST], form.get("password", "")
    wanted = safe(form.get("next", ""))
    errors = {name: text for name, text in _QUESTIONS.items() if not form.get(name, "").strip()}
    if errors:
        return sign_in_form(login, wanted, services, errors, 422)
    try:
        judged = await entering.judge(login, password[:LONGEST], request.cookies, services)
        if not home_of(judged.role):
            return sign_in_form(login, wanted, services, {"login": NO_DESK}, 403)
        opened = await entering.open_session(judged, secret_of(request, services), browser_of(request), services)
    except ProblemError as error:
        return _refused(error, login, wanted, services)
    return entered(opened, wanted, request, services)


def entered(opened: Opened, wanted: str, request: Asked, services: Services) -> Redirect:
    """On to what is still to be shown, or to where somebody wanted, with the cookies of the new session."""
    answer = go(onward(opened.session, wanted))
    for cookie in entering.cookies_of(opened, request.cookies, services):
        answer.set_cookie(cookie)
    return answer


def _refused(error: ProblemError, login: str, wanted: str, services: Services) -> Template:
    if error.code == "session.too_many":
        text = say("试错次数多了，请等 {0} 再试。", told.wait(int(error.headers["Retry-After"])))
        return sign_in_form(login, wanted, services, {"password": text}, 429, error.headers)
    title, _ = told.problem(error.code)
    return sign_in_form(login, wanted, services, {"password": say("{0}，请重新输入密码。", title)}, 401)


def sign_in_form(
    login: str,
    wanted: str,
    services: Services,
    errors: dict[str, str] | None = None,
    status: int = 200,
    headers: dict[str, str] | None = None,
    said: str = "",
) -> Template:
    """The door, with what is wrong at its fields."""
    provider = services.provider.settings.name if services.provider else ""
    context = {"title": "登录", "login": login, "next": wanted, "errors": errors or {}, "said": said}
    return page("sign_in", {**context, "provider": provider}, status, headers)


@post("/sign-out", opt={"action": "session.end", "csrf_in_form": True, "stages": OWN_STAGES})
async def sign_out(request: Asked, session: GivenSession, services: GivenServices) -> Redirect:
    """The session is gone on the server, and the cookie here."""
    await signed_form(request, session)
    await services.database.write("session", lambda: sessions.end(secret_of(request, services)))
    answer = go("/sign-in", "signed-out")
    answer.delete_cookie(cookie_name(services), "/")
    return answer
