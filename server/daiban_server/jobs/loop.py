"""What the server does by itself, beside its requests: a round every half minute."""

import asyncio
import functools
from collections.abc import Callable

from sqlalchemy import bindparam, update

from daiban_server import rating_secret
from daiban_server.accounts import lockout, passkeys, sessions
from daiban_server.db import schema
from daiban_server.db.program import Program, run
from daiban_server.features.affairs import watching as opinions
from daiban_server.features.deadlines import watching
from daiban_server.features.devices import silence, unsent
from daiban_server.features.erasure import retention
from daiban_server.features.households import finding
from daiban_server.features.posts import watching as handovers
from daiban_server.features.replies import following, reminding
from daiban_server.features.visits import repairing
from daiban_server.features.visits import watching as visits_watched
from daiban_server.features.visits.planning import nightly, runs
from daiban_server.limits.calendar import local_day
from daiban_server.logs import logger
from daiban_server.outbound import queue
from daiban_server.services import Presence, Services, Unsent
from daiban_server.spine import projections, tracing
from daiban_server.spine.acting import act
from daiban_server.spine.replay import centres_with_hope, replay
from daiban_server.witness import asking

ROUND = 30.0
"""Seconds between rounds."""
PARTIAL_LIFE = 7 * 86_400_000
"""Milliseconds that an upload may rest before its bytes are forgotten; the phone still has them."""

Look = Callable[[bytes, bytes, int], Program[bytes]]
"""Looks at a page of a centre's cases; gives where the next begins."""

_logger = logger(__name__)
_d = schema.device.c
_PRESENCE = (
    update(schema.device)
    .where(_d.id == bindparam("device_id"))
    .values(synced_at=bindparam("synced"), clock_offset=bindparam("offset"), client=bindparam("agent"))
)


async def run_jobs(services: Services) -> None:
    """Go round until cancelled; a fault in one round is logged and the next one tries again."""
    while True:
        try:
            await one_round(services)
        except Exception:
            _logger.exception("a round of jobs failed")
        await asyncio.sleep(ROUND)


async def replay_parked(services: Services) -> int:
    """Try again, at start, what an older version had to park; gives how many entries went through.

    A fault leaves a centre's entries parked and the server starts all the same.
    """
    freed = 0
    for centre in await services.database.read(centres_with_hope()):
        program = functools.partial(replay, centre, services.effects, services.now())
        try:
            freed += await services.database.write(centre, program)
        except Exception:
            _logger.exception("parked entries of a centre could not be tried again")
    return freed


async def renew_projections(services: Services) -> None:
    """Make the features' tables anew, at start, where an older version left them."""
    left = await services.database.read(projections.left())
    if left == projections.EDITION:
        return
    for centre in await services.database.read(projections.centres()):
        program = functools.partial(projections.rebuild, centre, services.effects, services.now(), left)
        await services.database.write(centre, program)
    await services.database.write("projections", projections.made)


async def one_round(services: Services) -> None:
    """Write who was heard of, mark what is late, forget what expired."""
    now = services.now()
    heard, services.presence = services.presence, {}
    said, services.unsent = services.unsent, {}
    await services.database.write("jobs", lambda: _round(heard, said, now))
    await services.photos.sweep(now, PARTIAL_LIFE)
    await watch_handovers(services, now)
    await watch_visits(services, now)
    await watch_limits(services, now)
    await finding.follow_everywhere(services.database, services.keys)
    await tracing.follow_everywhere(services.database)
    await follow_replies(services, now)
    await watch_opinions(services, now)
    await watch_retention(services, now)
    await asking.look(services, asking.configured(services.settings.witnesses))
    await carry_out(services, now)
    await watch_plans(services, now)


async def first_watch(services: Services) -> None:
    """Look at every open case before anybody does, so that no list shows limits of the day on which the server went
    down. A fault is logged, and the next round tries again."""
    try:
        await watch_limits(services, services.now())
    except Exception:
        _logger.exception("the first watch failed")


