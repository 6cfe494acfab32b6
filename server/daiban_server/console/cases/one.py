"""One case: how it stands, what may be done now and why the rest may not, its story, its form, its papers."""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Template
from sqlalchemy import bindparam, select

from daiban_schemas import entry
from daiban_schemas.kinds import KINDS
from daiban_schemas.labels import MODES, SOURCES
from daiban_server.console import asking, words
from daiban_server.console.asking import Form, form
from daiban_server.console.cases import correcting, story
from daiban_server.console.cases.answered import answers, most
from daiban_server.console.cases.homes import homes_by_id
from daiban_server.console.cases.mandates import mandates_of
from daiban_server.console.cases.photos import photos_of
from daiban_server.console.cases.prints import Prints, prints
from daiban_server.console.languages.retelling import retold
from daiban_server.console.pages import Asked, go, said_in, show, signed_form
from daiban_server.console.reading.book import Book, book_of
from daiban_server.console.reading.disputes import disputes_of
from daiban_server.console.reading.visits import of_case
from daiban_server.console.settling import Failed
from daiban_server.console.values import CHOICES
from daiban_server.console.words import Mark, Moment
from daiban_server.db import schema
from daiban_server.db.program import Program, rows
from daiban_server.evidence.received import received
from daiban_server.features.affairs import board
from daiban_server.features.cases.listing import ActOut
from daiban_server.features.cases.routes import whole_case
from daiban_server.features.deadlines.routes import DeadlineOut
from daiban_server.features.deadlines.routes import of_case as limits_of
from daiban_server.http.problems import ProblemError, checked_id
from daiban_server.http.records import hand_in
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.limits.sentences import LABELS
from daiban_server.permissions import may
from daiban_server.printing.case_file import gather
from daiban_server.services import GivenServices, Services
from daiban_sync.ids import is_id
from daiban_sync.view import View

KIND = KINDS["application"]
FACTS = ("brought", "delivered", "followed_up", "verified")
"""Reports that a window makes; the others come from homes."""
_LIMITS: Mapping[str, str] = {str(kind): label for kind, label in LABELS.items()}
_p = schema.person.c
_PEOPLE = (
    select(_p.id, _p.name)
    .where(_p.centre == bindparam("centre_id"), _p.active, (_p.role == "clerk") | (_p.role == "head"))
    .order_by(_p.name)
)


class Act(NamedTuple):
    """Something that may be done now, with what it asks for."""

    form: Form
    kind: str


class Limit(NamedTuple):
    """A limit with its sentence."""

    label: str
    mark: Mark
    due: str
    why: str


@get("/cases/{record:str}", opt={"action": "case.read"})
async def case(record: FromPath[str], request: Asked, session: GivenSession, services: GivenServices) -> Template:
    """The case."""
    wanted = request.query_params.get("act", "")
    return await whole(record, session, services, said=said_in(request), wanted=wanted)


async def whole(
    record: str,
    session: SignedIn,
    services: Services,
    *,
    said: str = "",
    errors: Mapping[str, str] | None = None,
    failed: str = "",
    given: Mapping[str, str] | None = None,
    typed: Sequence[tuple[str, str]] = (),
    unsettled: Failed | None = None,
    wanted: str = "",
) -> Template:
    """The page of a case, with what went wrong: an act that `failed`, or a field that is `unsettled`; `wanted` is an
    act whose form stands open. What was `typed` for an act that may not be given any more is shown all the same."""
    id_ = checked_id(record, "record.unknown")
    return await show(
        "cases/case",
        services,
        session,
        _read(id_, session, services, (given or {}).get("seen", "")),
        422 if errors or unsettled else 200,
        here="cases",
        said=said,
        errors=errors or {},
        failed=failed,
        wanted=wanted,
        typed=typed,
        unsettled=unsettled,
        given=given or {},
        may_copy=may(session.role, "person.copy"),
        may_prove=may(session.role, "evidence.export"),
        may_trust=may(session.role, "trust.read"),
        may_photo=may(session.role, "photo.read"),
        may_reveal=may(session.role, "value.reveal"),
        may_act=may(session.role, "record.command"),
        may_visit=may(session.role, "household.read"),
        may_write=may(session.role, "record.write"),
        may_book=may(session.role, "visit.offer"),
        why=words.wrong,
    )


def _read(id_: bytes, session: SignedIn, services: Services, seen: str = "") -> Program[Mapping[str, Any]]:
    book = yield from book_of(session, services)
    centre, now = book.centre, book.now
    found = yield from whole_case(session, id_)
    yield from book.read([id_])
    known = yield from _known(found.acts, session)
    yield from story.read_named(found.story, book)
    view, record = book.view(id_), book.record(id_)
    if view is None or record is None:
        raise ProblemError("record.unknown")
    item = book.text(id_, "item")
    visits = yield from of_case(id_, book)
    limits = yield from limits_of(centre, id_)
    printing = may(session.role, "paper.print")
    return {
        "title": f"{found.case.number or found.case.item_name} {found.case.applicant}",
        "case": found.case,
        "mark": words.APPLICATION.get(found.case.status, Mark(found.case.status, "empty")),
        "subject": book.subject(id_),
        "mode": MODES.get(found.case.label, ""),
        "source": SOURCES.get(found.case.source, ""),
        "version": record.version,
        "acts": _acts(found.acts, found.case.status, session, known),
        "barred": [(one.label, one.why_not) for one in found.acts if not one.legal and one.why_not],
        "steps": [story.step(one, book) for one in reversed(found.story)],
        "seen": len(done := [one for one in found.story if one.name != "replied"]),
        "meanwhile": [story.step(one, book) for one in done[before:]] if (before := _number(seen)) is not None else [],
        "alike": found.alike,
        "limits": [_limit(one, now) for one in limits if one.closed is None],
        "closed": [_limit(one, now) for one in limits if one.closed is not None],
        "answers": (told_of := answers(view, item, book)),
        "most": (usual := most(told_of)),
        "others": any((one.by, one.at) != usual for one in told_of),
        "needed": _needed(view, item, book),
        "visits": visits,
        "photos": (yield from photos_of(id_, book)),
        "disputes": (yield from disputes_of(id_, book)),
        "mandates": (yield from mandates_of(id_, book)),
        "proof": (yield from _proof(id_, book)),
        "prints": prints((yield from gather(centre, id_, now))) if printing else Prints([], []),
        "choices": CHOICES,
    }


