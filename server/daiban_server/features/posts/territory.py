"""Which places come to somebody's phone by a post or a handover, and go from it when no reason is left."""

from collections.abc import Collection, Iterable, Mapping
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


def of_kind(centre: bytes, kind: str, over: Ledger | None = None) -> Program[list[Kept]]:
    """A centre's posts or handovers; with what a ledger has not written yet, since one batch may hold several acts."""
    shown = yield from views.shown(views.BY_KIND, centre, kind_name=kind, page=MOST)
    found = {one.view.record: Kept(one.view.record, one.status or "", one.view.values) for one in shown}
    for record in [one for one in (over.records.values() if over else ()) if one is not None and one.kind == kind]:
        id_ = record.id.hex()
        found[id_] = Kept(id_, record.status or "", (yield from over.view(record)).values) if over else found[id_]
    return list(found.values())


def check(centre: bytes, places: Iterable[bytes]) -> Program[None]:
    """Raises `Refusal("place.unknown")` unless all are places of this centre."""
    wanted = set(places)
    found = yield Lookup(schema.place, ("id",), ("id", "centre"), [(place,) for place in sorted(wanted)])
    if {id_ for id_, of in found if of == centre} != wanted:
        raise Refusal("place.unknown", ("places",))


def names(places: Iterable[bytes]) -> Program[list[str]]:
    """What places are called, in the order of their ids."""
    found = yield Lookup(schema.place, ("id",), ("id", "name"), [(place,) for place in sorted(places)])
    return [name for _, name in sorted(found)]


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


def settle(
    ledger: Ledger, before: Mapping[Pair, str], after: Mapping[Pair, str], without: Collection[str]
) -> Program[None]:
    """Bring phones into step where the records `without` gave places `before` and give others `after`: whoever has a
    place for another reason too keeps it, with the better rank."""
    now = yield from reasons(ledger.centre, without=without, over=ledger)
    for pair, rank in after.items():
        _add(now, pair, rank)
    for pair in sorted(before.keys() | after.keys()):
        if pair in now:
            yield from give(ledger, *pair, now[pair])
        else:
            yield from take(ledger, *pair)


def reasons(centre: bytes, *, without: Collection[str] = (), over: Ledger | None = None) -> Program[dict[Pair, str]]:
    """Who has which place, with what rank, by a post that stands or by standing in, some records apart."""
    found = yield from standing_in(centre, without=without, over=over)
    for post in (yield from of_kind(centre, "post", over)):
        if post.status == "held" and post.record not in without:
            for pair, rank in of_post(post.values).items():
                _add(found, pair, rank)
    return found


def standing_in(centre: bytes, *, without: Collection[str], over: Ledger | None = None) -> Program[dict[Pair, str]]:
    """Who has which place by standing in alone."""
    found: dict[Pair, str] = {}
    for one in (yield from of_kind(centre, "handover", over)):
        if one.status == "begun" and one.record not in without:
            found |= lent(one.values)
    return found


def lent(values: Mapping[str, Any]) -> dict[Pair, str]:
    """The places that somebody has only since he stands in."""
    to = bytes.fromhex(values["arranged"]["to"])
    return {(to, bytes.fromhex(place)): "B" for place in values.get("given") or ()}


def _add(found: dict[Pair, str], pair: Pair, rank: str) -> None:
    found[pair] = min(rank, found.get(pair, rank))


def of_post(values: Mapping[str, Any]) -> dict[Pair, str]:
    """The places that a post brings to its people, with their rank; A before B."""
    pairs: dict[Pair, str] = {}
    for rank in ("B", "A"):
        holder = values.get(rank.lower())
        if holder:
            person = bytes.fromhex(holder["person"])
            pairs.update({(person, bytes.fromhex(place)): rank for place in values.get("places") or ()})
    return pairs
