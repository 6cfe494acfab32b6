"""Pushing: new records, and updates of three fields, by one device and by four at once."""

import functools
import random
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from daiban_sync import batch
from tests.bench import costs, workload
from tests.bench.centre import AGENTS, Centre, Server
from tests.bench.figures import Figure
from tests.bench.phone import Phone
from tests.bench.run import Run

HOMES = 50
"""Households in each village."""


@dataclass
class Pushed:
    """What a push of some records cost: CPU seconds of the server, wall seconds, and bytes of the bodies' way."""

    records: int
    cpu: float
    wall: float
    up: int
    down: int

    @property
    def micros(self) -> float:
        """CPU µs a record."""
        return self.cpu / self.records * 1e6

    @property
    def rate(self) -> float:
        """Records a second."""
        return self.records / self.wall


class Village:
    """A phone whose agent has collected households already: what it hands in now is applications."""

    def __init__(self, phone: Phone, homes: list[str], item: str) -> None:
        self.phone, self.homes, self.item = phone, homes, item

    @classmethod
    def settle(cls, centre: Centre, server: Server, number: int) -> "Village":
        """The village of one of the agents, with its households handed in."""
        phone = Phone(centre, centre.agents[number], server.link())
        phone.settle_in()
        homes = workload.households(HOMES, centre.agents[number].place)
        phone.push(batch.pack(phone.seal([body for _, body in homes])))
        return cls(phone, [record for record, _ in homes], centre.item.hex())

    def new(self, count: int, size: int, source: str = "village_point") -> list[bytes]:
        """`count` new applications, packed in batches of `size`."""
        bodies = [case.body for case in workload.applications(count, self.homes, self.item, source)]
        return self.packed(bodies, size)

    def packed(self, bodies: Sequence[bytes], size: int) -> list[bytes]:
        """Entries, sealed and packed in batches of `size`."""
        return [batch.pack(self.phone.seal(part)) for part in workload.portions(bodies, size)]


def settle(centre: Centre, server: Server, devices: int = AGENTS) -> list[Village]:
    """The first `devices` villages."""
    return [Village.settle(centre, server, number) for number in range(devices)]


def measure(server: Server, loads: Sequence[tuple[Phone, list[bytes]]], records: int) -> Pushed:
    """Hand in each phone's batches one after the other, all phones at once."""
    before = [(phone.link.up, phone.link.down) for phone, _ in loads]
    with costs.Meter(server.pids) as meter:
        at_once([functools.partial(hand_in, phone, load) for phone, load in loads])
    up = sum(phone.link.up - was[0] for (phone, _), was in zip(loads, before, strict=True))
    down = sum(phone.link.down - was[1] for (phone, _), was in zip(loads, before, strict=True))
    return Pushed(records, meter.cpu, meter.wall, up, down)


def hand_in(phone: Phone, load: Sequence[bytes]) -> None:
    """Hand in packed batches, one after the other."""
    for packed in load:
        phone.push(packed)


def at_once(work: Sequence[Callable[[], object]]) -> None:
    """Do everything at once, each in a thread of its own; raises what the first that failed raised."""
    failed: list[BaseException] = []

    def guarded(one: Callable[[], object]) -> None:
        try:
            one()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=guarded, args=(one,)) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


def new_records(run: Run, server: Server, villages: Sequence[Village], size: int, source: str) -> Pushed:
    """The best of some pushes of `run.records` new applications; the first, which warms up, is not counted."""
    each = run.records // len(villages)
    best: Pushed | None = None
    for turn in range(run.repeats + 1):
        count = each if turn else size
        loads = [(village.phone, village.new(count, size, source)) for village in villages]
        done = measure(server, loads, count * len(villages))
        if turn and (best is None or done.cpu < best.cpu):
            best = done
    assert best is not None
    return best


