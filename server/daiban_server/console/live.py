"""Pages that follow what happens: a stream of events (server-sent) that says when there is something new to show.

An event says no more than that, and up to where: the page then asks for itself once more, as whoever is signed in and
with all that this checks. So the stream can tell nobody anything, and a page looks the same however it came.
"""

import asyncio
from collections.abc import AsyncIterator

from litestar import get
from litestar.response import ServerSentEvent, ServerSentEventMessage

from daiban_server.http.session import GivenSession
from daiban_server.services import GivenServices, Services
from daiban_server.spine import log

LOOK = 2.0
"""Seconds between two looks at how far the centre is."""
LASTS = 300
"""Seconds after which a stream ends, and the page opens another: who may see it is asked again then."""
MINUTE = 60
"""Seconds after which something is told anyway: what is due in an hour changes by itself."""
RETRY = 3000


@get("/live", opt={"action": "summary.read", "by_itself": True})
async def live(session: GivenSession, services: GivenServices) -> ServerSentEvent:
    """An event each time that something was taken in at one's centre, and each minute."""
    return ServerSentEvent(
        _events(session.clerk.centre, services), retry_duration=RETRY, headers={"Cache-Control": "no-store"}
    )


async def _events(centre: bytes, services: Services) -> AsyncIterator[ServerSentEventMessage]:
    known, silent = await _position(centre, services), 0.0
    # At once, so that a page which was open while the link was cut looks what it missed.
    yield ServerSentEventMessage(data="", event="changed", id=known)
    for _ in range(int(LASTS / LOOK)):
        if await _stopping(services):
            return
        silent += LOOK
        now = await _position(centre, services)
        if now != known or silent >= MINUTE:
            known, silent = now, 0.0
            yield ServerSentEventMessage(data="", event="changed", id=known)


async def _stopping(services: Services) -> bool:
    """Wait until it is time to look again; gives whether the server stops."""
    try:
        await asyncio.wait_for(services.stopping.wait(), LOOK)
    except TimeoutError:
        return False
    return True


async def _position(centre: bytes, services: Services) -> int:
    standing = await services.database.read(log.standing(centre))
    return standing.position if standing else 0
