"""Group commit: what four devices gain over one where a sync of the disk is slow, and that they lose nothing where it
is not.

The slow disk is a library of ours, loaded before all others into the server and PostgreSQL: it adds a pause to each
fsync and fdatasync and calls the real one. It needs a C compiler.
"""

import contextlib
import os
import shutil
import statistics
import subprocess
from collections.abc import Iterator, Mapping

from tests.bench import push
from tests.bench.centre import Server
from tests.bench.figures import Figure
from tests.bench.run import MissingError, Run

PAUSE = 4
"""Milliseconds added to each sync."""
_SHIM = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <unistd.h>
#define SLOW(name) \\
    int name(int file) { \\
        static int (*real)(int); \\
        if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, #name); \\
        usleep(%d); \\
        return real(file); \\
    }
SLOW(fsync)
SLOW(fdatasync)
"""
REACH = {100: 1.4, 1: 1.8}
LOAD = {100: 4000, 1: 400}
"""Records in one measure, by batch size."""


def slow_disk(run: Run) -> dict[str, str]:
    """The environment of a process whose disk is slow. Raises `MissingError` where there is no compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        raise MissingError("no C compiler, which the slow disk needs: apt-get install gcc libc6-dev")
    library = run.open_path() / "slow.so"
    command = [compiler, "-shared", "-fPIC", "-O1", "-x", "c", "-", "-o", str(library), "-ldl"]
    done = subprocess.run(command, input=_SHIM % (PAUSE * 1000), capture_output=True, text=True, check=False)
    if done.returncode:
        raise MissingError(f"the C compiler fails: {done.stderr.splitlines()[-1]}")
    return {"LD_PRELOAD": str(library)}


def figures(run: Run, part: str = "group") -> Iterator[Figure]:
    """The table's lines about group commit, on both databases."""
    for database in ("sqlite", "postgres"):
        try:
            yield from _figures(run, part, database)
        except MissingError as missing:
            yield Figure(part, f"group commit, {database}", "not measured", note=str(missing))


def _figures(run: Run, part: str, database: str) -> Iterator[Figure]:
    for size in (100, 1):
        for slow in (True, False):
            environment = slow_disk(run) if slow else {}
            one, four = rates(run, database, size, environment)
            disk = f"{PAUSE} ms added to each sync" if slow else "the real sync"
            words = f"group commit, {database}, {size} a batch, 4 devices against 1, {disk}"
            note = f"{four:,.0f} against {one:,.0f} records/s"
            yield Figure(part, words, four / one, "×", REACH[size] if slow else 1.0, at_least=True, note=note)


def rates(run: Run, database: str, size: int, environment: Mapping[str, str]) -> tuple[float, float]:
    """Records a second that one device hands in, and four at once: medians over turns that alternate."""
    with _cluster(run, database, environment):
        centre = run.centre(database)
        with Server(centre, environment=environment, beside=run.beside(centre)) as server:
            villages = push.settle(centre, server)
            found: dict[int, list[float]] = {1: [], 4: []}
            for _ in range(run.repeats):
                for devices, rates_ in found.items():
                    count = min(LOAD.get(size, run.records), run.records) // devices
                    loads = [(one.phone, one.new(count, size)) for one in villages[:devices]]
                    rates_.append(push.measure(server, loads, count * devices).rate)
            for village in villages:
                village.phone.link.close()
            return statistics.median(found[1]), statistics.median(found[4])


@contextlib.contextmanager
def _cluster(run: Run, database: str, environment: Mapping[str, str]) -> Iterator[None]:
    """While the block runs, the run's PostgreSQL is one that was started in this environment."""
    if database != "postgres" or not environment:
        yield
        return
    before = dict(os.environ)
    os.environ.update(environment)
    try:
        with run.other_cluster():
            os.environ.pop("LD_PRELOAD", None)
            yield
    finally:
        os.environ.clear()
        os.environ.update(before)
