"""Rating (好差评): five levels, the last two bad; once, never changed, by the resident, who alone has the secret.

A bad one becomes an opinion, so somebody other than the handler calls the resident.
"""

import secrets
from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, select

from daiban_schemas import entry
from daiban_schemas.labels import RATINGS
from daiban_server.db import schema
from daiban_server.db.program import Program, Write, rows
from daiban_server.rating_secret import may_rate
from daiban_server.services import Services
from daiban_server.spine import desk, views
from daiban_server.spine.refusal import Refusal
from daiban_sync import ids

BAD = 2
"""This level and below is bad."""
_r = schema.rating.c
_GIVEN = select(_r.level).where(_r.centre == bindparam("centre_id"), _r.id == bindparam("case_id"))


def rate(centre: bytes, case: bytes, level: int, text: str, services: Services) -> Program[None]:
    """Keep a rating. Raises `Refusal`: ``rating.once`` or ``rating.not_yet``."""
    now = services.now()
    (found,) = yield from views.shown(views.BY_ID, centre, record_id=case)
    values = found.view.values
    if not may_rate(values):
        raise Refusal("rating.not_yet")
    if (yield from rows(_GIVEN, centre_id=centre, case_id=case)):
        raise Refusal("rating.once")
    handler = bytes.fromhex(values.get("handler_id") or ids.NOBODY.hex())
    yield Write(schema.rating, [(centre, case, level, text, now, handler)])
    if level <= BAD:
        yield from _follow_up(centre, case, level, text, values, found.place or centre, services)


def _follow_up(
    centre: bytes, case: bytes, level: int, text: str, values: Mapping[str, Any], place: bytes, services: Services
) -> Program[None]:
    now = services.now()
    fields = {
        "place": place.hex(),
        "channel": "rating",
        "text": f"{values.get('number')} 号办件评价「{RATINGS[level]}」。{text}",
        "application": case.hex(),
        "came_at": now,
    }
    if values.get("phone"):
        fields["phone"] = values["phone"]
    record = ids.uuid7(now, secrets.token_bytes(10)).hex()
    clerk = desk.Clerk(ids.NOBODY, "head", centre)
    body = entry.change(record, "opinion", fields, seen=0, at=now, by=ids.NOBODY.hex())
    yield from desk.write(clerk, [body], services.keys, services.effects, now, secrets.token_bytes(32))
