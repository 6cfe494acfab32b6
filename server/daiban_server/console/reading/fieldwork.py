"""Who is in the field: each agent with the phone, when it was last heard of, and what that leaves open.

What a phone still holds alone only the phone knows; the page says so instead of guessing.
"""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import and_, bindparam, or_, select

from daiban_server.console import words
from daiban_server.console.languages.spoken import say
from daiban_server.console.words import Mark, Moment
from daiban_server.db import schema
from daiban_server.db.program import Program, Row, rows
from daiban_server.services import Presence

_p, _d, _c = schema.person.c, schema.device.c, schema.chain.c
_PHONES = (
    select(_p.name, _p.role, _p.phone, _d.id, _d.name, _d.state, _d.synced_at, _d.clock_offset, _c.pushed_at)
    .select_from(
        schema.person.outerjoin(
            schema.device,
            and_(_d.person == _p.id, _d.centre == _p.centre, _d.state != "desk", _d.state != "revoked"),
        ).outerjoin(schema.chain, and_(_c.centre == _d.centre, _c.device == _d.id))
    )
    .where(_p.centre == bindparam("centre_id"), _p.active, or_(_p.role == "agent", _d.id.is_not(None)))
    .order_by(_p.name, _d.enrolled_at)
)
_URGENCY = {"cross": 0, "diamond": 1, "half": 2, "empty": 3, "full": 4}


class Phone(NamedTuple):
    """A person with one phone, or without (`device` ""). `entries` is what came from it today; `remark` says what
    follows from its state, `clock` what is wrong with its time."""

    person: str
    role: str
    number: str
    device: str
    name: str
    mark: Mark
    heard: Moment | None
    pushed: Moment | None
    entries: int
    remark: str
    clock: str


def phones(
    centre: bytes, now: int, presence: Mapping[bytes, Presence], today: Mapping[bytes, int]
) -> Program[list[Phone]]:
    """The centre's agents and whoever else has a phone, those to look after first. `today` counts entries by device."""
    found = yield from rows(_PHONES, centre_id=centre)
    told = [_phone(row, now, presence, today) for row in found]
    return sorted(told, key=lambda phone: _URGENCY[phone.mark.shape])


def _phone(row: Row, now: int, presence: Mapping[bytes, Presence], today: Mapping[bytes, int]) -> Phone:
    person, role, number, device, name, state, heard, offset, pushed = row
    if device is None:
        return Phone(person, role, number, "", "", Mark("没有手机", "empty"), None, None, 0, "还没有登记手机", "")
    if present := presence.get(device):
        heard, offset = present.synced_at, present.clock_offset
    mark, remark = _state(state, heard, now)
    return Phone(
        person,
        role,
        number,
        device.hex(),
        name,
        mark,
        words.moment(heard, now) if heard else None,
        words.moment(pushed, now) if pushed else None,
        today.get(device, 0),
        remark,
        words.wrong_clock(offset),
    )


def _state(state: str, heard: int | None, now: int) -> tuple[Mark, str]:
    if state == "pending":
        return words.DEVICE["pending"], "审核通过后才能同步"
    if state == "frozen":
        return words.DEVICE["frozen"], "同一序号交来两份内容，两份都已保存；请重新登记这台手机"
    if heard is None:
        return Mark("还没同步", "empty"), "审核通过后还没有同步过"
    if heard < words.day_start(now):
        return Mark("今天没联系", "half"), say("{0}没有联系，之后填写的还在手机里", words.span(now - heard))
    return Mark("今天联系过", "full"), ""
