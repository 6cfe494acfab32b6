"""One's own messages."""

from litestar import get, post
from litestar.params import FromPath, FromQuery
from msgspec import Struct

from daiban_server.http.problems import checked_id
from daiban_server.http.session import GivenSession
from daiban_server.outbound import queue
from daiban_server.services import GivenServices


class MessageOut(Struct, frozen=True):
    """A message; `state` is ``waiting``, ``sent`` or ``failed``: how it went beyond this list."""

    id: str
    code: str
    record: str | None
    text: str
    at: int
    state: str
    read_at: int | None


@get("/v1/messages", opt={"action": "message.read"})
async def messages(
    session: GivenSession, services: GivenServices, everything: FromQuery[bool] = False
) -> list[MessageOut]:
    """One's own messages, newest first: those not read yet, or the last 200."""
    found = await services.database.read(queue.mine(session.clerk.person, everything=everything))
    return [MessageOut(row[0].hex(), row[1], row[2].hex() if row[2] else None, *row[3:]) for row in found]


@post("/v1/messages/{message:str}/read", opt={"action": "message.read"}, status_code=204)
async def mark_read(message: FromPath[str], session: GivenSession, services: GivenServices) -> None:
    """One has read it."""
    id_, person = checked_id(message, "record.unknown"), session.clerk.person
    await services.database.write("messages", lambda: queue.read(person, id_, services.now()))
