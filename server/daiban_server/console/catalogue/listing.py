"""Items by window, and a search over them."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from litestar import get
from litestar.response import Template

from daiban_schemas.labels import MODES
from daiban_server.console.languages.retelling import retold
from daiban_server.console.languages.spoken import listed, say, translated
from daiban_server.console.pages import Asked, said_in, show
from daiban_server.db.program import Program
from daiban_server.features.catalogue import pending
from daiban_server.features.catalogue.editions import standing
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.limits.sentences import length_words
from daiban_server.permissions import may
from daiban_server.services import GivenServices

Fields = Mapping[str, Any]
LONGEST = 50
"""Characters of what is looked for."""


class Line(NamedTuple):
    """An item in a list."""

    code: str
    name: str
    modes: str
    limit: str
    fee: str
    papers: int
    questions: int
    edition: int


class Window(NamedTuple):
    """A window with those of its items that were looked for."""

    name: str
    about: str
    lines: Sequence[Line]


@get("/catalogue", opt={"action": "catalogue.read"})
async def catalogue(request: Asked, session: GivenSession, services: GivenServices) -> Template:
    """The items in force; `q` of the address narrows them."""
    wanted = request.query_params.get("q", "").strip()[:LONGEST]
    return await show(
        "catalogue/list",
        services,
        session,
        _read(wanted, session),
        here="catalogue",
        title="事项目录",
        said=said_in(request),
        wanted=wanted,
        may_change=may(session.role, "catalogue.change"),
    )


def _read(wanted: str, session: SignedIn) -> Program[Mapping[str, Any]]:
    stands = yield from standing()
    standing_now = stands.catalogue
    about = {one.get("name"): str(one.get("about", "")) for one in standing_now.windows}
    lines: dict[str, list[Line]] = {str(name): [] for name in about}
    for item in standing_now.items:
        if _meant(item, wanted):
            lines.setdefault(item.get("window", ""), []).append(_line(item, standing_now.based[item["code"]]))
    windows = [Window(name, about.get(name, ""), found) for name, found in lines.items() if found or not wanted]
    draft = (yield from pending.kept(session.clerk.person)) if may(session.role, "catalogue.change") else None
    return {"windows": windows, "total": len(standing_now.items), "draft": draft is not None}


def _meant(item: Fields, wanted: str) -> bool:
    texts = (str(item.get(name, "")).lower() for name in ("name", "code", "audience", "window"))
    return not wanted or any(wanted.lower() in text for text in texts)


def _line(item: Fields, edition: int) -> Line:
    modes = listed(translated(MODES.get(one, one)) for one in item.get("modes", ()))
    limit = _promise(item.get("promised_limit") or {})
    counts = len(item.get("papers", ())), len(item.get("form", ()))
    return Line(item["code"], item.get("name", ""), modes, limit, item.get("fee", ""), *counts, edition)


def _promise(limit: Fields) -> str:
    if not limit:
        return ""
    return say("承诺{0}办结", retold(length_words(limit["days"], limit["unit"]))) if limit.get("days") else "当场办结"
