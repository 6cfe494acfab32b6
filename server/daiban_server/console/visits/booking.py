"""Booking with the resident on the telephone: wishes, a few times that are kept for some minutes, and one of them."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from litestar import Response, get, post
from litestar.response import Template

from daiban_schemas import entry
from daiban_server.console import words
from daiban_server.console.languages.retelling import retold
from daiban_server.console.languages.spoken import listed
from daiban_server.console.pages import Asked, go, nothing, said_in, show, signed_form
from daiban_server.console.reading.book import book_of
from daiban_server.console.visits import telling, wishes
from daiban_server.console.visits.caller import Caller, caller
from daiban_server.console.visits.one import consent
from daiban_server.console.visits.wishes import Wishes
from daiban_server.db.program import Program
from daiban_server.features.cases import listing
from daiban_server.features.visits import holds, offering
from daiban_server.features.visits.engine.answers import Refusal
from daiban_server.features.visits.terms import to_milliseconds
from daiban_server.http.people import names_of
from daiban_server.http.problems import ProblemError, checked_id
from daiban_server.http.records import hand_in_all
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.services import GivenServices, Services
from daiban_sync import ids

CHOICES = 3
"""Times that are offered at once."""
FOUND = 12
"""Cases that a search shows."""
_CLOSED = ("started", "finished", "cancelled")


class Choice(NamedTuple):
    """A time that can be booked. `held` says that nobody else gets it meanwhile."""

    slot: str
    when: str
    who: str
    reason: str
    held: bool


class Offered(NamedTuple):
    """Times, or for each agent why there is none; kept until `until` ("" where nothing is)."""

    choices: list[Choice]
    refusals: list[str]
    hold: str
    until: str


@get("/visits/book", opt={"action": "visit.offer"})
async def ask(request: Asked, session: GivenSession, services: GivenServices) -> Response[Any]:
    """What suits the household; without one, which household it is."""
    given = dict(request.query_params)
    if not any(given.get(name) for name in ("visit", "case", "household")):
        return await _search(given.get("q", ""), session, services)
    return await _page(given, session, services, said=said_in(request))


async def _search(text: str, session: SignedIn, services: Services) -> Template:
    text = text.strip()[:100] if "\x00" not in text else ""

    def program() -> Program[Mapping[str, Any]]:
        found = (yield from listing.closest(session.clerk.centre, text, FOUND)) if text else []
        book = yield from book_of(session, services)
        places = {one.record: book.places.get(bytes.fromhex(one.place), "") for one in found if one.place}
        return {"found": found, "places": places, "marks_of": words.APPLICATION}

    return await show("visits/search", services, session, program(), here="visits", title="约一次上门", query=text)


async def _page(
    given: Mapping[str, str],
    session: SignedIn,
    services: Services,
    *,
    said: str = "",
    error: str = "",
    offers: bool = False,
) -> Template | Response[Any]:
    """The page of a call: with `offers` times are looked for and kept."""

    def program() -> Program[tuple[Caller, list[wishes.Day]]]:
        book = yield from book_of(session, services)
        return (yield from caller(given, book)), (yield from wishes.open_days(book.centre, book.now))

    call, offered = await services.database.read(program())
    if call.status in _CLOSED:
        return go(f"/visits/{call.visit}", "over")
    wanted = wishes.read(given, offered)
    found = None
    if offers and not wanted.errors:
        try:
            found = await _found(call, wanted, session, services)
        except ProblemError as problem:
            error = words.wrong(problem.code)
    return await show(
        "visits/book",
        services,
        session,
        nothing(),
        422 if error or wanted.errors else 200,
        here="visits",
        title="改约" if call.again else "约上门",
        call=call,
        days=offered,
        halves=wishes.HALVES,
        wanted=wanted,
        found=found,
        error=error,
        given=given,
        how=telling.HOW_AGREED,
        said=said,
    )


async def _found(call: Caller, wanted: Wishes, session: SignedIn, services: Services) -> Offered:
    now, clerk = services.now(), session.clerk
    hold = ids.uuid7(now, secrets.token_bytes(10))
    subject = bytes.fromhex(call.visit if call.status else call.household)
    values = _fields(call, wanted)
    found = await services.database.write(
        clerk.centre, lambda: offering.find(clerk, subject, values, CHOICES, hold, now)
    )
    names = await services.database.read(names_of({one for offer in found.offers for one in offer.crew}))
    choices = [
        Choice(
            f"{offer.crew[0]}:{to_milliseconds(offer.start)}",
            telling.when(to_milliseconds(offer.start), to_milliseconds(offer.end), now),
            listed(names[one] for one in offer.crew),
            retold(offer.reason),
            held,
        )
        for offer, held in zip(found.offers, found.kept, strict=True)
    ]
    until = f"{words.local(found.expires):%H:%M}" if found.expires else ""
    return Offered(choices, _refused(found.refusals), found.hold.hex(), until)


def _refused(refusals: Sequence[Refusal]) -> list[str]:
    """Why nobody can come; who does not answer for the place is named only where nobody does."""
    near = [one for one in refusals if one.code != "territory"] or refusals
    return [retold(one.reason) for one in near]


def _fields(call: Caller, wanted: Wishes) -> dict[str, Any]:
    """What a form says of a visit, and nothing that it leaves open. Where no time was chosen, what the household said
    before stands."""
    said: dict[str, Any] = {"windows": wanted.windows} if wanted.windows else {}
    if not call.status:
        said |= {"application": call.case or None, "minutes": wanted.minutes, "crew": wanted.crew}
        said |= {"purpose": wanted.purpose or None}
    return {name: value for name, value in said.items() if value is not None}


@post("/visits/book/offers", opt={"action": "visit.offer", "csrf_in_form": True}, status_code=200)
async def offers(request: Asked, session: GivenSession, services: GivenServices) -> Response[Any]:
    """The best few times, kept for this household for some minutes. Nothing is promised by asking."""
    form = await signed_form(request, session)
    return await _page(form, session, services, offers=True)


@post("/visits/book/release", opt={"action": "visit.offer", "csrf_in_form": True})
async def release(request: Asked, session: GivenSession, services: GivenServices) -> Response[Any]:
    """None of them suits: others may have them."""
    form = await signed_form(request, session)
    hold, centre = checked_id(form.get("hold", ""), "request.not_found"), session.clerk.centre
    await services.database.write(centre, lambda: holds.drop(centre, hold))
    call = await services.database.read(_caller(form, session, services))
    return go_on(call.address, "released")


def go_on(address: str, said: str) -> Response[Any]:
    """Back to a page whose address has a query already."""
    return go(f"{address}&said={said}")


@post("/visits/book", opt={"action": "visit.offer", "csrf_in_form": True})
async def book(request: Asked, session: GivenSession, services: GivenServices) -> Response[Any]:
    """This one. What the household wishes is kept with it; a form that is sent twice, or from further back, books
    once."""
    form = await signed_form(request, session)
    call = await services.database.read(_caller(form, session, services))
    if _stands(call, form):
        return _told(call, form)
    agent, _, start = form.get("slot", "").partition(":")
    if not (ids.is_id(agent) and start.isascii() and start.isdecimal() and len(start) < 15):
        raise ProblemError("request.invalid")
    slot: dict[str, Any] = {"agent": agent, "start": int(start)}
    if call.again:
        if (agreed := consent(form)) is None:
            text = "请写明是和家里谁说定的，再选一次时间。"
            return await _page({**form, "missing": "who"}, session, services, error=text, offers=True)
        slot["consent"] = agreed
    try:
        await hand_in_all(await _bodies(call, form, slot, session, services), call.visit, session, services)
    except ProblemError as problem:
        call = await services.database.read(_caller(form, session, services))
        if _stands(call, form):  # the same form, pressed twice, came first
            return _told(call, form)
        return await _page(form, session, services, error=words.wrong(problem.code), offers=True)
    return go(f"/visits/{call.visit}", "rebooked" if call.again else "booked")


def _stands(call: Caller, form: Mapping[str, str]) -> bool:
    """Whether a form was written while nothing was promised, since who agrees was not asked, and something is now."""
    return call.again and "who" not in form


def _told(call: Caller, form: Mapping[str, str]) -> Response[Any]:
    return go(f"/visits/{call.visit}", "booked" if form.get("slot") == call.slot else "stands")


async def _bodies(
    call: Caller, form: Mapping[str, str], slot: Mapping[str, Any], session: SignedIn, services: Services
) -> list[bytes]:
    """What is handed in: what the household wishes, where the form says it, and the time."""
    offered = await services.database.read(wishes.open_days(session.clerk.centre, services.now()))
    fields = _fields(call, wishes.read(form, offered))
    if not call.status:
        fields["household"] = call.household
    at, by = services.now(), session.person
    bodies = [entry.change(call.visit, "visit", fields, seen=call.seen, at=at, by=by)] if fields else []
    name = "rebook" if call.again else "book"
    expected = call.version if call.status else None
    return [*bodies, entry.command(call.visit, "visit", name, slot, expected=expected, at=at, by=by)]


def _caller(given: Mapping[str, str], session: SignedIn, services: Services) -> Program[Caller]:
    return (yield from caller(given, (yield from book_of(session, services))))


HANDLERS: list[Any] = [ask, offers, release, book]
