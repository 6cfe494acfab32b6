"""Which language somebody reads: a cookie of the browser, since a desk is shared and a session ends."""

import re
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from litestar import Litestar, Request, get
from litestar.datastructures import Cookie
from litestar.params import FromPath
from litestar.response import Redirect

from daiban_server.console import practising
from daiban_server.console.languages.spoken import CHINESE, LANGUAGES, speak
from daiban_server.http.bodies import readable
from daiban_server.http.problems import ProblemError

COOKIE = "daiban_language"
YEAR = 365 * 86_400
_LOCAL = re.compile(r"/(?!/)[!-\[\]-~]*")
"""A path of ours with its query: nothing that a browser may take for another host, or that ends a header."""
_REFERER = re.compile(r"https?://([^/?#\s]+)(/[^?#\s]*)(?:\?([^#\s]*))?")
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
    _address.set(asked_of(request) if request.method == "GET" else _form_of(request))


def asked_of(request: Request[Any, Any, Any]) -> str:
    """The path of a request, with its query as it came."""
    query = request.scope["query_string"].decode("latin-1")
    return request.url.path + (f"?{query}" if query else "")


def _form_of(request: Request[Any, Any, Any]) -> str:
    """Of a page that came of a form, which cannot be asked for again: where the form stands. It is the page that sent
    it, or, where that came of a form too, the nearest one above."""
    was = _REFERER.fullmatch(request.headers.get("referer", ""))
    if was and was[1] == request.headers.get("host") and _LOCAL.fullmatch(was[2]) and _opens(request.app, was[2]):
        return f"{was[2]}?{was[3]}" if was[3] else was[2]
    path = request.url.path
    while path != "/" and not _opens(request.app, path):
        path = path.rpartition("/")[0] or "/"
    return path


def _opens(app: Litestar, path: str) -> bool:
    return _pages(app).fullmatch(path) is not None


@lru_cache(maxsize=2)
def _pages(app: Litestar) -> re.Pattern[str]:
    """Every address that an application opens without a form."""
    templates = [re.split(r"\{[^}]*\}", one.path) for one in app.routes if "GET" in getattr(one, "methods", ())]
    return re.compile("|".join("[^/]+".join(map(re.escape, parts)) for parts in templates))


def address() -> str:
    """Where somebody comes back to in another language: this page, or of what came of a form the page with the form."""
    return _address.get()


def _as_it_stands(onward: str, referer: str) -> str:
    """A page of ours, with its query as the browser has it: what is typed into a search changes the address of a page
    whose foot was written before. Of the referer no more is believed than that."""
    if not _LOCAL.fullmatch(onward):
        return "/"
    path, _, query = onward.partition("?")
    was = _REFERER.fullmatch(referer) if referer.isascii() else None
    query = was[3] or "" if was and was[2] == path else query
    return f"{path}?{query}" if query else path


@get("/language/{code:str}")
async def choose(code: FromPath[str], request: Request[Any, Any, Any]) -> Redirect:
    """Read another language, and go on where one was: at the page that `next` says, with what was asked of it since."""
    if code not in LANGUAGES:
        raise ProblemError("request.not_found")
    onward = _as_it_stands(request.query_params.get("next", "/"), request.headers.get("referer", ""))
    answer = Redirect(onward, status_code=303)
    secure = request.url.scheme == "https"
    answer.set_cookie(Cookie(COOKIE, value=code, path="/", max_age=YEAR, httponly=True, secure=secure, samesite="lax"))
    return answer
