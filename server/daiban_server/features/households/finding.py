"""Finding a household by a name, its pinyin, a telephone or an address. One that was merged into another is found by
what it says itself, and the other is given.

The sheet follows the records when somebody looks, and once a minute: a search comes some hundred times a day, phones
hand in thousands of households, and those pay nothing for it. What changed since it followed last is found by position.
It has beside what one searches through what two records of one household would share (see `duplicates`).
"""

import hmac
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import bindparam, case, delete, func, or_, select

from daiban_schemas.kinds.household import MERGED
from daiban_schemas.masking import masked
from daiban_schemas.telephone import dialled, is_written_as_one
from daiban_server import homes
from daiban_server.db import schema
from daiban_server.db.database import Database
from daiban_server.db.program import Program, Row, Write, first, rows, run
from daiban_server.features.households.merging import apart_from
from daiban_server.keystore import ServerKeys
from daiban_server.spelling import heard, pattern, spelt
from daiban_server.spine import followed, log
from daiban_server.spine.ledger import Ledger, Record
from daiban_sync.ids import NOBODY

PAGE = 500
SHEETS = "households"
"""Under which name it is kept how far they follow."""
LISTED = 50
_r, _w, _p = schema.record.c, schema.household_sheet.c, schema.place.c
_CENTRES = select(schema.counter.c.centre).where(schema.counter.c.centre != NOBODY).order_by(schema.counter.c.centre)
_CHANGED = (
    select(_r.id, _r.position)
    # By the feed, and not by the kind: that would read all households of the centre for the few that are new.
    .where(_r.centre == bindparam("centre_id"), _r.position > bindparam("after"), _r.kind + "" == "household")
    .order_by(_r.position)
    .limit(PAGE)
)
_GONE = delete(schema.household_sheet).where(_w.centre == bindparam("centre_id"), _w.id == bindparam("record_id"))
_LINE = select(_w.id, _w.head, _p.name, _w.address, _w.phone).select_from(
    schema.household_sheet.outerjoin(schema.place, _p.id == _w.place)
)
_ONE = _LINE.where(_w.centre == bindparam("centre_id"), _w.id == bindparam("record_id"))
_RANK = case(
    (_w.head == bindparam("exactly"), 0),
    (_w.head.like(bindparam("begins"), escape="\\"), 1),
    # The sheet begins with the head's name, as it is written and then as it is spelt.
    (_w.search.like(func.lower(_w.head).concat(bindparam("spelt")), escape="\\"), 1),
    else_=2,
)
_FOUND = (
    _LINE.where(
        _w.centre == bindparam("centre_id"),
        or_(_w.search.like(bindparam("pattern"), escape="\\"), _w.search.like(bindparam("telephone"), escape="\\")),
    )
    .order_by(_RANK, _w.head, _w.id)
    .limit(bindparam("page"))
)


class Found(Struct, frozen=True):
    """A household in a list; its telephone is masked."""

    record: str
    head: str
    village: str
    address: str
    phone: str


async def found(centre: bytes, query: str, database: Database, keys: ServerKeys, limit: int = LISTED) -> list[Found]:
    """The households of a centre that fit: first those whose head is named so, then those whose name begins so. None
    for an empty query."""
    query = query.strip()
    if not query or "\x00" in query:
        return []
    await follow(centre, database, keys)
    return await database.read(_found(centre, query, min(limit, LISTED)))


def _found(centre: bytes, query: str, limit: int) -> Program[list[Found]]:
    told = dialled(query) if is_written_as_one(query) else query
    begins = pattern(query).removeprefix("%")
    given = {"pattern": pattern(query), "telephone": pattern(told), "exactly": query, "page": limit}
    given |= {"begins": begins, "spelt": f" {begins}"}
    lines = {row[0]: row for row in (yield from rows(_FOUND, centre_id=centre, **given))}
    into = (yield from homes.merged(centre)) if lines else {}
    found: dict[bytes, Found] = {}
    for id_ in lines:
        stays = homes.last(id_, into)
        if stays not in found:
            row = lines.get(stays) or (yield from first(_ONE, centre_id=centre, record_id=stays))
            found |= {stays: _line(row)} if row else {}
    return list(found.values())


