"""The road between phones and centres, in virtual time: what is under way, and what becomes of it."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from tests.simulator.decisions import MINUTE, SECOND


@dataclass
class Road:
    """Messages under way in the order in which they arrive. `storm_until` is when the weather gets better."""

    now: int
    storm_until: int = 0
    lost: int = 0
    doubled: int = 0
    late: int = 0
    _due: list[tuple[int, int, Callable[[], None]]] = field(default_factory=list)
    _count: int = 0

    def at(self, when: int, what: Callable[[], None]) -> None:
        """Let something happen at `when`."""
        self._count += 1
        heapq.heappush(self._due, (when, self._count, what))

    def send(self, dice: Random, arrive: Callable[[], None], *, smooth: bool = False) -> str:
        """Bring a message. It is lost, or doubled, or late, and overtaken by others then; gives the word for it."""
        if smooth:
            self.at(self.now + SECOND, arrive)
            return ""
        bad = self.now < self.storm_until
        fate = dice.random()
        if fate < (0.5 if bad else 0.12):
            self.lost += 1
            return "lost"
        delay = dice.choice((50, 300, SECOND, 5 * SECOND))
        word = ""
        if fate > (0.7 if bad else 0.88):
            delay = dice.choice((MINUTE, 20 * MINUTE, 300 * MINUTE))
            self.late += 1
            word = "late"
        self.at(self.now + delay, arrive)
        if 0.5 < fate < 0.58:
            self.doubled += 1
            word = "doubled"
            self.at(self.now + delay + dice.choice((1, 200, 30 * MINUTE)), arrive)
        return word

    def wait(self, milliseconds: int) -> None:
        """Let time pass, and everything happen that is due."""
        until = self.now + milliseconds
        while self._due and self._due[0][0] <= until:
            self.now, _, what = heapq.heappop(self._due)
            what()
        self.now = until

    def drain(self) -> None:
        """Let everything arrive that is under way."""
        while self._due:
            self.now, _, what = heapq.heappop(self._due)
            what()
