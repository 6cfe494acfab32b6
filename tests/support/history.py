"""History as a database has it, read row by row with nothing of the server's code."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import select

from daiban_server.db import schema
from daiban_server.db.program import rows
from tests.support.township import Township

STRETCHES = "SELECT position, device, number, author, authority, chained, facts, bodies FROM history WHERE centre = ?"
"""All stretches of a centre, as `spelt` takes them."""


class Kept(NamedTuple):
    """One entry of history."""

    position: int
    device: bytes
    number: int
    author: bytes
    authority: int
    chained: bool
    effective: int
    outcome: int
    record: bytes
    body: bytes


def spelt(stretches: Iterable[Any]) -> Iterator[Kept]:
    """The entries of stretches, one by one."""
    for position, device, number, author, authority, chained, facts, bodies in stretches:
        told = zip(msgspec.msgpack.decode(facts), msgspec.msgpack.decode(bodies), strict=True)
        for n, ((effective, outcome, record), body) in enumerate(told):
            yield Kept(
                position + n, device, number + n, author, authority, bool(chained), effective, outcome, record, body
            )


async def history_of(town: Township) -> list[Kept]:
    """Everything in a township's history, all centres', in order of position."""
    h = schema.history.c
    columns = (h.position, h.device, h.number, h.author, h.authority, h.chained, h.facts, h.bodies)
    return list(spelt(await town.services.database.read(rows(select(*columns).order_by(h.position)))))


async def kept_of(town: Township, record: str) -> list[Kept]:
    """What history has of one record, by its hexadecimal id."""
    return [one for one in await history_of(town) if one.record == bytes.fromhex(record)]
