"""Numbers and register lines: given out in order, each in the transaction that uses it, so that none is missing."""

import datetime
from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import bindparam, select

from daiban_server.db import schema
from daiban_server.db.program import Program, Write, first
from daiban_server.limits.calendar import local_day
from daiban_server.spine.ledger import Ledger

VISITORS = "来访"
"""The register of everyone who comes (办事登记册)."""
OPINIONS = "意见反映"
"""The register of opinions."""
KINSHIP = "近亲属回避"
"""The register of cases whose applicant was declared to be a relative of somebody who works here. Every other register
is that of a window."""

MOST_LINES = 5000
"""Lines of a register that one question gives."""

_l, _s = schema.register_line.c, schema.serial.c
BETWEEN = (
    _l.centre == bindparam("centre_id"),
    _l.register == bindparam("name"),
    _l.day >= bindparam("first_day"),
    _l.day <= bindparam("last_day"),
)
"""The lines of one register from one day to another."""
_LAST = select(_s.last).where(
    _s.centre == bindparam("centre_id"), _s.series == bindparam("series_name"), _s.day == bindparam("on_day")
)
_CENTRE = select(schema.centre.c.code).where(schema.centre.c.id == bindparam("centre_id"))


def next_of(centre: bytes, series: str, day: datetime.date) -> Program[int]:
    """The next number of a series on a day, from 1."""
    row = yield from first(_LAST, centre_id=centre, series_name=series, on_day=day.isoformat())
    number = (row[0] if row else 0) + 1
    yield Write(schema.serial, [(centre, series, day.isoformat(), number)], "replace")
    return number


def numbered(ledger: Ledger, series: str) -> Program[str]:
    """A number as people write it: centre, day, series, and the serial of that day. ``JM-20261124-SB-0007``."""
    day = local_day(ledger.now)
    centre = yield from first(_CENTRE, centre_id=ledger.centre)
    serial = yield from next_of(ledger.centre, series, day)
    return f"{centre[0] if centre else 'C'}-{day:%Y%m%d}-{series}-{serial:04d}"


def enter(ledger: Ledger, register: str, record: bytes, told: Mapping[str, Any]) -> Program[int]:
    """Write the next line of a register; gives its number of the day."""
    day = local_day(ledger.now)
    line = yield from next_of(ledger.centre, f"register {register}", day)
    row = (ledger.centre, register, day.isoformat(), line, record, ledger.now, msgspec.json.encode(told))
    yield Write(schema.register_line, [row])
    return line
