"""Figures over the JSON API, and as files. Counting goes to a thread: a list of a year is some tenth of a million
facts."""

import asyncio
from collections.abc import Sequence
from urllib.parse import quote

from litestar import Controller, Response, get, put
from litestar.di import Provide
from litestar.params import FromQuery, JSONBody
from msgspec import Struct

from daiban_server import audit
from daiban_server.db.program import Program
from daiban_server.features.figures import assessment, files, report, tables
from daiban_server.features.figures.asking import Asked, Found, GivenAsked, find, find_each, take_asked
from daiban_server.features.figures.assessment import Formula, Score
from daiban_server.features.figures.catalogue import DAILY, FIGURES
from daiban_server.features.figures.counting import count
from daiban_server.features.figures.facts import FACETS, By
from daiban_server.features.figures.gathering import name_of
from daiban_server.features.figures.report import CountedOut, FigureOut, Number, PartOut, ReportOut, Scope
from daiban_server.features.figures.span import Step
from daiban_server.features.figures.tables import Table
from daiban_server.http.problems import ProblemError
from daiban_server.http.session import GivenSession
from daiban_server.services import GivenServices, Services
from daiban_sync.ids import NOBODY

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
_FORMS = {XLSX: "xlsx", CSV: "csv"}
READ = {"action": "figure.read"}
_SHEETS: tuple[By, ...] = ("window", "mode", "item", "place", "person", "owner", "centre")


class TrendOut(Struct, frozen=True):
    """The parts of a span, one after the other."""

    step: str
    labels: dict[str, FigureOut]
    parts: list[PartOut]


class CentreScore(Struct, frozen=True):
    """A centre's score, with the figures that it was made from."""

    centre: str
    name: str
    score: Score
    figures: dict[str, Number]


class AssessmentOut(Struct, frozen=True):
    """Scores by the formula that holds now."""

    first: str
    last: str
    formula: Formula
    centres: list[CentreScore]


class Figures(Controller):
    """What is asked is the same everywhere: see `asking.take_asked`."""

    path = "/v1/figures"
    dependencies = {"asked": Provide(take_asked, sync_to_thread=False)}  # noqa: RUF012 - as Litestar declares it

    @get("/daily", opt=READ)
    async def daily(self, asked: GivenAsked, services: GivenServices) -> ReportOut:
        """The daily report (日报表) by window."""
        return (await daily_report(asked, services))[1]

    @get("/daily.xlsx", opt=READ, media_type=XLSX)
    async def daily_xlsx(self, asked: GivenAsked, services: GivenServices) -> Response[bytes]:
        """The same as a workbook."""
        found, made = await daily_report(asked, services)
        called = await exported("日报表", XLSX, asked, found, services)
        return await _workbook([tables.daily(found.name, made)], called, services)

    @get("/daily.csv", opt=READ, media_type=CSV)
    async def daily_csv(self, asked: GivenAsked, services: GivenServices) -> Response[bytes]:
        """The same as CSV."""
        found, made = await daily_report(asked, services)
        body = files.comma_separated(tables.daily(found.name, made), services.settings.watermark)
        called = await exported("日报表", CSV, asked, found, services)
        return attachment(body, CSV, f"{called}.csv")

    @get("/span", opt=READ)
    async def span(self, asked: GivenAsked, services: GivenServices, by: FromQuery[By] = "window") -> ReportOut:
        """Every figure over some days, by window, mode, item, place, person, owner or centre."""
        return (await _spanned(asked, services, by))[1]

    @get("/span.xlsx", opt=READ, media_type=XLSX)
    async def span_xlsx(
        self, asked: GivenAsked, services: GivenServices, step: FromQuery[Step] = "day"
    ) -> Response[bytes]:
        """Every figure by everything, a sheet each, and the trend."""
        found, days = await services.database.read(_everything(asked))
        made = await asyncio.to_thread(_sheets, asked, found, days, step)
        return await _workbook(made, await exported("统计表", XLSX, asked, found, services), services)

    @get("/span.csv", opt=READ, media_type=CSV)
    async def span_csv(
        self, asked: GivenAsked, services: GivenServices, by: FromQuery[By] = "window"
    ) -> Response[bytes]:
        """Every figure by one thing."""
        found, made = await _spanned(asked, services, by)
        body = files.comma_separated(tables.spanned(made), services.settings.watermark)
        called = await exported("统计表", CSV, asked, found, services)
        return attachment(body, CSV, f"{called}.csv")

    @get("/centres", opt=READ)
    async def centres(self, asked: GivenAsked, services: GivenServices) -> ReportOut:
        """Centres side by side: the district's all, anybody else's own."""
        return (await _spanned(asked, services, "centre"))[1]

    @get("/trend", opt=READ)
    async def trend(self, asked: GivenAsked, services: GivenServices, step: FromQuery[Step] = "day") -> TrendOut:
        """Figures by day, week or month."""
        found = await services.database.read(find(asked, daily=True))
        parts = await asyncio.to_thread(report.trend, found.gathered.facts, asked.span, step, asked.filters)
        return TrendOut(step, report.labels(FIGURES), parts)

    @get("/cases", opt=READ)
    async def cases(self, asked: GivenAsked, services: GivenServices, figure: FromQuery[str]) -> CountedOut:
        """Exactly what a figure counts."""
        if figure not in FIGURES:
            raise ProblemError("figures.unknown")
        listed = await services.database.read(find_each(asked, figure))
        return await asyncio.to_thread(report.counted, listed.facts, figure)

    @get("/assessment", opt=READ)
    async def assessment(self, asked: GivenAsked, services: GivenServices) -> AssessmentOut:
        """Scores of the centres (考核), the best first."""
        formula = await services.database.read(assessment.formula())
        found = await services.database.read(find(asked, "centre", figures=formula.figures))
        made = await asyncio.to_thread(scores, asked, found, formula)
        return AssessmentOut(asked.span.first.isoformat(), asked.span.last.isoformat(), formula, made)

    @get("/formula", opt=READ)
    async def formula(self, services: GivenServices) -> Formula:
        """The formula of the assessment."""
        return await services.database.read(assessment.formula())

    @put("/formula", opt={"action": "figure.weigh"}, status_code=204)
    async def choose(self, data: JSONBody[Formula], session: GivenSession, services: GivenServices) -> None:
        """Set another. Raises `ProblemError`: ``figures.formula``."""
        if faults := data.faults():
            raise ProblemError("figures.formula", fields=faults)
        await services.database.write("settings", lambda: assessment.choose(data))


