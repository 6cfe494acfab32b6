"""What a centre head does about a device that lost batches."""

from litestar import post
from litestar.params import FromPath, JSONBody
from msgspec import Struct

from daiban_server.db.program import Program
from daiban_server.http.bodies import Whole
from daiban_server.http.device import known_device
from daiban_server.http.problems import ProblemError, checked_id
from daiban_server.http.session import GivenSession
from daiban_server.services import GivenServices
from daiban_server.spine import gaps
from daiban_server.spine.apply import blank
from daiban_server.spine.push import push

REASON_LENGTH = 500
"""Characters of a reason."""


class Lost(Struct):
    """The last batch that will never come, and why that is certain."""

    last: Whole
    reason: str


class ClosedGap(Struct, frozen=True):
    """The batches that were given up."""

    first: int
    last: int


@post("/v1/devices/{device:str}/gaps", opt={"action": "device.close_gap"})
async def close_gap(
    device: FromPath[str], data: JSONBody[Lost], session: GivenSession, services: GivenServices
) -> ClosedGap:
    """Give up a device's batches from the next one expected to `last`. One that turns up after all is still taken; what
    was carried in and waited behind them is taken now, since of a lost phone nobody may ever bring anything again."""
    if blank(data.reason) or len(data.reason) > REASON_LENGTH or "\x00" in data.reason:
        raise ProblemError("request.invalid")
    id_, clerk, now = checked_id(device, "device.unknown"), session.clerk, services.now()
    sender = (await known_device(id_, services)).sender

    def program() -> Program[tuple[int, int]]:
        closed = yield from gaps.close(clerk.centre, id_, data.last, clerk.person, data.reason, now)
        yield from push(sender, [], services.keys, services.effects, now, carried=True)
        return closed

    return ClosedGap(*(await services.database.write(clerk.centre, program)))
