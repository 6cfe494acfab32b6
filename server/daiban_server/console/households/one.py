"""One household: what is pending there, what was promised, what was said, and a reply in two taps and a sentence."""

import secrets
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from litestar import Response, get
from litestar.params import FromPath
from litestar.response import Redirect, Template

from daiban_schemas.masking import as_shown
from daiban_server import homes
from daiban_server.console import words
from daiban_server.console.asking import HOW
from daiban_server.console.households.members import members
from daiban_server.console.meaning import meaning
from daiban_server.console.pages import Asked, said_in, show
from daiban_server.console.reading.book import Book, book_of
from daiban_server.console.reading.disputes import Dispute, disputes_of
from daiban_server.console.values import CHOICES, told
from daiban_server.console.visits import telling
from daiban_server.console.words import Mark, Moment
from daiban_server.db.program import Program
from daiban_server.features.households.routes import CaseLine, HouseholdOut, JoinedLine, ReplyLine, VisitLine, whole
from daiban_server.http.problems import checked_id
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.permissions import may
from daiban_server.services import GivenServices, Services
from daiban_sync import ids
from daiban_sync.ids import is_id

ABOUT = ("identity_number", "born", "size", "standing", "cannot_move", "note")
"""What is told of a household beside its name, place and telephone."""
OUTCOMES = ("satisfied", "progressing", "waiting", "problem", "not_reached")
WAYS = ("visit", "telephone", "message")


class Told(NamedTuple):
    """A field in words; `hidden` says that part of it is masked."""

    field: str
    label: str
    text: str
    hidden: bool


class Case(NamedTuple):
    """A case; `due` is None where nothing is owed any more, `owed` when its next reply is due."""

    of: CaseLine
    mark: Mark
    due: Mark | None
    owed: Moment | None
    late: bool


class Reply(NamedTuple):
    """A reply in words."""

    of: ReplyLine
    outcome: str
    how: str
    at: Moment


class Visit(NamedTuple):
    """A visit to come."""

    of: VisitLine
    mark: Mark
    at: Moment | None


class Joined(NamedTuple):
    """A household that was merged into this one."""

    of: JoinedLine
    at: Moment


@get("/households/{record:str}", opt={"action": "household.read"})
async def household(
    record: FromPath[str], request: Asked, session: GivenSession, services: GivenServices
) -> Response[Any]:
    """The household, or the one that it was merged into; `case` is the one that the reply is going to be about."""
    home = checked_id(record, "record.unknown")
    stays = await services.database.read(homes.kept(session.clerk.centre, home))
    if stays != home:
        query = urlencode({**request.query_params.dict(), "said": "joined"}, doseq=True)
        return Redirect(f"/households/{stays.hex()}?{query}", status_code=303)
    return await shown(record, session, services, said=said_in(request), case=request.query_params.get("case", ""))


async def shown(
    record: str,
    session: SignedIn,
    services: Services,
    *,
    said: str = "",
    case: str = "",
    given: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> Template:
    """The page, with what somebody wrote and what is wrong with it."""
    home = checked_id(record, "record.unknown")
    fresh = ids.uuid7(services.now(), secrets.token_bytes(10)).hex()
    return await show(
        "households/one",
        services,
        session,
        _read(home, session, services),
        422 if errors else 200,
        here="replies",
        said=said,
        given={"id": fresh, **({f"case-{case}": "yes"} if case else {}), **(given or {})},
        errors=errors or {},
        outcomes=[(code, CHOICES[code]) for code in OUTCOMES],
        ways=[(code, HOW[code]) for code in WAYS],
        choices=CHOICES,
        may_write=may(session.role, "record.write"),
        may_reveal=may(session.role, "value.reveal"),
        may_merge=may(session.role, "household.merge"),
        may_copy=may(session.role, "person.copy"),
    )


def _read(home: bytes, session: SignedIn, services: Services) -> Program[Mapping[str, Any]]:
    centre, now = session.clerk.centre, services.now()
    found, book = (yield from whole(centre, home)), (yield from book_of(session, services))
    yield from book.read([home])
    subject = book.subject(home)
    cases = [_case(one, found, now) for one in found.cases]
    cadre = book.text(home, "cadre")
    return {
        "title": subject.who,
        "record": home.hex(),
        "subject": subject,
        "phone": found.phone,
        "about": _about(home, book),
        "members": members(view.values.get("members") if (view := book.view(home)) else None),
        "cadre": book.person(cadre) if is_id(cadre) else None,
        "running": [one for one in cases if one.of.ended is None],
        "ended": [one for one in cases if one.of.ended is not None],
        "owed": any(one.owed for one in cases),
        "owers": sorted({one.cadre for one in found.owed if one.cadre and one.cadre != session.name}),
        "replies": [_reply(one, now) for one in found.replies],
        "visits": [_visit(one, now) for one in found.visits],
        "joined": [Joined(one, words.moment(one.at, now)) for one in found.joined],
        "disputes": (yield from _disputes(home, found, book)),
    }


def _disputes(home: bytes, found: HouseholdOut, book: Book) -> Program[list[Dispute]]:
    others = [bytes.fromhex(one.record) for one in found.joined]
    yield from book.read(others)
    listed = []
    for id_ in (home, *others):
        listed += yield from disputes_of(id_, book)
    return listed


def _about(home: bytes, book: Book) -> list[Told]:
    view, lines = book.view(home), []
    for name in ABOUT:
        value = view.values.get(name) if view else None
        if value in (None, "", [], False):
            continue
        what = meaning("household", name, ())
        hidden = as_shown(value, what.of, "handling") != value
        text = told(value, what.of, lambda id_: book.person(id_).name, book.now)
        lines.append(Told(name, what.label, text, hidden))
    return lines


def _case(one: CaseLine, found: HouseholdOut, now: int) -> Case:
    owed = next((line.due for line in found.owed if line.case == one.record), None)
    mark = words.APPLICATION.get(one.state, Mark(one.status, "empty"))
    due = words.due_day(one.due, now) if one.due and one.ended is None else None
    return Case(one, mark, due, words.moment(owed, now) if owed else None, owed is not None and owed < now)


def _reply(one: ReplyLine, now: int) -> Reply:
    return Reply(one, CHOICES.get(one.outcome or "", ""), HOW.get(one.how or "", ""), words.moment(one.at, now))


def _visit(one: VisitLine, now: int) -> Visit:
    mark = telling.mark_of(one.state, one.end, now)
    return Visit(one, mark, words.moment(one.start, now) if one.start else None)