def _line(row: Row) -> Found:
    id_, head, village, address, phone = row
    return Found(id_.hex(), head, village or "", address, masked(phone) if phone else "")


async def follow_everywhere(database: Database, keys: ServerKeys) -> None:
    """Bring every centre's sheets up to date."""
    for (centre,) in await database.read(rows(_CENTRES)):
        await follow(centre, database, keys)


async def follow(centre: bytes, database: Database, keys: ServerKeys) -> None:
    """Bring a centre's sheets up to date."""
    secret = keys.derived("households")
    while await database.read(_behind(centre)):
        await database.write(centre, lambda: _step(centre, secret))


def _behind(centre: bytes) -> Program[bool]:
    standing = yield from log.standing(centre)
    return standing is not None and standing.position > (yield from followed.reached(SHEETS, centre))


def _step(centre: bytes, secret: bytes) -> Program[None]:
    """Follow as many changes as a page has, under the centre's lock: nothing comes in between them."""
    position, _ = yield from log.lock(centre)
    changed = yield from rows(_CHANGED, centre_id=centre, after=(yield from followed.reached(SHEETS, centre)))
    ledger, sheets = Ledger(centre, 0, position), []
    yield from ledger.load([id_ for id_, _ in changed])
    known = filter(None, ledger.records.values())
    yield from ledger.load_entries(head.position for record in known for head in ledger.heads(record))
    for id_, _ in changed:
        record = ledger.records[id_]
        sheet = (yield from _sheet(ledger, record, secret)) if record and not record.deleted else None
        if sheet is None:
            yield from run(_GONE, centre_id=centre, record_id=id_)
        else:
            sheets.append(sheet)
    if sheets:
        yield Write(schema.household_sheet, sheets, "replace")
    reached = changed[-1][1] if len(changed) == PAGE else position
    yield from followed.reach(SHEETS, centre, reached)


def _sheet(ledger: Ledger, record: Record, secret: bytes) -> Program[tuple[Any, ...] | None]:
    """A row; None for a household of which nothing is told, such as one that was erased."""
    values = (yield from ledger.view(record)).values
    head, address, phone = (str(values.get(name) or "") for name in ("head", "address", "phone"))
    shared = _shared(values, secret)
    if not (head or address or phone or any(shared)):
        return None
    # One that was merged is compared with nothing any more.
    shared = ("", "", "") if record.status == MERGED else shared
    told = (record.place or NOBODY, head, address, phone, _searched(values))
    return (ledger.centre, record.id, *told, *shared, bool(apart_from(values)))


def _shared(values: Mapping[str, Any], secret: bytes) -> tuple[str, str, str]:
    """What two records of one household would share: the identity number, which stands here as a digest that only this
    server makes; the name as it is heard, since what a clerk writes down from hearing differs in signs, not in sounds;
    the telephone."""
    identity, name, phone = (_plain(values.get(field)) for field in ("identity_number", "head", "phone"))
    return hmac.digest(secret, identity.encode(), "sha256").hex()[:32] if identity else "", heard(name), phone


def _plain(told: Any) -> str:
    return "".join(told.split()).replace("-", "").upper() if isinstance(told, str) else ""


def _searched(values: Mapping[str, Any]) -> str:
    members = [one for one in values.get("members") or () if isinstance(one, dict)]
    names = [str(one) for one in (values.get("head"), *(one.get("name") for one in members)) if one]
    phones = [str(one) for one in (values.get("phone"), *(one.get("phone") for one in members)) if one]
    return " ".join(_words(names, phones, str(values.get("address") or ""))).lower()


def _words(names: Sequence[str], phones: Sequence[str], address: str) -> list[str]:
    spellings = [part for name in names for part in (name, *spelt(name))]
    return [*spellings, *(part for phone in phones for part in (phone, dialled(phone))), address]
