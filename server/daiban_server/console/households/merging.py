"""并户: two records of one household side by side, which of them stays, and what it says from now on."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Template

from daiban_schemas import entry
from daiban_server.console import words
from daiban_server.console.households.comparing import chosen, compared, joined_members
from daiban_server.console.households.members import members
from daiban_server.console.languages.spoken import listed, say
from daiban_server.console.pages import Asked, go, show, signed_form
from daiban_server.console.reading.book import Subject, book_of
from daiban_server.console.values import CHOICES
from daiban_server.console.words import Moment
from daiban_server.db.program import Program
from daiban_server.features.households.merging import Join, under
from daiban_server.features.households.routes import merge_into
from daiban_server.http.problems import ProblemError, checked_id
from daiban_server.http.records import hand_in
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.permissions import may
from daiban_server.services import GivenServices, Services
from daiban_server.spine import views
from daiban_server.spine.refusal import Refusal
from daiban_server.spine.views import Shown

LONGEST = 1000
DOUBLES = "/households/duplicates"


class Side(NamedTuple):
    """One of the two: `position` is where it stood when the page was made, `carried` what stands under it, in words."""

    record: str
    position: int
    subject: Subject
    at: Moment
    carried: str


@get("/households/{record:str}/merge", opt={"action": "household.merge"})
async def merging(
    record: FromPath[str], request: Asked, session: GivenSession, services: GivenServices
) -> Response[Any]:
    """Merge this one into the one that the address names."""
    into = request.query_params.get("into", "")
    return await _page(record, into, {}, session, services) if into else go(DOUBLES)


@post("/households/{record:str}/merge", opt={"action": "household.merge", "csrf_in_form": True})
async def merge(record: FromPath[str], request: Asked, session: GivenSession, services: GivenServices) -> Response[Any]:
    """Merge them, all of it or nothing; leads to the one that stays."""
    given = await signed_form(request, session)
    goes, stays = await services.database.read(_both(record, given.get("into", ""), session))
    if goes.view.values.get("merged_into") == stays.view.record:
        return go(f"/households/{stays.view.record}", "merged")  # the form was sent twice
    values, errors = chosen(stays.view, goes.view, given)
    reason = given.get("reason", "").strip()
    if not reason:
        errors["reason"] = say("请填写“{0}”。", "理由")
    if not errors:
        wanted = Join(bytes.fromhex(record), bytes.fromhex(stays.view.record), reason, _seen(given), values)
        try:
            await merge_into(wanted, session, services)
        except Refusal as refusal:
            errors[""] = words.wrong(refusal.code)
        else:
            return go(f"/households/{stays.view.record}", "merged")
    return await _page(record, stays.view.record, given, session, services, errors)


@post("/households/{record:str}/separate", opt={"action": "household.merge", "csrf_in_form": True})
async def separate(
    record: FromPath[str], request: Asked, session: GivenSession, services: GivenServices
) -> Response[Any]:
    """They are two after all; leads to the one that is on its own again."""
    given = await signed_form(request, session)
    checked_id(record, "record.unknown")
    await _command(record, "separate", {"reason": given.get("reason", "").strip()}, session, services)
    return go(f"/households/{record}", "separated")


@post("/households/{record:str}/apart", opt={"action": "household.merge", "csrf_in_form": True})
async def apart(record: FromPath[str], request: Asked, session: GivenSession, services: GivenServices) -> Response[Any]:
    """This one and that are not the same, or are to be looked at again."""
    given = await signed_form(request, session)
    checked_id(record, "record.unknown")
    name, said = ("compare_again", "compare-again") if given.get("again") == "yes" else ("tell_apart", "told-apart")
    await _command(record, name, {"other": given.get("other", "")}, session, services)
    return go(DOUBLES, said)


async def _command(record: str, name: str, arguments: Mapping[str, str], session: SignedIn, services: Services) -> None:
    now = services.now()
    body = entry.command(record, "household", name, dict(arguments), expected=None, at=now, by=session.person)
    await hand_in(body, record, session, services)


def _seen(given: Mapping[str, str]) -> tuple[int, int]:
    try:
        return int(given["seen-goes"]), int(given["seen-stays"])
    except (KeyError, ValueError):
        raise ProblemError("request.invalid") from None


async def _page(
    record: str,
    into: str,
    given: Mapping[str, str],
    session: SignedIn,
    services: Services,
    errors: Mapping[str, str] | None = None,
) -> Template:
    return await show(
        "households/merge",
        services,
        session,
        _read(record, into, given, session, services),
        422 if errors else 200,
        here="duplicates",
        title="并户",
        given=given,
        errors=errors or {},
        choices=CHOICES,
        longest=LONGEST,
        may_reveal=may(session.role, "value.reveal"),
    )


def _read(
    record: str, into: str, given: Mapping[str, str], session: SignedIn, services: Services
) -> Program[Mapping[str, Any]]:
    goes, stays = yield from _both(record, into, session)
    if "merged" in (goes.status, stays.status):
        raise ProblemError("household.merged")
    book = yield from book_of(session, services)
    yield from book.read(bytes.fromhex(one.view.record) for one in (goes, stays))
    sides = []
    for one in (stays, goes):
        id_ = bytes.fromhex(one.view.record)
        at = max(value.at for values in one.view.fields.values() for value in values)
        below = yield from under(book.centre, id_)
        sides.append(
            Side(one.view.record, one.view.position, book.subject(id_), words.moment(at, book.now), _carried(below))
        )
    return {
        "stays": sides[0],
        "goes": sides[1],
        "compared": compared(stays.view, goes.view, book, given),
        "members": members(joined_members(stays.view, goes.view)),
    }


def _carried(below: Mapping[str, int]) -> str:
    told = (("application", "{0} 件办件"), ("visit", "{0} 次上门"), ("reply", "{0} 次回复"))
    return listed(say(text, below[kind]) for kind, text in told if below.get(kind))


def _both(record: str, into: str, session: SignedIn) -> Program[tuple[Shown, Shown]]:
    """The one that goes and the one that stays. Raises `ProblemError`: ``record.unknown``, ``household.itself``."""
    if record == into:
        raise ProblemError("household.itself")
    found = []
    for one in (record, into):
        id_ = checked_id(one, "record.unknown")
        shown = yield from views.shown(views.BY_ID, session.clerk.centre, record_id=id_)
        if not shown or shown[0].view.kind != "household" or "erased" in shown[0].view.values:
            raise ProblemError("record.unknown")
        found += shown
    return found[0], found[1]


HANDLERS = (merging, merge, separate, apart)
