"""Who answers for which place, as the centre head says."""

from litestar import delete, put
from litestar.params import FromPath, JSONBody
from msgspec import Struct

from daiban_server.http.problems import ProblemError, checked_id
from daiban_server.http.session import GivenSession
from daiban_server.services import GivenServices
from daiban_server.spine import scope


class Rank(Struct):
    """``A`` answers for the place, ``B`` stands in."""

    rank: str


@put("/v1/people/{person:str}/places/{place:str}", opt={"action": "territory.change"}, status_code=204)
async def assign(
    person: FromPath[str], place: FromPath[str], data: JSONBody[Rank], session: GivenSession, services: GivenServices
) -> None:
    """Make somebody of one's own centre answer for a place; his devices take in what stands there."""
    if data.rank not in ("A", "B"):
        raise ProblemError("request.invalid")
    who, where = checked_id(person, "person.unknown"), checked_id(place, "place.unknown")
    centre, now = session.clerk.centre, services.now()
    await services.database.write(centre, lambda: scope.assign(centre, who, where, data.rank, now))


@delete("/v1/people/{person:str}/places/{place:str}", opt={"action": "territory.change"})
async def withdraw(person: FromPath[str], place: FromPath[str], session: GivenSession, services: GivenServices) -> None:
    """Take a place from somebody; his devices let go of it once their work is handed in."""
    who, where = checked_id(person, "person.unknown"), checked_id(place, "place.unknown")
    centre, now = session.clerk.centre, services.now()
    await services.database.write(centre, lambda: scope.withdraw(centre, who, where, now))
