"""Papers of cases and pages of registers, as PDF."""

import asyncio
import datetime
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from litestar import Response, get, put
from litestar.params import FromPath, FromQuery, JSONBody
from sqlalchemy import select

from daiban_schemas.labels import MODES, SOURCES
from daiban_server import offices
from daiban_server.db import schema
from daiban_server.db.program import Program, rows
from daiban_server.features.papers.documents import CaseRow, CategoryRegister, Document, Office, Register, VisitorRow
from daiban_server.features.papers.problems import PaperError
from daiban_server.features.papers.render import render_many
from daiban_server.http.problems import ProblemError, checked_day, checked_id
from daiban_server.http.session import GivenSession
from daiban_server.limits.calendar import local_day
from daiban_server.offices import Reached
from daiban_server.printing import archive
from daiban_server.printing.by_name import ONE
from daiban_server.printing.case_file import CaseFile, gather, office_of
from daiban_server.printing.case_papers import as_reprint
from daiban_server.registers import BETWEEN, MOST_LINES, VISITORS
from daiban_server.services import GivenServices

PDF = "application/pdf"
FILE = "file"
"""The name of all papers of an archived case together."""
_l, _s, _pl = schema.register_line.c, schema.case_sheet.c, schema.place.c
_LINES = (
    select(_l.day, _l.line, _l.at, _l.told, _s.label, _s.due, _s.ended, _s.end, _pl.name)
    .select_from(
        schema.register_line.outerjoin(schema.case_sheet, (_s.centre == _l.centre) & (_s.id == _l.record)).outerjoin(
            schema.place, _pl.id == _s.place
        )
    )
    .where(*BETWEEN)
    .order_by(_l.day, _l.line)
    .limit(MOST_LINES)
)
_STATES = {"completed": "已办结", "refused": "不予办理", "not_accepted": "不予受理", "withdrawn": "撤回"}


@get("/v1/cases/{record:str}/papers/{name:str}", opt={"action": "paper.print"}, media_type=PDF)
async def case_paper(
    record: FromPath[str], name: FromPath[str], session: GivenSession, services: GivenServices
) -> Response[bytes]:
    """A paper of a case by its name (see `by_name.ONE`), or ``file``: everything that is archived."""
    if name != FILE and name not in ONE:
        raise ProblemError("print.unknown")
    case = checked_id(record, "record.unknown")
    file = await services.database.read(gather(session.clerk.centre, case, services.now()))
    if name == FILE:
        return await _in_a_thread(lambda: _volume(file))
    return await printed([as_reprint(ONE[name](file), file.today)])


@get("/v1/registers/{name:str}/print", opt={"action": "register.read"}, media_type=PDF)
async def register_pages(
    name: FromPath[str],
    session: GivenSession,
    services: GivenServices,
    first: FromQuery[str] = "",
    last: FromQuery[str] = "",
) -> Response[bytes]:
    """A register's days, each on pages of its own, numbered from 1 without a gap; today's unless days are named."""
    today = local_day(services.now())
    since, until = checked_day(first) if first else today, checked_day(last) if last else today
    if "\x00" in name:
        raise ProblemError("request.invalid")
    return await printed(await services.database.read(_pages(session.clerk.centre, name, since, until)))


@get("/v1/office", opt={"action": "case.read"})
async def office(session: GivenSession, services: GivenServices) -> Reached:
    """How one's own centre can be reached, as its papers say."""
    return await services.database.read(offices.reached(session.clerk.centre))


@put("/v1/office", opt={"action": "office.change"}, status_code=204)
async def change_office(data: JSONBody[Reached], session: GivenSession, services: GivenServices) -> None:
    """Say how one's own centre can be reached."""
    centre = session.clerk.centre
    await services.database.write(centre, lambda: offices.keep(centre, data))


async def printed(documents: Sequence[Document]) -> Response[bytes]:
    """Documents as one PDF."""
    return await _in_a_thread(lambda: render_many(documents))


async def _in_a_thread(make: Callable[[], bytes]) -> Response[bytes]:
    """What is set in a thread, since a large paper takes seconds."""
    try:
        return Response(await asyncio.to_thread(make), media_type=PDF)
    except PaperError as error:
        raise ProblemError(error.code) from None


def _volume(file: CaseFile) -> bytes:
    volume = archive.file_of(file)
    return render_many(volume.documents, through=volume.first)


def _pages(centre: bytes, name: str, first: datetime.date, last: datetime.date) -> Program[list[Document]]:
    office = yield from office_of(centre)
    span = {"first_day": first.isoformat(), "last_day": last.isoformat()}
    days: dict[str, list[Any]] = {}
    for line in (yield from rows(_LINES, centre_id=centre, name=name, **span)):
        days.setdefault(line[0], []).append(line)
    return [_page(office, name, datetime.date.fromisoformat(day), lines) for day, lines in days.items()]


def _page(office: Office, name: str, day: datetime.date, lines: Sequence[Any]) -> Document:
    period = f"{day.year}年{day.month}月{day.day}日"
    if name == VISITORS:
        visitors = tuple(_visitor(line, day) for line in lines)
        return Register(office=office, issued=day, period=period, rows=visitors)
    cases = tuple(_case(line) for line in lines)
    return CategoryRegister(office=office, issued=day, category=name, period=period, rows=cases)


def _visitor(line: Any, day: datetime.date) -> VisitorRow:
    told = msgspec.json.decode(line[3])
    return VisitorRow(
        number=line[1],
        came=local_day(told["came_at"]) if told.get("came_at") else day,
        visitor=told.get("visitor") or "",
        village=told.get("village") or "",
        matter=told.get("about") or "",
        answer=told.get("answer") or "",
        owner=told.get("owner") or "",
        people=told.get("people") or 1,
        phone=told.get("phone") or "",
        source=SOURCES.get(told.get("source") or "", ""),
    )


def _case(line: Any) -> CaseRow:
    _, number, at, packed, label, due, ended, end, village = line
    told = msgspec.json.decode(packed)
    return CaseRow(
        number=number,
        case=told.get("number") or "",
        accepted=local_day(at),
        applicant=told.get("applicant") or "",
        village=village or "",
        item=told.get("item") or "",
        mode=MODES.get(label or "", ""),
        handler=told.get("handler") or "",
        due=datetime.date.fromisoformat(due) if due else None,
        ended=local_day(ended) if ended else None,
        result=_STATES.get(end or "", ""),
    )
