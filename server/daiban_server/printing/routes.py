"""Papers of figures."""

import asyncio

from litestar import Response, get
from litestar.di import Provide

from daiban_server.features.figures.asking import GivenAsked, take_asked
from daiban_server.features.figures.routes import READ, attachment, daily_report
from daiban_server.features.papers import PaperError, render
from daiban_server.features.papers.documents import Office
from daiban_server.http.problems import ProblemError
from daiban_server.printing.case_file import office_of
from daiban_server.printing.daily import daily_document
from daiban_server.services import GivenServices


@get(
    "/v1/figures/daily.pdf",
    opt=READ,
    media_type="application/pdf",
    dependencies={"asked": Provide(take_asked, sync_to_thread=False)},
)
async def daily_pdf(asked: GivenAsked, services: GivenServices) -> Response[bytes]:
    """The daily report (日报表), to be printed. Raises `ProblemError` for what a paper raises."""
    found, made = await daily_report(asked, services)
    office = Office(name=found.name)
    if len(found.centres) == 1:
        (centre,) = found.centres
        office = await services.database.read(office_of(bytes.fromhex(centre)))
    try:
        document = daily_document(office, made, asked.session.name)
        pdf = await asyncio.to_thread(render, document, watermark=services.settings.watermark)
    except PaperError as error:
        raise ProblemError(error.code) from error
    return attachment(pdf, "application/pdf", f"{found.name}日报表{made.last}.pdf")
