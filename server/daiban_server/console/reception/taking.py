"""Taking down who came and what for: the reception, the household if it is new, and the case, in one batch.

The page brings the ids of the new records along, so a form that is sent twice makes one of each (`again`).
"""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from litestar import Response, get, post
from litestar.response import Template

from daiban_schemas import entry
from daiban_server import homes
from daiban_server.console import words
from daiban_server.console.pages import Asked, go, show, signed_form
from daiban_server.console.reading.book import Book, book_of
from daiban_server.console.reception import again, form
from daiban_server.console.reception.again import Made
from daiban_server.console.reception.form import Item
from daiban_server.db.program import Program
from daiban_server.http.problems import ProblemError
from daiban_server.http.records import hand_in_all
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.services import GivenServices, Services
from daiban_server.spine import views
from daiban_sync import ids
from daiban_sync.ids import NOBODY, is_id

FIELDS = 200
"""Fields of this form: an item may ask for 40 papers and as many answers."""
MADE = ("reception", "application", "new_household")


@get("/receive/form", opt={"action": "case.receive"})
async def asking(request: Asked, session: GivenSession, services: GivenServices) -> Template:
    """The form for an item, or for advice."""
    return await _page(dict(request.query_params), session, services)


async def _page(
    given: Mapping[str, str], session: SignedIn, services: Services, errors: Mapping[str, str] | None = None
) -> Template:
    now = services.now()
    fresh = {name: ids.uuid7(now, secrets.token_bytes(10)).hex() for name in MADE}
    return await show(
        "reception/form",
        services,
        session,
        _read(given, session, services),
        422 if errors else 200,
        here="receive",
        title="接待",
        given={**fresh, **given},
        errors=errors or {},
    )


def _read(given: Mapping[str, str], session: SignedIn, services: Services) -> Program[Mapping[str, Any]]:
    clerk = session.clerk
    item = yield from _item(given.get("item", ""))
    book = yield from book_of(session, services)
    household = given.get("household", "")
    head = phone = village = ""
    if is_id(household):
        id_ = yield from homes.kept(clerk.centre, bytes.fromhex(household))
        household = id_.hex()
        yield from book.read([id_])
        record = book.record(id_)
        if record is None or record.kind != "household":
            raise ProblemError("record.unknown")
        head, phone, village = book.text(id_, "head"), book.text(id_, "phone"), book.subject(id_).place
    return {
        "item": item,
        "household": household if is_id(household) else "",
        "head": head,
        "phone": phone,
        "village": village,
        "places": _places(book),
        "questions": form.questions(item) if item else [],
        "modes": form.modes(item) if item else [],
        "papers": form.papers(item) if item else [],
        "advice": not item,
    }


def _places(book: Book) -> list[tuple[str, str]]:
    return sorted(((id_.hex(), name) for id_, name in book.places.items()), key=lambda place: place[1])


def _item(reference: str) -> Program[Item | None]:
    if not is_id(reference):
        return None
    found = yield from views.shown(views.BY_ID, NOBODY, record_id=bytes.fromhex(reference))
    if not found or found[0].view.kind != "item":
        raise ProblemError("item.unknown")
    return found[0].view.values


@post("/receive/form", opt={"action": "case.receive", "csrf_in_form": True})
async def take(request: Asked, session: GivenSession, services: GivenServices) -> Response[Any]:
    """Keep it; leads to the case, or back to the door."""
    given = await signed_form(request, session, FIELDS)
    if not all(is_id(given.get(name, "")) for name in MADE):
        raise ProblemError("request.invalid")
    told = await services.database.read(_read(given, session, services))
    made, errors = _made(given, told, session, services.now())
    if errors:
        return await _page(given, session, services, errors)
    case, timed = given["application"] if told["item"] else "", bool(given.get("day"))
    if not await _is_new(case or given["reception"], session, services):
        said = await services.database.read(again.said_of(made, session.clerk.centre, timed=timed))
        return _onward(case, said)
    try:
        await hand_in_all(_bodies(made, session), case or given["reception"], session, services, on_paper=timed)
    except ProblemError as error:
        if case and not await _is_new(case, session, services):
            return _onward(case, "kept-draft")
        return await _page(given, session, services, {"": words.wrong(error.code)})
    return _onward(case, "received" if case else "noted-reception")


def _onward(case: str, said: str) -> Response[Any]:
    return go(f"/cases/{case}" if case else "/receive", said)


async def _is_new(record: str, session: SignedIn, services: Services) -> bool:
    id_, centre = bytes.fromhex(record), session.clerk.centre
    return not await services.database.read(views.shown(views.BY_ID, centre, record_id=id_))


def _made(
    given: Mapping[str, str], told: Mapping[str, Any], session: SignedIn, now: int
) -> tuple[Sequence[Made], dict[str, str]]:
    """The records, and what is wrong with the form: then nothing is written."""
    item, household, centre = told["item"], told["household"], session.clerk.centre
    visit, errors = form.reception(given, now)
    made: list[Made] = []
    if not household and (item or given.get("home-head")):
        home, wrong = form.household(given, [id_ for id_, _ in told["places"]])
        errors |= wrong
        household = given["new_household"]
        made.append(Made(household, "household", home))
    visitor = visit.get("visitor") or told["head"] or given.get("home-head", "").strip()
    outcome = "case" if item else "referred" if given.get("outcome") == "referred" else "advice"
    visit |= {"place": centre.hex(), "source": "counter", "visitor": visitor, "outcome": outcome}
    if not visitor:
        errors["visitor"] = "请填写来访人。"
    if not item and not visit.get("about"):
        errors["about"] = "请写一句他来问什么。"
    if item:
        visit |= {"item": given["item"], "window": item.get("window") or ""}
        case, wrong = form.application(item, given)
        errors |= wrong
        pinned = {"household": household, "item": given["item"], "source": "counter", "reception": given["reception"]}
        made.append(Made(given["application"], "application", {**case, **pinned, "collected_at": visit["came_at"]}))
    reception = Made(given["reception"], "reception", _told(visit))
    made.insert(1 if made and made[0].kind == "household" else 0, reception)
    return made, errors


def _bodies(made: Sequence[Made], session: SignedIn) -> Sequence[bytes]:
    """The entries, all of the time at which somebody came."""
    at = next(one.fields["came_at"] for one in made if one.kind == "reception")
    bodies = [entry.change(id_, kind, fields, seen=0, at=at, by=session.person) for id_, kind, fields in made]
    case = next((one.id for one in made if one.kind == "application"), "")
    if case:
        bodies += [
            entry.command(case, "application", name, None, expected=None, at=at, by=session.person)
            for name in ("submit", "receive")
        ]
    return bodies


def _told(visit: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in visit.items() if value not in ("", None)}
