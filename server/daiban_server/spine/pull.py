"""The feed: records newer than a cursor, each with the changes that still hold a head.

The promise: no record with a position at or before the cursor is stale or missing. It holds because positions are
given out under the counter's lock, so their order is the order of commits, and because a page is read on one snapshot.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, or_, select

from daiban_schemas.kind import AUTHORITY
from daiban_schemas.kinds import KINDS
from daiban_schemas.private import veiled
from daiban_server.db import schema
from daiban_server.db.program import Program, Row, first, rows
from daiban_server.spine import history, scope
from daiban_server.spine.cursor import Cursor
from daiban_server.spine.history import Stretch
from daiban_server.spine.ledger import unpack_heads
from daiban_server.spine.news import News
from daiban_server.spine.push import read_outcome
from daiban_sync.errors import WireError
from daiban_sync.frames import Frame
from daiban_sync.ids import NOBODY
from daiban_sync.merge import Head
from daiban_sync.outcome import pack
from daiban_sync.wire import Author, Own, PulledChange, pack_change, pack_own, record_head

PAGE = 500
"""Records in one page."""
PAGE_BYTES = 4 * 2**20
"""Bytes of records in one page, unless one record alone is larger: a device refuses an answer beyond 16 MiB."""


_r, _t = schema.record.c, schema.territory.c
_a, _l = schema.assignment.c, schema.departure.c


_ALL = 2**62
"""Beyond every position."""
_FOR_PHONES = [_r.kind != kind.name for kind in KINDS.values() if kind.at_desk]
"""An entry travels whole: a phone that may not have one of its fields gets none of the record."""


def _records(*conditions: ColumnElement[bool]) -> Select[Any]:
    return (
        select(_r.id, _r.position, _r.stretch, _r.heads)
        .where(_r.centre == bindparam("centre_id"), _r.position > bindparam("after"), *_FOR_PHONES, *conditions)
        .order_by(_r.position)
        .limit(bindparam("page"))
    )


_IN_TERRITORY = exists().where(_t.person == bindparam("person_id"), _t.place == _r.place)
_TERRITORY = _records(or_(_r.place.is_(None), _IN_TERRITORY))
_DISTRICT = _records()
_AT_PLACE = _records(_r.place == bindparam("place_id"), _r.position <= bindparam("up_to"))
_ASSIGNMENT = (
    select(_a.position, _a.place, _a.held)
    .where(_a.person == bindparam("person_id"), _a.position > bindparam("after"))
    .order_by(_a.position)
    .limit(1)
)
_DEPARTED = (
    select(_l.record, _l.position)
    .select_from(schema.departure.join(schema.record, and_(_r.centre == _l.centre, _r.id == _l.record)))
    .where(
        _l.centre == bindparam("centre_id"),
        _l.position > bindparam("after"),
        _l.position <= bindparam("up_to"),
        or_(
            exists().where(_t.person == bindparam("person_id"), _t.place == _l.place),
            exists().where(_a.person == bindparam("person_id"), _a.place == _l.place),
        ),
        _r.place.is_not(None),
        ~_IN_TERRITORY,
    )
    .order_by(_l.position)
)
_OUTCOMES = (
    select(schema.outcome.c.number, schema.outcome.c.outcome, schema.outcome.c.code, schema.outcome.c.fields)
    .where(
        schema.outcome.c.centre == bindparam("centre_id"),
        schema.outcome.c.device == bindparam("device_id"),
        schema.outcome.c.position > bindparam("after"),
        schema.outcome.c.position <= bindparam("up_to"),
    )
    .order_by(schema.outcome.c.number)
)
_PERSON = select(schema.person.c.name, schema.person.c.role).where(schema.person.c.id == bindparam("person_id"))


class Puller(NamedTuple):
    """Who pulls; `own` are entries that its device has at hand, and needs no copy of: numbers by position."""

    device: bytes
    centre: bytes
    person: bytes
    own: Mapping[int, int] = {}


@dataclass
class Page:
    """One page of both feeds as frames. `cursor` is where the next begins; `more` says that there is one."""

    cursor: Cursor
    more: bool = False
    size: int = 0
    frames: list[tuple[int, bytes]] = field(default_factory=list)
    authors: dict[tuple[bytes, bytes, bool], int] = field(default_factory=dict)
    own: list[Own] = field(default_factory=list)


def pull(puller: Puller, cursor: Cursor, news: News, page_size: int = PAGE) -> Program[Page]:
    """The page after `cursor`: places that its person got or gave up, then the district's records, since applications
    refer to items, then the centre's. `news` are of the same snapshot."""
    if cursor.centre > news.position:
        raise WireError("cursor.ahead", "this server has not given out such a position")
    if cursor == Cursor():
        # From the start, so nothing has to be followed: places are read as they are now.
        cursor = Cursor(scope=news.position)
    page = Page(cursor)
    if cursor.scope >= news.assigned or not (yield from follow(page, puller, page_size)):
        yield from _feeds(page, puller, news, page_size)
    if page.own:
        page.frames.append((Frame.OWN, pack_own(page.own)))
    if page.authors:
        page.frames.insert(0, (Frame.AUTHORS, msgspec.json.encode((yield from _authors(page)))))
    return page


