"""Households that may be one: of the same village, with one identity number, with names that sound alike, or with one
telephone. Nothing is decided here, and nothing is changed: of those that somebody merged one is left, and those that
somebody told apart are not shown as a pair again.

Every household of the centre is read, a few thousand; compared is by keys, so that the work grows with their number
and not with its square. A key that many share says nothing (a village's one telephone), and is left out.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, select

from daiban_server import homes
from daiban_server.db import schema
from daiban_server.db.program import Program, rows
from daiban_server.spine import views
from daiban_server.spine.views import Shown

MOST = 5000
"""Households that are looked through, the newest first; a large centre has some three thousand."""
PAIRS = 100
SHARED = 4
"""A key that more households have than this tells nothing of any two of them."""
REASONS = ("identity", "name", "phone")
"""Why two may be one, the strongest first."""

_s = schema.case_sheet.c
_CASES = (
    select(_s.household, func.count())
    .where(_s.centre == bindparam("centre_id"), _s.household.is_not(None))
    .group_by(_s.household)
)


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
    """Pairs, the strongest first; `looked` at so many households, `all` of them or the newest."""

    pairs: Sequence[Pair]
    apart: Sequence[Apart]
    more: int
    looked: int
    all: bool


def found(centre: bytes) -> Program[Found]:
    """What may be double in a centre."""
    shown = yield from views.shown(views.BY_KIND, centre, kind_name="household", page=MOST)
    into = yield from homes.merged(centre)
    cases: dict[bytes, int] = {}
    for household, count in (yield from rows(_CASES, centre_id=centre)):
        stays = homes.last(household, into)
        cases[stays] = cases.get(stays, 0) + count
    looked = [_home(one, cases) for one in shown if not one.deleted and one.place is not None and _stays(one, into)]
    apart = _apart(looked)
    told = {frozenset((one.one.record, one.other.record)) for one in apart}
    pairs = [one for one in _pairs(looked) if frozenset((one.one.record, one.other.record)) not in told]
    return Found(pairs[:PAIRS], apart, max(0, len(pairs) - PAIRS), len(looked), len(shown) < MOST)


def _stays(one: Shown, into: Mapping[bytes, bytes]) -> bool:
    return bytes.fromhex(one.view.record) not in into


def _apart(looked: Sequence[Home]) -> list[Apart]:
    """Those that were told apart, the latest first."""
    by_record = {one.record: one for one in looked}
    found = []
    for one in looked:
        for told in one.values.get("not_same") or ():
            if other := by_record.get(told["household"]):
                found.append(Apart(one, other, told.get("by", ""), told["at"]))
    return sorted(found, key=lambda one: one.at, reverse=True)


def _home(one: Shown, cases: Mapping[bytes, int]) -> Home:
    at = max((value.at for values in one.view.fields.values() for value in values), default=0)
    record = one.view.record
    return Home(record, one.view.values, one.place or b"", at, cases.get(bytes.fromhex(record), 0))


def _pairs(looked: Sequence[Home]) -> list[Pair]:
    alike: dict[tuple[int, int], list[str]] = {}
    for why in REASONS:
        for numbers in _sharing(looked, why):
            for n, one in enumerate(numbers):
                for other in numbers[n + 1 :]:
                    alike.setdefault((one, other), []).append(why)
    told = [Pair(looked[one], looked[other], why) for (one, other), why in alike.items()]
    return sorted(told, key=lambda pair: (-len(pair.why), REASONS.index(pair.why[0]), pair.one.record))


def _sharing(looked: Sequence[Home], why: str) -> Iterator[list[int]]:
    """The numbers of those that share a village and a key."""
    by_key: dict[Hashable, list[int]] = {}
    for number, home in enumerate(looked):
        if key := _key(home.values, why):
            by_key.setdefault((home.place, key), []).append(number)
    return (numbers for numbers in by_key.values() if 1 < len(numbers) <= SHARED)


def _key(values: Mapping[str, Any], why: str) -> str:
    field = {"identity": "identity_number", "name": "head", "phone": "phone"}[why]
    text = values.get(field)
    plain = "".join(text.split()).replace("-", "").upper() if isinstance(text, str) else ""
    return _sound(plain) if why == "name" else plain


def _sound(name: str) -> str:
    """A name as it is heard: what a clerk writes down from hearing differs in signs, not in sounds."""
    # Loaded here: its table is some 20 MB.
    from pypinyin import lazy_pinyin

    return " ".join(lazy_pinyin(name))
