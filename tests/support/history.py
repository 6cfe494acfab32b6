"""The history of a running township."""

from sqlalchemy import select

from daiban_server.db import schema
from daiban_server.db.program import rows
from tests.support.stretches import Kept, spelt
from tests.support.township import Township


async def history_of(town: Township) -> list[Kept]:
    """Everything in a township's history, all centres', in order of position."""
    h = schema.history.c
    columns = (h.position, h.device, h.number, h.author, h.authority, h.chained, h.facts, h.bodies)
    return list(spelt(await town.services.database.read(rows(select(*columns).order_by(h.position)))))


async def kept_of(town: Township, record: str) -> list[Kept]:
    """What history has of one record, by its hexadecimal id."""
    return [one for one in await history_of(town) if one.record == bytes.fromhex(record)]
