"""The year of one centre: how many come on which day, drawn beforehand, and told day by day."""

import datetime
import random
from collections.abc import Sequence

from daiban_server.demo.year import afterwards, arriving, days, handling, voices, words
from daiban_server.demo.year.arriving import Visitor
from daiban_server.demo.year.case import Case, Spec
from daiban_server.demo.year.matters import HOME_MODES
from daiban_server.demo.year.seed import LABELS, Figures
from daiban_server.demo.year.team import Team, dice_for, new_id

_MONTHS = {1: 1.0, 2: 0.7, 3: 1.25, 4: 1.15, 5: 1.05, 6: 0.95, 7: 0.95, 8: 0.9, 9: 1.05, 10: 0.95, 11: 1.1, 12: 1.0}
"""How busy a month is, by working day: quiet over the New Year's feast, busy when people are back and fields are sown.
"""
_SOURCES = {
    "direct": {"counter": 0.72, "village_point": 0.27, "telephone": 0.01},
    "limited": {"counter": 0.46, "village_point": 0.50, "telephone": 0.04},
    "proxy": {"counter": 0.40, "village_point": 0.57, "telephone": 0.03},
}
_NEVER_ACCEPTED = 0.03
"""Cases that come on top and are not accepted, as a part of those that are."""
_FATES = {"declined": 0.5, "withdrawn": 0.22, "unanswered": 0.18, "waiting": 0.10}
_NOTIFIED = 0.16
_TWO_MATTERS = 0.12
_DISPUTED = 0.05
"""Of the cases that an agent collected in a village and that take some days."""
_AT_A_COUNTER = ("counter", "telephone")


def specs(seed: int, centre: int, counts: Figures) -> list[Spec]:
    """Every case of a centre's year, in the order of its first day."""
    dice = dice_for(seed, centre, "agenda")
    labels = [label for label in LABELS for _ in range(getattr(counts, label))]
    drawn = [_spec(label, "accepted", dice) for label in labels]
    more = int(counts.accepted * _NEVER_ACCEPTED + dice.random())
    for fate in dice.choices(list(_FATES), list(_FATES.values()), k=more):
        drawn.append(_spec(dice.choices(("limited", "proxy"), (6, 4))[0], fate, dice))
    drawn.sort(key=lambda spec: (spec.start, spec.decided, spec.label))
    numbered = [spec._replace(number=n) for n, spec in enumerate(drawn)]
    return _standing_together(numbered, counts.receptions, dice)


def _spec(label: str, fate: str, dice: random.Random) -> Spec:
    """A case whose days lie in the year; one that is too new comes on one of its last."""
    if label == "home":
        mode, source = dice.choices(list(HOME_MODES), list(HOME_MODES.values()))[0], "home"
    else:
        mode, source = label, dice.choices(list(_SOURCES[label]), list(_SOURCES[label].values()))[0]
    notified = fate == "unanswered" or (mode != "direct" and label != "home" and dice.random() < _NOTIFIED)
    if fate == "waiting":
        start = days.WORKING[-dice.randint(1, 3)]
        return Spec(0, label, mode, source, start, days.AFTER, fate)
    lead = _lead(mode, source, dice, notified=notified)
    decided = max(lead, dice.choices(range(len(days.WORKING)), _BUSY)[0])
    return Spec(0, label, mode, source, days.WORKING[decided - lead], days.WORKING[decided], fate, notified)


def _lead(mode: str, source: str, dice: random.Random, *, notified: bool) -> int:
    """Working days from the first day to the decision."""
    if notified:
        return dice.randint(5, 10)
    if source == "home":
        return dice.randint(3, 4)  # more, and the visit lay beyond what can be booked over the New Year's feast
    if source == "village_point":
        return dice.choices((1, 2), (19, 1))[0]
    return 0 if mode == "direct" else dice.choices((0, 1, 2), (78, 19, 3))[0]


