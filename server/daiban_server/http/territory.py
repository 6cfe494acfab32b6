"""Who answers for which place, and what a centre head does about a device that lost batches."""

from litestar import delete, post, put
from litestar.params import FromPath, JSONBody
from msgspec import Struct

from daiban_server.http.problems import ProblemError
from daiban_server.http.session import GivenSession
from daiban_server.services import GivenServices
from daiban_server.spine import gaps, scope
from daiban_sync.ids import is_id

REASON_LENGTH = 500


class Rank(Struct):
    """``A`` answers for the place, ``B`` stands in."""

    rank: str


class Lost(Struct):
    """The last batch that will never come, and why that is certain."""

    last: int
    reason: str


class ClosedGap(Struct, frozen=True):
    """The batches that were given up."""

    first: int
    last: int


@put("/v1/people/{person:str}/places/{place:str}", opt={"action": "territory.change"}, status_code=204)
async def assign(
    person: FromPath[str], place: FromPath[str], data: JSONBody[Rank], session: GivenSession, services: GivenServices
) -> None:
    """Make somebody of one's own centre answer for a place; his devices take in what stands there."""
    if data.rank not in ("A", "B"):
        raise ProblemError("request.invalid")
    who, where = _id(person, "person.unknown"), _id(place, "place.unknown")
    centre, now = session.clerk.centre, services.now()
    try:
        await services.database.write(centre, lambda: scope.assign(centre, who, where, data.rank, now))
    except scope.ScopeError as error:
        raise ProblemError(error.code) from None


@delete("/v1/people/{person:str}/places/{place:str}", opt={"action": "territory.change"})
async def withdraw(person: FromPath[str], place: FromPath[str], session: GivenSession, services: GivenServices) -> None:
    """Take a place from somebody; his devices let go of it once their work is handed in."""
    who, where = _id(person, "person.unknown"), _id(place, "place.unknown")
    centre, now = session.clerk.centre, services.now()
    try:
        await services.database.write(centre, lambda: scope.withdraw(centre, who, where, now))
    except scope.ScopeError as error:
        raise ProblemError(error.code) from None


@post("/v1/devices/{device:str}/gaps", opt={"action": "device.close_gap"})
async def close_gap(
    device: FromPath[str], data: JSONBody[Lost], session: GivenSession, services: GivenServices
) -> ClosedGap:
    """Give up a device's batches from the next one expected to `last`. One that turns up after all is still taken."""
    if not data.reason.strip() or len(data.reason) > REASON_LENGTH or "\x00" in data.reason:
        raise ProblemError("request.invalid")
    id_, clerk, now = _id(device, "device.unknown"), session.clerk, services.now()
    try:
        first, last = await services.database.write(
            clerk.centre, lambda: gaps.close(clerk.centre, id_, data.last, clerk.person, data.reason, now)
        )
    except gaps.GapError as error:
        raise ProblemError(error.code) from None
    return ClosedGap(first, last)


def _id(text: str, code: str) -> bytes:
    if not is_id(text):
        raise ProblemError(code)
    return bytes.fromhex(text)
