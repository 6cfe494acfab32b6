"""Records as people see them, read for pages and for the JSON API."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import bindparam, select

from daiban_schemas.entry import decode, fields_of
from daiban_server.db import schema
from daiban_server.db.program import Lookup, Program, Row, rows
from daiban_server.spine.ledger import Stored, as_written, unpack_heads
from daiban_sync.merge import Head
from daiban_sync.view import View

_r = schema.record.c
_COLUMNS = (_r.id, _r.kind, _r.position, _r.heads, _r.status, _r.version, _r.conflicts, _r.deleted, _r.place)

BY_ID = select(*_COLUMNS).where(_r.centre == bindparam("centre_id"), _r.id == bindparam("record_id"))
BY_KIND = (
    select(*_COLUMNS)
    .where(_r.centre == bindparam("centre_id"), _r.kind == bindparam("kind_name"))
    .order_by(_r.position.desc())
    .limit(bindparam("page"))
)
BY_STATUS = (
    select(*_COLUMNS)
    .where(
        _r.centre == bindparam("centre_id"), _r.kind == bindparam("kind_name"), _r.status == bindparam("wanted_status")
    )
    .order_by(_r.position.desc())
    .limit(bindparam("page"))
)
BY_PARENT = (
    select(*_COLUMNS)
    .where(_r.centre == bindparam("centre_id"), _r.parent == bindparam("parent_id"))
    .order_by(_r.position)
)
IN_CONFLICT = (
    select(*_COLUMNS)
    .where(_r.centre == bindparam("centre_id"), _r.conflicts > 0)
    .order_by(_r.position.desc())
    .limit(bindparam("page"))
)


class Shown(msgspec.Struct, frozen=True):
    """A record's row with its view. `status` and `version` are its state machine's."""

    view: View
    status: str | None
    version: int
    conflicts: int
    deleted: bool
    place: bytes | None


def shown(statement: object, centre: bytes, **parameters: object) -> Program[list[Shown]]:
    """Records that one of the statements above finds, with their values."""
    found = yield from rows(statement, centre_id=centre, **parameters)  # type: ignore[arg-type]
    return (yield from _with_values(found, centre))


def _with_values(found: Sequence[Row], centre: bytes) -> Program[list[Shown]]:
    heads = {row[0]: unpack_heads(row[3]) if row[3] is not None else None for row in found}
    wanted = [row[2] for row in found if row[3] is None]
    wanted += [head[0] for held in heads.values() if held for head in held]
    entries = yield Lookup(
        schema.entry, ("centre", "position"), Stored._fields, [(centre, p) for p in dict.fromkeys(wanted)]
    )
    stored = {row[0]: Stored(*row) for row in entries}
    result = []
    for id_, kind, position, _, status, version, conflicts, deleted, place in found:
        held = heads[id_] or [_whole(stored[position])]
        written = [as_written(stored[head.position], head.names) for head in held]
        view = View(id_.hex(), kind, position, written)
        result.append(Shown(view, status, version, conflicts, bool(deleted), place))
    return result


def _whole(stored: Stored) -> Head:
    """The one head of a record that one change holds."""
    names = tuple(fields_of(decode(stored.body)))
    return Head(stored.position, stored.device, stored.number, names)