def follow(page: Page, puller: Puller, page_size: int) -> Program[bool]:
    """Fill a page with what the next change of the person's places brings or takes; False where there is none."""
    cursor = page.cursor
    change = yield from first(_ASSIGNMENT, person_id=puller.person, after=cursor.scope)
    if change is None:
        return False
    position, place, gained = change
    holds = yield from scope.holds(puller.person, place)
    found: list[Row] = []
    shown = 0
    if gained == holds:
        # What is newer than the cursor comes in its turn; what is called gone may be anywhere.
        bounds = {"after": cursor.within, "up_to": cursor.centre if gained else _ALL, "page": page_size}
        found = yield from rows(_AT_PLACE, centre_id=puller.centre, place_id=place, **bounds)
        shown = (yield from _frames(page, puller, puller.centre, found)) if gained else _gone(page, found)
    page.more = True
    if len(found) >= page_size or shown < len(found):
        page.cursor = cursor._replace(within=found[shown - 1][1])
    else:
        page.cursor = cursor._replace(scope=position, within=0)
    return True


def _feeds(page: Page, puller: Puller, news: News, page_size: int) -> Program[None]:
    cursor = page.cursor
    district: list[Row] = []
    if cursor.district < news.district:
        district = yield from rows(_DISTRICT, centre_id=NOBODY, after=cursor.district, page=page_size)
    full = len(district) >= page_size
    shown = yield from _frames(page, puller, NOBODY, district)
    full, district = full or shown < len(district), district[:shown]
    found: list[Row] = []
    if not full and cursor.centre < news.position:
        room = page_size - len(district)
        found = yield from rows(
            _TERRITORY, centre_id=puller.centre, after=cursor.centre, page=room, person_id=puller.person
        )
        shown = yield from _frames(page, puller, puller.centre, found)
        full, found = len(found) >= room or shown < len(found), found[:shown]
    page.more = full
    page.cursor = cursor._replace(
        centre=_reached(found, cursor.centre, news.position, page.more),
        district=district[-1][1] if district else cursor.district,
    )
    if 0 < cursor.centre < news.departed:
        span = {"after": cursor.centre, "up_to": page.cursor.centre}
        _gone(page, (yield from rows(_DEPARTED, centre_id=puller.centre, person_id=puller.person, **span)))
    if cursor.centre < news.told:
        yield from _changed_outcomes(page, puller, cursor.centre)


def _gone(page: Page, found: Sequence[Row]) -> int:
    """RECORD frames of what left this device's scope."""
    for id_, position, *_ in found:
        _add(page, record_head(id_, position, 0, gone=True))
    return len(found)


def _reached(found: Sequence[Row], before: int, last: int, more: bool) -> int:
    """Where a page ends. A last page covers everything on its snapshot, outside this device's scope included."""
    if not more:
        return last
    return found[-1][1] if found else before


def _frames(page: Page, puller: Puller, centre: bytes, found: Sequence[Row]) -> Program[int]:
    """RECORD frames as long as the page has room; gives how many records were taken.

    Most records are one whole change, which needs no decoding at all.
    """
    own = puller.own if centre == puller.centre else {}
    spread: dict[bytes, list[tuple[Head, int]]] = {}
    starts: set[int] = set()
    for id_, position, stretch, packed in found:
        if packed is not None:
            heads, named = unpack_heads(packed)
            spread[id_] = [(head, named[head.position]) for head in heads]
            starts.update(named.values())
        elif position not in own:
            starts.add(stretch)
    stretches = yield from history.at(centre, starts)
    for taken, (id_, position, start, packed) in enumerate(found):
        if page.size > PAGE_BYTES:
            return taken
        if packed is not None:
            parts = [record_head(id_, position, len(spread[id_]))]
            parts += (_change(page, stretches[begin], head.position, head.names, own) for head, begin in spread[id_])
            _add(page, b"".join(parts))
        elif position in own:
            _add_own(page, own[position], position)
        else:
            _add(page, record_head(id_, position, 1) + _change(page, stretches[start], position, None, own))
    return len(found)


def _change(
    page: Page, stretch: Stretch, position: int, names: tuple[str, ...] | None, own: Mapping[int, int]
) -> bytes:
    begin, device, number, person, authority, chained, facts, bodies = stretch
    effective, body = facts[position - begin][0], bodies[position - begin]
    who = page.authors.setdefault((device, person, chained), len(page.authors))
    text = b"" if position in own else veiled(body)
    change = PulledChange(who, number + position - begin, position, authority, effective, names, text)
    return pack_change(change)


def _add(page: Page, record: bytes) -> None:
    page.size += len(record)
    page.frames.append((Frame.RECORD, record))


def _add_own(page: Page, number: int, position: int) -> None:
    last = page.own[-1] if page.own else None
    if last and (number, position) == (last.number + last.length, last.position + last.length):
        page.own[-1] = last._replace(length=last.length + 1)
    else:
        page.own.append(Own(number, position, 1))


def _authors(page: Page) -> Program[list[Author]]:
    found = []
    for device, person, chained in page.authors:
        named = yield from first(_PERSON, person_id=person)
        name, role = named or ("系统", "server")
        found.append(Author(device.hex(), name, role if role in AUTHORITY else "server", chained))
    return found


def _changed_outcomes(page: Page, puller: Puller, after: int) -> Program[None]:
    found = yield from rows(
        _OUTCOMES, centre_id=puller.centre, device_id=puller.device, after=after, up_to=page.cursor.centre
    )
    for row in found:
        page.frames.append((Frame.OUTCOMES, msgspec.json.encode(pack([read_outcome(row)]))))
