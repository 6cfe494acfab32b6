"""Which language somebody reads: a cookie of the browser, since a desk is shared and a session ends."""

from contextvars import ContextVar
from typing import Any

from litestar import Request, get
from litestar.datastructures import Cookie
from litestar.params import FromPath
from litestar.response import Redirect

from daiban_server.console import practising
from daiban_server.console.languages.spoken import CHINESE, LANGUAGES, speak
from daiban_server.http.bodies import readable
from daiban_server.http.problems import ProblemError

COOKIE = "daiban_language"
YEAR = 365 * 86_400
_address: ContextVar[str] = ContextVar("address", default="/")


async def listen(request: Request[Any, Any, Any]) -> None:
    """Before each page: that its form can be read, and in which language it is."""
    await readable(request)
    hear(request)


def hear(request: Request[Any, Any, Any]) -> None:
    """In which language a page is, and whether it is one of a training. Chinese, unless somebody chose another: many an
    office's browser is English by chance."""
    practising.note(request.app.state.settings)
    speak(request.cookies.get(COOKIE, CHINESE))
    query = request.scope["query_string"].decode("latin-1")
    _address.set(request.url.path + (f"?{query}" if query else "") if request.method == "GET" else "/")


def address() -> str:
    """Where somebody comes back to in another language: this page, if it can be asked for again."""
    return _address.get()


@get("/language/{code:str}")
async def choose(code: FromPath[str], request: Request[Any, Any, Any]) -> Redirect:
    """Read another language, and go on where one was."""
    if code not in LANGUAGES:
        raise ProblemError("request.not_found")
    onward = request.query_params.get("next", "/")
    # A path of ours and nothing that a browser may take for another host.
    local = onward.startswith("/") and not onward.startswith("//") and "\\" not in onward
    answer = Redirect(onward if local else "/", status_code=303)
    secure = request.url.scheme == "https"
    answer.set_cookie(Cookie(COOKIE, value=code, path="/", max_age=YEAR, httponly=True, secure=secure, samesite="lax"))
    return answer
