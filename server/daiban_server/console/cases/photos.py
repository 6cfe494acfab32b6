"""照片: a photo of a case as large as one wants it, alone, beside another, or beside what was typed.

The address says everything that is seen, so the page works by links alone; a script does the same at once.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from litestar import get
from litestar.params import FromPath
from litestar.response import Template

from daiban_server.console import words
from daiban_server.console.cases.answered import answers, most
from daiban_server.console.pages import Asked, show
from daiban_server.console.reading.book import Book, Person, book_of
from daiban_server.console.words import Moment
from daiban_server.db.program import Program
from daiban_server.features.cases.routes import whole_case
from daiban_server.http.problems import ProblemError, checked_id
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.permissions import may
from daiban_server.services import GivenServices, Services
from daiban_server.spine import views
from daiban_sync.view import View

FORM = "form"
"""What stands beside a photo instead of another one: the answers of the form."""
TURNS = (0, 90, 180, 270)


class Photo(NamedTuple):
    """A photo of a paper. `nth` counts those of the case from 1."""

    record: str
    paper: str
    by: Person
    taken: Moment | None
    nth: int


class Seen(NamedTuple):
    """What is looked at: a photo, by how many degrees it is turned to the right, whether it is large; and the same of
    what stands beside it, `FORM` or another photo, "" for nothing."""

    photo: str
    turn: int = 0
    large: bool = False
    beside: str = ""
    beside_turn: int = 0
    beside_large: bool = False


class Pane(NamedTuple):
    """A photo as it is shown, with the addresses that turn it and make it large or small again."""

    photo: Photo
    turn: int
    large: bool
    turned: str
    sized: str


@get("/cases/{record:str}/photos", opt={"action": "photo.read"})
async def photos(record: FromPath[str], request: Asked, session: GivenSession, services: GivenServices) -> Template:
    """The photo that the address names, the first where it names none."""
    case = checked_id(record, "record.unknown")
    given = request.query_params
    return await show(
        "cases/photos",
        services,
        session,
        _read(case, given, session, services),
        here="cases",
        title="照片",
        record=record,
        may_reveal=may(session.role, "value.reveal"),
    )


def _read(case: bytes, given: Mapping[str, str], session: SignedIn, services: Services) -> Program[Mapping[str, Any]]:
    book = yield from book_of(session, services)
    found = yield from whole_case(session, case)
    yield from book.read([case])
    there = {one.record: one for one in (yield from photos_of(case, book))}
    view = book.view(case)
    if view is None or (given.get("photo") and given["photo"] not in there):
        raise ProblemError("photo.unknown")
    told_of = answers(view, book.text(case, "item"), book)
    base = {"case": found.case, "photos": [*there.values()], "answers": told_of, "most": most(told_of)}
    if not there:
        return {**base, "panes": [], "form_beside": False, "seen": None}
    seen = seen_in(given, [*there])
    return {**base, **_shown(found.case.record, seen, there)}


def _shown(case: str, seen: Seen, there: Mapping[str, Photo]) -> dict[str, Any]:
    order = [*there]
    at = order.index(seen.photo)

    def to(**changed: Any) -> str:
        return address_of(case, seen._replace(**changed))

    def alone(nth: int) -> str:
        return to(photo=order[nth], turn=0, large=False) if 0 <= nth < len(order) else ""

    panes = [Pane(there[seen.photo], seen.turn, seen.large, to(turn=_next(seen.turn)), to(large=not seen.large))]
    if seen.beside in there:
        turned, sized = to(beside_turn=_next(seen.beside_turn)), to(beside_large=not seen.beside_large)
        panes.append(Pane(there[seen.beside], seen.beside_turn, seen.beside_large, turned, sized))
    return {
        "seen": seen,
        "panes": panes,
        "form_beside": seen.beside == FORM,
        "before": alone(at - 1),
        "after": alone(at + 1),
        "strip": [(one, to(photo=one.record, turn=0, large=False)) for one in there.values()],
        "alone": to(beside="", beside_turn=0, beside_large=False),
    }


def seen_in(given: Mapping[str, str], order: list[str]) -> Seen:
    """What an address asks to see of these photos; what it says wrongly is as if it said nothing."""
    photo = given.get("photo", "") or order[0]
    beside = given.get("beside", "")
    return Seen(
        photo,
        _turn(given.get("turn", "")),
        given.get("large") == "yes",
        beside if beside == FORM or (beside in order and beside != photo) else "",
        _turn(given.get("beside_turn", "")),
        given.get("beside_large") == "yes",
    )


def _turn(text: str) -> int:
    return next((turn for turn in TURNS if text == str(turn)), 0)


def _next(turn: int) -> int:
    return (turn + 90) % 360


def address_of(case: str, seen: Seen) -> str:
    """Where that is seen."""
    told = {name: "yes" if value is True else value for name, value in seen._asdict().items() if value}
    return f"/cases/{case}/photos?{urlencode(told)}"


def photos_of(case: bytes, book: Book) -> Program[list[Photo]]:
    """The photos of a case, and behind them those of the signs under its mandates."""
    found = yield from views.shown(views.OF_PARENT, book.centre, parent_id=case, kind_name="photo")
    for one in (yield from views.shown(views.OF_PARENT, book.centre, parent_id=case, kind_name="mandate")):
        under = bytes.fromhex(one.view.record)
        found += yield from views.shown(views.OF_PARENT, book.centre, parent_id=under, kind_name="photo")
    return [_photo(one.view, book, nth) for nth, one in enumerate(found, 1)]


def _photo(view: View, book: Book, nth: int) -> Photo:
    taken = view.values.get("taken_at")
    author = view.fields["parent"][0].author if "parent" in view.fields else ""
    at = words.moment(taken, book.now) if isinstance(taken, int) else None
    return Photo(view.record, str(view.values.get("paper") or ""), book.person(author or "0" * 32), at, nth)


HANDLERS: list[Any] = [photos]
