"""Editions: what stands, and putting another catalogue in its place.

Each edition of an item is a record of its own, never changed but for the day until which drafts on it may still be
submitted. The newest edition of a code is in force unless it has such a day itself: then the item has ended. Windows
have no editions: nothing pins them.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import select

from daiban_schemas import entry
from daiban_server.db import schema
from daiban_server.db.program import Program, rows
from daiban_server.features.catalogue.catalogue import Catalogue, Fields
from daiban_server.features.catalogue.check import canonical, item_flaws, window_flaws
from daiban_server.features.catalogue.difference import Change, compare
from daiban_server.keystore import ServerKeys
from daiban_server.spine import desk, log, views
from daiban_server.spine.effects import Effects
from daiban_server.spine.refusal import Refusal
from daiban_server.spine.views import Shown
from daiban_sync import limits
from daiban_sync.ids import NOBODY

MOST_EDITIONS = 20_000
"""Editions that are looked through for those in force: two thousand items, each changed ten times."""
_CENTRES = select(schema.centre.c.id, schema.centre.c.name).where(schema.centre.c.id != NOBODY)


def item_id(code: str, edition: int = 1) -> bytes:
    """The record of an item's edition: the same wherever the catalogue is published."""
    return hashlib.sha256(f"daiban item 1\n{code}\n{edition}".encode()).digest()[:16]


def window_id(code: str) -> bytes:
    """The record of a window."""
    return hashlib.sha256(f"daiban window 1\n{code}".encode()).digest()[:16]


class Edition(NamedTuple):
    """An item's newest edition as a record: its id, its position, its number and what it says."""

    record: str
    position: int
    number: int
    values: Fields

    @property
    def ended(self) -> bool:
        """Whether it is used up, and nothing came after it."""
        return bool(self.values.get("usable_until"))


class Standing(NamedTuple):
    """What is in the district's feed: the newest edition of every item by its code, ended ones too, and every window,
    closed ones too."""

    editions: Mapping[str, Edition]
    windows: Mapping[str, Shown]
    centres: Mapping[str, str]

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue in force."""
        windows = [canonical(one.view.values) for one in self.windows.values()]
        editions = [one for one in self.editions.values() if not one.ended]
        items = [canonical(one.values) for one in editions]
        return Catalogue(
            tuple(sorted((one for one in windows if one.get("everywhere") or one.get("centres")), key=_in_order)),
            tuple(sorted(items, key=_in_order)),
            {str(one.values["code"]): one.number for one in editions},
        )


def _in_order(fields: Fields) -> tuple[int, str]:
    return fields.get("order", 10_001), fields.get("code", "")


def standing() -> Program[Standing]:
    """Read what stands, with the centres' names by id in hexadecimal."""
    editions: dict[str, Edition] = {}
    for one in (yield from views.shown(views.BY_KIND, NOBODY, kind_name="item", page=MOST_EDITIONS)):
        values = one.view.values
        code, number = values.get("code"), values.get("edition", 1)
        if isinstance(code, str) and (code not in editions or editions[code].number < number):
            editions[code] = Edition(one.view.record, one.view.position, number, values)
    windows = yield from views.shown(views.BY_KIND, NOBODY, kind_name="window", page=limits.BATCH_ENTRIES)
    centres = yield from rows(_CENTRES)
    named = {one.view.values["code"]: one for one in windows if isinstance(one.view.values.get("code"), str)}
    return Standing(editions, named, {id_.hex(): name for id_, name in centres})


def history(code: str) -> Program[list[Edition]]:
    """Every edition of an item, the newest first."""
    shown = yield from views.shown(views.BY_KIND, NOBODY, kind_name="item", page=MOST_EDITIONS)
    views_of = [one.view for one in shown if one.view.values.get("code") == code]
    found = [Edition(one.record, one.position, one.values.get("edition", 1), one.values) for one in views_of]
    return sorted(found, key=lambda one: one.number, reverse=True)


# Publishing -----------------------------------------------------------------------------------------------------


class Publisher(NamedTuple):
    """Who publishes and with what: the author, the server's keys and effects, the moment in Unix milliseconds, 32
    random bytes."""

    author: desk.Clerk
    keys: ServerKeys
    effects: Effects
    now: int
    secret: bytes


class Plan(NamedTuple):
    """What is to be in force from `today`; drafts on editions that it replaces or ends may be submitted until the day
    `until`. `ends` is how many items and windows it ends, as whoever publishes has seen: a file that lacks rows, or
    lacks what somebody added meanwhile, is not obeyed by accident."""

    wanted: Catalogue
    until: str
    today: str
    ends: int = 0


