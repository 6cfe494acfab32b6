"""Households that are one (并户): which of them stays, and which were joined to it.

Nothing moves when two are merged: what stands under a household stays there, so that what was signed and what phones
still hold fits. Whoever shows or counts what a household has asks here for all of it.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import LargeBinary, Select, bindparam, select

from daiban_server.db import schema
from daiban_server.db.program import Program, first, rows, run
from daiban_server.spine.ledger import Ledger, Record
from daiban_sync.ids import is_id

_m = schema.household_merge.c
_INTO = select(_m.into).where(_m.centre == bindparam("centre_id"), _m.id == bindparam("home_id"))
_MERGED = select(_m.id, _m.into).where(_m.centre == bindparam("centre_id"))
_GONE = schema.household_merge.delete().where(_m.centre == bindparam("centre_id"), _m.id == bindparam("home_id"))


def joined(home: str) -> Select[Any]:
    """The ids of a household and of all that were merged into it, for an ``IN``; `home` names the parameter that holds
    its id, beside ``centre_id``."""
    one = select(bindparam(home, type_=LargeBinary).label("id")).cte("joined", recursive=True)
    below = select(_m.id).where(_m.centre == bindparam("centre_id"), _m.into == one.c.id)
    return select(one.union(below).c.id)


_JOINED = joined("home_id")


def kept(centre: bytes, home: bytes) -> Program[bytes]:
    """The household that stays: itself, or the last one that it was merged into."""
    while row := (yield from first(_INTO, centre_id=centre, home_id=home)):
        home = row[0]
    return home


def all_of(centre: bytes, home: bytes) -> Program[list[bytes]]:
    """The household that stays, then every other that is one with it."""
    stays = yield from kept(centre, home)
    found = [id_ for (id_,) in (yield from rows(_JOINED, centre_id=centre, home_id=stays))]
    return [stays, *sorted(id_ for id_ in found if id_ != stays)]


def merged(centre: bytes) -> Program[dict[bytes, bytes]]:
    """Every household of a centre that was merged, with the one that it was merged into."""
    return dict((yield from rows(_MERGED, centre_id=centre)))


def last(home: bytes, into: Mapping[bytes, bytes]) -> bytes:
    """The household that stays, among `merged`."""
    while home in into:
        home = into[home]
    return home


def kept_in(ledger: Ledger, home: bytes) -> Program[bytes]:
    """As `kept`, by what the records of this transaction say."""
    while True:
        yield from ledger.load([home])
        record = ledger.records[home]
        # What one change wrote whole was never merged: most are spared the look.
        named = (yield from ledger.view(record)).values.get("merged_into") if record and record.heads else None
        if not isinstance(named, str) or not is_id(named):
            return home
        home = bytes.fromhex(named)


def project(ledger: Ledger, record: Record) -> Program[None]:
    """Keep `household_merge` in step with a household."""
    if not record.version:
        return
    values = (yield from ledger.view(record)).values
    into = None if "erased" in values else values.get("merged_into")
    if isinstance(into, str) and is_id(into):
        ledger.add(schema.household_merge, (ledger.centre, record.id, bytes.fromhex(into)), "replace")
    else:
        yield from run(_GONE, centre_id=ledger.centre, home_id=record.id)
