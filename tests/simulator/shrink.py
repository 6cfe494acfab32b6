"""Make a failing run short: leave out decisions while it still breaks the same rule, then tell what is left.

Leaving out is by delta debugging: large parts first, then smaller ones, down to single decisions.
"""

from collections.abc import Callable, Sequence

from tests.simulator.decisions import Decision, draw
from tests.simulator.run import Run, Tier, play

TRIES = 1500
"""Runs that shrinking may take at most."""


def shrink(
    decisions: Sequence[Decision], fails: Callable[[Sequence[Decision]], bool], tries: int = TRIES
) -> list[Decision]:
    """A short part of `decisions` for which `fails` still holds; none of it alone can be left out."""
    kept, size = list(decisions), len(decisions) // 2
    while size and tries > 0:
        at, shrunk = 0, False
        while at < len(kept) and tries > 0:
            without = kept[:at] + kept[at + size :]
            tries -= 1
            if fails(without):
                kept, shrunk = without, True
            else:
                at += size
        if not shrunk or size > 1:
            size = size // 2 if size > 1 else 0
    return kept


def story(tier: Tier, seed: int) -> Run:
    """The shortest run of a failing seed that was found, with its story told."""
    found = play(tier, seed)
    if not found.rule:
        return play(tier, seed, tell=True)
    whole = draw(seed, tier.more, tier.longest)
    short = shrink(whole, lambda part: play(tier, seed, part).rule == found.rule)
    return play(tier, seed, short, tell=True)
