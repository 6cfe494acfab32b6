"""What hangs, stands, is worn or is handed over, as PDF."""

import datetime

from litestar import Response, get
from litestar.params import FromPath, FromQuery

from daiban_server.features.papers.documents.notices import Size
from daiban_server.http.problems import ProblemError, checked_id
from daiban_server.http.session import GivenSession
from daiban_server.limits.calendar import local_day
from daiban_server.printing import handovers, visits, walls
from daiban_server.printing.case_routes import PDF, printed
from daiban_server.services import GivenServices


@get("/v1/print/items/{code:str}", opt={"action": "catalogue.read"}, media_type=PDF)
async def wall_sheet(code: FromPath[str], session: GivenSession, services: GivenServices) -> Response[bytes]:
    """办事指南, A3."""
    program = walls.wall_sheet(session.clerk.centre, code, local_day(services.now()))
    return await printed([await services.database.read(program)], services.settings)


@get("/v1/print/people/{person:str}/{form:str}", opt={"action": "paper.print"}, media_type=PDF)
async def badge(
    person: FromPath[str], form: FromPath[str], session: GivenSession, services: GivenServices
) -> Response[bytes]:
    """``badge`` (胸牌) or ``plate`` (座牌) of somebody of one's own centre."""
    if form not in ("badge", "plate"):
        raise ProblemError("print.unknown")
    who, today = checked_id(person, "person.unknown"), local_day(services.now())
    program = walls.badge(session.clerk.centre, who, today, plate=form == "plate")
    return await printed([await services.database.read(program)], services.settings)


@get("/v1/print/duty", opt={"action": "paper.print"}, media_type=PDF)
async def duty(session: GivenSession, services: GivenServices) -> Response[bytes]:
    """值班公示 of this week."""
    today = local_day(services.now())
    monday = today - datetime.timedelta(days=today.weekday())
    program = walls.duty_board(session.clerk.centre, monday, monday + datetime.timedelta(days=6))
    return await printed([await services.database.read(program)], services.settings)


@get("/v1/print/results", opt={"action": "paper.print"}, media_type=PDF)
async def results(item: FromQuery[str], session: GivenSession, services: GivenServices) -> Response[bytes]:
    """公示 of an item's results, for seven calendar days from today."""
    today = local_day(services.now())
    until = today + datetime.timedelta(days=7)
    program = walls.results(session.clerk.centre, item, today, until, services.now())
    return await printed([await services.database.read(program)], services.settings)


@get("/v1/print/handovers/{record:str}", opt={"action": "paper.print"}, media_type=PDF)
async def handover(
    record: FromPath[str], session: GivenSession, services: GivenServices, supervisor: FromQuery[str] = ""
) -> Response[bytes]:
    """工作交接清单: what was handed over, or before it begins what would be."""
    if len(supervisor) > 30:
        raise ProblemError("request.invalid")
    id_, today = checked_id(record, "record.unknown"), local_day(services.now())
    program = handovers.handover(session.clerk.centre, id_, supervisor, today)
    return await printed([await services.database.read(program)], services.settings)


@get("/v1/print/visits/{record:str}", opt={"action": "paper.print"}, media_type=PDF)
async def visit_slip(
    record: FromPath[str], session: GivenSession, services: GivenServices, size: FromQuery[Size] = "roll"
) -> Response[bytes]:
    """上门预约单: who comes and when, for the household; ``roll`` or ``a5``."""
    id_, today = checked_id(record, "record.unknown"), local_day(services.now())
    program = visits.visit_slip(session.clerk.centre, id_, today, size)
    return await printed([await services.database.read(program)], services.settings)
