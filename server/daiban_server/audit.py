"""Acts that somebody else may ask about: who did it, with what, when, why.

Each row's digest covers the row and the digest before it, and `audit_end` holds the last one. So a row that was
changed, taken out or cut off from the end shows. Whoever may write in the database can make the whole chain anew, and
a restored backup ends where the backup was made: the chain tells of a hand that reached in, not of a forger with all
keys. Nothing of the server changes or deletes a row: the law wants records of how sensitive data was handled kept for
three years at least (个保法 56), and a row is small.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec
from sqlalchemy import bindparam, func, or_, select, update

from daiban_schemas.masking import in_text
from daiban_server.db import schema
from daiban_server.db.program import Program, Row, Write, first, rows, run

ACTS: Mapping[str, str] = {
    "value.reveal": "查看完整号码",
    "photo.open": "查看照片",
    "reveal.too_many": "查看次数超限",
    "evidence.export": "导出证据",
    "figures.export": "导出统计报表",
    "person.export": "导出个人信息副本",
    "record.erase": "删除个人信息",
    "device.revoke": "停用手机",
    "device.suspend": "挂失手机",
    "quarantine.adopt": "采用单独存放的",
    "quarantine.refuse": "不采用单独存放的",
    "factor.reset": "重置二次验证",
    "password.reset": "重置密码",
    "provider.allow": "准许统一身份认证登录",
    "provider.remove": "取消统一身份认证登录",
    "account.close": "停用账号",
}
"""The acts, and what people read. A code that was ever written keeps its meaning."""

START = bytes(32)
"""What stands before a centre's first row."""
PAGE = 1000
LONGEST = 500
"""Characters of a reason, and of what it was done with."""

_a, _e = schema.audit.c, schema.audit_end.c
_LOCK = (
    update(schema.audit_end)
    .where(_e.centre == bindparam("centre_id"))
    .values(number=_e.number + 1)
    .returning(_e.number, _e.digest)
)
_MOVE = update(schema.audit_end).where(_e.centre == bindparam("centre_id")).values(digest=bindparam("new_digest"))
_END = select(_e.number, _e.digest).where(_e.centre == bindparam("centre_id"))
_CHAIN = (
    select(schema.audit)
    .where(_a.centre == bindparam("centre_id"), _a.number > bindparam("after"))
    .order_by(_a.number)
    .limit(PAGE)
)
_LATELY = select(func.count(), func.min(_a.at)).where(
    _a.centre == bindparam("centre_id"),
    _a.person == bindparam("person_id"),
    _a.act == bindparam("act_name"),
    or_(bindparam("any_subject") == 1, _a.subject == bindparam("subject_id")),
    _a.at > bindparam("since"),
)
_CENTRES = select(schema.centre.c.id).order_by(schema.centre.c.id)
_LIST = (
    select(
        *(_a.centre, _a.number, _a.at, _a.person, _a.act, _a.subject, _a.told, _a.reason),
        schema.person.c.name,
        schema.centre.c.name,
    )
    .select_from(
        schema.audit.outerjoin(schema.person, schema.person.c.id == _a.person).outerjoin(
            schema.centre, schema.centre.c.id == _a.centre
        )
    )
    .where(
        or_(bindparam("any_centre") == 1, _a.centre == bindparam("centre_id")),
        or_(bindparam("any_act") == 1, _a.act == bindparam("act_name")),
        or_(bindparam("any_person") == 1, _a.person == bindparam("person_id")),
        or_(bindparam("any_subject") == 1, _a.subject == bindparam("subject_id")),
        _a.at >= bindparam("since"),
        _a.at < bindparam("until"),
        or_(
            _a.at < bindparam("before_at"),
            (_a.at == bindparam("before_at")) & (_a.centre < bindparam("before_centre")),
            (_a.at == bindparam("before_at"))
            & (_a.centre == bindparam("before_centre"))
            & (_a.number < bindparam("before_number")),
        ),
    )
    .order_by(_a.at.desc(), _a.centre.desc(), _a.number.desc())
    .limit(bindparam("page"))
)


class Place(NamedTuple):
    """Where a page of the list ended."""

    at: int
    centre: bytes
    number: int


NEWEST = Place(2**62, b"\xff" * 16, 2**62)