class Proof(NamedTuple):
    """The case's batches in the log: see `evidence.received.Received`."""

    batches: int
    at: Moment
    leaf: int
    covered: bool
    size: int
    signed: Moment | None


def _proof(id_: bytes, book: Book) -> Program[Proof | None]:
    held = yield from received(book.centre, id_)
    if held is None:
        return None
    signed = words.moment(held.signed, book.now) if held.signed else None
    return Proof(held.batches, words.moment(held.newest, book.now), held.leaf, held.covered, held.size, signed)


def _known(acts: list[ActOut], session: SignedIn) -> Program[asking.Known]:
    """Whom and what the acts may name: colleagues, and, where one may be corrected, the items of today."""
    people = yield from rows(_PEOPLE, centre_id=session.clerk.centre)
    known = {"person": {id_.hex(): name for id_, name in people if id_ != session.clerk.person}}
    if any(one.name == "correct" and one.legal for one in acts):
        offered = chain.from_iterable((yield from board.newest()).values())
        known["item"] = {record: str(item.get("name")) for record, item in offered}
    return known


def _acts(acts: list[ActOut], status: str, session: SignedIn, known: asking.Known) -> list[Act]:
    found = [Act(form(KIND.commands[one.name], known), "commands") for one in acts if one.legal]
    if not may(session.role, "case.report"):
        return found
    facts = [KIND.reports[name] for name in FACTS if status in KIND.reports[name].moves]
    return [*found, *(Act(form(one, known), "reports") for one in facts)]


def _limit(one: DeadlineOut, now: int) -> Limit:
    marks = {
        "met": Mark("按时", "check"),
        "met_late": Mark("超期后办完", "late"),
        "paused": Mark("暂停计时", "half"),
        "cancelled": Mark("不再计算", "empty"),
    }
    mark = marks.get(one.state) or words.due_day(one.due, now)
    return Limit(_LIMITS.get(one.kind, one.kind), mark, one.due, retold(one.why))


def _needed(view: View, item: str, book: Book) -> list[tuple[str, bool, str]]:
    """The item's papers: name, whether it is in, and what is said of it."""
    chosen = book.view(bytes.fromhex(item)) if is_id(item) else None
    wanted = chosen.values.get("papers") if chosen else None
    collected = view.values.get("papers") or []
    listed = [(str(one.get("name")), one.get("note") or "") for one in wanted or () if isinstance(one, dict)]
    others = [(name, "") for name in collected if name not in dict(listed)]
    return [(name, name in collected, note) for name, note in [*listed, *others]]


# What is done with it ---------------------------------------------------------------------------------------------


@post("/cases/{record:str}/commands/{name:str}", opt={"action": "record.command", "csrf_in_form": True})
async def command(
    record: FromPath[str], name: FromPath[str], request: Asked, session: GivenSession, services: GivenServices
) -> Response[Any]:
    """Ask for something."""
    return await _act("commands", record, name, request, session, services)


@post("/cases/{record:str}/reports/{name:str}", opt={"action": "case.report", "csrf_in_form": True})
async def report(
    record: FromPath[str], name: FromPath[str], request: Asked, session: GivenSession, services: GivenServices
) -> Response[Any]:
    """State a fact."""
    return await _act("reports", record, name, request, session, services)


async def _act(
    kind: str, record: str, name: str, request: Asked, session: SignedIn, services: Services
) -> Response[Any]:
    given = await signed_form(request, session)
    act = KIND.commands.get(name) if kind == "commands" else KIND.reports.get(name)
    if act is None:
        raise ProblemError("request.not_found")
    # An act of a record that is not there would wait for it, as a phone's does.
    id_ = checked_id(record, "record.unknown")
    found = await services.database.read(whole_case(session, id_))
    asked = form(act, await services.database.read(_known(found.acts, session)))
    said, unknown = await homes_by_id(asked, given, session, services)
    values, errors = asking.answers(asked, said)
    errors |= unknown
    if name == "correct" and not errors:
        values, errors = await services.database.read(correcting.laid(values, id_, session.clerk.centre))
    if not errors:
        expected, at, by = _number(given.get("expected", "")), services.now(), session.person
        try:
            if kind == "commands":
                body = entry.command(record, "application", name, values, expected=expected, at=at, by=by)
                result = await hand_in(body, record, session, services)
            else:
                body = entry.report(record, "application", name, values, at=at, by=by)
                result = await hand_in(body, record, session, services, expected=expected)
        except ProblemError as error:
            errors = {"": words.wrong(error.code)}
    if errors:
        typed = [(one.label, given[one.name]) for one in asked.inputs if given.get(one.name)]
        return await whole(record, session, services, errors=errors, failed=name, given=given, typed=typed)
    return go(f"/cases/{record}", "unmoved" if result.code == "report.without_effect" else "acted")


def _number(text: str) -> int | None:
    """A number that a page gave a form to bring back."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else None


HANDLERS: list[Any] = [case, command, report]