async def daily_report(asked: Asked, services: Services) -> tuple[Found, ReportOut]:
    """The daily report with what it was made from. Raises `ProblemError`: ``figures.one_day``."""
    if asked.span.first != asked.span.last:
        raise ProblemError("figures.one_day")
    found = await services.database.read(find(asked, "window", figures=DAILY))
    scope = Scope(asked.span, "window", DAILY, asked.filters)
    return found, await asyncio.to_thread(report.report, found.gathered, scope)


async def _spanned(asked: Asked, services: Services, by: By) -> tuple[Found, ReportOut]:
    found = await services.database.read(find(asked, by))
    return found, await asyncio.to_thread(_by, asked, found, by)


def _by(asked: Asked, found: Found, by: By) -> ReportOut:
    always = tuple(found.centres) if by == "centre" else ()
    return report.report(found.gathered, Scope(asked.span, by, FIGURES, asked.filters, always))


def _everything(asked: Asked) -> Program[tuple[Found, Found]]:
    """What the sheets tell apart, and the days of the trend, at one moment."""
    return (yield from find(asked, *_SHEETS)), (yield from find(asked, daily=True))


def _sheets(asked: Asked, found: Found, days: Found, step: Step) -> list[Table]:
    made = [_by(asked, found, by) for by in _SHEETS if by != "centre" or len(found.centres) > 1]
    parts = report.trend(days.gathered.facts, asked.span, step, asked.filters)
    return [*map(tables.spanned, made), tables.trend(parts, made[0])]


def scores(asked: Asked, found: Found, formula: Formula) -> list[CentreScore]:
    """The centres' scores by a formula, the best first."""
    counted = count(found.gathered.facts, FACETS["centre"])
    made = []
    for centre, name in found.centres.items():
        figures = counted[centre].figures if centre in counted else {}
        numbers = report.numbers(sorted(formula.figures), figures, asked.span, {**asked.filters, "centre": centre})
        made.append(CentreScore(centre, name, assessment.score(formula, figures), numbers))
    return sorted(made, key=lambda one: -1 if one.score.score is None else one.score.score, reverse=True)


async def _workbook(made: Sequence[Table], called: str, services: Services) -> Response[bytes]:
    book = await asyncio.to_thread(files.xlsx, made, services.settings.watermark)
    return attachment(book, XLSX, f"{called}.xlsx")


async def exported(title: str, media_type: str, asked: Asked, found: Found, services: Services) -> str:
    """Write down that figures leave the house as a file: who, of which centre, which days, narrowed to what. It comes
    before the answer. Gives what the file is called."""
    clerk, called = asked.session.clerk, services.settings.watermark + _called(title, asked, found)
    told = "，".join((f"{called} {_FORMS[media_type]}", *(await services.database.read(_narrowed(asked)))))
    # Of one centre, that one; of several, the district, whose figures they are.
    of = bytes.fromhex(next(iter(found.centres))) if len(found.centres) == 1 else NOBODY
    await services.database.write(
        clerk.centre,
        lambda: audit.note(clerk.centre, clerk.person, "figures.export", of, "", services.now(), told),
    )
    return called


def _narrowed(asked: Asked) -> Program[list[str]]:
    found = []
    for by, key in asked.narrow.items():
        found.append(tables.narrowed_to(by, (yield from name_of(by, key))))
    return found


def _called(title: str, asked: Asked, found: Found) -> str:
    first, last = asked.span
    days = str(first) if first == last else f"{first}至{last}"
    return f"{found.name}{title}{days}"


def attachment(body: bytes, media_type: str, name: str) -> Response[bytes]:
    """A file to keep, under a Chinese name (RFC 6266)."""
    safe = name.replace("/", "")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(safe, safe='')}"}
    return Response(body, media_type=media_type, headers=headers)
