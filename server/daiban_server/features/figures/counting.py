"""Counting facts: by whatever tells them apart, with rates and days to completion."""

import datetime
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from daiban_server.features.figures.catalogue import counts_for
from daiban_server.features.figures.facts import Fact
from daiban_server.limits.calendar import OFFICIAL, local_day

_ONE = datetime.timedelta(days=1)


@dataclass
class Count:
    """Figures by name, and how many completed cases took how many working days."""

    figures: Counter[str] = field(default_factory=Counter)
    days: Counter[int] = field(default_factory=Counter)

    def add(self, fact: Fact) -> None:
        """Count one fact."""
        names = counts_for(fact)
        for name in names:
            self.figures[name] += fact.times
        if "completed" in names:
            self.days[days_taken(fact) or 0] += fact.times


def count(facts: Iterable[Fact], key: Callable[[Fact], str]) -> dict[str, Count]:
    """Facts counted by `key`."""
    counted: defaultdict[str, Count] = defaultdict(Count)
    for fact in facts:
        counted[key(fact)].add(fact)
    return dict(counted)


def summed(counts: Iterable[Count]) -> Count:
    """Several counts together."""
    total = Count()
    for one in counts:
        total.figures.update(one.figures)
        total.days.update(one.days)
    return total


def days_taken(fact: Fact) -> int | None:
    """Working days from acceptance to a completion, counted as a limit is: from the day after."""
    if fact.source != "act" or fact.sheet.accepted is None:
        return None
    return OFFICIAL.count(local_day(fact.sheet.accepted) + _ONE, local_day(fact.at))


class Ratio(NamedTuple):
    """One sum of figures over another."""

    label: str
    of: tuple[str, ...]
    over: tuple[str, ...]


RATIOS: Mapping[str, Ratio] = {
    "on_time_rate": Ratio("按时办结率", ("on_time",), ("completed",)),
    "bad_rate": Ratio("差评率", ("bad_ratings",), ("ratings",)),
    "replies_rate": Ratio(
        "定期回复率",
        ("replies_met", "replies_met_received_late"),
        ("replies_met", "replies_met_received_late", "replies_late"),
    ),
    "opinions_rate": Ratio(
        "意见按期答复率", ("opinions_in_time",), ("opinions_in_time", "opinions_late", "opinions_overdue")
    ),
}


def ratio(of: Sequence[str], over: Sequence[str], figures: Mapping[str, int]) -> float | None:
    """Sum over sum; None where there is nothing to measure."""
    whole = sum(figures.get(name, 0) for name in over)
    return sum(figures.get(name, 0) for name in of) / whole if whole else None


def mean(days: Mapping[int, int]) -> float | None:
    """The mean of numbers of days, each with how often it was; to a hundredth."""
    times = sum(days.values())
    return round(sum(taken * often for taken, often in days.items()) / times, 2) if times else None


def ninetieth(days: Mapping[int, int]) -> int | None:
    """The 90th percentile by nearest rank: of ten cases, nine took no longer."""
    rank, passed = math.ceil(sum(days.values()) * 0.9), 0
    for taken in sorted(days):
        passed += days[taken]
        if passed >= rank:
            return taken
    return None
