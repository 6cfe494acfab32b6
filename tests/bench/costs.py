"""What processes used, as the kernel counts it: CPU time to the nanosecond, peak memory in bytes. Linux only."""

import contextlib
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path

_SCHEDULED = 2
"""The kind of a process's clock that counts what the scheduler gave it, user and system together."""

_THREAD = 4
_TICKS = os.sysconf("SC_CLK_TCK")

Pids = Callable[[], Iterable[int]]
"""Which processes are meant now."""


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            children.setdefault(parent(int(stat.parent.name)), []).append(int(stat.parent.name))
    found, open_ = [], [pid]
    while open_:
        one = open_.pop()
        found.append(one)
        open_ += children.get(one, [])
    return found


def parent(pid: int) -> int:
    """The parent of a process. Raises `OSError` where there is none such."""
    return int(_stat(pid)[1])


def cpu(pids: Iterable[int]) -> float:
    """Seconds of CPU time that the processes used since they began, and those of their children that have ended."""
    used = 0.0
    for pid in pids:
        with contextlib.suppress(OSError):
            used += time.clock_gettime(~pid << 3 | _SCHEDULED)
            # A database's workers come and go: what they used is their parent's from then on, in ticks.
            used += sum(map(int, _stat(pid)[13:15])) / _TICKS
    return used


def _stat(pid: int) -> list[str]:
    """The fields of /proc/pid/stat behind the name; state is the first."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()


def thread_cpu(native: int) -> float:
    """Seconds of CPU time that a thread of this process used, by the kernel's id for it; 0 when it has ended."""
    with contextlib.suppress(OSError):
        return time.clock_gettime(~native << 3 | _THREAD | _SCHEDULED)
    return 0.0


def peak(pids: Iterable[int]) -> int:
    """The most memory in bytes that any one of the processes held at any time."""
    found = [0]
    for pid in pids:
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith("VmHWM:"):
                    found.append(int(line.split()[1]) * 1024)
    return max(found)


class Meter:
    """CPU and wall seconds of a block, for the processes that `pids` names at its begin and its end."""

    cpu = 0.0
    wall = 0.0

    def __init__(self, pids: Pids) -> None:
        self._pids = pids

    def __enter__(self) -> "Meter":
        self._wall, self._cpu = time.perf_counter(), cpu(self._pids())
        return self

    def __exit__(self, *_: object) -> None:
        self.wall, self.cpu = time.perf_counter() - self._wall, cpu(self._pids()) - self._cpu
