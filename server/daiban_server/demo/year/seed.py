"""How much there is of everything: the figures that a real district once reported, and how the demo cuts them.

The report gives 7,837 receptions and 10,963 accepted items, of them 6,024 direct, 2,082 time-limited and 440 by home
visit. It does not say what the rest was.
"""

import random
from collections.abc import Sequence
from typing import NamedTuple

from daiban_server.demo.district import CENTRES

ACCEPTED = 10_963
ASSUMPTION = "假设：原报告未说明其余 2,417 件的办理方式，本演示按代办计"
"""Stands wherever the demo gives the figure of proxied cases."""
LABELS = ("direct", "limited", "proxy", "home")


class Figures(NamedTuple):
    """Receptions, and accepted cases by the label of the statistics."""

    receptions: int
    direct: int
    limited: int
    proxy: int
    home: int

    @property
    def accepted(self) -> int:
        """Accepted cases of all labels."""
        return self.direct + self.limited + self.proxy + self.home


SEED = Figures(7_837, 6_024, 2_082, ACCEPTED - 6_024 - 2_082 - 440, 440)


def figures(share: float = 1.0, centres: int = CENTRES) -> Figures:
    """The seed's figures for a share of the year's work and so many of its centres; at least one of each."""
    part = share * centres / CENTRES
    return Figures(*(max(1, round(number * part)) for number in SEED))


def spread(total: int, weights: Sequence[float], dice: random.Random) -> list[int]:
    """`total` over places by weight: what is left by rounding down goes to places drawn by lot."""
    whole = sum(weights)
    parts = [int(total * weight / whole) for weight in weights]
    for place in dice.choices(range(len(weights)), weights, k=total - sum(parts)):
        parts[place] += 1
    return parts
