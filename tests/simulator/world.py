"""A township in virtual time: it plays decisions with a cast, and lets the judge look at every step.

The cast's phones and centres are those of one tier (`paper/`, `real/`); the story is the same.
"""

from random import Random

from tests.simulator import judge
from tests.simulator.decisions import DAY, HOUR, Decision
from tests.simulator.mishaps import Mishaps
from tests.simulator.trips import Trips
from tests.simulator.work import Counter, Homes

PATIENCE = 12
"""Syncs of each phone within which everything must have drained once the weather is good."""


class World(Homes, Counter, Trips, Mishaps):
    """Everybody's work, the road, and what befalls them. A decision's act is the name of a method."""

    def play(self, decisions: list[Decision]) -> None:
        """Play decisions one after the other, then let everything heal and judge what is left."""
        for decision in decisions:
            self.road.wait(decision.wait)
            self.operations += 1
            getattr(self, decision.act)(decision.who, Random(decision.dice))
        self.heal()

    def heal(self) -> None:
        """The weather clears, servers are up, everybody syncs until nothing is left to do."""
        self.say("the weather clears, and everybody syncs")
        self.road.storm_until = 0
        self.road.drain()
        self.cast.down_until = [0] * len(self.cast.centres)
        self.road.wait(DAY)
        for number in range(PATIENCE):
            for who, holder in enumerate(self.cast.holders):
                if not holder.phone.stopped:
                    self.sync(who, Random(number), smooth=True)
            self.road.drain()
            self.road.wait(HOUR)
            if number and all(judge.drained(self, holder) for holder in self.cast.holders):
                break
        judge.end(self)