class Wanted(NamedTuple):
    """What a list is narrowed to; None is no wish. `since` and `until` are Unix milliseconds, the latter left out."""

    centre: bytes | None
    act: str | None = None
    person: bytes | None = None
    subject: bytes | None = None
    since: int = 0
    until: int = 2**62


class Noted(NamedTuple):
    """A row, with the names of who did it and where."""

    centre: bytes
    number: int
    at: int
    person: bytes
    act: str
    subject: bytes
    told: str
    reason: str
    name: str | None
    centre_name: str | None

    @property
    def place(self) -> Place:
        """Where the list goes on behind it."""
        return Place(self.at, self.centre, self.number)


class Broken(NamedTuple):
    """Where a centre's chain does not hold: the row `number` is changed, missing, or one too many."""

    centre: bytes
    number: int


def note(
    centre: bytes, person: bytes, act: str, subject: bytes, reason: str, now: int, told: str = ""
) -> Program[None]:
    """Keep that somebody did something, in the transaction that does it. `act` is a key of `ACTS`; `subject` a record,
    a device or a person; `told` says in words what it was, and `reason` why: both as people wrote them, but for the
    numbers in them, which are masked here. Raises `KeyError` for an act that is not listed."""
    ACTS[act]
    yield Write(schema.audit_end, [(centre, 0, START)], "ignore")
    end = yield from first(_LOCK, centre_id=centre)
    assert end is not None, "written just before"
    number, before = end
    row = (centre, number, now, person, act, subject, in_text(told)[:LONGEST], in_text(reason)[:LONGEST])
    digest = _digest(before, row)
    yield Write(schema.audit, [(*row, digest)])
    yield from run(_MOVE, centre_id=centre, new_digest=digest)


def lately(
    centre: bytes, person: bytes, act: str, since: int, subject: bytes | None = None
) -> Program[tuple[int, int]]:
    """How often somebody did something after a moment, to one subject or to any, and when first (0 if never)."""
    which = _wish("subject", subject, "subject_id", START[:16])
    row = yield from first(_LATELY, centre_id=centre, person_id=person, act_name=act, since=since, **which)
    return (int(row[0]), int(row[1] or 0)) if row else (0, 0)


def listed(wanted: Wanted, behind: Place, page: int) -> Program[list[Noted]]:
    """The rows that fit, newest first, behind a place of the list."""
    found = yield from rows(
        _LIST,
        **_wish("centre", wanted.centre, "centre_id", START[:16]),
        **_wish("act", wanted.act, "act_name", ""),
        **_wish("person", wanted.person, "person_id", START[:16]),
        **_wish("subject", wanted.subject, "subject_id", START[:16]),
        since=wanted.since,
        until=wanted.until,
        before_at=behind.at,
        before_centre=behind.centre,
        before_number=behind.number,
        page=page,
    )
    return [Noted(*row) for row in found]


def _wish(name: str, value: bytes | str | None, parameter: str, nothing: bytes | str) -> dict[str, int | bytes | str]:
    return {f"any_{name}": int(value is None), parameter: nothing if value is None else value}


def broken(centre: bytes) -> Program[Broken | None]:
    """Where a centre's chain does not hold, from its first row to where it says that it ends; None where it holds."""
    number, digest = 0, START
    while found := (yield from rows(_CHAIN, centre_id=centre, after=number)):
        for row in found:
            number += 1
            digest = _digest(digest, row[:-1])
            if row[1] != number or row[-1] != digest:
                return Broken(centre, number)
    end = yield from first(_END, centre_id=centre)
    return None if tuple(end or (0, START)) == (number, digest) else Broken(centre, number + 1)


def broken_anywhere() -> Program[list[Broken]]:
    """As `broken`, of the district and every centre."""
    found = []
    for (centre,) in (yield from rows(_CENTRES)):
        found.append((yield from broken(centre)))
    return [one for one in found if one]


def _digest(before: bytes, row: Sequence[object] | Row) -> bytes:
    return hashlib.sha256(before + msgspec.json.encode(list(_plain(row)))).digest()


def _plain(row: Sequence[object] | Row) -> Iterator[object]:
    """A row's columns as JSON says them, the same from either database."""
    for value in row:
        yield bytes(value).hex() if isinstance(value, bytes | memoryview) else value
