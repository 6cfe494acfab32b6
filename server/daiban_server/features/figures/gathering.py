"""All facts of some centres in a span, with the names of what they are told apart by."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import select

from daiban_schemas.labels import MODES
from daiban_server.db import schema
from daiban_server.db.program import Lookup, Program, rows
from daiban_server.features.figures import duties, mending, reading
from daiban_server.features.figures.facts import FACETS, By, Fact
from daiban_server.features.figures.span import Span
from daiban_server.http.people import names_of
from daiban_sync.ids import NOBODY

_c = schema.centre.c
_CENTRES = select(_c.id, _c.name).order_by(_c.code, _c.name, _c.id)
UNNAMED: Mapping[By, str] = {
    "centre": "未知中心",
    "window": "未分窗口",
    "mode": "未分方式",
    "item": "未分事项",
    "place": "未分地点",
    "person": "未定人员",
    "owner": "未定人员",
}
"""What stands for nobody and nothing."""


class Gathered(NamedTuple):
    """Facts, and the names of keys by facet; a key without a name is its own."""

    facts: list[Fact]
    names: Mapping[By, Mapping[str, str]]


def centres() -> Program[dict[bytes, str]]:
    """Names of the centres, by code, and of the district, which is sixteen zero bytes."""
    return dict((yield from rows(_CENTRES)))


def gather(of: Iterable[bytes], span: Span, now: int, bys: Iterable[By]) -> Program[Gathered]:
    """All facts of the centres `of`, with names for the facets `bys`."""
    facts: list[Fact] = []
    for centre in of:
        facts += yield from facts_of(centre, span, now)
    names: dict[By, dict[str, str]] = {}
    for by in bys:
        known = yield from _names(by, {FACETS[by](fact) for fact in facts})
        names[by] = {**known, "": UNNAMED[by], NOBODY.hex(): UNNAMED[by]}
    return Gathered(facts, names)


def facts_of(centre: bytes, span: Span, now: int) -> Program[list[Fact]]:
    """All facts of one centre. `now` says what is overdue."""
    facts = yield from reading.standing(centre, "opening", span.since)
    facts += yield from reading.standing(centre, "closing", span.until)
    facts += yield from reading.in_states(centre, {"awaiting": "awaiting", "sent_up": "above"}, span.until)
    for read in (reading.acts, reading.receptions, reading.ratings, duties.visits):
        facts += yield from read(centre, span)
    for judge in (duties.opinions, mending.bad_ratings, duties.replies):
        facts += yield from judge(centre, span, now)
    return facts


def _names(by: By, keys: Iterable[str]) -> Program[dict[str, str]]:
    if by in ("person", "owner"):
        return (yield from names_of(keys))
    if by == "mode":
        return dict(MODES)
    if by == "centre":
        return {id_.hex(): name for id_, name in (yield from centres()).items()}
    return (yield from _places(sorted(keys))) if by == "place" else {}


def _places(keys: Sequence[str]) -> Program[dict[str, str]]:
    found = yield Lookup(schema.place, ("id",), ("id", "name"), [(bytes.fromhex(key),) for key in keys])
    return {id_.hex(): name for id_, name in found}
