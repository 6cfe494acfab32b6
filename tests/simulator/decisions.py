"""What happens in a run, as a list of decisions drawn from a seed.

Each decision carries its own dice, so taking one out leaves all others as they were: that is what makes a failing
run shrink. A decision that makes no sense where it falls does nothing.
"""

from collections.abc import Mapping
from random import Random
from typing import NamedTuple

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000


class Decision(NamedTuple):
    """After `wait` milliseconds somebody does `act`. `who` picks a phone, a tab or a centre; `dice` seeds the rest."""

    wait: int
    act: str
    who: int
    dice: int


WORK = {
    "open": 5,
    "save": 14,
    "new": 4,
    "sync": 16,
    "desk_open": 3,
    "desk_save": 6,
    "look": 2,
    "settle": 3,
    "desk_settle": 2,
}
"""What goes on every day, and how often of each."""

FAULTS = {
    "storm": 3,
    "carry": 3,
    "clock": 2,
    "phone_dies": 3,
    "centre_dies": 2,
    "copy_phone": 2,
    "put_back": 2,
    "backup": 3,
    "restore": 2,
    "reassign": 3,
    "revoke": 1,
}
"""What befalls a township. Each seed leaves about half of the kinds out, so that the rest meet more often."""

_WAITS = (SECOND, 5 * SECOND, 20 * SECOND, MINUTE, MINUTE, 10 * MINUTE, HOUR, 5 * HOUR, DAY)


def draw(seed: int, more: Mapping[str, int] | None = None, longest: int = 110) -> list[Decision]:
    """The decisions of a seed; `more` are kinds of work that only some casts know."""
    dice = Random(seed)
    befalling = {act: weight for act, weight in FAULTS.items() if dice.random() < 0.5}
    weights = {**WORK, **(more or {}), **befalling}
    acts = dice.choices(list(weights), list(weights.values()), k=dice.randint(20, longest))
    acts = ["new", "new", *acts]
    slow = dice.random() < 0.5  # some days everything happens within seconds, and much is under way at once
    return [
        Decision(dice.choice(_WAITS if slow else _WAITS[:5]), act, dice.randrange(1 << 16), dice.getrandbits(32))
        for act in acts
    ]
