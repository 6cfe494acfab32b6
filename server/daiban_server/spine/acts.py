"""What was done with a device, as it is written down: by a person, by the device itself, or by the server alone.

Two acts of one millisecond are two rows: the later one takes the next millisecond that is free. So none is written
over, their order stands, and the table's key stays what it is. An act's time may be late by as many milliseconds as
acts came at once.
"""

from typing import NamedTuple

from sqlalchemy import bindparam, select

from daiban_server.db import schema
from daiban_server.db.program import Program, Write, first
from daiban_server.spine import chains

_a = schema.device_act.c
_AT = (
    select(_a.at)
    .where(_a.centre == bindparam("centre_id"), _a.device == bindparam("device_id"), _a.at == bindparam("moment"))
    .limit(1)
)


class Told(NamedTuple):
    """Why, when somebody told it, and since when the phone is missing (Unix milliseconds)."""

    reason: str
    reported_at: int
    lost_at: int | None = None


def write_down(
    centre: bytes, device: bytes, name: str, key: bytes, told: Told, who: bytes | None, now: int
) -> Program[None]:
    """Keep that something was done with a device, and how far its chain had come; call it under the centre's lock.
    `who` is None where the server did it by itself."""
    chain = yield from chains.end(centre, device)
    at = now
    while (yield from first(_AT, centre_id=centre, device_id=device, moment=at)) is not None:
        at += 1
    row = (centre, device, at, name, who, told.reason, key, chain.sequence, told.reported_at, told.lost_at)
    yield Write(schema.device_act, [row])
