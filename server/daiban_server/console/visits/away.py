"""请假顶岗: who is away and who stands in, and what becomes of the visits, said before and after."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from litestar import get
from litestar.params import FromPath
from litestar.response import Template
from sqlalchemy import bindparam, or_, select

from daiban_schemas.kinds import KINDS
from daiban_server.console import words
from daiban_server.console.languages.retelling import retold
from daiban_server.console.languages.spoken import say
from daiban_server.console.pages import Asked, said_in, show
from daiban_server.console.reading.book import Book, Subject, book_of
from daiban_server.console.values import safe_text
from daiban_server.console.words import Mark, Moment
from daiban_server.db import schema
from daiban_server.db.program import Program, rows
from daiban_server.features.visits.repairing import FOREVER, foreseen
from daiban_server.features.visits.standing import Away
from daiban_server.http.problems import ProblemError, checked_id
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.permissions import may
from daiban_server.services import GivenServices, Services
from daiban_server.spine import views
from daiban_server.spine.views import Shown
from daiban_sync.ids import is_id

Fields = Mapping[str, Any]
KIND = KINDS["handover"]
STATES = {
    "asked": Mark("等着安排", "diamond"),
    "arranged": Mark("已安排", "half"),
    "begun": Mark("正在顶岗", "full"),
    "ended": Mark("已返岗", "check"),
    "cancelled": Mark("已取消", "cross"),
}
TYPES = {"absence": "请假", "transfer": "调岗", "leaving": "离岗"}
OUTCOMES = {
    "kept": Mark("按时去，换人", "check"),
    "to_ask": Mark("要另约时间", "diamond"),
    "nobody": Mark("没有人能去", "cross"),
}
_OF_ABSENCES = {"prolong", "replace", "return"}
"""What nobody does of one who moves or leaves for good."""
LISTED = 100
_p = schema.person.c
_PEOPLE = (
    select(_p.id, _p.name, _p.role)
    .where(
        _p.centre == bindparam("centre_id"),
        _p.active,
        or_(_p.role == "agent", _p.role == "clerk", _p.role == "cadre", _p.role == "head"),
    )
    .order_by(_p.role, _p.name)
)


class Line(NamedTuple):
    """Somebody's absence. `to` is "" while nobody is named to stand in."""

    record: str
    who: str
    what: str
    to: str
    span: str
    mark: Mark
    visits: int


class Hit(NamedTuple):
    """A visit that an absence hits, and what becomes of it."""

    visit: str
    subject: Subject
    at: Moment
    mark: Mark
    why: str


@get("/visits/away", opt={"action": "post.read"})
async def everybody(request: Asked, session: GivenSession, services: GivenServices) -> Template:
    """Who is away, and a form to say so."""
    return await listed(session, services, said=said_in(request))


async def listed(
    session: SignedIn,
    services: Services,
    *,
    said: str = "",
    errors: Mapping[str, str] | None = None,
    given: Mapping[str, str] | None = None,
) -> Template:
    """The list, with what is wrong with the form."""
    now = services.now()
    return await show(
        "visits/away",
        services,
        session,
        _list(session, services),
        422 if errors else 200,
        here="away",
        title="请假顶岗",
        today=words.local(now).date().isoformat(),
        may_ask=may(session.role, "record.write"),
        said=said,
        errors=errors or {},
        given=given or {},
    )


def _list(session: SignedIn, services: Services) -> Program[Mapping[str, Any]]:
    book = yield from book_of(session, services)
    found = yield from views.shown(views.BY_KIND, book.centre, kind_name="handover", page=LISTED)
    lines = [_line(one, book) for one in found if one.status not in ("ended", "cancelled")]
    over = [_line(one, book) for one in found if one.status in ("ended", "cancelled")]
    people = yield from rows(_PEOPLE, centre_id=book.centre)
    return {"lines": lines, "over": over, "people": [(id_.hex(), name, role) for id_, name, role in people]}


def _line(one: Shown, book: Book) -> Line:
    values, state = one.view.values, one.status or ""
    arranged: Fields = values.get("arranged") or {}
    who = arranged.get("person_name") or _name(values.get("person"), book)
    to = arranged.get("to_name") or _name(values.get("to"), book)
    told = arranged or values
    mark = STATES.get(state, Mark(state, "empty"))
    what = TYPES.get(told.get("type") or "absence", "")
    return Line(one.view.record, who, what, to, span(told, book.now), mark, len(values.get("visits") or ()))


def _name(person: Any, book: Book) -> str:
    return book.person(person).name if isinstance(person, str) and is_id(person) else ""


