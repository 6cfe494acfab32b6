"""统计: the balance of some days, what came each day and how, rates, and rows by window, village, item or person."""

import asyncio
import datetime
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from litestar import get
from litestar.response import Template

from daiban_schemas.labels import MODES
from daiban_server.console import words
from daiban_server.console.figures.asked import BYS, address, asked_in, step_of, stretches
from daiban_server.console.figures.chart import Chart, stacked
from daiban_server.console.languages.spoken import CHINESE, language, say
from daiban_server.console.pages import Asked as Request
from daiban_server.console.pages import show
from daiban_server.db.program import Program
from daiban_server.features.figures import report
from daiban_server.features.figures.asking import Asked, Found, find
from daiban_server.features.figures.catalogue import FIGURES
from daiban_server.features.figures.counting import RATIOS
from daiban_server.features.figures.facts import By
from daiban_server.features.figures.gathering import centres
from daiban_server.features.figures.report import PartOut, ReportOut, Row, Scope
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.services import GivenServices
from daiban_sync.ids import NOBODY

BALANCE = (
    ("", "opening"),
    ("＋", "accepted"),
    ("－", "completed"),
    ("－", "refused"),
    ("－", "withdrawn"),
    ("＝", "closing"),
)
"""The balance, each figure with the sign before it."""
COLUMNS = ("receptions", "accepted", "completed", "on_time", "overdue", "closing", "deliveries", "bad_ratings")
"""Columns of the rows; every other figure stands in the list under them."""


class Rate(NamedTuple):
    """A share of what was measured, as `told`; `bad` is one that should be small."""

    label: str
    told: str
    share: float | None
    bad: bool


class Line(NamedTuple):
    """A row of the table: numbers with the address of what they count, in the order of `COLUMNS`."""

    name: str
    numbers: list[tuple[int, str]]
    on_time: str
    days: str


@get("/figures", opt={"action": "figure.read"})
async def figures(request: Request, session: GivenSession, services: GivenServices) -> Template:
    """Some days in figures; `by` says what the rows are told apart by."""
    asked, wrong = asked_in(request.query_params, session, services)
    wanted = request.query_params.get("by", "")
    ours: By = next((by for by in BYS if by == wanted), "centre" if session.role == "district" else "window")
    found = await services.database.read(find(asked, ours, daily=True))
    made, parts = await asyncio.to_thread(_made, asked, found, ours)
    return await show(
        "figures/page",
        services,
        session,
        _centres(session),
        here="figures",
        title="统计",
        wrong=wrong,
        asked=asked,
        by=ours,
        bys=[(by, label) for by, label in BYS.items() if by != "centre" or session.role == "district"],
        whose=found.name,
        stretches=stretches(asked, ours),
        first=asked.span.first.isoformat(),
        last=asked.span.last.isoformat(),
        balance=[(sign, FIGURES[name].label, *_number(made.total, name, asked)) for sign, name in BALANCE],
        chart=_chart(parts),
        rates=_rates(made.total),
        columns=[FIGURES[name].label for name in COLUMNS],
        lines=[_line(row, {**asked.filters, ours: row.key}, asked) for row in made.rows],
        total=_line(made.total, asked.filters, asked),
        every=[
            (label.label, f"{{0}} {label.unit}", *_number(made.total, key, asked)) for key, label in FIGURES.items()
        ],
        files=_files(asked, ours),
        assessment=address("/figures/assessment", asked),
    )


def _centres(session: SignedIn) -> Program[Mapping[str, Any]]:
    """The centres that the district may choose of."""
    known = (yield from centres()) if session.role == "district" else {}
    return {"centres": sorted((name, id_.hex()) for id_, name in known.items() if id_ != NOBODY)}


def _made(asked: Asked, found: Found, by: By) -> tuple[ReportOut, list[PartOut]]:
    always = tuple(found.centres) if by == "centre" else ()
    made = report.report(found.gathered, Scope(asked.span, by, FIGURES, asked.filters, always))
    return made, report.trend(found.gathered.facts, asked.span, step_of(asked), asked.filters)


def _number(row: Row, name: str, asked: Asked, **narrowed: str) -> tuple[int, str]:
    return row.figures[name].value, address("/figures/counted", asked, figure=name, **narrowed)


def _line(row: Row, filters: Mapping[str, str], asked: Asked) -> Line:
    numbers = [_number(row, name, asked, **filters) for name in COLUMNS]
    days = "" if row.mean_days is None else say("{0} 天", f"{row.mean_days:.1f}")
    return Line(row.name, numbers, percent(row.rates["on_time_rate"]), days)


def percent(share: float | None) -> str:
    """A share in words; "" where there is nothing to measure."""
    return "" if share is None else f"{100 * share:.0f}%" if share in (0.0, 1.0) else f"{100 * share:.1f}%"


def _rates(total: Row) -> list[Rate]:
    found = [
        Rate(one.label, percent(total.rates[name]), total.rates[name], name == "bad_rate")
        for name, one in RATIOS.items()
    ]
    return [one for one in found if one.share is not None]


def _chart(parts: Sequence[PartOut]) -> Chart:
    """What was taken on in each part, by mode."""
    rows = [(_days(part), [part.figures[f"accepted_{mode}"].value for mode in MODES]) for part in parts]
    told = {
        at: say("{0}：受理 {1} 件，办结 {2} 件", label, sum(numbers), parts[at].figures["completed"].value)
        for at, (label, numbers) in enumerate(rows)
    }
    return stacked(list(MODES.values()), rows, told)


def _days(part: PartOut) -> str:
    first, last = map(_short, (part.first, part.last))
    return first if first == last else f"{first}–{last}"


def _short(day: str) -> str:
    """11/24, which English would read as a day or a month."""
    if language() == CHINESE:
        return day[5:].replace("-", "/")
    date = datetime.date.fromisoformat(day)
    return words.calendar_day(date, date)


def _files(asked: Asked, by: By) -> list[tuple[str, str]]:
    made = [
        ("Excel 表（全部分法）", address("/v1/figures/span.xlsx", asked)),
        (say("CSV（{0}）", BYS[by]), address("/v1/figures/span.csv", asked, by=by)),
    ]
    if asked.span.first == asked.span.last:
        made.insert(0, ("日报表", address("/v1/figures/daily.xlsx", asked)))
    return made
