"""Where a record belongs follows its visible parent, and what is under it follows too.

A household that moves to another village takes its applications, photos and visits along: they get new positions, so
that whoever answers for the new place pulls them.
"""

from collections.abc import Callable

from sqlalchemy import bindparam, select

from daiban_schemas.kind import Kind
from daiban_server.db import schema
from daiban_server.db.program import Program, rows
from daiban_server.spine.ledger import Ledger, Record

_CHILDREN = select(schema.record.c.id).where(
    schema.record.c.centre == bindparam("centre_id"), schema.record.c.parent == bindparam("parent_id")
)
DEEPEST = 8
"""Levels of children that follow; kinds are nested three deep."""

Place = Callable[[Kind, bytes], Program[bytes | None]]
"""Gives the place that a parent stands in, None where it is not there."""


def follow_parent(ledger: Ledger, kind: Kind, record: Record, place_of: Place) -> Program[None]:
    """Bring `record` under its visible parent. A parent that is not there leaves it where it is."""
    if kind.parent is None:
        return
    named = (yield from ledger.view(record)).values.get(kind.parent)
    if not isinstance(named, str) or bytes.fromhex(named) == record.parent:
        return
    place = yield from place_of(kind, bytes.fromhex(named))
    if place is None:
        return
    record.parent = bytes.fromhex(named)
    if place != record.place:
        _depart(ledger, record)
        record.place = place
        yield from _take_along(ledger, record, DEEPEST)


def _depart(ledger: Ledger, record: Record) -> None:
    """Note that a record leaves its place; its position is the new one already."""
    if record.place is not None:
        ledger.departures.append((ledger.centre, record.position, record.id, record.place, ledger.now))


def _take_along(ledger: Ledger, record: Record, depth: int) -> Program[None]:
    found = yield from rows(_CHILDREN, centre_id=ledger.centre, parent_id=record.id)
    made_here = [one.id for one in ledger.records.values() if one is not None and one.parent == record.id]
    ids = list(dict.fromkeys([*(row[0] for row in found), *made_here]))
    yield from ledger.load(ids)
    for id_ in ids:
        child = ledger.records[id_]
        if child is None or child.parent != record.id:
            continue
        # Spelt out, since no entry stands at the new position.
        child.heads = ledger.heads(child)
        child.position = ledger.next_position()
        _depart(ledger, child)
        child.place = record.place
        ledger.changed.add(id_)
        if depth:
            yield from _take_along(ledger, child, depth - 1)
