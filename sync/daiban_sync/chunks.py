"""How much of a photo to send next.

A chunk is confirmed whole or not at all, so a big one is a big loss when the link breaks, and a small one
spends its time waiting for answers. The rule aims at a set duration for each chunk: it follows the link up
by doubling and down by halving, and after a cut it falls faster than it rose.
"""

from enum import Enum
from typing import NamedTuple

_STEP = 4096


class Outcome(Enum):
    """What became of a chunk: confirmed by the server, or lost with the link."""

    ARRIVED = "arrived"
    CUT = "cut"


class ChunkPlan(NamedTuple):
    """Sizes in bytes, `aim` in milliseconds for each chunk."""

    first: int = 128 * 1024
    smallest: int = 16 * 1024
    largest: int = 4 * 2**20
    aim: int = 4000

    def next_size(self, last: int, duration: int, outcome: Outcome) -> int:
        """The size of the chunk after one of `last` bytes that took `duration` milliseconds.

        A cut quarters it. Otherwise it becomes what this link would carry in `aim`, at most twice and at
        least half of `last`. Whole pages of 4096 bytes, within the plan's bounds.
        """
        if outcome is Outcome.CUT:
            wanted = last // 4
        else:
            carried = last * self.aim // max(1, duration)
            wanted = max(last // 2, min(2 * last, carried))
        return max(self.smallest, min(wanted // _STEP * _STEP, self.largest))
