"""疑似重户: households of one village that may be one, side by side."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from litestar import get
from litestar.response import Template

from daiban_schemas.kinds import KINDS
from daiban_schemas.masking import as_shown
from daiban_server.console import words
from daiban_server.console.pages import Asked, said_in, show
from daiban_server.console.reading.book import book_of
from daiban_server.console.words import Moment
from daiban_server.db.program import Program
from daiban_server.features.households.duplicates import Apart, Home, Pair, found
from daiban_server.features.households.finding import follow
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.permissions import may
from daiban_server.services import GivenServices, Services

KIND = KINDS["household"]
WHY = {"identity": "户主身份证号相同", "name": "户主姓名同音", "phone": "电话相同"}
COMPARED = ("head", "identity_number", "phone", "address")


class Side(NamedTuple):
    """One of two, in words, numbers masked."""

    record: str
    facts: Sequence[tuple[str, str]]
    members: int
    cases: int
    at: Moment


class Both(NamedTuple):
    """Two that may be one. Of them `stays` has more cases, or was there first; the page of merging lets one turn that
    round."""

    place: str
    why: Sequence[str]
    sides: Sequence[Side]
    stays: str
    goes: str


class Told(NamedTuple):
    """Two that were told apart, by their heads and addresses."""

    one: str
    other: str
    names: Sequence[str]
    by: str
    at: Moment


@get("/households/duplicates", opt={"action": "household.read"})
async def duplicates(request: Asked, session: GivenSession, services: GivenServices) -> Template:
    """What may be double in the centre."""
    await follow(session.clerk.centre, services.database, services.keys)
    return await show(
        "households/duplicates",
        services,
        session,
        _read(session, services),
        here="duplicates",
        title="疑似重户",
        said=said_in(request),
        may_merge=may(session.role, "household.merge"),
    )


def _read(session: SignedIn, services: Services) -> Program[Mapping[str, Any]]:
    book, double = (yield from book_of(session, services)), (yield from found(session.clerk.centre))
    pairs = [_both(one, book.places, services.now()) for one in double.pairs]
    apart = [_told(one, services.now()) for one in double.apart]
    return {"pairs": pairs, "apart": apart, "more": double.more, "looked": double.looked}


def _both(pair: Pair, places: Mapping[bytes, str], now: int) -> Both:
    sides = [_side(one, now) for one in (pair.one, pair.other)]
    stays = max((pair.one, pair.other), key=lambda home: (home.cases, -int(home.record, 16)))
    goes = pair.other if stays is pair.one else pair.one
    why = [WHY[one] for one in pair.why]
    return Both(places.get(pair.one.place, ""), why, sides, stays.record, goes.record)


def _told(apart: Apart, now: int) -> Told:
    names = [" ".join(filter(None, (_text(one, "head"), _text(one, "address")))) for one in (apart.one, apart.other)]
    return Told(apart.one.record, apart.other.record, names, apart.by, words.moment(apart.at, now))


def _text(home: Home, field: str) -> str:
    value = home.values.get(field)
    return value if isinstance(value, str) else ""


def _side(home: Home, now: int) -> Side:
    facts = [
        (KIND.label_of(name), str(as_shown(home.values[name], KIND.fields[name].type, "list")))
        for name in COMPARED
        if isinstance(home.values.get(name), str) and home.values[name]
    ]
    members = home.values.get("members")
    count = len(members) if isinstance(members, list) else 0
    return Side(home.record, facts, count, home.cases, words.moment(home.at, now))
