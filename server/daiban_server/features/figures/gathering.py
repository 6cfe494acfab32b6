"""The facts of some centres that a question is about, with the names of what they are told apart by."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import chain
from types import MappingProxyType
from typing import NamedTuple

from sqlalchemy import select

from daiban_schemas.labels import MODES
from daiban_server.db import schema
from daiban_server.db.program import Lookup, Program, rows
from daiban_server.features.figures import duties, mending
from daiban_server.features.figures.catalogue import FIGURES, counts_for, origin
from daiban_server.features.figures.facts import FACETS, By, Fact, Source, narrowed
from daiban_server.features.figures.kept import KEPT, Kept
from daiban_server.features.figures.reading import (
    Statement,
    Wish,
    alike,
    firsts,
    fits,
    parameters,
    read,
    singly,
    wish_of,
)
from daiban_server.features.figures.span import Span
from daiban_server.http.people import names_of
from daiban_sync.ids import NOBODY, is_id

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


class Question(NamedTuple):
    """What is asked of some days: for which figures, told apart by what, narrowed to which key of which facet. `daily`
    tells days apart too, as a trend needs."""

    span: Span
    now: int
    figures: Collection[str] = FIGURES
    apart: tuple[By, ...] = ()
    wanted: Mapping[By, str] = MappingProxyType({})
    daily: bool = False


def gather(of: Iterable[bytes], question: Question) -> Program[Gathered]:
    """Facts of the centres `of` for numbers: those that count alike are one. With names for what they are told apart
    by."""
    facts = list(chain.from_iterable((yield from _read(of, question, alike))))
    names: dict[By, dict[str, str]] = {}
    for by in question.apart:
        names[by] = yield from _named(by, {FACETS[by](fact) for fact in facts})
    return Gathered(facts, names)


def name_of(by: By, key: str) -> Program[str]:
    """What a key is called that somebody asked for, whatever that is."""
    sound = is_id(key) or by not in ("place", "person", "owner")
    return (yield from _named(by, [key] if sound else [])).get(key, key)


def _named(by: By, keys: Iterable[str]) -> Program[dict[str, str]]:
    known = yield from _names(by, keys)
    return {**known, "": UNNAMED[by], NOBODY.hex(): UNNAMED[by]}


def each(of: Iterable[bytes], question: Question) -> Program[Iterable[Fact]]:
    """The same facts for lists, each by itself. They are made as they are taken: a year's are a tenth of a million."""
    return chain.from_iterable((yield from _read(of, question, singly)))


def beginning(of: Iterable[bytes], question: Question, many: int) -> Program[list[Fact]]:
    """The first `many` of what the question's figures count, each by itself. What comes after a source that was not
    read to its end is not known yet; where too few of what was read count, more is read."""
    figures, limit = frozenset(question.figures), many
    while True:
        found = [list(facts) for facts in (yield from _read(of, question, firsts, limit=limit))]
        unended = next((at for at, facts in enumerate(found) if len(facts) >= limit), len(found))
        known = chain.from_iterable(found[: unended + 1])
        counted = [fact for fact in known if not figures.isdisjoint(counts_for(fact))]
        if len(counted) >= many or unended == len(found):
            return counted[:many]
        limit *= _MORE


_MORE = 8
"""How many times as much is read where the first so many do not count."""


def _read(
    of: Iterable[bytes], question: Question, way: Callable[[Kept, Wish], Statement], **limits: int
) -> Program[list[Iterable[Fact]]]:
    """Only from where the figures can come."""
    span, now, figures, apart, wanted, daily = question
    sources, acts = origin(figures)
    found: list[Iterable[Fact]] = []
    for centre in of:
        few = yield from _few(centre, span, now, sources)
        found.append(narrowed((fact for fact in few if fact.source in sources), wanted))
        if not (asked := parameters(centre, span, now, wanted)):
            continue
        for kept in (one for source, several in KEPT.items() if source in sources for one in several):
            if fits(kept, wanted):
                batch = yield from read(kept, way(kept, wish_of(kept, apart, wanted, daily, acts)), {**asked, **limits})
                found.append(batch.facts())
    return found


def _few(centre: bytes, span: Span, now: int, sources: Collection[Source]) -> Program[list[Fact]]:
    """Facts of what is rare, one by one."""
    facts: list[Fact] = []
    if "promise" in sources:
        facts += yield from duties.promises(centre, span)
    if "opinion" in sources:
        facts += yield from duties.opinions(centre, span, now)
    if "mending" in sources or "unmended" in sources:
        facts += yield from mending.bad_ratings(centre, span, now)
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
