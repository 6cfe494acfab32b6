"""办件: the centre's cases, found by number, name, pinyin, telephone or household, and narrowed by what people ask."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

import msgspec
from litestar import Response, get
from litestar.response import Redirect, Template

from daiban_schemas.labels import MODES, SOURCES
from daiban_server.console import words
from daiban_server.console.languages.spoken import listed, translated
from daiban_server.console.pages import Asked, said_in, show
from daiban_server.console.paging import PAGE, before, page_in
from daiban_server.console.reading import limits
from daiban_server.console.reading.book import Book, book_of
from daiban_server.console.words import Mark, Moment
from daiban_server.db.program import Program
from daiban_server.features.cases import kept, listing
from daiban_server.features.cases.kept import Search
from daiban_server.features.cases.kept_routes import KeptOut, counted
from daiban_server.features.cases.listing import CaseOut
from daiban_server.features.cases.narrowing import OPEN
from daiban_server.features.deadlines import running
from daiban_server.features.deadlines.running import Standing
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.limits.calendar import local_day
from daiban_server.services import GivenServices, Services
from daiban_sync.ids import is_id

FILTERS = Search.__struct_fields__
DUE = {"over": "已超期", "today": "今日到期", "week": "七天内到期"}
WHO = {"me": "我经办的"}
ALL = "/cases?all=yes"
"""Every case, whatever somebody lets the list open with."""


class Line(NamedTuple):
    """A case in the list. `due` is how its next limit stands, which ends on `day`; None where nothing is owed.
    `limit` is what it is called, unless it is the promised one."""

    record: str
    number: str
    item: str
    who: str
    place: str
    mark: Mark
    due: Mark | None
    limit: str
    day: str
    handler: str
    mode: str
    submitted: Moment
    urgent: bool


@get("/cases", opt={"action": "case.read"})
async def cases(request: Asked, session: GivenSession, services: GivenServices) -> Response[Any]:
    """The list; the address holds the search, so it can be kept as a bookmark and sent to a colleague. An address
    without one leads to the search with which somebody lets it open."""
    if not request.query_params:
        for one in await services.database.read(kept.searches(session.clerk.person)):
            if one.opens:
                return Redirect(address_of(one.search), status_code=303)
    part, at = bool(request.headers.get("hx-request")), page_in(request)
    return await found(search_in(request.query_params), session, services, at, part=part, said=said_in(request))


def search_in(given: Mapping[str, str]) -> Search:
    """The search that an address or a form tells; what is no search is no wish."""
    asked = {name: given.get(name, "").strip()[: kept.LONGEST] for name in FILTERS}
    known = {"due": DUE, "who": WHO}
    asked = {name: text for name, text in asked.items() if text in known.get(name, (text,)) and "\x00" not in text}
    return msgspec.convert(asked, Search)


async def found(
    search: Search,
    session: SignedIn,
    services: Services,
    at: int = 1,
    *,
    part: bool = False,
    said: str = "",
    errors: Mapping[str, str] | None = None,
    given: Mapping[str, str] | None = None,
) -> Template:
    """The page of a search, or the `part` of it that follows what is typed; with what went wrong with keeping it."""
    return await show(
        "cases/lines" if part else "cases/list",
        services,
        session,
        _read(search, at, session, services),
        422 if errors else 200,
        here="cases",
        title="办件",
        asked={name: getattr(search, name) for name in FILTERS},
        modes=MODES,
        sources=SOURCES,
        dues=DUE,
        who=WHO,
        every=ALL,
        address_of=address_of,
        address_of_shown=address_of(search),
        starters=kept.STARTERS,
        link=lambda page: address_of(search, page=page),
        said=said,
        errors=errors or {},
        given=given or {},
        suggested=_suggested(search),
        longest=kept.LONGEST_NAME,
    )


def _read(search: Search, at: int, session: SignedIn, services: Services) -> Program[Mapping[str, Any]]:
    person, book = session.clerk.person, (yield from book_of(session, services))
    centre, now = book.centre, book.now
    counts = yield from listing.counts(centre)
    wanted = kept.wanted(search, person, local_day(now), PAGE + 1, before(at))
    lines = yield from listing.found(centre, wanted)
    owed = yield from running.next_of(centre, [bytes.fromhex(one.record) for one in lines[:PAGE]])
    states = [(state, mark, counts.get(state, 0)) for state, mark in words.APPLICATION.items() if counts.get(state)]
    searches = yield from counted(person, centre, now)
    return {
        "lines": [_line(one, owed.get(bytes.fromhex(one.record)), book) for one in lines[:PAGE]],
        "more": len(lines) > PAGE,
        "at": at,
        "states": states,
        "open_count": sum(counts.get(state, 0) for state in OPEN),
        "total": sum(counts.values()),
        "windows": (yield from listing.windows(centre)),
        "searches": searches,
        "may_keep": search != Search() and not _kept_already(search, searches),
    }


def _kept_already(search: Search, searches: Iterable[KeptOut]) -> bool:
    return any(one.search == search for one in searches)


def _suggested(search: Search) -> str:
    """A name for a search: what it asks, in words."""
    state = words.APPLICATION.get(search.state)
    told = (
        *(search.q, state.word if state else "", DUE.get(search.due, ""), WHO.get(search.who, ""), search.window),
        *(MODES.get(search.label, ""), SOURCES.get(search.source, "")),
    )
    return listed(translated(text) for text in told if text)[: kept.LONGEST_NAME]


def _line(one: CaseOut, owed: Standing | None, book: Book) -> Line:
    place = book.places.get(bytes.fromhex(one.place), "") if is_id(one.place) else ""
    return Line(
        one.record,
        one.number,
        one.item_name,
        one.applicant,
        place,
        words.APPLICATION.get(one.status, Mark(one.status, "empty")),
        _due(owed, book.now) if owed else None,
        limits.NAMES.get(owed.kind, owed.kind) if owed and owed.kind != "promise" else "",
        owed.due if owed and not owed.paused else "",
        one.handler or one.owner,
        MODES.get(one.label, ""),
        words.moment(one.submitted, book.now),
        one.urgent,
    )


def _due(owed: Standing, now: int) -> Mark:
    return Mark("暂停计时", "half") if owed.paused else words.due_day(owed.due, now)


def address_of(search: Search, **more: object) -> str:
    """The address of a search."""
    query = {name: value for name, value in {**msgspec.to_builtins(search), **more}.items() if value}
    return f"/cases?{urlencode(query)}" if query else ALL


HANDLERS: list[Any] = [cases]
