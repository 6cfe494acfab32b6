"""Signing in and out at the console."""

from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect, Template
from sqlalchemy import bindparam, select

from daiban_schemas.problem import words
from daiban_server.console import words as say
from daiban_server.console.pages import (
    HEADERS,
    SAID,
    Asked,
    check_origin,
    go,
    home_of,
    page,
    read_form,
    safe,
    signed_form,
)
from daiban_server.db import schema
from daiban_server.db.program import first
from daiban_server.http.problems import ProblemError
from daiban_server.http.session import COOKIE, GivenSession, end_session, find_session, open_session, session_cookie
from daiban_server.services import GivenServices

LONGEST = 200
"""Characters of an account or a password that are looked at."""
_ROLE = select(schema.person.c.role).where(schema.person.c.login == bindparam("login_name"))
_QUESTIONS = {"login": "请填写账号。", "password": "请填写密码。"}


@get("/")
async def entrance(request: Asked, services: GivenServices) -> Redirect:
    """To the summary, or to the door."""
    session = await find_session(request, services)
    return go((home_of(session.role) if session else "") or "/sign-in")


@get("/sign-in")
async def sign_in_page(request: Asked, services: GivenServices) -> Response[Any]:
    """The form; who is signed in already is led on."""
    wanted = safe(request.query_params.get("next", ""))
    if session := await find_session(request, services):
        return go(wanted if wanted != "/summary" else home_of(session.role) or wanted)
    return _form("", wanted, said=SAID.get(request.query_params.get("said", ""), ""))


@post("/sign-in")
async def sign_in(request: Asked, services: GivenServices) -> Response[Any]:
    """Check account and password; the session is always a new one, and an old one ends."""
    check_origin(request)
    form = await read_form(request)
    login, password = form.get("login", "").strip()[:LONGEST], form.get("password", "")
    wanted = safe(form.get("next", ""))
    errors = {name: text for name, text in _QUESTIONS.items() if not form.get(name, "").strip()}
    if errors:
        return _form(login, wanted, errors, 422)
    try:
        secret = await open_session(login, password[:LONGEST], services)
    except ProblemError as error:
        return _refused(error, login, wanted)
    row = await services.database.read(first(_ROLE, login_name=login))
    home = home_of(row[0]) if row else ""
    if not home:
        # Nobody holds the secret of the session just made; it is swept when it expires.
        return _form(login, wanted, {"login": "这里是中心的页面；代办员请在手机应用里办理。"}, 403)
    await end_session(request, services)
    answer = go(wanted if wanted != "/summary" else home)
    answer.set_cookie(session_cookie(secret, services))
    return answer


def _refused(error: ProblemError, login: str, wanted: str) -> Template:
    if error.code == "session.too_many":
        seconds = int(error.headers["Retry-After"])
        text = f"这个账号试错次数多了，请等 {say.wait(seconds)} 再试。"
        return _form(login, wanted, {"password": text}, 429, {**HEADERS, **error.headers})
    title, _ = words(error.code)
    return _form(login, wanted, {"password": f"{title}，请重新输入密码。"}, 401)


def _form(
    login: str,
    wanted: str,
    errors: dict[str, str] | None = None,
    status: int = 200,
    headers: dict[str, str] = HEADERS,
    said: str = "",
) -> Template:
    context = {"title": "登录", "login": login, "next": wanted, "errors": errors or {}, "said": said}
    return page("sign_in", context, status, headers)


@post("/sign-out", opt={"action": "session.end", "csrf_in_form": True})
async def sign_out(request: Asked, session: GivenSession, services: GivenServices) -> Redirect:
    """The session is gone on the server, and the cookie here."""
    await signed_form(request, session)
    await end_session(request, services)
    answer = go("/sign-in", "signed-out")
    answer.delete_cookie(COOKIE, "/")
    return answer
