"""Searches of the list of cases that one keeps oneself."""

from litestar import delete, get, patch, post
from litestar.params import FromPath, JSONBody
from msgspec import UNSET, Struct, UnsetType

from daiban_server.db.program import Program
from daiban_server.features.cases import kept, listing
from daiban_server.features.cases.kept import Kept, Search
from daiban_server.http.session import GivenSession
from daiban_server.limits.calendar import local_day
from daiban_server.services import GivenServices


class KeepIn(Struct, frozen=True, forbid_unknown_fields=True):
    """A search to keep, and its name of at most 20 characters."""

    name: str
    search: Search


class KeptChange(Struct, frozen=True, forbid_unknown_fields=True):
    """Another name; or whether the list opens with it."""

    name: str | UnsetType = UNSET
    opens: bool | UnsetType = UNSET


class KeptOut(Struct, frozen=True):
    """A search that is kept, and how many cases it finds now."""

    key: str
    name: str
    search: Search
    opens: bool
    count: int


@get("/v1/searches", opt={"action": "case.read"})
async def searches(session: GivenSession, services: GivenServices) -> list[KeptOut]:
    """What everybody has, then one's own."""
    clerk = session.clerk
    return await services.database.read(counted(clerk.person, clerk.centre, services.now()))


@post("/v1/searches", opt={"action": "case.read"})
async def keep(data: JSONBody[KeepIn], session: GivenSession, services: GivenServices) -> Kept:
    """Keep a search. Raises ``search.empty``, ``search.name``, ``search.taken``, ``search.too_many``."""
    clerk, now = session.clerk, services.now()
    kept_one: Kept = await services.database.write(
        clerk.centre, lambda: kept.keep(clerk.person, data.name, data.search, now)
    )
    return kept_one


@patch("/v1/searches/{key:str}", opt={"action": "case.read"}, status_code=204)
async def change(
    key: FromPath[str], data: JSONBody[KeptChange], session: GivenSession, services: GivenServices
) -> None:
    """Give it another name, or let the list open with it. Raises ``search.unknown``, ``search.name``,
    ``search.taken``."""
    clerk, now = session.clerk, services.now()
    await services.database.write(clerk.centre, lambda: changed(clerk.person, key, data, now))


@delete("/v1/searches/{key:str}", opt={"action": "case.read"})
async def remove(key: FromPath[str], session: GivenSession, services: GivenServices) -> None:
    """Keep it no longer. Raises ``search.unknown``."""
    clerk = session.clerk
    await services.database.write(clerk.centre, lambda: kept.remove(clerk.person, key))


def counted(person: bytes, centre: bytes, now: int) -> Program[list[KeptOut]]:
    """The searches of somebody, each with how many cases it finds."""
    found = []
    for one in (yield from kept.searches(person)):
        count = yield from listing.how_many(centre, kept.wanted(one.search, person, local_day(now), 1))
        found.append(KeptOut(one.key, one.name, one.search, one.opens, count))
    return found


def changed(person: bytes, key: str, change: KeptChange, now: int) -> Program[None]:
    """Change what is told of a search."""
    if change.name is not UNSET:
        yield from kept.rename(person, key, change.name)
    if change.opens is not UNSET:
        yield from kept.open_with(person, key if change.opens else "", now)


HANDLERS = [searches, keep, change, remove]
