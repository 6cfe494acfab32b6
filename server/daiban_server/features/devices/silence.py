"""Phones that have been silent too long: the head hears of each, once a silence.

A phone that nobody hears of holds work that nobody else has, or lies in a river, or in somebody else's pocket. That of
somebody who left is waited for as well until it said that nothing is left on it: its person is not of the house any
more, and nobody else asks for it.
"""

from sqlalchemy import bindparam, func, select

from daiban_server import todo
from daiban_server.db import schema
from daiban_server.db.program import Program, first, rows

DAYS = 7
"""After how many days of silence the head is told, unless the centre's setting says otherwise."""
DAY = 86_400_000
SETTING = "silent days"

_d, _p = schema.device.c, schema.person.c
_HEARD = func.coalesce(_d.synced_at, _d.approved_at, _d.enrolled_at)
_SILENT = (
    select(_d.id, _d.centre, _HEARD)
    .select_from(schema.device.join(schema.person, _d.person == _p.id))
    .where(
        ((_d.state == "active") | (_d.state == "suspended")) & _p.active | (_d.state == "leaving"),
        bindparam("heard_before") > _HEARD,
    )
)
_DAYS = select(schema.setting.c.value).where(schema.setting.c.name == bindparam("setting_name"))


def days(centre: bytes) -> Program[int]:
    """After how many days of silence this centre's head is told."""
    row = yield from first(_DAYS, setting_name=f"{SETTING} {centre.hex()}")
    return int(row[0]) if row else DAYS


def look(now: int) -> Program[None]:
    """Tell the heads of phones that fell silent since the last look."""
    limits: dict[bytes, int] = {}
    for device, centre, heard in (yield from rows(_SILENT, heard_before=now - DAY)):
        if centre not in limits:
            limits[centre] = yield from days(centre)
        if now - heard > limits[centre] * DAY:
            yield from todo.for_head(centre, device, "device.silent", f"silent since {heard}", now)