def span(told: Fields, now: int) -> str:
    """From which day to which, both inclusive; without an end where none is in sight."""
    today = words.local(now).date()
    since, until = told.get("since"), told.get("until")
    first = words.date(words.local(since).date(), today) if since else "马上"
    if not until:
        return say("{0} 起", first)
    last = words.date(words.local(until - 1).date(), today)
    return first if first == last else say("{0} 至 {1}", first, last)


@get("/visits/away/{record:str}", opt={"action": "post.read"})
async def one(record: FromPath[str], request: Asked, session: GivenSession, services: GivenServices) -> Template:
    """One absence; `to` of the address is who might stand in."""
    return await whole(record, session, services, said=said_in(request), to=request.query_params.get("to", ""))


async def whole(
    record: str,
    session: SignedIn,
    services: Services,
    *,
    said: str = "",
    to: str = "",
    failed: str = "",
    error: str = "",
    given: Mapping[str, str] | None = None,
) -> Template:
    """The page of an absence, with what went wrong."""
    id_ = checked_id(record, "record.unknown")
    return await show(
        "visits/absence",
        services,
        session,
        _read(id_, to if is_id(to) else "", session, services),
        422 if error else 200,
        here="away",
        record=record,
        today=words.local(services.now()).date().isoformat(),
        may_print=may(session.role, "paper.print"),
        said=said,
        failed=failed,
        error=error,
        given=given or {},
    )


def handover(id_: bytes, centre: bytes) -> Program[Shown]:
    """A handover of a centre. Raises `ProblemError`: ``record.unknown``."""
    found = yield from views.shown(views.BY_ID, centre, record_id=id_)
    if not found or found[0].view.kind != "handover" or found[0].deleted:
        raise ProblemError("record.unknown")
    return found[0]


def _read(id_: bytes, to: str, session: SignedIn, services: Services) -> Program[Mapping[str, Any]]:
    book = yield from book_of(session, services)
    shown = yield from handover(id_, book.centre)
    values, status = shown.view.values, shown.status or ""
    line, told = _line(shown, book), values.get("arranged") or values
    people, person = (yield from rows(_PEOPLE, centre_id=book.centre)), told.get("person")
    role = next((role for who, _, role in people if who.hex() == person), "")
    others = {who.hex(): name for who, name, its in people if its == role and who.hex() != person}
    # An address may name anybody, and so may a request from a phone.
    to, chosen = (to if to in others else ""), next((str(one) for one in (to, told.get("to")) if one in others), "")
    ahead = status == "asked" or (status in ("arranged", "begun") and to not in ("", told.get("to")))
    affected: Sequence[Fields] = values.get("visits") or ()
    kind = told.get("type") or "absence"
    visits_too = role == "agent" and kind != "transfer"  # who changes villages keeps what he promised
    if ahead and isinstance(person, str) and visits_too:
        affected = yield from foreseen(book.centre, book.now, _away(person, chosen, told, book.now))
    yield from book.read([bytes.fromhex(one["visit"]) for one in affected])
    return {
        "title": say("{0}的{1}", line.who, line.what),
        "line": line,
        "status": status,
        "reason": safe_text(str(values.get("reason") or "")),
        "note": safe_text(str(values.get("note") or "")),
        "others": list(others.items()),
        "chosen": chosen,
        "chosen_name": _name(chosen, book),
        "button": say("由{0}顶岗", name) if (name := _name(chosen, book)) else "由B岗顶岗",
        "ahead": ahead,
        "visits_too": visits_too,
        "hit": [hit(one, book) for one in affected],
        "acts": _acts(status, session, person) - (set() if kind == "absence" else _OF_ABSENCES),
        "version": values.get("version"),
    }


def _away(person: str, to: str, told: Fields, now: int) -> Away:
    since, until = max(int(told.get("since") or 0), now), int(told.get("until") or FOREVER)
    return Away(bytes.fromhex(person), since, max(until, since), bytes.fromhex(to or person))


def hit(one: Fields, book: Book) -> Hit:
    """A visit with what becomes of it, in words; the book has read it."""
    mark = OUTCOMES.get(one["outcome"], Mark(one["outcome"], "empty"))
    subject, at = book.subject(bytes.fromhex(one["visit"])), words.moment(one["start"], book.now)
    return Hit(one["visit"], subject, at, mark, retold(str(one.get("why") or "")))


def _acts(status: str, session: SignedIn, person: Any) -> set[str]:
    """The commands that somebody may give now; what is not the head's is for him whom it is about."""
    named = ("arrange", "begin", "prolong", "replace", "return", "cancel")
    own = session.role == "head" or session.person == person
    if not may(session.role, "record.command"):
        return set()
    legal = {one for one in named if status in KIND.commands[one].source and session.role in KIND.commands[one].roles}
    return legal if own else legal - {"return", "cancel"}


HANDLERS: list[Any] = [everybody, one]
