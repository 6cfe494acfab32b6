"""The planner in a process of its own: it cannot hold up the server, and a search that hangs is killed.

Plain data goes in and comes out. Each better plan comes out when it is found, so that a kill loses only what was
found since.
"""

import multiprocessing
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

import msgspec

from .answer import Plan
from .network import Network
from .planner import plan, summary
from .problem import Problem
from .reading import PlanFileError, check
from .watch import Progress

_SPAWN = multiprocessing.get_context("spawn")
_LOOK = 0.05  # seconds between two looks at whether somebody cancelled


class _Refused(msgspec.Struct, tag=True):
    code: str
    detail: str


class _Better(msgspec.Struct, tag=True):
    progress: Progress


class _Done(msgspec.Struct, tag=True):
    plan: Plan


_Message = _Refused | _Better | _Done


class WorkerError(RuntimeError):
    """The worker ended without any plan."""


def plan_apart(
    problem: Problem,
    tell: Callable[[Progress], None] = lambda progress: None,
    cancelled: Callable[[], bool] = lambda: False,
    grace: float = 10.0,
    work: Callable[[Connection, bytes], None] | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Plan:
    """`planner.plan` in a worker process, which is killed `grace` seconds after the problem's own.

    The grace is for starting, for a town's roads, and for telling the reasons. What was found before a kill is kept:
    `ended` is then ``killed``, or ``failed`` where the worker broke. `WorkerError` where it had found nothing.
    """
    check(problem)
    here, there = _SPAWN.Pipe()
    worker = _SPAWN.Process(target=work or serve, args=(there, msgspec.json.encode(problem)), daemon=True)
    worker.start()
    there.close()
    try:
        return _Watched(problem, worker, here, tell, clock).wait(cancelled, grace)
    finally:
        if worker.is_alive():
            worker.kill()
        worker.join()
        here.close()


class _Watched:
    """A worker from outside: its last best plan, and its end."""

    def __init__(
        self,
        problem: Problem,
        worker: BaseProcess,
        pipe: Connection,
        tell: Callable[[Progress], None],
        clock: Callable[[], float],
    ) -> None:
        self.problem, self.worker, self.pipe, self.tell, self.clock = problem, worker, pipe, tell, clock
        self.began = clock()
        self.last: Progress | None = None

    def wait(self, cancelled: Callable[[], bool], grace: float) -> Plan:
        """The plan, whatever becomes of the worker."""
        ends, asked = self.began + self.problem.seconds + grace, False
        while True:
            if not asked and cancelled():
                asked, ends = True, min(ends, self.clock() + grace)
                self._ask_to_end()
            left = ends - self.clock()
            if left <= 0:
                return self._kept("killed")
            try:
                if self.pipe.poll(min(_LOOK, left)):
                    found = self._heard(msgspec.json.decode(self.pipe.recv_bytes(), type=_Message))
                    if found is not None:
                        return found
            except (EOFError, OSError):
                return self._kept("failed")

    def _ask_to_end(self) -> None:
        try:
            self.pipe.send_bytes(b"end")
        except OSError:  # it ended by itself just now; what it said is still in the pipe
            return

    def _heard(self, message: _Message) -> Plan | None:
        if isinstance(message, _Refused):
            raise PlanFileError(message.code, message.detail)
        if isinstance(message, _Done):
            return message.plan
        self.last = message.progress
        self.tell(message.progress)
        return None

    def _kept(self, ended: str) -> Plan:
        self.worker.kill()
        if self.last is None:
            raise WorkerError(f"the planner {ended} before it had a plan")
        spent = self.clock() - self.began
        return summary(Network(self.problem), self.last.stops, ended, spent, 0)


def serve(pipe: Connection, text: bytes) -> None:
    """The worker's side: plan, tell, and end early when anything is said."""
    problem = msgspec.json.decode(text, type=Problem)

    def send(message: _Message) -> None:
        pipe.send_bytes(msgspec.json.encode(message))

    try:
        send(_Done(plan(problem, lambda progress: send(_Better(progress)), pipe.poll)))
    except PlanFileError as error:
        send(_Refused(error.code, error.detail))
