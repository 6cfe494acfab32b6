"""到期资料: records whose retention is over, erasing them for ever, and what was erased."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from litestar import Response, get, post
from litestar.response import Template

from daiban_server.console import words
from daiban_server.console.languages.spoken import say
from daiban_server.console.pages import Asked, go, said_in, show, signed_form
from daiban_server.console.reading.book import Book, book_of
from daiban_server.console.words import Moment
from daiban_server.db.program import Program, rows
from daiban_server.features.erasure import erasing, retention
from daiban_server.features.erasure.retention import DEFAULT, SHORTEST, Due
from daiban_server.features.erasure.routes import DONE, REASON_LENGTH
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.permissions import may
from daiban_server.services import GivenServices, Services
from daiban_server.spine.refusal import Refusal
from daiban_sync.ids import is_id

CLASSES = {
    "case": "已归档、撤回或不予受理的办件",
    "draft": "没有交来的草稿",
    "reception": "接待登记",
    "opinion": "已答复的意见",
    "household": "已没有任何办件和记录的户",
}
LISTED = 50
"""Records on one page; the next come up as these are gone."""


class DueLine(NamedTuple):
    """A record whose retention is over; `title` is its number and matter, "" where it has none."""

    record: str
    title: str
    who: str
    since: Moment


class Kept(NamedTuple):
    """How long a class is kept, in days, and the shortest that may be set."""

    code: str
    label: str
    days: int
    shortest: int


@get("/erasures", opt={"action": "erasure.read"})
async def erasures(request: Asked, session: GivenSession, services: GivenServices) -> Template:
    """What is due by class, what was erased; the district sets how long."""
    return await _page(session, services, said=said_in(request))


async def _page(
    session: SignedIn,
    services: Services,
    *,
    said: str = "",
    errors: Mapping[str, str] | None = None,
    given: Mapping[str, str] | None = None,
) -> Template:
    """The page; with what was ticked and written (`given`) where nothing came of it. Whether one is sure is asked
    anew."""
    return await show(
        "erasures",
        services,
        session,
        _read(session, services),
        422 if errors else 200,
        here="erasures",
        title="到期资料",
        said=said,
        errors=errors or {},
        given=given or {},
        longest=REASON_LENGTH,
        may_erase=may(session.role, "erasure.run"),
        may_set=may(session.role, "retention.change"),
    )


def _read(session: SignedIn, services: Services) -> Program[Mapping[str, Any]]:
    clerk, now = session.clerk, services.now()
    days, found = (yield from retention.days()), (yield from retention.due(clerk.centre, now))
    book = yield from book_of(session, services)
    yield from book.read(bytes.fromhex(one.record) for one in found[:LISTED])
    due: dict[str, list[DueLine]] = {of: [] for of in CLASSES}
    for one in found[:LISTED]:
        due[one.of].append(_due(one, book))
    done = yield from rows(DONE, centre_id=clerk.centre)
    return {
        "total": len(found),
        "due": [(CLASSES[of], lines) for of, lines in due.items() if lines],
        "kept": [Kept(of, label, days[of], SHORTEST[of]) for of, label in CLASSES.items()],
        "done": [(record.hex(), words.moment(at, now), by or "系统", reason) for record, at, by, reason in done[:50]],
        "done_total": len(done),
    }


def _due(one: Due, book: Book) -> DueLine:
    id_ = bytes.fromhex(one.record)
    subject = book.subject(id_)
    title = " ".join(part for part in (book.text(id_, "number"), subject.item) if part)
    return DueLine(one.record, title, subject.who, words.moment(one.since, book.now))


@post("/erasures", opt={"action": "erasure.run", "csrf_in_form": True})
async def erase(request: Asked, session: GivenSession, services: GivenServices) -> Response[Any]:
    """Erase what was ticked, for ever."""
    form = await signed_form(request, session)
    chosen = [name.removeprefix("record-") for name in form if name.startswith("record-")]
    reason, errors = form.get("reason", "").strip(), {}
    if not chosen or len(chosen) > LISTED or not all(is_id(one) for one in chosen):
        errors["records"] = say("请勾选要清除的，一次最多 {0} 件。", LISTED)
    if not reason or len(reason) > REASON_LENGTH:
        errors["reason"] = "请写明理由，如：保存期满。"
    if form.get("sure") != "yes":
        errors["sure"] = "清除以后不能恢复，请勾选确认。"
    if errors:
        return await _page(session, services, errors=errors, given=form)
    try:
        await erasing.erase([bytes.fromhex(one) for one in chosen], session.clerk, reason, services)
    except Refusal as error:
        return await _page(session, services, errors={"records": words.wrong(error.code)}, given=form)
    return go("/erasures", "erased")


@post("/erasures/retention", opt={"action": "retention.change", "csrf_in_form": True})
async def change(request: Asked, session: GivenSession, services: GivenServices) -> Response[Any]:
    """Set how long classes are kept."""
    form = await signed_form(request, session)
    wanted = {of: int(text) for of in DEFAULT if (text := form.get(of, "").strip()).isdecimal() and len(text) < 7}
    if len(wanted) != len(DEFAULT) or any(retention.problems(wanted)):
        errors = {"days": "天数要是整数，不短于下面写的最短期限。"}
        return await _page(session, services, errors=errors, given=form)
    await services.database.write("retention", lambda: retention.keep(wanted))
    return go("/erasures", "retention")


HANDLERS: list[Any] = [erasures, erase, change]
