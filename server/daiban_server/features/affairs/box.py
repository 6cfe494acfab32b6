"""The opinion box (意见箱): what anybody says without signing in, once for each id that its form brought along.

The id is a stranger's: it opens no record, and what is there already under it is neither written to nor told of.
"""

from collections.abc import Mapping
from typing import Any

from daiban_schemas import entry
from daiban_server.db.program import Program
from daiban_server.features.affairs import opinions
from daiban_server.http.problems import ProblemError
from daiban_server.services import Services
from daiban_server.spine import desk, log, views
from daiban_sync import ids

Fields = Mapping[str, Any]
_SAID = ("channel", "text", "person", "phone")


def received(centre: bytes, record: bytes, said: Fields, now: int) -> Program[bool]:
    """Whether it is in the box: a second tap, or the page that says so loaded again. Raises `ProblemError`:
    ``opinion.other`` where the id stands for anything else, or ``opinion.full``."""
    found = yield from views.shown(views.BY_ID, centre, record_id=record)
    if found:
        view = found[0].view
        if view.kind == "opinion" and all(view.values.get(name) == said.get(name) for name in _SAID):
            return True
        raise ProblemError("opinion.other")
    if (yield from opinions.lately(centre, now)) >= opinions.AN_HOUR:
        raise ProblemError("opinion.full", {"Retry-After": "600"})
    return False


def put_in(centre: bytes, record: bytes, said: Fields, services: Services, secret: bytes) -> Program[None]:
    """Keep it. Raises `ProblemError` as `received`, and with the code of what the rules refuse."""
    now = services.now()
    # Two taps come at once: the second one waits here for the first, and finds it.
    yield from log.lock(centre)
    if (yield from received(centre, record, said, now)):
        return
    fields = {"place": centre.hex(), **said, "came_at": now}
    body = entry.change(record.hex(), "opinion", fields, seen=0, at=now, by=ids.NOBODY.hex())
    clerk = desk.Clerk(ids.NOBODY, "head", centre)
    (outcome,) = yield from desk.write(clerk, [body], services.keys, services.effects, now, secret)
    if outcome.outcome != "new":
        raise ProblemError(outcome.code or "request.invalid")
