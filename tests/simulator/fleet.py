"""Many seeds over all cores, summed up."""

import multiprocessing
import os
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.simulator.processes import play_processes
from tests.simulator.run import TIERS, Run, play

KILLS = "kills"
"""The tier of real processes: see `processes`."""
NAMES = (*TIERS, KILLS)
_processes = multiprocessing.get_context("spawn")


@dataclass
class Sum:
    """What many runs were like together."""

    seeds: int = 0
    operations: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    violations: list[Run] = field(default_factory=list)

    def add(self, run: Run) -> None:
        """Count a run in."""
        self.seeds += 1
        self.operations += run.operations
        self.faults += run.faults
        if run.rule:
            self.violations.append(run)


def one(job: tuple[str, int]) -> Run:
    """One seed of a tier, by its name."""
    tier, seed = job
    return play_processes(seed) if tier == KILLS else play(TIERS[tier], seed)


def runs(tier: str, seeds: range, processes: int | None = None) -> Iterator[Run]:
    """Runs of `seeds`, on all cores unless told otherwise, in order."""
    processes = processes or os.cpu_count() or 1
    jobs = ((tier, seed) for seed in seeds)
    if processes == 1:
        yield from map(one, jobs)
        return
    with _processes.Pool(processes) as pool:
        yield from pool.imap(one, jobs, chunksize=1 if tier == KILLS else 8)


def summed(tier: str, seeds: range, seconds: float | None = None, processes: int | None = None) -> Sum:
    """All of `seeds`, or as many as `seconds` allow."""
    total, until = Sum(), time.monotonic() + seconds if seconds else None
    for run in runs(tier, seeds, processes):
        total.add(run)
        if until and time.monotonic() > until:
            break
    return total
