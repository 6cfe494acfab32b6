"""The plan of the night: once for each centre that wants it and has visits to plan, one centre after the other."""

import functools
import hashlib

from sqlalchemy import or_, select

from daiban_server.db import schema
from daiban_server.db.program import Program, rows
from daiban_server.features.visits.planning import runs
from daiban_server.features.visits.planning.committing import Done, commit
from daiban_server.features.visits.planning.posing import Wishes
from daiban_server.features.visits.planning.running import Parts, begin, carry_through
from daiban_server.features.visits.settings import settings_of
from daiban_server.features.visits.terms import SHANGHAI_SECONDS
from daiban_server.http.problems import ProblemError
from daiban_server.limits.calendar import local_day
from daiban_server.logs import logger

FROM, TO = 1, 5
"""The hours of Shanghai between which nights are planned."""
TRIES = 2
"""How often a plan is made in a night where others book meanwhile."""
_HOUR, _DAY = 3_600_000, 86_400_000
_logger = logger(__name__)
_r = schema.record.c
_CENTRES = (
    select(_r.centre)
    .where(_r.kind == "visit", _r.deleted.is_(False), or_(_r.status == "requested", _r.status == "proposed"))
    .distinct()
    .order_by(_r.centre)
)


def is_night(now: int) -> bool:
    """Whether it is the time."""
    return FROM <= (now + SHANGHAI_SECONDS * 1000) % _DAY // _HOUR < TO


def due(now: int) -> Program[list[bytes]]:
    """The centres whose night was not planned yet."""
    midnight, found = now - (now + SHANGHAI_SECONDS * 1000) % _DAY, []
    for (centre,) in (yield from rows(_CENTRES)):
        wanted = (yield from settings_of(centre)).nightly
        if wanted and not (yield from runs.had_a_night(centre, midnight)):
            found.append(centre)
    return found


def seed_of(centre: bytes, now: int) -> int:
    """The seed of a centre's night: the same for the same centre and day."""
    return int.from_bytes(hashlib.sha256(centre + local_day(now).isoformat().encode()).digest()[:4])


async def look(services: Parts, now: int) -> None:
    """Begin the night's plans if it is time and none of them is at work; the round goes on meanwhile."""
    planning = services.planning
    if is_night(now) and (planning.night is None or planning.night.done()):
        tried = {centre for centre, day in planning.tried if day == local_day(now)}
        centres = [one for one in (await services.database.read(due(now))) if one not in tried]
        if centres:
            planning.night = planning.keep(through(services, centres))


async def through(services: Parts, centres: list[bytes]) -> None:
    """Plan the night of each; a fault in one is logged and the next has its turn."""
    for centre in centres:
        try:
            await _night(services, centre)
        except Exception:
            services.planning.tried.add((centre, local_day(services.now())))
            _logger.exception("the night of a centre was not planned")


async def _night(services: Parts, centre: bytes) -> None:
    if centre not in await services.database.read(due(services.now())):
        return  # another process of the server was here first
    for _ in range(TRIES):
        settings = await services.database.read(settings_of(centre))
        wishes = Wishes(settings.plan_seconds, seed_of(centre, services.now()))
        try:
            begun = await begin(services, centre, None, wishes)
        except ProblemError:
            return  # somebody has a plan made at this hour; the next round looks again
        await carry_through(services, begun)
        if (await _committed(services, centre, begun.id)).state != "stale":
            return


async def _committed(services: Parts, centre: bytes, id_: bytes) -> Done:
    take_over = functools.partial(commit, centre, id_, b"", services.effects, services.now())
    try:
        return await services.database.write(centre, take_over)
    except ProblemError:
        return Done("failed", 0)  # it failed or was cancelled, and its row says so
