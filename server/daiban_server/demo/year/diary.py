"""What is to happen, in order of time: entries that devices hand in, and errands that go another way.

Only what still lies ahead is kept, so a year needs no more memory than its open cases do.
"""

import heapq
from collections.abc import Iterator
from typing import Any, NamedTuple

from daiban_server.demo.year.days import CLOSING

MOST = 100
"""Entries of one batch."""
_ERRANDS = 1_000
"""Behind every worker's index: where both are due at one moment, batches go first."""


class Errand(NamedTuple):
    """Something that is done by a person at a desk, or by a resident: see `errands`."""

    name: str
    facts: dict[str, Any]


class Due(NamedTuple):
    """What is due at a moment in a centre (its index): entries of one worker (his index), or an errand."""

    moment: int
    centre: int
    worker: int
    bodies: tuple[bytes, ...] = ()
    errand: Errand | None = None


class Diary:
    """Everything that lies ahead; what would fall behind the year's end is left out, and so stays open."""

    def __init__(self) -> None:
        self._ahead: list[tuple[int, int, int, int, bytes | Errand]] = []
        self._serial = 0

    def note(self, moment: int, centre: int, worker: int, body: bytes) -> None:
        """An entry that a worker's device hands in at a moment; those of one moment go in one batch, as noted."""
        self._add(moment, centre, worker, body)

    def plan(self, moment: int, centre: int, errand: Errand) -> None:
        """An errand."""
        self._add(moment, centre, _ERRANDS, errand)

    def due(self, before: int) -> Iterator[Due]:
        """Take out what is due before a moment; more may be added meanwhile."""
        while self._ahead and self._ahead[0][0] < before:
            moment, centre, worker, _, what = heapq.heappop(self._ahead)
            if isinstance(what, Errand):
                yield Due(moment, centre, worker, errand=what)
                continue
            bodies = [what]
            while self._ahead and self._ahead[0][:3] == (moment, centre, worker) and len(bodies) < MOST:
                bodies.append(bytes(heapq.heappop(self._ahead)[4]))  # type: ignore[arg-type]  # a worker's are bodies
            yield Due(moment, centre, worker, tuple(bodies))

    def __len__(self) -> int:
        return len(self._ahead)

    def _add(self, moment: int, centre: int, worker: int, what: bytes | Errand) -> None:
        if moment < CLOSING:
            self._serial += 1
            heapq.heappush(self._ahead, (moment, centre, worker, self._serial, what))
