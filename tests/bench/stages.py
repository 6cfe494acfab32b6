"""Where the time of a push goes: ``BENCH_PROFILE=push``.

The server runs in this process, and a thread looks some thousand times a second at what every other thread is about
and how much CPU time it used since. That time counts for the innermost function of our own packages, so that what a
library or the kernel does counts for whoever called it. Waiting, for the disk or for work, is not CPU time.
"""

import contextlib
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import uvicorn
from rich.console import Console
from rich.table import Table

from daiban_server.app import create_app
from daiban_server.settings import Settings
from tests.bench import costs, push
from tests.bench.centre import Server, free_port
from tests.bench.link import Link
from tests.bench.run import Run

PAUSE = 0.0002
_LINES = 45


class InProcess(Server):
    """A server in this process, under uvicorn: no child whose threads could not be looked at."""

    def __enter__(self) -> "InProcess":
        self.port = free_port()
        folder = self._centre.folder
        settings = Settings(
            folder, f"http://localhost:{self.port}", self._centre.settings.database, second_factor=frozenset()
        )
        config = uvicorn.Config(create_app(settings), port=self.port, log_level="error", lifespan="on", ws="none")
        self._uvicorn = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._uvicorn.run)
        self._thread.start()
        while not self._uvicorn.started:
            assert self._thread.is_alive(), "the server did not start"
            time.sleep(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        self._uvicorn.should_exit = True
        self._thread.join()

    def link(self) -> Link:
        """A new connection to it."""
        return Link("localhost", self.port)


class Sampler(threading.Thread):
    """Looks at all threads but its own and `other`, which plays the phone. Counts are CPU seconds."""

    def __init__(self, other: int) -> None:
        super().__init__(daemon=True)
        self._other = other
        self._used: dict[int, float] = {}
        self.ended = threading.Event()
        self.inside: defaultdict[str, float] = defaultdict(float)
        """By the innermost function of ours."""
        self.under: defaultdict[str, float] = defaultdict(float)
        """By every function of ours on the stack."""

    def run(self) -> None:
        while not self.ended.is_set():
            time.sleep(PAUSE)
            frames = sys._current_frames()
            for thread in threading.enumerate():
                if thread.ident in frames and thread.native_id and thread.ident not in (self.ident, self._other):
                    self._count(thread.native_id, frames[thread.ident])

    def _count(self, thread: int, frame: FrameType) -> None:
        used = costs.thread_cpu(thread)
        spent = used - self._used.get(thread, used)
        self._used[thread] = used
        if spent <= 0:
            return
        ours = list(_ours(frame)) or ["(HTTP server, framework, event loop)"]
        self.inside[ours[0]] += spent
        for name in set(ours):
            self.under[name] += spent


def _ours(frame: FrameType | None) -> Iterator[str]:
    while frame is not None:
        path = Path(frame.f_code.co_filename)
        package = next((part for part in path.parts if part.startswith("daiban_")), None)
        if package:
            module = ".".join(path.with_suffix("").parts[path.parts.index(package) + 1 :])
            yield f"{module}.{frame.f_code.co_qualname}{_about(frame)}"
        frame = frame.f_back


def _about(frame: FrameType) -> str:
    """The table and the kind of a database operation that a function carries out."""
    operation = frame.f_locals.get("operation")
    table = getattr(operation, "table", None)
    statement = getattr(operation, "statement", None)
    if table is not None:
        return f" {type(operation).__name__} {table.name}"
    return f" {str(statement).split(maxsplit=1)[0]}" if statement is not None else ""


@contextlib.contextmanager
def sampled() -> Iterator[Sampler]:
    """Look while the block runs; this thread, which plays the phone, is left out."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(PAUSE)
    sampler = Sampler(threading.get_ident())
    sampler.start()
    try:
        yield sampler
    finally:
        sampler.ended.set()
        sampler.join()
        sys.setswitchinterval(before)


def show(run: Run, size: int = 100) -> None:
    """Push `run.records` new applications and print where the time went."""
    centre = run.centre()
    with InProcess(centre) as server:
        village = push.Village.settle(centre, server, 0)
        for packed in village.new(5 * size, size):
            village.phone.push(packed)
        load = village.new(run.records, size)
        with sampled() as sampler:
            for packed in load:
                village.phone.push(packed)
        village.phone.link.close()
    _print(sampler, run.records, size)


def _print(sampler: Sampler, records: int, size: int) -> None:
    each = 1e6 / records
    whole = sum(sampler.inside.values()) * each
    title = f"{records} new records, SQLite, {size} a batch: {whole:.1f} CPU µs each, under this look"
    table = Table("function", "µs itself", "µs with all it calls", title=title, box=None)
    for name, spent in sorted(sampler.inside.items(), key=lambda one: -one[1])[:_LINES]:
        table.add_row(name, f"{spent * each:.2f}", f"{sampler.under[name] * each:.2f}")
    Console(width=120).print(table)
