"""The summary: what a centre looks at in the morning and before it closes, all on one page."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Template

from daiban_schemas import entry
from daiban_server.console.meaning import read
from daiban_server.console.pages import SAID, Asked, go, show, signed_form
from daiban_server.console.reading.arrivals import arrivals
from daiban_server.console.reading.backups import warning
from daiban_server.console.reading.book import Book
from daiban_server.console.reading.disputes import Dispute, dispute, disputes
from daiban_server.console.reading.district import COLUMNS, district
from daiban_server.console.reading.fieldwork import phones
from daiban_server.console.reading.limits import limits
from daiban_server.console.reading.replies import replies
from daiban_server.console.reading.tasks import tasks
from daiban_server.console.reading.visits import visits
from daiban_server.console.values import CHOICES
from daiban_server.console.words import wrong as wrong_with
from daiban_server.db.program import Program
from daiban_server.features.tasks.routes import Tasks
from daiban_server.http.problems import ProblemError
from daiban_server.http.records import hand_in
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.permissions import may
from daiban_server.services import GivenServices, Services
from daiban_sync.ids import NOBODY, is_id

_LOOKING_ON = {"above": (), "main": ("limits", "replies", "visits"), "aside": ("fieldwork", "arrivals"), "below": ()}
_PARTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "leader": _LOOKING_ON,
    "chief": _LOOKING_ON,
    "": {
        "above": ("disputes",),
        "main": ("limits", "visits", "replies"),
        "aside": ("tasks", "fieldwork", "arrivals"),
        "below": (),
    },
    "cadre": {
        "above": (),
        "main": ("replies", "visits"),
        "aside": ("fieldwork", "arrivals"),
        "below": ("disputes",),
    },
}
"""Which parts stand over the columns, in the wide one, beside it and under them: what somebody has to act on comes
first."""


class Failed(NamedTuple):
    """A settlement that was not taken: where, what was chosen and typed, and why not."""

    id: str
    choice: str
    own: str
    text: str


@get("/summary", opt={"action": "summary.read"})
async def summary(request: Asked, session: GivenSession, services: GivenServices) -> Template:
    """One's centre today; for the district all centres side by side."""
    said = SAID.get(request.query_params.get("said", ""), "")
    if session.role == "district":
        program = _district(services)
        return await show("district", services, session, program, here="summary", title="各中心情况", said=said)
    return await _summary(session, services, said=said)


async def _summary(session: SignedIn, services: Services, *, said: str = "", failed: Failed | None = None) -> Template:
    return await show(
        "summary",
        services,
        session,
        _centre(session, services),
        422 if failed else 200,
        here="summary",
        title="今日情况",
        said=said,
        failed=failed,
        parts=_PARTS.get(session.role, _PARTS[""]),
        choices=CHOICES,
        may_close=may(session.role, "task.close"),
        may_reveal=may(session.role, "value.reveal"),
    )


def _district(services: Services) -> Program[Mapping[str, Any]]:
    now = services.now()
    warned = yield from warning(NOBODY, now)
    return {"district": (yield from district(now, services.presence)), "columns": COLUMNS, "warned": warned}


def _book(session: SignedIn, services: Services) -> Program[Book]:
    centre = session.clerk.centre
    book = Book(centre, services.now(), services.keys.desk_device(centre), session.clerk.person)
    yield from book.open()
    return book


def _centre(session: SignedIn, services: Services) -> Program[Mapping[str, Any]]:
    """Every part that the person's role may see; what it may not is None, and is not on the page."""
    book, role = (yield from _book(session, services)), session.role
    came = yield from arrivals(book)
    return {
        "arrivals": came,
        "fieldwork": (yield from phones(book.centre, book.now, services.presence, came.by_device)),
        "visits": (yield from visits(book)),
        "disputes": (yield from disputes(book)) if may(role, "conflict.read") else None,
        "limits": (yield from limits(book)) if may(role, "case.read") else None,
        "replies": (yield from replies(session, book)) if may(role, "obligation.read") else None,
        "tasks": (yield from tasks(book)) if may(role, "task.read") else None,
        "warned": (yield from warning(book.centre, book.now)) if may(role, "backup.read") else "",
    }


# Settling ---------------------------------------------------------------------------------------------------------


@post("/disputes/{record:str}", opt={"action": "record.write", "csrf_in_form": True})
async def settle(
    record: FromPath[str], request: Asked, session: GivenSession, services: GivenServices
) -> Response[Any]:
    """Settle one field: choose one of its values, or write another. What came in after the page was shown is not
    replaced; it comes back as a dispute."""
    form = await signed_form(request, session)
    field, seen, over = _stated(record, form)

    def now_standing() -> Program[Dispute | None]:
        book = yield from _book(session, services)
        return (yield from dispute(bytes.fromhex(record), field, book))

    found = await services.database.read(now_standing())
    if found is None:
        return go("/summary", "already")
    value, wrong = _chosen(found, form)
    if not wrong:
        kind, now = found.what.kind, services.now()
        body = entry.change(record, kind, {field: value}, seen=seen, over={field: over}, at=now, by=session.person)
        try:
            result = await hand_in(body, record, session, services)
        except ProblemError as error:
            wrong = wrong_with(error.code)
        else:
            if field not in result.fields:
                return go("/summary", "settled", "disputes")
            return go("/summary", "held" if result.code == "field.held" else "again", found.id)
    failed = Failed(found.id, form.get("choice", ""), form.get("own", ""), wrong)
    return await _summary(session, services, failed=failed)


def _stated(record: str, form: Mapping[str, str]) -> tuple[str, int, list[int]]:
    """The field, and what its page had in view. Raises `ProblemError("request.invalid")`."""
    try:
        over = [int(position) for position in form["over"].split()]
        field, seen = form["field"], int(form["seen"])
    except (KeyError, ValueError):
        raise ProblemError("request.invalid") from None
    if not is_id(record) or not 0 <= seen < 2**53 or any(not 0 <= position < 2**53 for position in over):
        raise ProblemError("request.invalid")
    return field, seen, over


def _chosen(found: Dispute, form: Mapping[str, str]) -> tuple[Any, str]:
    """The value that was chosen or written, and what is wrong with it in words."""
    choice, own = form.get("choice", ""), form.get("own", "").strip()
    if choice in ("", "own"):
        if not own:
            return None, "请选一种写法，或者另写一个。"
        value, code = read(found.what, own)
        return value, wrong_with(code) if code else ""
    if own and not found.doubted:
        return None, "您选了一种写法，又另写了一个。请只留一个。"
    for written in found.values:
        if choice == str(written.position):
            return written.raw, ""
    return None, "您选的写法刚才已经变了，请按现在的写法再选一次。"


# Tasks ------------------------------------------------------------------------------------------------------------


@post("/tasks/{task:str}", opt={"action": "task.close", "csrf_in_form": True})
async def task_done(
    task: FromPath[str], request: Asked, session: GivenSession, services: GivenServices
) -> Response[Any]:
    """Somebody has looked."""
    await signed_form(request, session)
    try:
        await Tasks.done.fn(Tasks, task=task, session=session, services=services)
    except ProblemError as error:
        if error.code != "request.not_found":
            raise
        return go("/summary", "done-before", "tasks")
    return go("/summary", "done", "tasks")
