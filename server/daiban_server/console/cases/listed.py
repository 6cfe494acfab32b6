"""办件: the centre's cases, found by number, name, pinyin, telephone or household, and narrowed by what people ask."""

import datetime
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from litestar import get
from litestar.response import Template

from daiban_schemas.labels import MODES, SOURCES
from daiban_server.console import words
from daiban_server.console.pages import Asked, said_in, show
from daiban_server.console.reading.book import Book
from daiban_server.console.words import Mark, Moment
from daiban_server.db.program import Program
from daiban_server.features.cases import listing
from daiban_server.features.cases.listing import OPEN, CaseOut, Wanted
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.services import GivenServices, Services
from daiban_sync.ids import is_id

PAGE = 50
FILTERS = ("q", "state", "window", "label", "source", "due")
DUE = {"over": "已超期", "today": "今日到期", "week": "七天内到期"}
LONGEST = 100
"""Characters that a search looks at."""


class Line(NamedTuple):
    """A case in the list. `due` is None where nothing is owed any more."""

    record: str
    number: str
    item: str
    who: str
    place: str
    mark: Mark
    due: Mark | None
    day: str
    handler: str
    mode: str
    submitted: Moment
    urgent: bool


@get("/cases", opt={"action": "case.read"})
async def cases(request: Asked, session: GivenSession, services: GivenServices) -> Template:
    """The list; the address holds the search, so it can be kept as a bookmark and sent to a colleague."""
    asked = {name: request.query_params.get(name, "").strip()[:LONGEST] for name in FILTERS}
    asked = {name: value if "\x00" not in value else "" for name, value in asked.items()}
    page = request.query_params.get("page", "")
    at = int(page) if page.isascii() and page.isdecimal() and len(page) < 6 else 1
    return await show(
        "cases/list" if not request.headers.get("hx-request") else "cases/lines",
        services,
        session,
        _read(asked, max(at, 1), session, services),
        here="cases",
        title="办件",
        asked=asked,
        modes=MODES,
        sources=SOURCES,
        dues=DUE,
        link=lambda **changed: _address(asked, **changed),
        said=said_in(request),
    )


def _read(asked: Mapping[str, str], at: int, session: SignedIn, services: Services) -> Program[Mapping[str, Any]]:
    centre, now = session.clerk.centre, services.now()
    book = Book(centre, now, b"", session.clerk.person)
    yield from book.open()
    counts = yield from listing.counts(centre)
    found = yield from listing.found(centre, _wanted(asked, at, now))
    states = [(state, mark, counts.get(state, 0)) for state, mark in words.APPLICATION.items() if counts.get(state)]
    return {
        "lines": [_line(one, book) for one in found[:PAGE]],
        "more": len(found) > PAGE,
        "at": at,
        "states": states,
        "open_count": sum(counts.get(state, 0) for state in OPEN),
        "total": sum(counts.values()),
        "windows": (yield from listing.windows(centre)),
    }


def _wanted(asked: Mapping[str, str], at: int, now: int) -> Wanted:
    today = words.local(now).date()
    until = {"over": today, "today": today + datetime.timedelta(1), "week": today + datetime.timedelta(8)}
    return Wanted(
        query=asked["q"],
        status=asked["state"],
        window=asked["window"],
        label=asked["label"],
        source=asked["source"],
        due_before=until[asked["due"]].isoformat() if asked["due"] in until else "",
        limit=PAGE + 1,
        skip=(at - 1) * PAGE,
    )


def _line(one: CaseOut, book: Book) -> Line:
    due = words.due_day(one.due, book.now) if one.due and one.status in OPEN else None
    place = book.places.get(bytes.fromhex(one.place), "") if is_id(one.place) else ""
    return Line(
        one.record,
        one.number,
        one.item_name,
        one.applicant,
        place,
        words.APPLICATION.get(one.status, Mark(one.status, "empty")),
        due,
        one.due or "",
        one.handler or one.owner,
        MODES.get(one.label, ""),
        words.moment(one.submitted, book.now),
        one.urgent,
    )


def _address(asked: Mapping[str, str], **changed: object) -> str:
    query = {name: value for name, value in {**asked, **changed}.items() if value}
    return f"/cases?{urlencode(query)}" if query else "/cases"


HANDLERS: list[Any] = [cases]
