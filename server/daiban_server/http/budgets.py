"""What one device may ask for: requests, bytes and entries, each a bucket that fills up again.

A phone that goes round in circles, or a thief's program, must not starve a township. The buckets are far beyond a day's
work of the busiest agent: a first sync of 30,000 records, or a week's photos at once, does not empty them. What others
carry in for a device has buckets of its own: whoever found a stick could hand the same piece in until its phone had to
wait. Bytes are counted as they are inflated: a few KiB of deflate are 16 MiB of work, and of disk where they are
photos. The buckets lie in this process's memory: with several workers a device has as much of each, and a restart
fills them. Photos that come over a link have buckets of their own, so that they take nothing from what was collected.
"""

from collections import OrderedDict
from dataclasses import dataclass
from math import ceil

from daiban_server.http.problems import ProblemError

DEVICES = 20_000
"""Devices that are remembered; of the rest the longest silent start full again."""


@dataclass(frozen=True)
class Limits:
    """How much a bucket holds, and how much of it comes back in a second."""

    requests: tuple[float, float] = (600, 2)
    bytes: tuple[float, float] = (256 * 2**20, 512 * 2**10)
    entries: tuple[float, float] = (100_000, 50)


_NO_END = (float("inf"), 0.0)
UNLIMITED = Limits(_NO_END, _NO_END, _NO_END)
"""For benches, whose one device does a district's work."""
PHOTOS = Limits(_NO_END, (4 * 2**30, 64 * 2**10), _NO_END)
"""For photos: a week of the busiest agent at once, 140 a day of 4 MB, and 5.6 GB a day after that."""


class Budgets:
    """The buckets of all devices."""

    def __init__(self, limits: Limits | None = None) -> None:
        limits = limits or Limits()
        self._each = (limits.requests, limits.bytes, limits.entries)
        self._held: OrderedDict[bytes, tuple[int, list[float]]] = OrderedDict()

    def take_carried(self, device: bytes, now: int, *, size: int, entries: int) -> None:
        """The same as `take`, of one request that somebody carried in for a device."""
        self.take(device + b" carried", now, requests=1, size=size, entries=entries)

    def take(self, device: bytes, now: int, *, requests: int = 0, size: int = 0, entries: int = 0) -> None:
        """Take from a device's buckets at `now` (Unix milliseconds). A bucket may go below nothing once; until it is
        above again the device has to wait. Raises `ProblemError("budget.exceeded")` with ``Retry-After``, and takes
        nothing."""
        owed = zip(self._levels(device, now), self._each, strict=True)
        if wait := max((-level / back for level, (_, back) in owed if level < 0), default=0):
            raise ProblemError("budget.exceeded", {"Retry-After": str(ceil(wait))})
        self.charge(device, now, requests=requests, size=size, entries=entries)

    def charge(self, device: bytes, now: int, *, requests: int = 0, size: int = 0, entries: int = 0) -> None:
        """The same for what a request that `take` let in turned out to be: it is served, and the next one waits. Were
        it refused, a device in debt would come back with the same request for ever."""
        levels = zip(self._levels(device, now), (requests, size, entries), strict=True)
        self._held[device] = (now, [level - taken for level, taken in levels])

    def _levels(self, device: bytes, now: int) -> list[float]:
        """How full a device's buckets are by now."""
        since, levels = self._held.pop(device, (now, [most for most, _ in self._each]))
        seconds = max(0, now - since) / 1000
        levels = [min(most, level + seconds * back) for level, (most, back) in zip(levels, self._each, strict=True)]
        self._held[device] = (now, levels)
        if len(self._held) > DEVICES:
            self._held.popitem(last=False)
        return levels
