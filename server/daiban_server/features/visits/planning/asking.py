"""What a plan is about: a centre's week, the visits that stand in it, and those that wait for a time."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from sqlalchemy import bindparam, or_, select

from daiban_server import offices
from daiban_server.db import schema
from daiban_server.db.program import Program, rows
from daiban_server.features.visits import holds
from daiban_server.features.visits.asking import Wanted, recall, wanted_by
from daiban_server.features.visits.engine.model import Visit
from daiban_server.features.visits.standing import DAY, Standing, load_week
from daiban_server.spine.ledger import Ledger, Record
from daiban_server.spine.refusal import Refusal

Fields = Mapping[str, Any]
_r, _s = schema.record.c, schema.slot.c
_WAITING = select(_r.id).where(
    _r.centre == bindparam("centre_id"),
    _r.kind == "visit",
    _r.deleted.is_(False),
    or_(_r.status == "requested", _r.status == "proposed"),
)
_STANDING = select(_s.visit).where(_s.centre == bindparam("centre_id"), _s.end > bindparam("since")).order_by(_s.visit)


class Known(NamedTuple):
    """A visit as its record has it: how it stands, whose it is, and what it asks for as this week takes it. `visit` is
    None where that makes no sense, and `fault` says why."""

    status: str
    label: str
    wish: Wanted | None
    visit: Visit | None
    fault: str


class Asked(NamedTuple):
    """A centre's week under a version of its plan, with what is known of each visit, by id in hexadecimal."""

    name: str
    version: int
    standing: Standing
    visits: Mapping[str, Known]


def ask(centre: bytes, now: int, only: Collection[bytes] | None = None) -> Program[Asked]:
    """Read it. From `now` on, Unix milliseconds: what is over by then is left out, but for a day. With `only` these
    visits are known and no others; the week is whole all the same."""
    ledger = Ledger(centre, now, 0)
    ids = set(only) if only is not None else (yield from _all(centre, now))
    records = yield from _loaded(ledger, sorted(ids))
    wishes = {}
    for record in records:
        wishes[record.id] = yield from _wish(ledger, record)
    items = frozenset[str]().union(*(wish.items for wish in wishes.values() if isinstance(wish, Wanted)))
    standing = yield from load_week(centre, now, items=items)
    known = {}
    for record in records:
        label = yield from _label(ledger, record)
        known[record.id.hex()] = _known(record.status or "", label, wishes[record.id], standing)
    name = yield from offices.name_of(centre)
    return Asked(name, (yield from holds.version(centre)), standing, known)


def _all(centre: bytes, now: int) -> Program[set[bytes]]:
    """The visits that wait for a time, and those that have one."""
    waiting = [row[0] for row in (yield from rows(_WAITING, centre_id=centre))]
    timed = [row[0] for row in (yield from rows(_STANDING, centre_id=centre, since=now - DAY))]
    return {*waiting, *timed}


def _loaded(ledger: Ledger, ids: list[bytes]) -> Program[list[Record]]:
    """These visits; their homes and cases are known with them, in a few reads."""
    yield from ledger.load(ids)
    records = [record for record in map(ledger.records.get, ids) if record is not None and not record.deleted]
    wanted = {record.parent for record in records if record.parent}
    for record in records:
        values = (yield from ledger.view(record)).values
        wanted |= {bytes.fromhex(values[name]) for name in ("application",) if isinstance(values.get(name), str)}
    yield from ledger.load(sorted(wanted))
    yield from recall(ledger, sorted({record.parent for record in records if record.parent}))
    return records


def _wish(ledger: Ledger, record: Record) -> Program[Wanted | str]:
    try:
        return (yield from wanted_by(ledger, record))
    except Refusal as refusal:
        return refusal.code


def _known(status: str, label: str, wish: Wanted | str, standing: Standing) -> Known:
    if isinstance(wish, str):
        return Known(status, label, None, None, wish)
    try:
        return Known(status, label, wish, wish.within(standing), "")
    except Refusal as refusal:
        return Known(status, label, wish, None, refusal.code)


def _label(ledger: Ledger, record: Record) -> Program[str]:
    home = ledger.records.get(record.parent or b"")
    values: Fields = (yield from ledger.view(home)).values if home else {}
    return str(values.get("head") or "")[:100] or "未登记户主"
