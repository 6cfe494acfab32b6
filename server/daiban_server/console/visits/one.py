"""One visit: what was promised, what to say on the telephone, how its time changed, and what may be done now."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Template

from daiban_schemas import entry
from daiban_schemas.kinds import KINDS
from daiban_server.console import words
from daiban_server.console.languages.retelling import retold
from daiban_server.console.languages.spoken import say
from daiban_server.console.pages import Asked, go, said_in, show, signed_form
from daiban_server.console.reading.book import Book, Person, book_of
from daiban_server.console.values import safe_text
from daiban_server.console.visits import telling
from daiban_server.db.program import Program
from daiban_server.features.visits.keeping import crew_of, promised
from daiban_server.http.problems import ProblemError, checked_id
from daiban_server.http.records import hand_in
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.permissions import may
from daiban_server.printing.visits import visit_slip
from daiban_server.services import GivenServices, Services
from daiban_sync.view import View

KIND = KINDS["visit"]
WHO_LENGTH, REASON_LENGTH = 30, 200


class Time(NamedTuple):
    """A time that is kept: `first` is what was promised first, where that is another; `stand_in` says why B goes."""

    when: str
    first: str
    crew: list[Person]
    stand_in: str


@get("/visits/{record:str}", opt={"action": "record.read"})
async def visit(record: FromPath[str], request: Asked, session: GivenSession, services: GivenServices) -> Template:
    """The visit."""
    return await _whole(record, session, services, said=said_in(request))


async def _whole(
    record: str,
    session: SignedIn,
    services: Services,
    *,
    said: str = "",
    failed: str = "",
    error: str = "",
    given: Mapping[str, str] | None = None,
) -> Template:
    id_ = checked_id(record, "record.unknown")
    return await show(
        "visits/visit",
        services,
        session,
        _read(id_, session, services.now(), services),
        422 if error else 200,
        here="visits",
        said=said,
        failed=failed,
        error=error,
        given=given or {},
        how=telling.HOW_AGREED,
        may_print=may(session.role, "paper.print"),
        may_case=may(session.role, "case.read"),
        may_board=may(session.role, "visit.board"),
    )


def _read(id_: bytes, session: SignedIn, now: int, services: Services) -> Program[Mapping[str, Any]]:
    book = yield from book_of(session, services)
    status, view = yield from known(id_, book)
    values, subject, start = view.values, book.subject(id_), view.values.get("start")
    ahead = isinstance(start, int) and start > now and status in ("proposed", "assigned", "accepted")
    slip = (yield from visit_slip(book.centre, id_, words.local(now).date(), "a5")) if ahead else None
    return {
        "title": say("{0}家的上门", subject.who) if subject.who else "上门",
        "record": id_.hex(),
        "status": status,
        "mark": telling.mark_of(status, values.get("end"), now),
        "subject": subject,
        "phone": phone_of(view, book),
        "case": values.get("application"),
        "asked": {
            **{name: _masked(values.get(name)) for name in ("purpose", "minutes", "crew", "note", "again")},
            "why": retold(safe_text(values.get("why") or "")),
        },
        "time": _time(values, book) if isinstance(start, int) else None,
        "sentence": telling.sentence(slip) if slip else "",
        "story": telling.story(values.get("changes") or (), now),
        "acts": acts(status, session.role),
        "version": values.get("version"),
    }


def _masked(value: Any) -> Any:
    return words.full_width(safe_text(value)) if isinstance(value, str) else value


def _time(values: Mapping[str, Any], book: Book) -> Time:
    start, end, first = values["start"], values["end"], promised(values)
    moved = telling.when(first, first + end - start, book.now) if first != start else ""
    why = words.stand_in(values["stand_in"]) if values.get("stand_in") else ""
    crew = [book.person(one) for one in crew_of(values)]
    return Time(telling.when(start, end, book.now), moved, crew, why)


def known(id_: bytes, book: Book) -> Program[tuple[str, View]]:
    """A visit of the book's centre: its state and its values. Raises `ProblemError`: ``record.unknown``."""
    yield from book.read([id_])
    record, view = book.record(id_), book.view(id_)
    if record is None or view is None or record.kind != "visit" or record.deleted:
        raise ProblemError("record.unknown")
    return record.status or "", view


def phone_of(view: View, book: Book) -> str:
    """The household's telephone, else that of the case."""
    for name in ("household", "application"):
        named = view.values.get(name)
        if isinstance(named, str) and (phone := book.text(bytes.fromhex(named), "phone")):
            return phone
    return ""


def acts(status: str, role: str) -> set[str]:
    """The commands that somebody may give now: `book`, `rebook`, `confirm`, `cancel`."""
    named = ("book", "rebook", "confirm", "cancel")
    if not may(role, "record.command"):
        return set()
    return {one for one in named if status in KIND.commands[one].source and role in KIND.commands[one].roles}


# What is done with it ---------------------------------------------------------------------------------------------


@post("/visits/{record:str}/confirm", opt={"action": "record.command", "csrf_in_form": True})
async def confirm(
    record: FromPath[str], request: Asked, session: GivenSession, services: GivenServices
) -> Response[Any]:
    """The household was told of its time, and agreed."""
    form = await signed_form(request, session)
    agreed = consent(form)
    wrong = "" if agreed else say("请写明和谁说的，{0} 字以内。", WHO_LENGTH)
    return await _act("confirm", record, form, {"consent": agreed}, wrong, session, services)


@post("/visits/{record:str}/cancel", opt={"action": "record.command", "csrf_in_form": True})
async def cancel(
    record: FromPath[str], request: Asked, session: GivenSession, services: GivenServices
) -> Response[Any]:
    """It is called off."""
    form = await signed_form(request, session)
    reason = form.get("reason", "").strip()
    wrong = "" if 0 < len(reason) <= REASON_LENGTH else say("请写明为什么取消，{0} 字以内。", REASON_LENGTH)
    return await _act("cancel", record, form, {"reason": reason}, wrong, session, services)


def consent(form: Mapping[str, str]) -> Mapping[str, str] | None:
    """Who of the household agreed, and how; None where nobody is named."""
    who, how = form.get("who", "").strip(), form.get("how", "")
    return {"who": who, "how": how} if 0 < len(who) <= WHO_LENGTH and how in telling.HOW_AGREED else None


async def _act(
    name: str,
    record: str,
    form: Mapping[str, str],
    arguments: Mapping[str, Any],
    wrong: str,
    session: SignedIn,
    services: Services,
) -> Response[Any]:
    await services.database.read(_there(record, session, services))
    if not wrong:
        seen = form.get("expected", "")
        expected = int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 9 else None
        body = entry.command(record, "visit", name, arguments, expected=expected, at=services.now(), by=session.person)
        try:
            await hand_in(body, record, session, services)
        except ProblemError as error:
            wrong = words.wrong(error.code)
    if wrong:
        return await _whole(record, session, services, failed=name, error=wrong, given=form)
    return go(f"/visits/{record}", {"confirm": "confirmed", "cancel": "cancelled"}[name])


def _there(record: str, session: SignedIn, services: Services) -> Program[None]:
    """An act of a visit that is not there would wait for it, as a phone's does."""
    yield from known(checked_id(record, "record.unknown"), (yield from book_of(session, services)))


HANDLERS: list[Any] = [visit, confirm, cancel]
