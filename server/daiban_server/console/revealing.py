"""查看完整: a number that pages show masked, whole, once, for a reason that is kept."""

from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Template

from daiban_server.concerned import Reader, kept_from
from daiban_server.console.languages.retelling import retold
from daiban_server.console.pages import Asked, show, signed_form
from daiban_server.console.values import told
from daiban_server.console.words import wrong
from daiban_server.db.program import Program
from daiban_server.http.problems import ProblemError, checked_id
from daiban_server.http.record_out import types_of
from daiban_server.http.reveal import LONGEST_NOTE, RevealIn, RevealOut, about, label, may_be_shown, whole
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.reasons import REASONS
from daiban_server.services import GivenServices, Services
from daiban_server.spine import views


@get("/reveal/{record:str}", opt={"action": "value.reveal"})
async def ask(record: FromPath[str], request: Asked, session: GivenSession, services: GivenServices) -> Template:
    """The form: what is going to be shown, and why."""
    return await _form(record, RevealIn(request.query_params.get("field", ""), ""), session, services)


@post("/reveal/{record:str}", opt={"action": "value.reveal", "csrf_in_form": True})
async def reveal(
    record: FromPath[str], request: Asked, session: GivenSession, services: GivenServices
) -> Response[Any]:
    """Show it. The page is an answer to a form and kept nowhere: whoever wants to see it again says why again."""
    form = await signed_form(request, session)
    asked = RevealIn(form.get("field", ""), form.get("reason", ""), form.get("note", ""))
    try:
        shown = await whole(session.clerk, checked_id(record, "record.unknown"), asked, services)
    except ProblemError as error:
        if error.code not in ("reveal.reason", "reveal.too_many"):
            raise
        return await _form(record, asked, session, services, error)
    return await show("revealed", services, session, _whole(shown, services), title="查看完整")


async def _form(
    record: str, asked: RevealIn, session: SignedIn, services: Services, error: ProblemError | None = None
) -> Template:
    return await show(
        "reveal",
        services,
        session,
        _asked(checked_id(record, "record.unknown"), asked.field, session, services),
        429 if error and error.code == "reveal.too_many" else 422 if error else 200,
        title="查看完整",
        record=record,
        asked=asked,
        reasons=REASONS,
        longest=LONGEST_NOTE,
        error=wrong(error.code) if error else "",
    )


def _asked(record: bytes, field: str, session: SignedIn, services: Services) -> Program[Mapping[str, Any]]:
    reader = Reader(session.clerk.person, session.clerk.centre, services.now())
    found = yield from views.shown(views.BY_ID, reader.centre, record_id=record)
    if not found:
        raise ProblemError("record.unknown")
    if not may_be_shown(found[0], field, kept=bool((yield from kept_from(reader, found)))):
        raise ProblemError("reveal.nothing")
    back = _way_back(found[0].view.kind, record.hex())
    return {"subject": retold(about(found[0])), "what": label(found[0], field), "back": back}


def _whole(shown: RevealOut, services: Services) -> Program[Mapping[str, Any]]:
    of = types_of(shown.kind).get(shown.field)
    yield from ()
    texts = [told(one.value, of, _no_name, services.now(), whole=True) for one in shown.values]
    values = [(text, one.author) for text, one in zip(texts, shown.values, strict=True)]
    return {"what": shown.label, "values": values, "back": _way_back(shown.kind, shown.record)}


def _way_back(kind: str, record: str) -> str:
    """The page on which a number of such a record stands."""
    pages = {"application": "/cases", "household": "/households"}
    return f"{pages[kind]}/{record}" if kind in pages else "/summary"


def _no_name(id_: str) -> str:
    """Nothing that is hidden refers to another record."""
    return ""
