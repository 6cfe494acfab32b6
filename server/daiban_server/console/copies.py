"""个人信息副本: the head hands a resident a copy of what is held about him, for a reason that is kept."""

from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Template

from daiban_server.console import words
from daiban_server.console.pages import Asked, show, signed_form
from daiban_server.console.reading.book import book_of
from daiban_server.copies.routes import CopyIn, copy
from daiban_server.db.program import Program
from daiban_server.http.problems import ProblemError, checked_id
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.services import GivenServices, Services

LONGEST = {"reason": 200, "person": 60}
"""Characters of what is written."""


@get("/copies/{record:str}", opt={"action": "person.copy"})
async def asking(record: FromPath[str], session: GivenSession, services: GivenServices) -> Template:
    """What is going to be handed out, and why."""
    return await _form(record, {}, "", session, services)


@post("/copies/{record:str}", opt={"action": "person.copy", "csrf_in_form": True})
async def hand_out(
    record: FromPath[str], request: Asked, session: GivenSession, services: GivenServices
) -> Response[Any]:
    """The file."""
    form = await signed_form(request, session)
    reason, person = (form.get(name, "").strip()[:most] for name, most in LONGEST.items())
    asked = CopyIn(record, reason, person, "json" if form.get("form") == "json" else "pdf", form.get("photos") == "yes")
    try:
        answer: Response[bytes] = await copy.fn(data=asked, session=session, services=services)
    except ProblemError as error:
        if error.code not in ("copy.reason", "copy.nobody", "copy.too_large"):
            raise
        return await _form(record, form, error.code, session, services)
    return answer


async def _form(record: str, given: Mapping[str, str], wrong: str, session: SignedIn, services: Services) -> Template:
    id_ = checked_id(record, "record.unknown")

    def program() -> Program[Mapping[str, Any]]:
        book = yield from book_of(session, services)
        yield from book.read([id_])
        found = book.record(id_)
        if found is None or found.kind not in ("household", "application"):
            raise ProblemError("record.unknown")
        return {"subject": book.subject(id_), "household": found.kind == "household"}

    return await show(
        "copies",
        services,
        session,
        program(),
        422 if wrong else 200,
        here="cases",
        title="个人信息副本",
        record=record,
        given={"reason": "", "person": "", "form": "pdf", "photos": "", **given},
        where="person" if wrong == "copy.nobody" else "reason",
        wrong=words.wrong(wrong) if wrong else "",
        longest=LONGEST,
    )


HANDLERS: list[Any] = [asking, hand_out]
