"""Records as people see them, read for pages and for the JSON API."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Executable, bindparam, literal_column, select

from daiban_schemas.entry import reread
from daiban_server.db import schema
from daiban_server.db.program import Program, Row, rows
from daiban_server.spine import history
from daiban_server.spine.history import Stored
from daiban_server.spine.ledger import as_written, unpack_heads
from daiban_sync.merge import Head
from daiban_sync.view import View

_r = schema.record.c
_COLUMNS = (
    _r.id,
    _r.kind,
    _r.position,
    _r.stretch,
    _r.heads,
    _r.status,
    _r.version,
    _r.conflicts,
    _r.deleted,
    _r.place,
)

BY_ID = select(*_COLUMNS).where(_r.centre == bindparam("centre_id"), _r.id == bindparam("record_id"))
BY_KIND = (
    select(*_COLUMNS)
    .where(_r.centre == bindparam("centre_id"), _r.kind == bindparam("kind_name"))
    .order_by(_r.position.desc())
    .limit(bindparam("page"))
)
OLDER = (
    select(*_COLUMNS)
    .where(_r.centre == bindparam("centre_id"), _r.kind == bindparam("kind_name"), _r.position < bindparam("before"))
    .order_by(_r.position.desc())
    .limit(bindparam("page"))
)
BY_STATUS = (
    select(*_COLUMNS)
    .where(
        _r.centre == bindparam("centre_id"), _r.kind == bindparam("kind_name"), _r.status == bindparam("wanted_status")
    )
    # Not by the feed: PostgreSQL would go back through all of it for a few drafts.
    .order_by((_r.position + 0).desc())
    .limit(bindparam("page"))
)
BY_PARENT = (
    select(*_COLUMNS)
    .where(_r.centre == bindparam("centre_id"), _r.parent == bindparam("parent_id"))
    .order_by(_r.position)
)
OF_PARENT = (
    select(*_COLUMNS)
    .where(
        _r.centre == bindparam("centre_id"),
        _r.parent == bindparam("parent_id"),
        _r.kind == bindparam("kind_name"),
        _r.deleted.is_(False),
    )
    .order_by(_r.position)
)
IN_CONFLICT = (
    select(*_COLUMNS)
    # As the index says it: a number that was bound would hide that it fits.
    .where(_r.centre == bindparam("centre_id"), _r.conflicts > literal_column("0"))
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


def shown(statement: Executable, centre: bytes, **parameters: object) -> Program[list[Shown]]:
    """Records that one of the statements above finds, with their values."""
    found = yield from rows(statement, centre_id=centre, **parameters)
    return (yield from _with_values(found, centre))


def _with_values(found: Sequence[Row], centre: bytes) -> Program[list[Shown]]:
    heads: dict[bytes, tuple[Head, ...]] = {}
    starts: set[int] = set()
    for id_, _, _, stretch, packed, *_ in found:
        heads[id_], named = unpack_heads(packed) if packed is not None else ((), {0: stretch})
        starts.update(named.values())
    stored = yield from history.entries_at(centre, starts)
    result = []
    for id_, kind, position, _, _, status, version, conflicts, deleted, place in found:
        held = heads[id_] or (_whole(stored[position]),)
        written = [as_written(stored[head.position], head.names) for head in held]
        view = View(id_.hex(), kind, position, written)
        result.append(Shown(view, status, version, conflicts, bool(deleted), place))
    return result


def _whole(stored: Stored) -> Head:
    """The one head of a record that one change holds."""
    names = tuple(reread(stored.body)[1])
    return Head(stored.position, stored.device, stored.number, names)
