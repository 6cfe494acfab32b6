"""What two builds of one seed have in common: a hash over everything that is content.

Content are the records with the values that people see and their states, the sheets of the cases with what happened to
them, the registers' lines, the cadres' obligations and the ratings. The server's own random bytes are none: its keys,
its sessions, the ids of records that it makes itself, which stand here under their register number, and the device of
its desk, so of what an acceptance accepted the numbers of the entries are content and their devices are not.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import bindparam, select

from daiban_server.db import schema
from daiban_server.db.database import Database, open_database
from daiban_server.db.program import Program, rows
from daiban_server.settings import Settings
from daiban_server.spine import views

_PAGE = 500
_OWN_ID = "opinion"
"""The kind of record that the server makes for others: out of the box, and of a bad rating."""
_r, _l = schema.record.c, schema.register_line.c
CENTRES = select(schema.counter.c.centre).order_by(schema.counter.c.centre)
_RECORDS = (
    select(
        *(_r.id, _r.kind, _r.position, _r.stretch, _r.heads, _r.status, _r.version, _r.conflicts, _r.deleted, _r.place)
    )
    .where(_r.centre == bindparam("centre_id"), _r.id > bindparam("after"))
    .order_by(_r.id)
    .limit(_PAGE)
)
_REGISTER = (
    select(_l.register, _l.day, _l.line, _l.at, _l.told)
    .where(_l.centre == bindparam("centre_id"))
    .order_by(_l.register, _l.day, _l.line)
)
_ROWS = (
    select(schema.case_sheet).where(schema.case_sheet.c.centre == bindparam("centre_id")).order_by("id"),
    select(
        *(
            schema.case_event.c[name]
            for name in ("case", "name", "before", "after", "at", "effective", "author", "told")
        )
    )
    .where(schema.case_event.c.centre == bindparam("centre_id"))
    .order_by(schema.case_event.c.case, schema.case_event.c.position),
    _REGISTER,
    select(schema.obligation).where(schema.obligation.c.centre == bindparam("centre_id")).order_by("id"),
    select(schema.rating).where(schema.rating.c.centre == bindparam("centre_id")).order_by("id"),
)

Told = tuple[Any, ...]


def content_hash(folder: Path) -> str:
    """The SHA-256, in hexadecimal, of the content of a server's folder; nobody may be serving it."""
    return asyncio.run(hash_of(folder))


async def hash_of(folder: Path) -> str:
    """As `content_hash`, where a loop is running."""
    digest = hashlib.sha256()
    database = await open_database(Settings(folder).database_url)
    try:
        for (centre,) in await database.read(rows(CENTRES)):
            for line in await _content(database, centre):
                digest.update(msgspec.json.encode(line, order="deterministic") + b"\n")
    finally:
        await database.close()
    return digest.hexdigest()


async def _content(database: Database, centre: bytes) -> list[Told]:
    """A centre's content, line by line."""
    lines: list[Told] = []
    after: bytes | None = b""
    while after is not None:
        page = await database.read(_page(centre, after))
        lines += [_record(one) for one in page]
        after = bytes.fromhex(page[-1].view.record) if len(page) == _PAGE else None
    lines.sort(key=lambda line: str(line[0]))
    for statement in _ROWS:
        lines += list(map(_row, await database.read(rows(statement, centre_id=centre))))
    return lines


def _page(centre: bytes, after: bytes) -> Program[list[views.Shown]]:
    return (yield from views.shown(_RECORDS, centre, after=after))


def _record(shown: views.Shown) -> Told:
    view = shown.view
    name = str(view.values.get("number")) if view.kind == _OWN_ID else view.record
    disputed = {field: [value.value for value in held] for field, held in view.conflicts.items()}
    values = dict(view.values)
    if "accepted" in values:
        values["accepted"] = [number for _, number in values["accepted"]]
    return (name, view.kind, shown.status, shown.deleted, values, disputed)


def _row(row: Sequence[Any]) -> Told:
    return tuple(value.hex() if isinstance(value, bytes) and len(value) == 16 else _plain(value) for value in row)


def _plain(value: Any) -> Any:
    return value.decode() if isinstance(value, bytes) else value
