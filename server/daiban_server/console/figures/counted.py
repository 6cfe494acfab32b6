"""What a number counts, thing by thing: the sum of the list is the number."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from litestar import get
from litestar.response import Template

from daiban_schemas.labels import MODES
from daiban_server.console import words
from daiban_server.console.figures.asked import address, asked_in
from daiban_server.console.pages import Asked as Request
from daiban_server.console.pages import show
from daiban_server.console.paging import before, page_in
from daiban_server.console.words import Moment
from daiban_server.db import schema
from daiban_server.db.program import Lookup, Program
from daiban_server.features.figures import report
from daiban_server.features.figures.asking import find_page
from daiban_server.features.figures.catalogue import FIGURES
from daiban_server.features.figures.report import Counted
from daiban_server.http.problems import ProblemError
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.permissions import may
from daiban_server.services import GivenServices, Services


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
    at = page_in(request)
    page = await services.database.read(find_page(asked, figure, before(at), before(at + 1)))
    label = FIGURES[figure].label
    return await show(
        "figures/counted",
        services,
        session,
        _read([report.told(fact) for fact in page.facts], session, services),
        here="figures",
        title=label,
        wrong=wrong,
        label=label,
        unit=f"{{0}} {FIGURES[figure].unit}",
        value=page.value,
        whose=page.name,
        at=at,
        more=page.more,
        link=lambda to: address("/figures/counted", asked, figure=figure, **({"page": str(to)} if to > 1 else {})),
        first=asked.span.first.isoformat(),
        last=asked.span.last.isoformat(),
        back=address("/figures", asked),
    )


def _read(found: list[Counted], session: SignedIn, services: Services) -> Program[Mapping[str, Any]]:
    """Who it was done for is told to one's own centre; the district sees numbers."""
    own, who, now = may(session.role, "case.read") and session.role != "district", {}, services.now()
    if own:
        cases = [(session.clerk.centre, bytes.fromhex(case)) for case in sorted({one.case for one in found} - {""})]
        rows = yield Lookup(schema.case_sheet, ("centre", "id"), ("id", "applicant"), cases)
        who = {id_.hex(): applicant for id_, applicant in rows}
    return {"lines": [_line(one, who, now) for one in found], "own": own}


def _line(one: Counted, who: Mapping[str, str], now: int) -> Line:
    mode, at = MODES.get(one.label, ""), words.moment(one.at, now)
    case = one.case if one.case in who else ""
    return Line(case, one.number, one.item, who.get(case, ""), mode, at, one.times, one.days)