def updates(run: Run, centre: Centre, server: Server, village: Village, size: int = 100) -> Pushed:
    """The best of some pushes of `run.records` updates, each of three fields of a record of its own, whose form was
    opened after a pull."""
    best: Pushed | None = None
    for turn in range(run.repeats):
        known = _positions(centre, server, village)
        dice = random.Random(turn)
        bodies = [workload.update(record, seen, dice) for record, seen in known[-run.records :]]
        done = measure(server, [(village.phone, village.packed(bodies, size))], len(bodies))
        if best is None or done.cpu < best.cpu:
            best = done
    assert best is not None
    return best


def _positions(centre: Centre, server: Server, village: Village) -> list[tuple[str, int]]:
    """The applications of a village with their positions, as a pull from the start shows them."""
    link = server.link()
    reader, found = Phone(centre, village.phone.enrolled, link), []
    while True:
        reply = reader.exchange(())
        assert reply is not None
        found += [(one.record.hex(), one.position) for one in reply.records if b'"application"' in one.changes[0].body]
        if not reply.answer.more:
            link.close()
            return found


REACH = {("sqlite", 100): 32.0, ("sqlite", 500): 24.0, ("postgres", 100): 45.0}
REACH_UPDATES = {"sqlite": 60.0, "postgres": 70.0}
ANSWER = 8.0
"""Bytes a record of the answer to a push of 100."""
MEMORY = 130.0


def figures(run: Run, database: str = "sqlite", part: str = "push") -> Iterator[Figure]:
    """The table's lines about pushing."""
    for size in (100, 500):
        yield Figure(part, f"limit, {database}, {size} a batch", run.limit(database, size), "µs")
    peak = 0
    for devices, size, tls, source in (
        (1, 100, False, "village_point"),
        (1, 500, False, "village_point"),
        (4, 100, False, "village_point"),
        (4, 500, False, "village_point"),
        (1, 100, True, "village_point"),
        (1, 100, False, "home"),
    ):
        centre = run.centre(database)
        with Server(centre, tls=tls, beside=run.beside(centre)) as server:
            villages = settle(centre, server, devices)
            done = new_records(run, server, villages, size, source)
            yield from _new(run, part, database, devices, size, tls, source, done)
            if (devices, size, tls, source) == (1, 100, False, "village_point"):
                yield _update(run, part, database, updates(run, centre, server, villages[0]))
            peak = max(peak, costs.peak(server.own_pids()))
    yield Figure(
        part, f"peak memory of the server, {database}", peak / 2**20, "MiB", MEMORY / 1.048576, stated="130 MB"
    )


def _new(
    run: Run, part: str, database: str, devices: int, size: int, tls: bool, source: str, done: Pushed
) -> Iterator[Figure]:
    asked = None if tls or devices > 1 or source == "home" else REACH.get((database, size))
    words = f"push of new records, {database}, {devices} × {size} a batch"
    words += ", TLS" * tls + (", each owes a reply" if source == "home" else "")
    note = f"{_told(done)}; durable"
    reach = run.scaled(asked, database, size) if asked else None
    yield Figure(part, words, done.micros, "µs", reach, stated=f"{asked:g} scaled" if asked else "", note=note)
    if asked and database == "sqlite":
        yield Figure(part, "  in limits of this run", done.micros / run.limit(database, size), "×", 2.0)
    if asked and size == 100 and database == "sqlite":
        yield Figure(part, "answer to a push of 100, a record", done.down / done.records, "B", ANSWER)


def _update(run: Run, part: str, database: str, done: Pushed) -> Figure:
    asked = REACH_UPDATES[database]
    note = f"{_told(done)}; durable"
    words = f"push of 3-field updates, {database}, 1 × 100 a batch"
    return Figure(part, words, done.micros, "µs", run.scaled(asked, database), stated=f"{asked:g} scaled", note=note)


def _told(done: Pushed) -> str:
    each = done.records
    return f"{done.rate:,.0f} records/s; up {done.up / each:.0f} B, down {done.down / each:.1f} B each"
