"""Retention and erasure over HTTP."""

from typing import Any

from litestar import Controller, get, post, put
from litestar.params import JSONBody
from msgspec import Struct
from sqlalchemy import bindparam, select

from daiban_server.db import schema
from daiban_server.db.program import rows
from daiban_server.features.erasure import erasing, retention
from daiban_server.features.erasure.retention import Due
from daiban_server.http.problems import ProblemError, checked_id
from daiban_server.http.session import GivenSession
from daiban_server.services import GivenServices
from daiban_server.spine.apply import blank

MOST = 200
"""Records that one act erases."""
REASON_LENGTH = 200

_x, _p = schema.erasure.c, schema.person.c
DONE = (
    select(_x.record, _x.at, _p.name, _x.reason)
    .select_from(schema.erasure.outerjoin(schema.person, _p.id == _x.by))
    .where(_x.centre == bindparam("centre_id"))
    .order_by(_x.at.desc(), _x.record)
    .limit(500)
)


class Wanted(Struct):
    """What is to be erased, and why."""

    records: list[str]
    reason: str


class ErasedOut(Struct, frozen=True):
    """A record that was erased: when (Unix milliseconds), by whom, why."""

    record: str
    at: int
    by: str
    reason: str


@get("/v1/retention", opt={"action": "erasure.read"})
async def kept(services: GivenServices) -> dict[str, int]:
    """How many days records of each class are kept."""
    return await services.database.read(retention.days())


@put("/v1/retention", opt={"action": "retention.change"})
async def change(data: JSONBody[dict[str, int]], services: GivenServices) -> dict[str, int]:
    """Set how long classes are kept; the others stay as they are."""
    if any(retention.problems(data)):
        raise ProblemError("retention.invalid")
    chosen = {**(await services.database.read(retention.days())), **data}
    await services.database.write("retention", lambda: retention.keep(chosen))
    return chosen


class Erasures(Controller):
    """What was erased in one's own centre, what is due, and erasing."""

    path = "/v1/erasures"

    @get("/", opt={"action": "erasure.read"})
    async def done(self, session: GivenSession, services: GivenServices) -> list[ErasedOut]:
        """What was erased, newest first; at most 500."""
        found = await services.database.read(rows(DONE, centre_id=session.clerk.centre))
        return [ErasedOut(record.hex(), at, by or "", reason) for record, at, by, reason in found]

    @get("/due", opt={"action": "erasure.read"})
    async def due(self, session: GivenSession, services: GivenServices) -> list[Due]:
        """What its retention is over for."""
        return await services.database.read(retention.due(session.clerk.centre, services.now()))

    @post("/", opt={"action": "erasure.run"}, status_code=200)
    async def erase(self, data: JSONBody[Wanted], session: GivenSession, services: GivenServices) -> dict[str, int]:
        """Erase records with everything under them, for ever."""
        if not 0 < len(data.records) <= MOST or blank(data.reason) or len(data.reason) > REASON_LENGTH:
            raise ProblemError("request.invalid")
        ids = [checked_id(one, "record.unknown") for one in data.records]
        return {"erased": await erasing.erase(ids, session.clerk, data.reason.strip(), services)}


ROUTES: list[Any] = [kept, change, Erasures]
