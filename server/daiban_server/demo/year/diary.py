"""What is to happen, in order of time: entries that devices hand in, and errands that go another way.

The server's clock goes in steps of some minutes, so that what happens in one step can be sent side by side, a line for
each centre. Only what still lies ahead is kept: a year needs no more memory than its open cases do.
"""

import heapq
from collections.abc import Iterator
from typing import Any, NamedTuple

from daiban_server.demo.year.days import CLOSING

MOST = 100
"""Entries of one batch."""
STEP = 20 * 60_000
"""Milliseconds, about, from one step of the clock to the next."""
_ERRANDS = 1_000
"""Behind every worker's index: where both are due at one moment, batches go first."""


class Errand(NamedTuple):
    """Something that is done by a person at a desk, or by a resident: see `errands`."""

    name: str
    facts: dict[str, Any]


class Due(NamedTuple):
    """What one worker (his index) hands in, or an errand."""

    worker: int
    bodies: tuple[bytes, ...] = ()
    errand: Errand | None = None


class Step(NamedTuple):
    """What is due at one moment of the clock: by centre (its index), in the order in which it happened there."""

    moment: int
    due: dict[int, list[Due]]


class _Ahead(NamedTuple):
    step: int
    centre: int
    moment: int
    worker: int
    serial: int
    what: bytes | Errand


def step_after(moment: int) -> int:
    """The clock's next step after a moment: later by at most a step and a quarter, and never a round number."""
    number = moment // STEP + 1
    return number * STEP + number * 7_919_993 % (STEP // 4)


class Diary:
    """Everything that lies ahead; what would fall behind the year's end is left out, and so stays open."""

    def __init__(self) -> None:
        self._ahead: list[_Ahead] = []
        self._serial = 0

    def note(self, moment: int, centre: int, worker: int, body: bytes) -> None:
        """An entry that a worker's device hands in at a moment; those of one step go in one batch, as noted."""
        self._add(moment, centre, worker, body)

    def plan(self, moment: int, centre: int, errand: Errand) -> None:
        """An errand."""
        self._add(moment, centre, _ERRANDS, errand)

    def steps(self, before: int) -> Iterator[Step]:
        """Take out what is due before a moment, step by step; more may be added meanwhile."""
        while self._ahead and self._ahead[0].step < before:
            moment, due = self._ahead[0].step, dict[int, list[Due]]()
            while self._ahead and self._ahead[0].step == moment:
                one = heapq.heappop(self._ahead)
                _put(due.setdefault(one.centre, []), one)
            yield Step(moment, due)

    def _add(self, moment: int, centre: int, worker: int, what: bytes | Errand) -> None:
        step = step_after(moment)
        if step < CLOSING:
            self._serial += 1
            heapq.heappush(self._ahead, _Ahead(step, centre, moment, worker, self._serial, what))


def _put(line: list[Due], one: _Ahead) -> None:
    """Behind what a centre has in this step already, in the batch of the same worker where there is one."""
    if isinstance(one.what, Errand):
        line.append(Due(one.worker, errand=one.what))
    elif line and line[-1].worker == one.worker and len(line[-1].bodies) < MOST:
        line[-1] = Due(one.worker, (*line[-1].bodies, one.what))
    else:
        line.append(Due(one.worker, (one.what,)))
