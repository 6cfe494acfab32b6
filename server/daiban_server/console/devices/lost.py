"""手机丢了: whom to telephone, for whoever stands in a village without a phone of his own. Everybody may see it."""

from typing import NamedTuple

import msgspec
from litestar import get
from litestar.response import Template
from sqlalchemy import select

from daiban_server.console.pages import page
from daiban_server.db import schema
from daiban_server.db.program import Program, rows
from daiban_server.offices import KEY, Reached
from daiban_server.services import GivenServices
from daiban_sync.ids import NOBODY

_c, _s = schema.centre.c, schema.setting.c
_CENTRES = select(_c.id, _c.name).order_by(_c.name)
_HELD = select(_s.name, _s.value).where(_s.name.like(f"{KEY}%"))


class Number(NamedTuple):
    """Where to report a phone as lost; `hours` says when somebody is there."""

    name: str
    phone: str
    hours: str


@get("/lost")
async def lost(services: GivenServices) -> Template:
    """The centres' telephones, and what happens then."""
    centres, district = await services.database.read(_numbers())
    return page("lost", {"title": "手机丢了", "centres": centres, "district": district})


def _numbers() -> Program[tuple[list[Number], Number | None]]:
    held = {name.removeprefix(KEY): value for name, value in (yield from rows(_HELD))}
    found: dict[bytes, Number] = {}
    for id_, name in (yield from rows(_CENTRES)):
        how = msgspec.json.decode(held[id_.hex()], type=Reached) if id_.hex() in held else Reached()
        found[id_] = Number(name, how.phone or how.supervision, how.hours)
    district = found.pop(NOBODY, None)
    return list(found.values()), district