def publish(plan: Plan, publisher: Publisher) -> Program[list[Change]]:
    """Put a plan's catalogue in force: a new edition of what changed, an end to what is not in it any more. What is
    equal to what stands is not touched.

    Raises `Refusal` where something stands otherwise than the plan says, and for what is no item: then nothing is
    written.
    """
    yield from log.lock(NOBODY)
    stands = yield from standing()
    changes = planned(plan, stands)
    if plan.ends != [change.what for change in changes].count("ended"):
        raise Refusal("catalogue.ends", ("ends",))
    yield from _write(list(_entries(changes, plan, stands)), publisher)
    return changes


def planned(plan: Plan, stands: Standing) -> list[Change]:
    """What a plan changes, after every check but that of its endings. Raises `Refusal`."""
    if plan.until < plan.today:
        raise Refusal("catalogue.until", ("usable_until",))
    based, now = plan.wanted.based, stands.catalogue.based
    if any(based.get(item["code"]) != now.get(item["code"]) for item in plan.wanted.items):
        raise Refusal("catalogue.edition")
    changes = compare(stands.catalogue, plan.wanted, stands.centres)
    new = {(change.kind, change.code) for change in changes if change.what in ("added", "changed")}
    items = [flaw for one in plan.wanted.items if ("item", one["code"]) in new for flaw in item_flaws(one)]
    windows = [flaw for one in plan.wanted.windows if ("window", one["code"]) in new for flaw in window_flaws(one)]
    for flaw in items + windows:
        raise Refusal(flaw.code, (flaw.name,))
    return changes


def replaced(catalogue: Catalogue, items: Sequence[Fields], windows: Sequence[Fields] = ()) -> Catalogue:
    """The catalogue with some items and windows in the place of those with their codes, or added."""
    return Catalogue(_replaced(catalogue.windows, windows), _replaced(catalogue.items, items), catalogue.based)


def _replaced(standing: Sequence[Fields], new: Sequence[Fields]) -> tuple[Fields, ...]:
    return tuple({one["code"]: one for one in (*standing, *new)}.values())


def _entries(changes: Sequence[Change], plan: Plan, stands: Standing) -> Iterator[tuple[str, str, Fields, int]]:
    """What is written: record, kind, fields, and the position that the change has seen."""
    windows = {window["code"]: window for window in plan.wanted.windows}
    items = {item["code"]: item for item in plan.wanted.items}
    for change in changes:
        if change.what == "unchanged":
            continue
        if change.kind == "window":
            yield _window(change, windows.get(change.code), stands)
            continue
        old = stands.editions.get(change.code)
        if old and not old.ended:
            yield old.record, "item", {"usable_until": plan.until}, old.position
        if change.what != "ended":
            number = old.number + 1 if old else 1
            said = {**items[change.code], "edition": number, "published_on": plan.today}
            yield item_id(change.code, number).hex(), "item", said, 0


def _window(change: Change, window: Fields | None, stands: Standing) -> tuple[str, str, Fields, int]:
    """A window as it is to be, every field of it stated, or closed: it stands nowhere then."""
    old = stands.windows.get(change.code)
    said: Fields = window if window else {"everywhere": False, "centres": []}
    if old is None:
        return window_id(change.code).hex(), "window", said, 0
    cleared = dict.fromkeys(name for name in canonical(old.view.values) if name not in said) if window else {}
    return old.view.record, "window", {**cleared, **said}, old.view.position


def _write(entries: Sequence[tuple[str, str, Fields, int]], publisher: Publisher) -> Program[None]:
    author, keys, effects, now, secret = publisher
    by = author.person.hex() if author.person != NOBODY else None
    bodies = [entry.change(record, kind, fields, seen=seen, at=now, by=by) for record, kind, fields, seen in entries]
    for number, part in enumerate(_batches(bodies)):
        salt = hashlib.sha256(secret + number.to_bytes(4, "big")).digest()
        for outcome in (yield from desk.write(author, part, keys, effects, now, salt)):
            if outcome.outcome == "refused":
                raise Refusal(outcome.code or "argument.invalid", outcome.fields)


def _batches(bodies: Sequence[bytes]) -> Iterator[list[bytes]]:
    """Entries in batches that the log takes."""
    part: list[bytes] = []
    size = 0
    for body in bodies:
        if part and (len(part) == limits.BATCH_ENTRIES or size + len(body) > limits.BATCH_BYTES):
            yield part
            part, size = [], 0
        part.append(body)
        size += len(body)
    if part:
        yield part