async def watch_limits(services: Services, now: int) -> None:
    """Look at every open case once a day, a page at a time, so that nobody waits long behind it."""
    for centre in await services.database.read(watching.waiting(now)):
        await _through(services, watching.look, centre, now)


async def follow_replies(services: Services, now: int) -> None:
    """Once a day, let what is owed to households follow what it hangs on; what is owed by somebody who left, at once.
    Before the reminders of the next round, so that they reach whoever answers now."""
    for centre, case in await services.database.read(following.orphaned()):
        await services.database.write(centre, functools.partial(following.follow_all, centre, [case], now))
    for centre in await services.database.read(following.waiting(now)):
        await _through(services, following.look, centre, now)


async def watch_opinions(services: Services, now: int) -> None:
    """Look at every opinion that waits for an answer once a day."""
    for centre in await services.database.read(opinions.waiting(now)):
        recount = functools.partial(act, centre, services.effects, now, opinions.recount)
        await services.database.write(centre, recount)
        await _through(services, opinions.look, centre, now)


async def watch_retention(services: Services, now: int) -> None:
    """Once a day, look for what its retention is over for. Which day that was is remembered by this process alone: to
    look twice does no harm."""
    today = local_day(now)
    if services.retained != today:
        for centre in await services.database.read(retention.centres()):
            await services.database.write(centre, functools.partial(retention.look, centre, now))
        services.retained = today


async def _through(services: Services, look: Look, centre: bytes, now: int) -> None:
    """Look through a centre page by page, each in a transaction of its own."""
    after: bytes | None = b""
    while after is not None:
        after = await services.database.write(centre, functools.partial(look, centre, after, now)) or None


async def watch_handovers(services: Services, now: int) -> None:
    """Let handovers begin whose time has come, and look after those that go on."""
    for centre in await services.database.read(handovers.centres()):
        look = functools.partial(act, centre, services.effects, now, handovers.look)
        await services.database.write(centre, look)


async def watch_visits(services: Services, now: int) -> None:
    """Find somebody for visits whose agents will not be there; once a day ask after those that nobody reported."""
    for waiting, look in ((repairing.waiting, repairing.look), (visits_watched.waiting, visits_watched.look)):
        for centre in await services.database.read(waiting(now)):
            done = functools.partial(act, centre, services.effects, now, look)
            await services.database.write(centre, done)


async def watch_plans(services: Services, now: int) -> None:
    """Give up runs of the planner whose server died, and begin those of the night, which go on beside the rounds."""
    await services.database.write("plans", functools.partial(runs.give_up, now))
    await nightly.look(services, now)


async def give_up_plans(services: Services) -> None:
    """Give up, at start, runs that cannot be at work any more: with SQLite all, since no other process has it open."""
    silence = runs.SILENCE if services.settings.database else 0
    await services.database.write("plans", functools.partial(runs.give_up, services.now(), silence))


async def carry_out(services: Services, now: int) -> int:
    """Send what waits to go out, one after the other; gives how many went."""
    went = 0
    for message in await services.database.read(queue.waiting(now)):
        try:
            await services.outbound.send(rating_secret.carried(message, services.keys))
        except Exception as error:
            await services.database.write("messages", functools.partial(queue.failed, message, _why(error), now))
        else:
            went += 1
            await services.database.write("messages", functools.partial(queue.went, message, now))
    return went


def _why(error: Exception) -> str:
    """What went wrong, as clerks and backups may have it: what an error says in words may hold the gateway's address
    with the key in it."""
    status = getattr(getattr(error, "response", None), "status_code", None)
    return f"{type(error).__name__} {status}" if status else type(error).__name__


def _round(heard: dict[bytes, Presence], said: dict[bytes, Unsent], now: int) -> Program[None]:
    yield from unsent.keep(said)
    for device, presence in heard.items():
        yield from run(
            _PRESENCE,
            device_id=device,
            synced=presence.synced_at,
            offset=presence.clock_offset,
            agent=presence.client,
        )
    yield from silence.look(now)
    yield from reminding.look(now)
    for sweep in (sessions.sweep, lockout.sweep, passkeys.sweep):
        yield from sweep(now)
