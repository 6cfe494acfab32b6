"""意见评价: opinions and ratings newest first, one of them with its story, and answering it.

Who said it is shown to whoever may call him, and never to whom it is about.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Template

from daiban_schemas import entry
from daiban_schemas.kinds import KINDS
from daiban_schemas.labels import CHANNELS, RATINGS
from daiban_schemas.masking import as_shown
from daiban_server.concerned import concerned
from daiban_server.console import words
from daiban_server.console.feedback.reading import STATES, Said, asked_for, line, story
from daiban_server.console.languages.retelling import retold
from daiban_server.console.languages.spoken import say
from daiban_server.console.pages import Asked, go, said_in, show, signed_form
from daiban_server.console.paging import PAGE, address_of, before, page_in
from daiban_server.console.reading.book import Book, book_of
from daiban_server.console.tasks.page import LONGEST, colleagues, sentence
from daiban_server.db.program import Program
from daiban_server.features.affairs.listing import received_by, waiting
from daiban_server.features.affairs.opinions import unfit_to_prolong
from daiban_server.features.affairs.owing import limits_of
from daiban_server.features.cases.listing import windows
from daiban_server.features.tasks import acting
from daiban_server.http.problems import ProblemError, checked_id
from daiban_server.http.records import hand_in
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.limits import opinions
from daiban_server.permissions import may
from daiban_server.services import GivenServices, Services
from daiban_server.spine.ledger import Ledger
from daiban_sync.ids import is_id

KIND = KINDS["opinion"]
REACHED = {"reached": "打通了，说到了", "not_reached": "没联系上"}
"""How a call went."""


class Opinion(NamedTuple):
    """An opinion as its page shows it; `who` and `phone` are "" for whom it is about, and where nobody left them."""

    record: str
    number: str
    channel: str
    text: str
    at: words.Moment
    mark: words.Mark
    who: str
    phone: str
    case: str
    place: str
    answerer: str
    answered: words.Moment | None
    limits: list[tuple[str, str]]
    story: list[Said]


# The list ---------------------------------------------------------------------------------------------------------


@get("/feedback", opt={"action": "opinion.read"})
async def feedback(request: Asked, session: GivenSession, services: GivenServices) -> Template:
    """What was received, narrowed by what the address says."""
    asked = {name: request.query_params.get(name, "").strip()[:LONGEST] for name in ("place", "window", "stars")}
    asked["waits"] = "yes" if request.query_params.get("waits") else ""
    at = page_in(request)
    return await show(
        "feedback/list",
        services,
        session,
        _all(asked, at, session, services),
        here="feedback",
        title="意见评价",
        said=said_in(request),
        asked=asked,
        ratings=sorted(RATINGS.items(), reverse=True),
        at=at,
        link=lambda page: address_of("/feedback", asked, page),
    )


def _all(asked: Mapping[str, str], at: int, session: SignedIn, services: Services) -> Program[Mapping[str, Any]]:
    book = yield from book_of(session, services)
    found, more = yield from received_by(book.centre, asked_for(asked), book.now, PAGE, before(at))
    return {
        "lines": [line(one, book) for one in found],
        "more": more,
        "waiting": (yield from waiting(book.centre)),
        "places": sorted(((id_.hex(), name) for id_, name in book.places.items()), key=lambda pair: pair[1]),
        "windows": (yield from windows(book.centre)),
    }


# One --------------------------------------------------------------------------------------------------------------


@get("/feedback/{record:str}", opt={"action": "opinion.read"})
async def one(record: FromPath[str], request: Asked, session: GivenSession, services: GivenServices) -> Template:
    """One opinion with its story, and what may be done now."""
    return await _one(record, session, services, said=said_in(request))


async def _one(
    record: str,
    session: SignedIn,
    services: Services,
    *,
    said: str = "",
    given: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> Template:
    return await show(
        "feedback/one",
        services,
        session,
        _read(checked_id(record, "record.unknown"), session, services),
        422 if errors else 200,
        here="feedback",
        title="意见评价",
        said=said,
        given={"act": "", "to": "", "text": "", "spoke_to": "", "outcome": "", "days": "", **(given or {})},
        errors=errors or {},
        longest=LONGEST,
        days=(opinions.SHORTEST, opinions.LONGEST),
        reached=REACHED.items(),
        may_case=may(session.role, "case.read"),
        may_task=may(session.role, "task.close"),
    )


def _read(id_: bytes, session: SignedIn, services: Services) -> Program[Mapping[str, Any]]:
    book = yield from book_of(session, services)
    ledger, limits = Ledger(book.centre, book.now, 0), (yield from limits_of(book.centre, id_, book.now))
    yield from ledger.load([id_])
    record = ledger.records[id_]
    if record is None:
        raise ProblemError("record.unknown")
    values = (yield from ledger.view(record)).values
    about = yield from concerned(ledger, values)
    own = session.clerk.person in about
    not_asked = {one.hex() for one in about} | {values.get("answerer")}
    limited = [(one.label, retold(one.why)) for one in limits]
    answering = yield from colleagues(session, KIND.commands["answer"].roles)
    return {
        "opinion": _opinion(id_, record.status or "open", values, book, own, limited),
        "own": own,
        "acts": _acts(record.status or "open", values, session, book.now, own=own),
        "people": [one for one in (yield from colleagues(session)) if one[0] != session.person],
        "answerers": [one for one in answering if one[0] not in not_asked],
    }


def _acts(status: str, values: Mapping[str, Any], session: SignedIn, now: int, *, own: bool) -> set[str]:
    """What may be done now; whom it is about decides nothing of it, and may state what he knows."""
    found = {name for name, act in KIND.commands.items() if status in act.source and session.role in act.roles}
    if unfit_to_prolong(values, session.person, now):
        found -= {"prolong"}
    return (found & {"reopen"} if own else found | {"contacted"}) | {"stated"}


def _opinion(
    id_: bytes, status: str, values: Mapping[str, Any], book: Book, own: bool, limits: list[tuple[str, str]]
) -> Opinion:
    def told(name: str) -> str:
        """Who said it, masked by the rules of lists where it may be seen at all."""
        return "" if own else str(as_shown(values.get(name), KIND.fields[name].type, "handling") or "")

    answered = values.get("answered_at")
    case, place = (str(values.get(name) or "") for name in ("application", "place"))
    return Opinion(
        id_.hex(),
        values.get("number") or "",
        CHANNELS.get(values.get("channel") or "", ""),
        values.get("text") or "",
        words.moment(values.get("said_at") or 0, book.now),
        STATES[status],
        told("person"),
        told("phone"),
        case if is_id(case) else "",
        book.places.get(bytes.fromhex(place), "") if is_id(place) else "",
        values.get("answerer_name") or "",
        words.moment(answered, book.now) if answered else None,
        limits,
        story(values, book.now, own=own),
    )


# What is done with it ---------------------------------------------------------------------------------------------


@post("/feedback/{record:str}/{name:str}", opt={"action": "opinion.read", "csrf_in_form": True})
async def act(
    record: FromPath[str], name: FromPath[str], request: Asked, session: GivenSession, services: GivenServices
) -> Response[Any]:
    """Answer it, say how a call went, state what one knows, close or reopen it, name who answers, grant more days, or
    give it to somebody as a task."""
    form = await signed_form(request, session)
    id_ = checked_id(record, "record.unknown")
    await services.database.read(limits_of(session.clerk.centre, id_, services.now()))
    if name == "ask" and not may(session.role, "task.close"):
        raise ProblemError("permission.denied")
    if name not in ("ask", "assign", "close", *_SENTENCES):
        raise ProblemError("request.not_found")
    errors = _wrong(name, form)
    try:
        if not errors:
            await _do(name, id_, form, session, services)
    except ProblemError as error:
        errors = {_AT.get(name, "text" if name in _SENTENCES else ""): words.wrong(error.code)}
    if errors:
        return await _one(record, session, services, given={**form, "act": name}, errors=errors)
    return go(f"/feedback/{record}", "given-task" if name == "ask" else "acted")


_SENTENCES = {"answer": "text", "reopen": "reason", "stated": "text", "contacted": "note", "prolong": "reason"}
"""What an act calls its sentence."""
_AT = {"ask": "to", "assign": "to", "prolong": "days"}
"""The field beside which stands why the rules refuse an act, where it is not the sentence."""


def _wrong(name: str, form: Mapping[str, str]) -> dict[str, str]:
    if name == "ask":
        return sentence(form, to=True)
    if name == "assign":
        return {} if is_id(form.get("to", "")) else {"to": "请选由谁答复。"}
    if name == "prolong":
        return _wrong_days(form) | ({"text": "请写一句：为什么要延期。"} if not form.get("text", "").strip() else {})
    if name == "close":
        return {}
    if name == "contacted":
        return {} if form.get("outcome") in REACHED else {"outcome": "请选一个结果。"}
    return sentence(form, to=False)


def _wrong_days(form: Mapping[str, str]) -> dict[str, str]:
    least, most = opinions.SHORTEST, opinions.LONGEST
    if form.get("days", "").strip() in map(str, range(least, most + 1)):
        return {}
    return {"days": say("天数要是 {0} 到 {1} 的整数。", least, most)}


async def _do(name: str, id_: bytes, form: Mapping[str, str], session: SignedIn, services: Services) -> None:
    clerk, now, text = session.clerk, services.now(), form.get("text", "").strip()
    if name == "ask":
        to = bytes.fromhex(form["to"])
        await services.database.write(clerk.centre, lambda: acting.ask(clerk, id_, to, text, now))
        return
    told: dict[str, Any] = {_SENTENCES[name]: text} if name in _SENTENCES and text else {}
    if name == "assign":
        told = {"to": form["to"]}
    if name == "prolong":
        told |= {"days": int(form["days"])}
    if name == "contacted":
        told |= {"outcome": form["outcome"]}
        told |= {"spoke_to": form["spoke_to"].strip()[:30]} if form.get("spoke_to", "").strip() else {}
    body = (
        entry.report(id_.hex(), "opinion", name, told, at=now, by=session.person)
        if name in KIND.reports
        else entry.command(id_.hex(), "opinion", name, told, expected=None, at=now, by=session.person)
    )
    await hand_in(body, id_.hex(), session, services)


HANDLERS: list[Any] = [feedback, one, act]
