"""What the features keep of a record beside it: emptied with it, so that figures count on and nobody is named."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import bindparam, delete, select, update

from daiban_server.db import schema
from daiban_server.db.program import Program, Write, rows, run

_COUNTED = frozenset({"number", "window", "item", "mode", "source", "people", "channel"})
"""What figures and registers' numbers need of a line."""

_e, _l, _m, _g = schema.case_event.c, schema.register_line.c, schema.message.c, schema.rating.c
_s, _f, _h, _w = schema.case_sheet.c, schema.photo_file.c, schema.visit_hold.c, schema.household_sheet.c
_i, _q, _t, _b = schema.household_merge.c, schema.message_act.c, schema.task.c, schema.task_act.c
_c = schema.reception_sheet.c
_EVENTS = (
    update(schema.case_event)
    .where(_e.centre == bindparam("centre_id"), _e.case == bindparam("gone"))
    .values(told=b"{}")
)
_LINES = select(*schema.register_line.columns).where(
    _l.centre == bindparam("centre_id"), _l.record == bindparam("gone")
)
_SAID_OF_MESSAGES = delete(schema.message_act).where(
    _q.centre == bindparam("centre_id"), _q.message.in_(select(_m.id).where(_m.record == bindparam("gone")))
)
_SAID_OF_TASKS = (
    update(schema.task_act)
    .where(_b.centre == bindparam("centre_id"), _b.task.in_(select(_t.id).where(_t.record == bindparam("gone"))))
    .values(text="")
)
_MESSAGES = delete(schema.message).where(_m.centre == bindparam("centre_id"), _m.record == bindparam("gone"))
_RATING = update(schema.rating).where(_g.centre == bindparam("centre_id"), _g.id == bindparam("gone")).values(text="")
_SHEET = (
    update(schema.case_sheet)
    .where(_s.centre == bindparam("centre_id"), _s.id == bindparam("gone"))
    .values(applicant="", slip="", search=_s.number, kept_from=None)
)
_HOME = delete(schema.household_sheet).where(_w.centre == bindparam("centre_id"), _w.id == bindparam("gone"))
_RECEPTION = delete(schema.reception_sheet).where(_c.centre == bindparam("centre_id"), _c.id == bindparam("gone"))
_MERGED = delete(schema.household_merge).where(_i.centre == bindparam("centre_id"), _i.id == bindparam("gone"))
_HOLDS = delete(schema.visit_hold).where(_h.centre == bindparam("centre_id"), _h.household == bindparam("gone"))
_PHOTOS = (
    update(schema.photo_file)
    .where(_f.centre == bindparam("centre_id"), _f.record == bindparam("gone"), _f.erased.is_(None))
    .values(erased=bindparam("now"))
    .returning(_f.digest)
)
_NEEDED = (
    select(_f.digest)
    .where(_f.centre == bindparam("centre_id"), _f.digest == bindparam("sha256"), _f.erased.is_(None))
    .limit(1)
)
_other = schema.photo_file.alias()
_LEFT = (
    select(_f.centre, _f.digest)
    .distinct()
    .where(
        _f.erased.is_not(None),
        ~select(_other.c.digest)
        .where(_other.c.centre == _f.centre, _other.c.digest == _f.digest, _other.c.erased.is_(None))
        .exists(),
    )
)


class Blob(NamedTuple):
    """A photo whose bytes nobody needs any more."""

    centre: bytes
    digest: bytes


def empty(centre: bytes, records: Iterable[bytes], now: int) -> Program[list[Blob]]:
    """Empty every copy of these records; gives the photos whose bytes are to be deleted once this is committed."""
    digests: set[bytes] = set()
    for gone in records:
        for statement in (
            _EVENTS,
            _SAID_OF_TASKS,
            _SAID_OF_MESSAGES,
            _MESSAGES,
            _RATING,
            _SHEET,
            _HOLDS,
            _HOME,
            _RECEPTION,
            _MERGED,
        ):
            yield from run(statement, centre_id=centre, gone=gone)
        for row in (yield from rows(_LINES, centre_id=centre, gone=gone)):
            yield Write(schema.register_line, [(*row[:-1], _counted(row[-1]))], "replace")
        digests |= {row[0] for row in (yield from rows(_PHOTOS, centre_id=centre, gone=gone, now=now))}
    blobs = []
    for digest in sorted(digests):
        if not (yield from rows(_NEEDED, centre_id=centre, sha256=digest)):
            blobs.append(Blob(centre, digest))
    return blobs


def left() -> Program[list[Blob]]:
    """Photos that were erased and are no other record's: of none of them bytes may be left."""
    return [Blob(*row) for row in (yield from rows(_LEFT))]


def _counted(told: bytes) -> bytes:
    line: dict[str, Any] = msgspec.json.decode(told)
    return msgspec.json.encode({name: value for name, value in line.items() if name in _COUNTED})
