"""Addresses of calendars: issued, ended, read."""

import secrets

from litestar import Response, delete, get, post
from litestar.params import FromPath
from msgspec import Struct

from daiban_server.features.visits import calendars
from daiban_server.http.problems import ProblemError, checked_id
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.services import GivenServices, Services
from daiban_server.staff import person as somebody


class Issued(Struct, frozen=True):
    """The address, which is shown once: whoever has it reads the calendar."""

    url: str


@post("/v1/people/{person:str}/calendar", opt={"action": "calendar.issue"}, status_code=201)
async def issue(person: FromPath[str], session: GivenSession, services: GivenServices) -> Issued:
    """A new address for one's own calendar, or by the head for anybody's of the centre; the one before ends.

    Raises `ProblemError`: ``person.unknown``, ``calendar.not_yours``.
    """
    who, secret = await _whose(person, session, services), secrets.token_hex(20)
    centre, now = session.clerk.centre, services.now()
    await services.database.write(centre, lambda: calendars.issue(centre, who, secret, now))
    return Issued(f"{services.settings.url}/v1/calendars/{secret}.ics")


@delete("/v1/people/{person:str}/calendar", opt={"action": "calendar.issue"})
async def revoke(person: FromPath[str], session: GivenSession, services: GivenServices) -> None:
    """End the address."""
    who, centre, now = await _whose(person, session, services), session.clerk.centre, services.now()
    await services.database.write(centre, lambda: calendars.revoke(centre, who, now))


@get("/v1/calendars/{name:str}", media_type="text/calendar; charset=utf-8")
async def read(name: FromPath[str], services: GivenServices) -> Response[bytes]:
    """The calendar at an address. Raises `ProblemError`: ``request.not_found``."""
    found = await services.database.read(calendars.read(name.removesuffix(".ics"), services.now()))
    if found is None:
        raise ProblemError("request.not_found")
    headers = {"Cache-Control": "private, max-age=300", "Content-Disposition": 'inline; filename="visits.ics"'}
    return Response(found, media_type="text/calendar; charset=utf-8", headers=headers)


async def _whose(person: str, session: SignedIn, services: Services) -> bytes:
    who = checked_id(person, "person.unknown")
    found = await services.database.read(somebody(who))
    if found is None or not found.active or found.centre != session.clerk.centre:
        raise ProblemError("person.unknown")
    if who != session.clerk.person and session.clerk.role != "head":
        raise ProblemError("calendar.not_yours")
    return who
