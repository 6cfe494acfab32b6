"""Searches of the list of cases that people keep under a name, each his own; a few that everybody has stand before.

What is kept is what was asked for, not what it found, and its days are told from the day on which somebody looks.
"""

import datetime
import re
import secrets
from collections.abc import Mapping
from typing import Literal

import msgspec
from msgspec import Struct
from sqlalchemy import bindparam, delete, select, update

from daiban_server.db import schema
from daiban_server.db.program import Program, Write, rows, run
from daiban_server.features.cases.narrowing import Wanted
from daiban_server.spine.refusal import Refusal
from daiban_sync import ids

LONGEST, LONGEST_NAME, MOST = 100, 20, 12
"""Characters of a text in a search and of its name; searches that one person keeps."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_k = schema.kept_search.c
_HIS = select(_k.key, _k.name, _k.search, _k.opens).where(_k.person == bindparam("person_id")).order_by(_k.at, _k.key)
_RENAME = (
    update(schema.kept_search)
    .where(_k.person == bindparam("person_id"), _k.key == bindparam("search_key"))
    .values(name=bindparam("new_name"))
)
_OPENS = (
    update(schema.kept_search)
    .where(_k.person == bindparam("person_id"), _k.key == bindparam("search_key"))
    .values(opens=True)
)
_NONE_OPENS = update(schema.kept_search).where(_k.person == bindparam("person_id")).values(opens=False)
_REMOVE = delete(schema.kept_search).where(_k.person == bindparam("person_id"), _k.key == bindparam("search_key"))


class Search(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What the list is narrowed to; an empty text is no wish. `due` is told from today: ``over`` the days before it,
    ``week`` seven days from it on. `who` is whoever looks."""

    q: str = ""
    state: str = ""
    window: str = ""
    label: str = ""
    source: str = ""
    due: Literal["", "over", "today", "week"] = ""
    who: Literal["", "me"] = ""


class Kept(Struct, frozen=True):
    """A search under its name. `key` is an id, or the code of one that everybody has; `opens` says that the list opens
    with it."""

    key: str
    name: str
    search: Search
    opens: bool


STARTERS: Mapping[str, Search] = {
    "due-today": Search(due="today"),
    "over": Search(due="over"),
    "mine": Search(who="me"),
    "awaiting": Search(state="awaiting"),
}
"""What everybody has, by code."""
NAMES: Mapping[str, str] = {"due-today": "今日到期", "over": "已超期", "mine": "我经办的", "awaiting": "等补正"}


def wanted(search: Search, person: bytes, today: datetime.date, limit: int, skip: int = 0) -> Wanted:
    """What a search asks of the list, for whoever looks today."""
    day = datetime.timedelta(days=1)
    since, until = {
        "over": ("", today.isoformat()),
        "today": (today.isoformat(), (today + day).isoformat()),
        "week": (today.isoformat(), (today + 8 * day).isoformat()),
    }.get(search.due, ("", ""))
    return Wanted(
        query=search.q,
        status=search.state,
        window=search.window,
        label=search.label,
        source=search.source,
        handler=person.hex() if search.who else "",
        due_before=until,
        due_from=since,
        limit=limit,
        skip=skip,
    )


def searches(person: bytes) -> Program[list[Kept]]:
    """What somebody has: first what everybody has, then his own, the oldest first."""
    his = yield from rows(_HIS, person_id=person)
    opening = next((key for key, _, _, opens in his if opens), "")
    given = [Kept(key, NAMES[key], search, key == opening) for key, search in STARTERS.items()]
    own = [(key, name, msgspec.json.decode(text, type=Search)) for key, name, text, _ in his if key not in STARTERS]
    return given + [Kept(key, name, search, key == opening) for key, name, search in own]


def keep(person: bytes, name: str, search: Search, now: int) -> Program[Kept]:
    """Keep a search. Raises `Refusal`: ``search.empty``, ``search.name``, ``search.taken``, ``search.too_many``,
    ``request.invalid``."""
    if search == Search():
        raise Refusal("search.empty")
    if any(len(text) > LONGEST or _CONTROL.search(text) for text in msgspec.structs.astuple(search)):
        raise Refusal("request.invalid")
    there = yield from searches(person)
    name = _named(name, there)
    if len(there) - len(STARTERS) >= MOST:
        raise Refusal("search.too_many")
    key = ids.uuid7(now, secrets.token_bytes(10)).hex()
    yield Write(schema.kept_search, [(person, key, name, msgspec.json.encode(search).decode(), False, now)])
    return Kept(key, name, search, opens=False)


def rename(person: bytes, key: str, name: str) -> Program[None]:
    """Give a search of one's own another name. Raises `Refusal`: ``search.unknown``, ``search.name``,
    ``search.taken``."""
    there = yield from _own(person, key)
    name = _named(name, [one for one in there if one.key != key])
    yield from run(_RENAME, person_id=person, search_key=key, new_name=name)


def remove(person: bytes, key: str) -> Program[None]:
    """Keep a search of one's own no longer. Raises `Refusal`: ``search.unknown``."""
    yield from _own(person, key)
    yield from run(_REMOVE, person_id=person, search_key=key)


def open_with(person: bytes, key: str, now: int) -> Program[None]:
    """Let the list open with a search; with all cases where `key` is "". Raises `Refusal`: ``search.unknown``."""
    there = {one.key: one for one in (yield from searches(person))}
    if key and key not in there:
        raise Refusal("search.unknown")
    yield from run(_NONE_OPENS, person_id=person)
    if key in STARTERS:
        yield Write(schema.kept_search, [(person, key, "", "{}", True, now)], "replace")
    elif key:
        yield from run(_OPENS, person_id=person, search_key=key)


def _own(person: bytes, key: str) -> Program[list[Kept]]:
    there = yield from searches(person)
    if key in STARTERS or key not in {one.key for one in there}:
        raise Refusal("search.unknown")
    return there


def _named(name: str, others: list[Kept]) -> str:
    """A name as it is kept; two that are the same would lead to one search by the link of another."""
    name = name.strip()
    if not 0 < len(name) <= LONGEST_NAME or _CONTROL.search(name):
        raise Refusal("search.name")
    if name in {one.name for one in others}:
        raise Refusal("search.taken")
    return name
