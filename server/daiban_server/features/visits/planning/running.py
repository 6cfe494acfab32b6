"""Having a plan worked out: in a process of its own, while the server goes on, and judged before anybody sees it."""

import asyncio
import datetime
import functools
import secrets
import threading
from collections.abc import Coroutine
from typing import Any, NamedTuple, Protocol

from daiban_server.db.database import Database
from daiban_server.features.visits.plan.answer import Plan
from daiban_server.features.visits.plan.problem import Problem
from daiban_server.features.visits.plan.reading import PlanFileError
from daiban_server.features.visits.plan.watch import Progress
from daiban_server.features.visits.plan.worker import WorkerError, plan_apart
from daiban_server.features.visits.planning import runs
from daiban_server.features.visits.planning.asking import Asked, ask
from daiban_server.features.visits.planning.committing import broken_by
from daiban_server.features.visits.planning.difference import changes, judged
from daiban_server.features.visits.planning.posing import Posed, Wishes, pose
from daiban_server.features.visits.planning.runs import Heard
from daiban_server.logs import logger
from daiban_server.spine.effects import Effects
from daiban_sync import ids

BEAT = 1.0
"""Seconds between two tellings of how far a run is."""
AT_ONCE = 2
"""Workers of one server process at one time; who comes later waits."""
_logger = logger(__name__)


class Parts(Protocol):
    """What a run needs of the server's services."""

    @property
    def database(self) -> Database:
        """The database."""
        ...

    @property
    def effects(self) -> Effects:
        """What follows from commands."""
        ...

    @property
    def planning(self) -> "Planning":
        """The runs at work."""
        ...

    def now(self) -> int:
        """Unix milliseconds."""
        ...


class Planning:
    """The runs that this process has at work."""

    def __init__(self) -> None:
        self.tasks: set[asyncio.Task[Any]] = set()
        self.room = asyncio.Semaphore(AT_ONCE)
        self.night: asyncio.Task[Any] | None = None
        self.tried: set[tuple[bytes, datetime.date]] = set()
        """Centres whose night broke off by a fault, which would break it again."""

    def keep(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Let it go on by itself; it is kept until it is done."""
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task

    async def close(self) -> None:
        """End what is at work, and wait until its workers are gone. Its rows are given up at the next start."""
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


class Begun(NamedTuple):
    """A run that began, and what it works on."""

    id: bytes
    centre: bytes
    asked: Asked
    posed: Posed


async def begin(services: Parts, centre: bytes, by: bytes | None, wishes: Wishes) -> Begun:
    """Read the week, pose the problem and begin a run. Raises `ProblemError`: ``plan.running``."""
    asked = await services.database.read(ask(centre, services.now()))
    posed = await asyncio.to_thread(pose, asked, wishes)
    id_, now = ids.uuid7(services.now(), secrets.token_bytes(10)), services.now()
    row = functools.partial(runs.begin, centre, id_, by, asked.version, posed, now)
    await services.database.write(centre, row)
    return Begun(id_, centre, asked, posed)


async def carry_through(services: Parts, begun: Begun) -> None:
    """Have it worked out, and keep what came of it: the row says ``ready``, ``cancelled`` or ``failed``."""
    try:
        plan = await _worked_out(services, begun)
        plan, fault = await asyncio.to_thread(_checked, begun, plan)
    except (WorkerError, PlanFileError):
        _logger.warning("a plan was not worked out", exc_info=True)
        plan, fault = None, "计算中断了，请再运行一次"
    except Exception:
        _logger.exception("a run of the planner failed")
        plan, fault = None, "计算出错了，请再运行一次；还是这样请联系维护人员"
    if plan is not None and fault:
        _logger.error("a plan was refused")
        plan, fault = None, f"算出的安排没有通过检查（{fault}），没有采用"
    state = "failed" if plan is None else "ready"
    end = functools.partial(runs.end, begun.id, state, plan, fault, services.now())
    await services.database.write(begun.centre, end)


def _checked(begun: Begun, plan: Plan) -> tuple[Plan, str]:
    """The plan as it is offered, and the first thing that is wrong with it: by the judge of plans, and by the judge of
    weeks, which shares nothing with it."""
    settled, fault = judged(begun.posed, plan)
    found = broken_by(begun.asked.standing, begun.asked.visits, changes(begun.posed, settled.stops))
    return settled, fault or (found[0].code if found else "")


class _Live:
    """A run seen from both sides: its worker's thread tells and asks, the server's loop looks."""

    def __init__(self, problem: Problem) -> None:
        self.visits = tuple(visit.id for visit in problem.visits)
        self.progress: Progress | None = None
        self.stop = threading.Event()

    def tell(self, progress: Progress) -> None:
        self.progress = progress

    def heard(self, now: int) -> Heard:
        if (last := self.progress) is None:
            return Heard(now)
        made = {stop.visit for stop in last.stops}
        return Heard(now, last.seconds, last.objective, tuple(one for one in self.visits if one not in made))


async def _worked_out(services: Parts, begun: Begun) -> Plan:
    live = _Live(begun.posed.problem)
    work = asyncio.ensure_future(_in_turn(services.planning.room, live, begun.posed.problem))
    try:
        while not (await asyncio.wait([work], timeout=BEAT))[0]:
            row = functools.partial(runs.hear, begun.id, live.heard(services.now()))
            if not await services.database.write(begun.centre, row):
                live.stop.set()  # somebody cancelled; what the worker still says is not kept
        return work.result()
    finally:
        live.stop.set()
        if not work.done():
            await asyncio.wait([work])


async def _in_turn(room: asyncio.Semaphore, live: _Live, problem: Problem) -> Plan:
    while room.locked():
        if live.stop.is_set():
            raise WorkerError("cancelled before it had a worker")
        await asyncio.sleep(BEAT / 10)
    async with room:
        return await asyncio.to_thread(plan_apart, problem, live.tell, live.stop.is_set)
