"""公示屏: the hall's screen. Large type in slides that turn by themselves; what the server said last stays there,
with its time, while the server is away.

Every slide is in the page, so that one request brings all of it, and without a script they stand one below the other.
"""

import datetime
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from litestar import Response, get
from litestar.params import FromPath
from litestar.response import Template
from sqlalchemy import select

from daiban_schemas.labels import MODES
from daiban_server.console import words
from daiban_server.console.languages.spoken import listed, say, translated
from daiban_server.console.pages import page
from daiban_server.db import schema
from daiban_server.db.program import Program, rows
from daiban_server.features.affairs import board
from daiban_server.http.problems import ProblemError
from daiban_server.services import GivenServices
from daiban_sync.ids import NOBODY

RESULTS_A_SLIDE = 7
ITEMS_A_SLIDE = 3
DUTY_A_SLIDE = 6
"""Lines that fit a screen of 16 to 9, long names included."""
_STATIC = Path(__file__).parent.parent / "static"
_c = schema.centre.c
_CENTRES = select(_c.id, _c.code, _c.name).order_by(_c.name)


class Slide(NamedTuple):
    """One screenful; `sort` is ``duty``, ``results`` or ``items``. `part` counts where there are several."""

    sort: str
    title: str
    part: str
    lines: Sequence[Any]


class Item(NamedTuple):
    """An item as it is told to whoever stands before the screen."""

    name: str
    papers: list[str]
    limit: str
    fee: str
    modes: str


@get("/hall")
async def halls(services: GivenServices) -> Template:
    """Which centre's screen."""
    centres = await services.database.read(centres_of())
    return page("openly/halls", {"title": "公示屏", "centres": centres})


def centres_of() -> Program[list[tuple[str, str]]]:
    """The centres' codes and names."""
    return [(code, name) for id_, code, name in (yield from rows(_CENTRES)) if id_ != NOBODY]


@get("/hall/{code:str}")
async def hall(code: FromPath[str], services: GivenServices) -> Template:
    """A centre's screen."""
    if "\x00" in code:
        raise ProblemError("centre.unknown")
    told = await services.database.read(_read(code, services.now()))
    return page("openly/hall", told)


@get("/hall-worker.js")
async def worker() -> Response[bytes]:
    """The script that keeps the screen's last page: it has to stand beside what it keeps."""
    body = (_STATIC / "hall-worker.js").read_bytes()
    # A worker fetches under the policy of its own script, not under that of the page.
    headers = {"Content-Security-Policy": "default-src 'none'; connect-src 'self'; frame-ancestors 'none'"}
    return Response(body, media_type="text/javascript", headers=headers)


def _read(code: str, now: int) -> Program[Mapping[str, Any]]:
    centre = yield from board.centre(code)
    if centre is None:
        raise ProblemError("centre.unknown")
    id_, name = centre
    duty, results = (yield from board.duty(id_)), (yield from board.results(id_, now))
    offered = yield from board.items()
    today = words.local(now).date()
    slides = [
        *_cut("duty", "今天谁值班", duty, DUTY_A_SLIDE),
        *_cut("results", "最近办结", [_result(one.shown, today) for one in results], RESULTS_A_SLIDE),
    ]
    for window, items in offered.items():
        slides += _cut("items", window or "办事指南", [_item(one) for one in items], ITEMS_A_SLIDE)
    return {"title": say("{0} 公示屏", name), "centre": name, "code": code, "slides": slides, "now": now}


def _cut(sort: str, title: str, lines: Sequence[Any], most: int) -> Iterator[Slide]:
    """As many slides as it takes, evenly filled."""
    count = math.ceil(len(lines) / most)
    size = math.ceil(len(lines) / count) if count else 0
    for at in range(count):
        part = f"{at + 1}/{count}" if count > 1 else ""
        yield Slide(sort, title, part, lines[at * size : (at + 1) * size])


def _result(one: board.ResultOut, today: datetime.date) -> tuple[str, str, str, str]:
    day = words.date(datetime.date.fromisoformat(one.day), today)
    return one.surname, one.village, one.result, day


def _item(one: Mapping[str, Any]) -> Item:
    papers = [str(paper.get("name")) for paper in one.get("papers") or () if isinstance(paper, dict)]
    limit = one.get("promised_limit") or one.get("legal_limit")
    modes = listed(translated(MODES.get(mode, "")) for mode in one.get("modes") or ())
    return Item(str(one.get("name") or ""), papers, _limit(limit), str(one.get("fee") or ""), modes)


def _limit(limit: Any) -> str:
    if not isinstance(limit, dict) or limit.get("days") is None:
        return ""
    if not limit["days"]:
        return "当场办结"
    return say("{0} 天", limit["days"]) if limit.get("unit") == "calendar" else say("{0} 个工作日", limit["days"])
