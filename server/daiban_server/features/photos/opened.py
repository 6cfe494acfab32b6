"""That somebody opened a photo in full: kept in the audit, before he sees it.

Identity numbers stand in photos in clear, so opening one is an act as showing a whole number is. What was decided, and
what it costs: `DESIGN.md`, "Who opened a photo".
"""

from collections.abc import Sequence
from typing import Any

from daiban_schemas.kinds import KINDS
from daiban_server import audit
from daiban_server.db.program import Program
from daiban_server.http.reveal import about, short, whose
from daiban_server.services import Services
from daiban_server.spine import views
from daiban_server.spine.desk import Clerk
from daiban_server.spine.views import Shown

ACT = "photo.open"
SPAN = 3_600_000
"""Milliseconds in which a person who opens the same photo again is not written down again: he turns it, makes it large,
comes back to it."""
_STEPS = 3
"""From a photo to its case or household: over a mandate, a visit, a reply or a consent."""


async def opened(clerk: Clerk, photo: bytes, services: Services) -> None:
    """Keep that somebody opens a photo, unless that was kept within `SPAN`. Raises whatever the database does: then the
    photo is not to be shown."""
    now = services.now()
    if not await services.database.read_shortly(_kept(clerk, photo, now)):
        await services.database.write(clerk.centre, lambda: _keep(clerk, photo, now))


def _kept(clerk: Clerk, photo: bytes, now: int) -> Program[bool]:
    count, _ = yield from audit.lately(clerk.centre, clerk.person, ACT, now - SPAN, photo)
    return count > 0


def _keep(clerk: Clerk, photo: bytes, now: int) -> Program[None]:
    if (yield from _kept(clerk, photo, now)):
        return  # by another request, while this one waited for its turn
    told = _told((yield from _upwards(clerk.centre, photo)))
    yield from audit.note(clerk.centre, clerk.person, ACT, photo, "", now, told=told)


def _upwards(centre: bytes, record: bytes) -> Program[list[Shown]]:
    """A photo and what it is of, up to the case or the household."""
    way: list[Shown] = []
    above: Any = record.hex()
    while isinstance(above, str) and len(way) <= _STEPS:
        found = yield from views.shown(views.BY_ID, centre, record_id=bytes.fromhex(above))
        if not found:
            break
        way.append(found[0])
        kind = found[0].view.kind
        above = None if kind in ("application", "household") else found[0].view.values.get(KINDS[kind].parent or "")
    return way


def _told(way: Sequence[Shown]) -> str:
    """Which paper, of which case. What somebody typed as a paper's name may name whose it is: the audit outlives an
    erasure, and has of a name what `about` has of it."""
    photo, *above = way
    paper = str(photo.view.values.get("paper") or "照片")
    for name in filter(None, map(whose, above)):
        paper = paper.replace(name, short(name))
    return f"{paper}（{about(above[-1])}）" if above else paper
