"""疑似重户: households of one village that may be one, side by side."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from litestar import get
from litestar.response import Template

from daiban_schemas.kinds import KINDS
from daiban_schemas.masking import as_shown
from daiban_server.console import words
from daiban_server.console.pages import show
from daiban_server.console.summary import book_of
from daiban_server.console.words import Moment
from daiban_server.db.program import Program
from daiban_server.features.households.duplicates import Home, Pair, found
from daiban_server.http.session import GivenSession, SignedIn
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
    """Two that may be one."""

    place: str
    why: Sequence[str]
    sides: Sequence[Side]


@get("/households/duplicates", opt={"action": "household.read"})
async def duplicates(session: GivenSession, services: GivenServices) -> Template:
    """What may be double in the centre."""
    return await show(
        "households/duplicates",
        services,
        session,
        _read(session, services),
        here="duplicates",
        title="疑似重户",
    )


def _read(session: SignedIn, services: Services) -> Program[Mapping[str, Any]]:
    book, double = (yield from book_of(session, services)), (yield from found(session.clerk.centre))
    pairs = [_both(one, book.places, services.now()) for one in double.pairs]
    return {"pairs": pairs, "more": double.more, "looked": double.looked, "all": double.all}


def _both(pair: Pair, places: Mapping[bytes, str], now: int) -> Both:
    sides = [_side(one, now) for one in (pair.one, pair.other)]
    return Both(places.get(pair.one.place, ""), [WHY[one] for one in pair.why], sides)


def _side(home: Home, now: int) -> Side:
    facts = [
        (KIND.label_of(name), str(as_shown(home.values[name], KIND.fields[name].type, "list")))
        for name in COMPARED
        if isinstance(home.values.get(name), str) and home.values[name]
    ]
    members = home.values.get("members")
    count = len(members) if isinstance(members, list) else 0
    return Side(home.record, facts, count, home.cases, words.moment(home.at, now))
