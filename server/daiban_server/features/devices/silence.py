"""Phones that have been silent too long: the head hears of each, once a silence.

A phone that nobody hears of holds work that nobody else has, or lies in a river, or in somebody else's pocket. That of
somebody who left is waited for as well until it said that nothing is left on it: its person is not of the house any
more, and nobody else asks for it.
"""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import bindparam, func, select

from daiban_server import todo
from daiban_server.db import schema, setting
from daiban_server.db.program import Program, rows

DAYS = 7
"""After how many days of silence the head is told, unless the centre's setting says otherwise."""
DAY = 86_400_000
SETTING = "silent days"

_d, _p = schema.device.c, schema.person.c
_HEARD = func.coalesce(_d.synced_at, _d.approved_at, _d.enrolled_at)
_OWNED = schema.device.join(schema.person, _d.person == _p.id)
_AWAITED = ((_d.state == "active") | (_d.state == "suspended")) & _p.active | (_d.state == "leaving")
_SILENT = select(_d.id, _d.centre, _HEARD).select_from(_OWNED).where(_AWAITED, bindparam("heard_before") > _HEARD)
_OF_CENTRE = (
    select(_d.id, _d.name, _p.name, _p.phone, _HEARD)
    .select_from(_OWNED)
    .where(_d.centre == bindparam("centre_id"), _AWAITED, bindparam("heard_before") > _HEARD)
    .order_by(_HEARD)
)


def days(centre: bytes) -> Program[int]:
    """After how many days of silence this centre's head is told."""
    return int((yield from setting.held(f"{SETTING} {centre.hex()}")) or DAYS)


class Silent(NamedTuple):
    """A phone without a word since `heard`, and whose it is."""

    device: bytes
    name: str
    who: str
    phone: str
    heard: int


def silent(centre: bytes, now: int, present: Mapping[bytes, int]) -> Program[list[Silent]]:
    """The phones of a centre that have been silent too long, the longest first. `present` says when those were heard of
    about which nothing was written yet."""
    before = now - (yield from days(centre)) * DAY
    found = yield from rows(_OF_CENTRE, centre_id=centre, heard_before=before)
    return [Silent(*row) for row in found if present.get(row[0], 0) < before]


def look(now: int) -> Program[None]:
    """Tell the heads of phones that fell silent since the last look."""
    limits: dict[bytes, int] = {}
    for device, centre, heard in (yield from rows(_SILENT, heard_before=now - DAY)):
        if centre not in limits:
            limits[centre] = yield from days(centre)
        if now - heard > limits[centre] * DAY:
            yield from todo.for_head(centre, device, "device.silent", f"silent since {heard}", now)
