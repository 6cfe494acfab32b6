"""A device's encrypted store, by the SDK: to save, to sync for the first time, and to open when it is full."""

import asyncio
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

from daiban_client_sdk.transport import wall_clock
from daiban_schemas import entry
from tests.bench import push, workload
from tests.bench.centre import Server
from tests.bench.figures import Figure
from tests.bench.handset import Handset
from tests.bench.run import Run
from tests.support.phones import device_in, phone_in

SAVES = 1000
FULL = 50_000
REACH_SAVE, REACH_SYNC, REACH_OPEN = 1.5, 1.5, 100.0


def saves(folder: Path, count: int) -> list[float]:
    """Milliseconds of each of `count` saves of a new application on a new device, in order of length."""
    device = device_in(folder, wall_clock)
    homes = [workload.fresh_id().hex()]
    taken = []
    for case in workload.applications(count, homes, workload.fresh_id().hex()):
        fields = entry.values_of(entry.decode(case.body))
        form = device.new("application", case.record)
        began = time.perf_counter()
        device.save(form, fields)
        taken.append((time.perf_counter() - began) * 1000)
    device.close()
    return sorted(taken)


async def sync(folder: Path) -> float:
    """Seconds of a sync."""
    async with phone_in(folder) as client:
        began = time.perf_counter()
        await client.sync()
        return time.perf_counter() - began


def opened(folder: Path) -> tuple[float, int]:
    """Milliseconds until a store is open and shows what a person sees first: what it still holds alone, and today's
    visits; and how many records it has."""
    began = time.perf_counter()
    device = device_in(folder, wall_clock)
    device.status()
    device.today(0, wall_clock())
    took = (time.perf_counter() - began) * 1000
    (count,) = device.store.row("SELECT count(*) FROM record") or (0,)
    device.close()
    return took, count


def fill(village: push.Village, count: int) -> None:
    """Hand in `count` new applications."""
    for packed in village.new(count, 500):
        village.phone.push(packed)


def figures(run: Run, part: str = "store") -> Iterator[Figure]:
    """The table's lines about the device's store."""
    taken = saves(run.path(), SAVES)
    note = f"median {statistics.median(taken):.2f} ms, of {len(taken)}"
    yield Figure(part, "device store: save, p95", taken[len(taken) * 95 // 100], "ms", REACH_SAVE, note=note)
    centre = run.centre()
    handsets = [Handset(run.path(), centre) for _ in range(run.repeats + 1)]
    with Server(centre) as server:
        for handset in handsets:
            handset.point_at(f"http://localhost:{server.port}")
        village = push.Village.settle(centre, server, 0)
        fill(village, run.records)
        first = [asyncio.run(sync(handset.folder)) for handset in handsets[1:]]
        _, count = opened(handsets[1].folder)
        note = f"{count:,} records, median of {len(first)}; server and link among it"
        yield Figure(part, "device store: first sync", statistics.median(first), "s", REACH_SYNC, note=note)
        fill(village, FULL - run.records)
        asyncio.run(sync(handsets[0].folder))
        village.phone.link.close()
    times = [opened(handsets[0].folder) for _ in range(5)]
    note = f"{times[0][1]:,} records, median of {len(times)}; with status and today's visits"
    yield Figure(part, "device store: open", statistics.median(t for t, _ in times), "ms", REACH_OPEN, note=note)
