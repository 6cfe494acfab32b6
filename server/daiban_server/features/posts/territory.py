"""Which places come to somebody's phone by a post or a handover, and go from it when no reason is left."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select

from daiban_server.db import schema
from daiban_server.db.program import Lookup, Program, rows
from daiban_server.spine import scope, views
from daiban_server.spine.ledger import Ledger
from daiban_server.spine.refusal import Refusal

_t = schema.territory.c
_HELD = select(_t.place, _t.rank).where(_t.person == bindparam("person_id")).order_by(_t.place)
MOST = 5000
"""Posts or handovers of a centre that one question reads."""

Pair = tuple[bytes, bytes]
"""A person and a place."""


class Kept(NamedTuple):
    """A post or handover as it stands: its record's id, state and values."""

    record: str
    status: str
    values: Mapping[str, Any]


def held(person: bytes) -> Program[dict[bytes, str]]:
    """The places that somebody answers for (A) or stands in for (B)."""
    return {row[0]: row[1] for row in (yield from rows(_HELD, person_id=person))}


def of_kind(centre: bytes, kind: str) -> Program[list[Kept]]:
    """A centre's posts or handovers."""
    found = yield from views.shown(views.BY_KIND, centre, kind_name=kind, page=MOST)
    return [Kept(one.view.record, one.status or "", one.view.values) for one in found]


def check(centre: bytes, places: Iterable[bytes]) -> Program[None]:
    """Raises `Refusal("place.unknown")` unless all are places of this centre."""
    wanted = set(places)
    found = yield Lookup(schema.place, ("id",), ("id", "centre"), [(place,) for place in sorted(wanted)])
    if {id_ for id_, of in found if of == centre} != wanted:
        raise Refusal("place.unknown", ("places",))


def give(ledger: Ledger, person: bytes, place: bytes, rank: str) -> Program[bool]:
    """Give somebody a place; False where he had it, whose rank it then changes."""
    new = yield from scope.give(ledger.centre, ledger.position + 1, person, place, rank, ledger.now)
    _moved(ledger, person, new)
    return new


def take(ledger: Ledger, person: bytes, place: bytes) -> Program[None]:
    """Take a place from somebody; what he wrote while he had it is accepted however late it comes."""
    gone = yield from scope.take(ledger.centre, ledger.position + 1, person, place, ledger.now)
    _moved(ledger, person, gone)


def _moved(ledger: Ledger, person: bytes, moved: bool) -> None:
    if moved:
        ledger.next_position()
        ledger.scopes.pop(person, None)


def reasons(centre: bytes, *, without: str) -> Program[dict[Pair, str]]:
    """Who has which place, with what rank, by a post that stands or by standing in, apart from the record `without`."""
    found = yield from standing_in(centre, without=without)
    for post in (yield from of_kind(centre, "post")):
        if post.status == "held" and post.record != without:
            pairs = of_post(post.values)
            found.update({pair: rank for pair, rank in pairs.items() if found.get(pair) != "A"})
    return found


def standing_in(centre: bytes, *, without: str) -> Program[dict[Pair, str]]:
    """Who has which place by standing in alone."""
    found: dict[Pair, str] = {}
    for one in (yield from of_kind(centre, "handover")):
        if one.status == "begun" and one.record != without:
            to = bytes.fromhex(one.values["arranged"]["to"])
            found.update({(to, bytes.fromhex(place)): "B" for place in one.values.get("given") or ()})
    return found


def let_go(ledger: Ledger, pairs: Iterable[Pair], *, without: str) -> Program[None]:
    """Take places that `without` gave; whoever has one for another reason keeps it, with the rank of that reason."""
    gone = sorted(pairs)
    stays = (yield from reasons(ledger.centre, without=without)) if gone else {}
    for pair in gone:
        if pair in stays:
            yield from give(ledger, *pair, stays[pair])
        else:
            yield from take(ledger, *pair)


def of_post(values: Mapping[str, Any]) -> dict[Pair, str]:
    """The places that a post brings to its people, with their rank; A before B."""
    pairs: dict[Pair, str] = {}
    for rank in ("B", "A"):
        holder = values.get(rank.lower())
        if holder:
            person = bytes.fromhex(holder["person"])
            pairs.update({(person, bytes.fromhex(place)): rank for place in values.get("places") or ()})
    return pairs
