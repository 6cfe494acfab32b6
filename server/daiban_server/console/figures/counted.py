"""What a number counts, thing by thing: the sum of the list is the number."""

import asyncio
from collections.abc import Mapping
from typing import Any, NamedTuple

from litestar import get
from litestar.response import Template

from daiban_schemas.labels import MODES
from daiban_server.console import words
from daiban_server.console.figures.asked import address, asked_in
from daiban_server.console.pages import Asked as Request
from daiban_server.console.pages import show
from daiban_server.console.reading.book import Book
from daiban_server.console.words import Moment
from daiban_server.db.program import Program
from daiban_server.features.figures import report
from daiban_server.features.figures.asking import find
from daiban_server.features.figures.catalogue import FIGURES
from daiban_server.features.figures.report import Counted
from daiban_server.http.problems import ProblemError
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.permissions import may
from daiban_server.services import GivenServices, Services

LISTED = 500
"""Things on the page; a file holds any number of rows."""


class Line(NamedTuple):
    """One thing; `case` is "" where it belongs to none, or may not be opened from here."""

    case: str
    number: str
    item: str
    who: str
    mode: str
    at: Moment
    times: int
    days: int | None


@get("/figures/counted", opt={"action": "figure.read"})
async def counted(request: Request, session: GivenSession, services: GivenServices) -> Template:
    """What `figure` counts of the days that are asked about, narrowed in the same way."""
    figure = request.query_params.get("figure", "")
    if figure not in FIGURES:
        raise ProblemError("figures.unknown")
    asked, wrong = asked_in(request.query_params, session, services)
    found = await services.database.read(find(asked))
    made = await asyncio.to_thread(report.counted, found.gathered.facts, figure)
    return await show(
        "figures/counted",
        services,
        session,
        _read(made.counted[:LISTED], session, services),
        here="figures",
        title=made.label,
        wrong=wrong,
        label=made.label,
        unit=f"{{0}} {FIGURES[figure].unit}",
        value=made.value,
        whose=found.name,
        more=max(0, len(made.counted) - LISTED),
        first=asked.span.first.isoformat(),
        last=asked.span.last.isoformat(),
        back=address("/figures", asked),
    )


def _read(found: list[Counted], session: SignedIn, services: Services) -> Program[Mapping[str, Any]]:
    """Who it was done for is told to one's own centre; the district sees numbers."""
    book = Book(session.clerk.centre, services.now(), b"", session.clerk.person)
    own = may(session.role, "case.read") and session.role != "district"
    if own:
        yield from book.open()
        yield from book.read(bytes.fromhex(one.case) for one in found if one.case)
    return {"lines": [_line(one, book, own=own) for one in found], "own": own}


def _line(one: Counted, book: Book, *, own: bool) -> Line:
    case = one.case if own and one.case and book.record(bytes.fromhex(one.case)) else ""
    who = book.subject(bytes.fromhex(case)).who if case else ""
    mode = MODES.get(one.label, "")
    return Line(case, one.number, one.item, who, mode, words.moment(one.at, book.now), one.times, one.days)
