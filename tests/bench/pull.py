"""Pulling: ten thousand records by a device that has nothing, with and without compression."""

import inspect
import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from daiban_sync import frames, wire
from tests.bench import costs, push
from tests.bench.centre import Centre, Server
from tests.bench.figures import Figure
from tests.bench.phone import Phone
from tests.bench.run import Run

LEVELS = (0, 1, 3, 6, 9)
REACH = 3.5
WORTH = 1.05
"""The level that is picked is the quickest whose answers are at most so much larger than the smallest."""

Frames = Sequence[tuple[int, bytes]]


class Pulled(NamedTuple):
    """What one device's pull of everything cost the server; `answers` are the pages' frames."""

    records: int
    cpu: float
    wall: float
    down: int
    answers: list[Frames]

    @property
    def micros(self) -> float:
        """CPU µs a record."""
        return self.cpu / self.records * 1e6


def everything(centre: Centre, server: Server) -> Pulled:
    """Pull all that the cadre may see, from the start."""
    phone = Phone(centre, centre.cadre, server.link())
    bodies: list[bytes] = []
    records, more = 0, True
    with costs.Meter(server.pids) as meter:
        while more:
            answer = phone.send(phone.body(()))
            reply = phone.take(answer)
            bodies.append(answer.body)
            records += len(reply.records)
            more = reply.answer.more
    phone.link.close()
    return Pulled(records, meter.cpu, meter.wall, phone.link.down, [list(frames.split(body)) for body in bodies])


def figures(run: Run, database: str = "sqlite", part: str = "pull") -> Iterator[Figure]:
    """The table's lines about pulling."""
    centre = run.centre(database)
    with Server(centre, beside=run.beside(centre)) as server:
        village = push.Village.settle(centre, server, 0)
        push.measure(server, [(village.phone, village.new(run.records, 500))], run.records)
        village.phone.link.close()
        everything(centre, server)
        found = min((everything(centre, server) for _ in range(run.repeats)), key=lambda one: one.cpu)
        peak = costs.peak(server.own_pids())
    level = inspect.signature(wire.encode_answer).parameters["level"].default
    squeezed = squeeze(run, found, level)
    note = f"{found.records / found.wall:,.0f} records/s; {found.down / found.records:.0f} B each"
    yield Figure(part, f"pull, {database}, as it travels (level {level})", found.micros, "µs", note=note)
    words = f"pull, {database}, before compression"
    stated = f"{REACH:g} scaled"
    yield Figure(part, words, found.micros - squeezed[0], "µs", run.scaled(REACH, database), stated=stated)
    yield Figure(part, f"peak memory, {database}, after the pulls", peak / 2**20, "MiB")
    if database == "sqlite":
        yield from _levels(run, found, part)


def squeeze(run: Run, found: Pulled, level: int) -> tuple[float, float]:
    """CPU µs and bytes a record of compressing the pages' frames at a level, measured in this process."""
    size = 0

    def once() -> float:
        nonlocal size
        began = time.process_time()
        size = sum(len(wire.encode_answer(page, level)) for page in found.answers)
        return time.process_time() - began

    return run.best(once) / found.records * 1e6, size / found.records


def _levels(run: Run, found: Pulled, part: str) -> Iterator[Figure]:
    measured = {level: squeeze(run, found, level) for level in LEVELS}
    smallest = min(size for _, size in measured.values())
    good = [level for level in LEVELS if measured[level][1] <= smallest * WORTH]
    picked = min(good, key=lambda level: measured[level][0])
    for level, (micros, size) in measured.items():
        note = f"{size:.0f} B a record" + (f"; picked: within {WORTH - 1:.0%} of the smallest" * (level == picked))
        yield Figure(part, f"  deflate with the dictionary, level {level}", micros, "µs", note=note)