def _standing_together(drawn: Sequence[Spec], receptions: int, dice: random.Random) -> list[Spec]:
    """Some come to the counter with two matters. Where fewer receptions were counted than would be needed, what is left
    over was collected in the villages."""
    told: list[Spec] = []
    opened, day = 0, None
    for spec in drawn:
        if spec.source in _AT_A_COUNTER:
            together = spec.start == day and dice.random() < _TWO_MATTERS
            if not together and opened == receptions:
                together = spec.start == day
                if not together:
                    spec = _in_the_village(spec)
            if spec.source in _AT_A_COUNTER:
                opened, day = opened + (not together), spec.start
                spec = spec._replace(shares=together)
        told.append(spec)
    return told


def _in_the_village(spec: Spec) -> Spec:
    """The same case, collected by an agent: a day earlier where it was to be decided at once."""
    start = spec.start if spec.start < spec.decided else max(days.FIRST, days.working_before(spec.start, 1))
    decided = spec.decided if start < spec.decided else days.working_after(start, 1)
    return spec._replace(source="village_point", start=start, decided=decided)


def advice_days(drawn: Sequence[Spec], receptions: int, seed: int, centre: int) -> list[datetime.date]:
    """The days of those receptions that lead to no case."""
    dice = dice_for(seed, centre, "advice")
    opened = sum(spec.source in _AT_A_COUNTER and not spec.shares for spec in drawn)
    return sorted(dice.choices(days.WORKING, _BUSY, k=receptions - opened))


class Agenda:
    """A centre's year as it is told, one working day after the other."""

    def __init__(self, team: Team, counts: Figures) -> None:
        self.team = team
        self._specs = sorted(specs(team.seed, team.index, counts), key=lambda spec: (spec.start, spec.number))
        self._advice = advice_days(self._specs, counts.receptions, team.seed, team.index)
        self._next_case = self._next_advice = 0

    def tell(self, day: datetime.date) -> None:
        """Write into the diary what begins on a day, with all that follows from it."""
        visitor: Visitor | None = None
        while self._next_case < len(self._specs) and self._specs[self._next_case].start <= day:
            spec = self._specs[self._next_case]
            self._next_case += 1
            if spec.source in _AT_A_COUNTER:
                case, visitor = arriving.at_the_counter(self.team, spec, visitor if spec.shares else None)
            else:
                collect = arriving.at_home if spec.source == "home" else arriving.at_the_village_point
                case = collect(self.team, spec)
            self._live(case)
        while self._next_advice < len(self._advice) and self._advice[self._next_advice] <= day:
            self._advise(day, self._next_advice)
            self._next_advice += 1

    def _live(self, case: Case) -> None:
        ended = handling.decide(case, case.collected)
        if case.spec.source == "home":
            afterwards.reply(case, case.collected, ended)
        if ended:
            afterwards.finish(case, ended)
        if case.spec.source == "village_point" and case.spec.mode != "direct" and case.dice.random() < _DISPUTED:
            voices.dispute(case, case.collected)
        voices.complain(case, case.collected)

    def _advise(self, day: datetime.date, number: int) -> None:
        """Somebody asks and gets an answer; no case comes of it."""
        team, dice = self.team, dice_for(self.team.seed, self.team.index, "reception", number)
        window, about, answer = dice.choice(words.ADVICE)
        clerk, at = team.clerk(window), days.at_the_counter(day, dice)
        home = team.home(clerk, at, dice)
        fields = {
            "place": team.centre.id.hex(),
            "visitor": home.head.name,
            "people": dice.choices((1, 2, 4), (88, 10, 2))[0],
            "phone": home.head.phone,
            "village": home.village,
            "source": dice.choices(("counter", "telephone"), (80, 20))[0],
            "window": window,
            "about": about,
            "answer": answer,
            "outcome": dice.choices(("advice", "referred", "recorded"), (88, 7, 5))[0],
            "came_at": at,
        }
        team.change(clerk, at, "reception", new_id(at, dice), fields)


_BUSY = [_MONTHS[day.month] for day in days.WORKING]
