"""Obligations for those who look after them."""

from litestar import get
from msgspec import Struct
from sqlalchemy import bindparam, or_, select

from daiban_server.db import schema
from daiban_server.db.program import Program, rows
from daiban_server.http.people import names_of
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.services import GivenServices

_o = schema.obligation.c
_LIST = (
    select(
        *(_o.id, _o.application, _o.household, _o.cadre, _o.due, _o.state, _o.reply, _o.met_at, _o.received_at),
        _o.met_by,
    )
    .where(
        _o.centre == bindparam("centre_id"),
        or_(bindparam("everybody") == 1, _o.cadre == bindparam("person_id")),
    )
    .order_by(_o.reply.is_not(None), _o.due)
    .limit(500)
)


class ObligationOut(Struct, frozen=True):
    """A reply that is or was owed. `state` is ``due``, ``late``, ``met``, ``met_received_late`` or ``lapsed``; times in
    Unix milliseconds. `written_by` wrote the reply that met it on the cadre's behalf; "" where he wrote it himself."""

    id: str
    application: str
    household: str
    cadre: str
    cadre_name: str
    due: int
    state: str
    reply: str | None
    met_at: int | None
    received_at: int | None
    written_by: str


@get("/v1/obligations", opt={"action": "obligation.read"})
async def obligations(session: GivenSession, services: GivenServices) -> list[ObligationOut]:
    """Replies owed, open ones first by due time; a cadre sees his own."""
    return await services.database.read(owed(session))


def owed(session: SignedIn) -> Program[list[ObligationOut]]:
    """The obligations that `session` may see."""
    clerk = session.clerk
    everybody = 0 if clerk.role == "cadre" else 1
    found = yield from rows(_LIST, centre_id=clerk.centre, everybody=everybody, person_id=clerk.person)
    names = yield from names_of({person.hex() for row in found for person in (row[3], row[9]) if person})
    return [
        ObligationOut(
            row[0].hex(),
            row[1].hex(),
            row[2].hex(),
            row[3].hex(),
            names.get(row[3].hex(), ""),
            row[4],
            row[5],
            row[6].hex() if row[6] else None,
            row[7],
            row[8],
            names.get(row[9].hex(), "") if row[9] and row[9] != row[3] else "",
        )
        for row in found
    ]
