"""An agent drops out: the visits that were hit go to others, and nothing else moves but by its sway.

Each hit visit is put by the engine, at its own time if anybody can come then, else within its sway, else on its day,
else whenever the resident can. Several orders are tried, since who is put first takes the others' room.
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from . import words
from .answers import Move, Offer, Refusal
from .model import DAY, Agent, ProblemError, Stop, Visit, Week, Window
from .offers import insert, offers


class Outcome(StrEnum):
    """What became of a visit that was hit."""

    SAME_TIME = "same_time"  # within the sway of what was promised
    NEW_TIME = "new_time"  # the resident must be asked
    NOBODY = "nobody"  # taken out of the week; somebody must call the resident


class Change(Struct, frozen=True):
    """A visit that was hit, with its old and new agents and start; the new ones are None where nobody can come.

    `reason` is a sentence for the clerk; `refusals` tell agent by agent why nobody can come.
    """

    visit: str
    household: str
    outcome: Outcome
    old_crew: tuple[str, ...]
    old_start: int
    new_crew: tuple[str, ...] | None
    new_start: int | None
    reason: str
    refusals: tuple[Refusal, ...] = ()


class Repair(Struct, frozen=True):
    """The week that would stand, the hit visits by their old start, and the others that sway, old and new start."""

    week: Week
    changes: tuple[Change, ...]
    moves: tuple[Move, ...]

    @property
    def cost(self) -> tuple[int, int, int, int]:
        """What is worse, in this order: nobody comes; another time; others that move; time by which they move."""
        outcomes = [change.outcome for change in self.changes]
        shifted = sum(
            abs(change.new_start - change.old_start) for change in self.changes if change.new_start is not None
        )
        moved = sum(abs(move.new - move.old) for move in self.moves)
        return outcomes.count(Outcome.NOBODY), outcomes.count(Outcome.NEW_TIME), len(self.moves), shifted + moved


def repair(week: Week, absent: str, since: int, until: int | None = None) -> Repair:
    """The week without `absent` from `since` on, to `until` or for good. `ProblemError` for an unknown agent.

    Visits that began before `since` stay: who began one ends it and goes home. The absence is entered after that.
    """
    agent = next((one for one in week.agents if one.id == absent), None)
    if agent is None:
        raise ProblemError("agent_unknown", "name an agent of the week")
    hit = [s for s in week.stops if absent in s.crew and since <= s.start and (until is None or s.start < until)]
    return put_again(_without(week, agent, hit, since, until), hit)


def put_again(week: Week, hit: Sequence[Stop], gone: Mapping[str, str] = {}) -> Repair:
    """The week, in which the visits that were hit do not stand, with them as far as somebody can come. `gone` are the
    names of old agents who are not in the week any more."""
    tries = [_Try(week, order, gone).made() for order in _orders(hit)]
    return min(tries, key=lambda one: one.cost)


def _without(week: Week, agent: Agent, hit: Sequence[Stop], since: int, until: int | None) -> Week:
    """The week as it is once the agent is gone, before anybody stands in."""
    kept = tuple(stop for stop in week.stops if stop not in hit)
    begins = max(since, _home(week, agent, kept, since))
    ends = max([shift.end for shift in agent.shifts], default=begins) if until is None else until
    absences = (*agent.absences, Window(begins, ends)) if begins < ends else agent.absences
    agents = tuple(replace(one, absences=absences) if one.id == agent.id else one for one in week.agents)
    return replace(week, now=max(week.now, since), agents=agents, stops=kept)


def _home(week: Week, agent: Agent, kept: Sequence[Stop], since: int) -> int:
    """When the agent is home from what began before, in the shift that is cut."""
    shift = next((shift for shift in agent.shifts if shift.start <= since < shift.end), None)
    if shift is None:
        return since
    begun = [stop for stop in kept if agent.id in stop.crew and shift.start <= stop.start < since]
    return max((stop.end + week.travel(stop.visit.point, agent.home) for stop in begun), default=since)


def _orders(hit: Sequence[Stop]) -> Iterator[list[Stop]]:
    """Orders in which to put the hit visits; pairs first in all of them, since they ask most."""
    yield sorted(hit, key=lambda stop: (-stop.visit.crew, stop.start))
    yield sorted(hit, key=lambda stop: (-stop.visit.crew, -stop.visit.priority, -stop.visit.service))
    yield sorted(hit, key=lambda stop: (-stop.visit.crew, -stop.start))


class _Try:
    """One order, put visit by visit."""

    def __init__(self, week: Week, order: Sequence[Stop], gone: Mapping[str, str]) -> None:
        self.before, self.week, self.order = week, week, order
        self.names = {**gone, **{agent.id: agent.name for agent in week.agents}}

    def made(self) -> Repair:
        """All of them put, as far as they can be."""
        changes = [self._changed(stop) for stop in self.order]
        new = {stop.visit.id: stop.start for stop in self.week.stops}
        moves = (Move(stop.visit.id, stop.start, new[stop.visit.id]) for stop in self.before.stops)
        changes.sort(key=lambda change: (change.old_start, change.visit))
        return Repair(self.week, tuple(changes), tuple(move for move in moves if move.old != move.new))

    def _changed(self, stop: Stop) -> Change:
        visit = stop.visit
        for asked in _asked(stop, self.week.settings.sway):
            found = [offer for narrowed in asked for offer in offers(self.week, narrowed, count=50).offers]
            if found:
                return self._taken(stop, min(found, key=lambda offer: _rank(stop, offer)))
        refusals = offers(self.week, visit).refusals
        reason = words.changed(self.week, self.names, visit, stop.crew, stop.start, None, None)
        return Change(visit.id, visit.household, Outcome.NOBODY, stop.crew, stop.start, None, None, reason, refusals)

    def _taken(self, stop: Stop, offer: Offer) -> Change:
        near = abs(offer.start - stop.promised) <= self.week.settings.sway
        week = insert(self.week, stop.visit, offer)
        # Sway is counted from what the resident was told at first, as long as that still holds.
        last = replace(week.stops[-1], promised=stop.promised if near else offer.start)
        self.week = replace(week, stops=(*week.stops[:-1], last))
        return Change(
            stop.visit.id,
            stop.visit.household,
            Outcome.SAME_TIME if near else Outcome.NEW_TIME,
            stop.crew,
            stop.start,
            offer.crew,
            offer.start,
            words.changed(self.week, self.names, stop.visit, stop.crew, stop.start, offer.crew, offer.start),
        )


def _rank(stop: Stop, offer: Offer) -> tuple[int, int, int, int]:
    """Of a pair, who is left stays if possible; then the fewest others moved, then the nearest start, then cost."""
    strangers = len(set(offer.crew) - set(stop.crew))
    return strangers, len(offer.moves), abs(offer.start - stop.promised), offer.cost


def _asked(stop: Stop, sway: int) -> Iterator[list[Visit]]:
    """The visit as it is asked for in turn: near its time (at it, or within the sway), on its day, at any time."""
    service, day = stop.visit.service, stop.promised // DAY * DAY
    near = [(stop.start, stop.start), (stop.promised - sway, stop.promised + sway)]
    yield [visit for low, high in near for visit in _within(stop.visit, low, high + service)]
    yield list(_within(stop.visit, day, day + DAY))
    yield [stop.visit]


def _within(visit: Visit, low: int, high: int) -> Iterator[Visit]:
    """The visit with its windows cut to these bounds, if anything is left of them."""
    bounds = Window(low, high)
    cut = tuple(
        Window(max(window.start, low), min(window.end, high)) for window in visit.windows if window.overlaps(bounds)
    )
    if cut:
        yield replace(visit, windows=cut)
