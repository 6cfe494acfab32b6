"""Households that may be one: of the same village, with one identity number, with names that sound alike, or with one
telephone. Nothing is decided here, and nothing is changed: of those that somebody merged one is left, and those that
somebody told apart are not shown as a pair again.

All households of the centre are compared, by what the sheet has of each (`finding`), so that the work grows with
their number and not with its square; only those that are shown are opened. A key that many share says nothing (a
village's one telephone), and is left out.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import combinations, groupby
from typing import Any, NamedTuple

from sqlalchemy import Column, Select, bindparam, func, select

from daiban_schemas.kinds.household import MERGED
from daiban_server import homes
from daiban_server.db import schema
from daiban_server.db.program import Lookup, Program, first, rows
from daiban_server.features.households.merging import apart_from
from daiban_server.spine.ledger import Ledger

PAIRS = 50
"""Pairs on one page, the strongest first: the next come up as these are settled."""
SHARED = 4
"""A key that more households have than this tells nothing of any two of them."""
REASONS = ("identity", "name", "phone")
"""Why two may be one, the strongest first."""

_w, _m = schema.household_sheet.c, schema.household_merge.c
_ALL = select(func.count()).where(_w.centre == bindparam("centre_id")).scalar_subquery()
_MERGED = (
    select(func.count())
    .select_from(schema.household_merge.join(schema.household_sheet, (_w.centre == _m.centre) & (_w.id == _m.id)))
    .where(_m.centre == bindparam("centre_id"))
    .scalar_subquery()
)
_COUNT = select(_ALL - _MERGED)
"""What stands, by what was merged: few are, and to ask each of fifty thousand took as long as finding the pairs."""
_TOLD_APART = select(_w.id).where(_w.centre == bindparam("centre_id"), _w.told_apart.is_(True))


def _sharing(shared: "Column[str]") -> Select[Any]:
    """The households that share a village and this, in groups."""
    groups = (
        select(_w.place, shared.label("shared"))
        .where(_w.centre == bindparam("centre_id"), shared != "")
        .group_by(_w.place, shared)
        .having(func.count().between(2, SHARED))
        .subquery()
    )
    one = schema.household_sheet.alias()
    same = (one.c.place == groups.c.place) & (one.c[shared.name] == groups.c.shared)
    return (
        select(groups.c.place, groups.c.shared, one.c.id)
        .select_from(groups.join(one, same))
        .where(one.c.centre == bindparam("centre_id"))
        .order_by(groups.c.place, groups.c.shared, one.c.id)
    )


_SHARING = dict(zip(REASONS, map(_sharing, (_w.same_identity, _w.same_sound, _w.same_phone)), strict=True))
Ids = tuple[bytes, bytes]


class Home(NamedTuple):
    """One of two: its record, its visible values, who wrote last (Unix milliseconds), how many cases it has."""

    record: str
    values: Mapping[str, Any]
    place: bytes
    at: int
    cases: int


class Pair(NamedTuple):
    """Two that may be one, and why (see `REASONS`)."""

    one: Home
    other: Home
    why: Sequence[str]


class Apart(NamedTuple):
    """Two of which somebody said that they are not one household: by whose name, and when (Unix milliseconds)."""

    one: Home
    other: Home
    by: str
    at: int


class Found(NamedTuple):
    """Pairs, the strongest first, and `more` that are not among them; `looked` at so many households, all there are."""

    pairs: Sequence[Pair]
    apart: Sequence[Apart]
    more: int
    looked: int


def found(centre: bytes) -> Program[Found]:
    """What may be double in a centre. It is read from the sheet: let that follow first (`finding.follow`)."""
    ledger = Ledger(centre, 0, 0)
    apart = yield from _told_apart(ledger)
    alike = yield from _alike(centre, {frozenset((one.one.record, one.other.record)) for one in apart})
    shown = alike[:PAIRS]
    opened = yield from _opened(ledger, {id_ for ids, _ in shown for id_ in ids})
    cases = yield from _cases(centre, opened.keys())
    by_id = {id_: home._replace(cases=cases[id_]) for id_, home in opened.items()}
    # What was merged or erased since the sheet followed is not opened.
    pairs = [Pair(by_id[one], by_id[other], why) for (one, other), why in shown if {one, other} <= by_id.keys()]
    row = yield from first(_COUNT, centre_id=centre)
    return Found(pairs, apart, len(alike) - len(shown), row[0] if row else 0)


def _told_apart(ledger: Ledger) -> Program[list[Apart]]:
    """Those that were told apart, the latest first."""
    said = yield from _opened(ledger, [id_ for (id_,) in (yield from rows(_TOLD_APART, centre_id=ledger.centre))])
    told = [(home, one) for home in said.values() for one in apart_from(home.values)]
    others = yield from _opened(ledger, {bytes.fromhex(one["household"]) for _, one in told})
    found = [
        Apart(home, other, one.get("by", ""), one["at"])
        for home, one in told
        if (other := others.get(bytes.fromhex(one["household"])))
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)


def _alike(centre: bytes, apart: Collection[frozenset[str]]) -> Program[list[tuple[Ids, list[str]]]]:
    """Every two that share something and were not told apart, and what, the strongest first."""
    alike: dict[Ids, list[str]] = {}
    for why in REASONS:
        sharing = yield from rows(_SHARING[why], centre_id=centre)
        for _, group in groupby(sharing, key=lambda row: row[:2]):
            for pair in combinations([row[2] for row in group], 2):
                alike.setdefault(pair, []).append(why)
    left = [one for one in alike.items() if frozenset(id_.hex() for id_ in one[0]) not in apart]
    return sorted(left, key=lambda one: (-len(one[1]), REASONS.index(one[1][0]), one[0]))


def _opened(ledger: Ledger, ids: Collection[bytes]) -> Program[dict[bytes, Home]]:
    """Those of these households that are there, each for itself."""
    yield from ledger.load(ids)
    known = [record for id_ in ids if (record := ledger.records[id_])]
    yield from ledger.load_entries(head.position for record in known for head in ledger.heads(record))
    found = {}
    for record in known:
        view = yield from ledger.view(record)
        if not record.deleted and record.status != MERGED and record.place and "erased" not in view.values:
            at = max((value.at for values in view.fields.values() for value in values), default=0)
            found[record.id] = Home(record.id.hex(), view.values, record.place, at, 0)
    return found


def _cases(centre: bytes, stay: Collection[bytes]) -> Program[Counter[bytes]]:
    """How many cases these households have, with those that were merged into them."""
    into = yield from homes.merged(centre)
    stays = {id_: homes.last(id_, into) for id_ in (*stay, *into)}
    wanted = [(centre, id_) for id_, last in stays.items() if last in stay]
    counted = yield Lookup(schema.case_sheet, ("centre", "household"), ("household",), wanted)
    return Counter(stays[household] for (household,) in counted)
