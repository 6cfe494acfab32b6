"""Papers of cases and pages of registers, as PDF."""

import asyncio
from collections.abc import Callable, Sequence

from litestar import Response, get, put
from litestar.params import FromPath, FromQuery, JSONBody

from daiban_server import offices, rating_secret
from daiban_server.features.papers.documents import Document
from daiban_server.features.papers.problems import PaperError
from daiban_server.features.papers.render import render_many
from daiban_server.http.problems import ProblemError, checked_day, checked_id
from daiban_server.http.session import GivenSession
from daiban_server.limits.calendar import local_day
from daiban_server.offices import Reached
from daiban_server.printing import archive
from daiban_server.printing.by_name import FILE, NAMES, ONE, RESULT, ready
from daiban_server.printing.case_file import CaseFile, gather
from daiban_server.printing.case_papers import as_reprint, result
from daiban_server.printing.register_pages import pages
from daiban_server.services import GivenServices
from daiban_server.settings import Settings

PDF = "application/pdf"


@get("/v1/cases/{record:str}/papers", opt={"action": "paper.print"})
async def case_papers(record: FromPath[str], session: GivenSession, services: GivenServices) -> list[str]:
    """The names of the papers of a case that can be printed now; every other name is refused: ``print.not_yet``."""
    case = checked_id(record, "record.unknown")
    return ready(await services.database.read(gather(session.clerk.centre, case, services.now())))


@get("/v1/cases/{record:str}/papers/{name:str}", opt={"action": "paper.print"}, media_type=PDF)
async def case_paper(
    record: FromPath[str], name: FromPath[str], session: GivenSession, services: GivenServices
) -> Response[bytes]:
    """A paper of a case by its name (see `by_name.ONE`), or ``file``: everything that is archived."""
    if name not in NAMES:
        raise ProblemError("print.unknown")
    case = checked_id(record, "record.unknown")
    file = await services.database.read(gather(session.clerk.centre, case, services.now()))
    if name == FILE:
        return await _in_a_thread(lambda: _volume(file, services.settings))
    if name in RESULT:
        acted = await services.database.read(rating_secret.who_acted(session.clerk.centre, case))
        secret = rating_secret.for_slip(services.keys, case, file.values, session.clerk.person, acted)
        return await printed([result(file, secret or "", RESULT[name])], services.settings)
    return await printed([as_reprint(ONE[name](file), file.today)], services.settings)


@get("/v1/registers/{name:str}/print", opt={"action": "register.read"}, media_type=PDF)
async def register_pages(
    name: FromPath[str],
    session: GivenSession,
    services: GivenServices,
    first: FromQuery[str] = "",
    last: FromQuery[str] = "",
) -> Response[bytes]:
    """A register's days, each on pages of its own, numbered from 1 without a gap; today's unless days are named. A
    working day without an entry has a page that says so."""
    today = local_day(services.now())
    since, until = checked_day(first) if first else today, checked_day(last) if last else today
    if "\x00" in name:
        raise ProblemError("request.invalid")
    made = await services.database.read(pages(session.clerk.centre, name, since, until, today))
    return await printed(made, services.settings)


@get("/v1/office", opt={"action": "case.read"})
async def office(session: GivenSession, services: GivenServices) -> Reached:
    """How one's own centre can be reached, as its papers say."""
    return await services.database.read(offices.reached(session.clerk.centre))


@put("/v1/office", opt={"action": "office.change"}, status_code=204)
async def change_office(data: JSONBody[Reached], session: GivenSession, services: GivenServices) -> None:
    """Say how one's own centre can be reached."""
    centre = session.clerk.centre
    await services.database.write(centre, lambda: offices.keep(centre, data))


async def printed(documents: Sequence[Document], settings: Settings) -> Response[bytes]:
    """Documents as one PDF."""
    return await _in_a_thread(lambda: render_many(documents, watermark=settings.watermark))


async def _in_a_thread(make: Callable[[], bytes]) -> Response[bytes]:
    """What is set in a thread, since a large paper takes seconds."""
    try:
        return Response(await asyncio.to_thread(make), media_type=PDF)
    except PaperError as error:
        raise ProblemError(error.code) from None


def _volume(file: CaseFile, settings: Settings) -> bytes:
    volume = archive.file_of(file)
    return render_many(volume.documents, through=volume.first, watermark=settings.watermark)
