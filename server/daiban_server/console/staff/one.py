"""One person of the centre: post, villages, what is on hand, and the way out."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from litestar import get
from litestar.params import FromPath
from litestar.response import Template
from sqlalchemy import bindparam, select

from daiban_server.console import words
from daiban_server.console.pages import Asked, said_in, show
from daiban_server.console.reading.book import book_of
from daiban_server.console.visits.away import Hit, hit
from daiban_server.console.words import Moment
from daiban_server.db import schema
from daiban_server.db.program import Program, rows
from daiban_server.features.posts import territory
from daiban_server.features.posts.closing import closes
from daiban_server.features.posts.routes import PersonOut, PostOut, WorkOut, everybody, on_hand, standing
from daiban_server.features.visits.repairing import FOREVER, foreseen
from daiban_server.features.visits.standing import Away
from daiban_server.http.problems import ProblemError, checked_id
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.permissions import may
from daiban_server.services import GivenServices, Services

_l = schema.place.c
_PLACES = select(_l.id, _l.name).where(_l.centre == bindparam("centre_id"), _l.id != _l.centre).order_by(_l.name, _l.id)
LISTED = 30
"""Cases and the like that a list shows one by one; the rest is counted."""
MOVING = frozenset({"agent", "clerk", "cadre", "head"})
"""Roles whose work can be handed over; above them nobody holds any, and the account is closed (see `closing`)."""


class Village(NamedTuple):
    """A place of the centre. `rank` is ``A``, ``B`` or "" for who has it not; `by_post` says that a post brings it;
    `others` are those who have it."""

    id: str
    name: str
    rank: str
    by_post: bool
    others: Sequence[str]


class Holding(NamedTuple):
    """What somebody has on his hands: how much of each, and the first of them in words."""

    posts: Sequence[PostOut]
    villages: Sequence[str]
    cases: Sequence[Mapping[str, Any]]
    owed: Sequence[Moment]
    receptions: int
    opinions: int
    phones: Sequence[Mapping[str, Any]]
    visits: int


@get("/people/{person:str}", opt={"action": "person.hire"})
async def one(person: FromPath[str], request: Asked, session: GivenSession, services: GivenServices) -> Template:
    """Somebody of one's own centre; `to` of the address is who might take over."""
    return await whole(person, session, services, said=said_in(request), to=request.query_params.get("to", ""))


async def whole(
    person: str,
    session: SignedIn,
    services: Services,
    *,
    said: str = "",
    to: str = "",
    error: str = "",
    reason: str = "",
) -> Template:
    """The page, with what went wrong."""
    id_ = checked_id(person, "person.unknown")
    return await show(
        "staff/one",
        services,
        session,
        _read(id_, to, session, services),
        422 if error else 200,
        here="people",
        said=said,
        error=error,
        reason=reason,
        opened=to != "" or error != "",
        most=LISTED,
    )


def _read(id_: bytes, to: str, session: SignedIn, services: Services) -> Program[Mapping[str, Any]]:
    centre, now = session.clerk.centre, services.now()
    people = yield from everybody(centre, now)
    person = next((one for one in people if one.person == id_.hex()), None)
    if person is None:
        raise ProblemError("person.unknown")
    work = yield from on_hand(centre, id_, now)
    others = {one.person: one.name for one in people if one.role == person.role and one.person != person.person}
    to = to if to in others else ""
    hits = (yield from _hits(id_, to, session, services)) if to and person.role == "agent" else []
    posts = [one for one in (yield from standing(centre, now)) if _holds(one, person.person)]
    villages = yield from _villages(centre, id_, people)
    leaves = may(session.role, "post.change") and person.role in MOVING and person.person != session.person
    return {
        "title": person.name,
        "person": person,
        "villages": villages,
        "had": ",".join(one.id for one in villages if one.rank),
        "holding": _holding(work, posts, villages, now),
        "others": list(others.items()),
        "to": to,
        "to_name": others.get(to, ""),
        "hits": hits,
        "may_place": bool(villages) and may(session.role, "territory.change"),
        "may_leave": leaves,
        "may_close": closes(session, person.person, person.role),
    }


def _holds(post: PostOut, person: str) -> bool:
    return any(one and one["person"] == person for one in (post.a, post.b))


def _villages(centre: bytes, id_: bytes, people: Sequence[PersonOut]) -> Program[list[Village]]:
    held = {place.hex(): rank for place, rank in (yield from territory.held(id_)).items()}
    given = {place.hex() for who, place in (yield from territory.reasons(centre)) if who == id_}
    others: dict[str, list[str]] = {}
    for one in people:
        for place in one.places if one.person != id_.hex() else ():
            others.setdefault(place, []).append(one.name)
    return [
        Village(place.hex(), name, held.get(place.hex(), ""), place.hex() in given, others.get(place.hex(), ()))
        for place, name in (yield from rows(_PLACES, centre_id=centre))
    ]


def _holding(work: WorkOut, posts: Sequence[PostOut], villages: Sequence[Village], now: int) -> Holding:
    return Holding(
        posts,
        [one.name for one in villages if one.rank],
        work.cases,
        [words.moment(one["due"], now) for one in work.owed],
        len(work.receptions),
        len(work.opinions),
        [{**one, "at": words.moment(one["synced_at"], now) if one["synced_at"] else None} for one in work.devices],
        len(work.visits),
    )


def _hits(id_: bytes, to: str, session: SignedIn, services: Services) -> Program[list[Hit]]:
    """What would become of his visits if that one took over now."""
    book = yield from book_of(session, services)
    found = yield from foreseen(book.centre, book.now, Away(id_, book.now, FOREVER, bytes.fromhex(to)))
    yield from book.read([bytes.fromhex(one["visit"]) for one in found])
    return [hit(one, book) for one in found]
