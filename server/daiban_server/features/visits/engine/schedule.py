"""One agent's standing road through one duty, and where a visit could be put into it.

A route runs from home through its stops and home again. Four arrays answer, for each gap between two
neighbours, in constant time: from when is the agent free before it, and by when due after it, as the
stops stand (`free`, `due`) and with every promised stop swayed as far as it may (`free_swayed`,
`due_swayed`). That is forward and backward time slack, made exact for stops that may start only at a
few given moments.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from .answers import Move
from .model import Agent, Promise, Settings, Stop, Visit, Week, Window

Spans = tuple[tuple[int, int], ...]
"""First and last possible start of a visit, by window, ascending."""


def starts_of(stop: Stop, now: int, settings: Settings) -> tuple[int, ...]:
    """Every start that this stop may have, ascending, the present one among them.

    Accepted visits are frozen, and so is whatever has begun; a visit of two is frozen because moving
    it would move a colleague's route as well.
    """
    if stop.promise is Promise.ACCEPTED or stop.start < now or len(stop.crew) > 1:
        return (stop.start,)
    reach = settings.sway // settings.step * settings.step
    starts = {stop.start}
    for first, last in stop.visit.spans():
        swayed = range(stop.promised - reach, stop.promised + reach + 1, settings.step)
        starts.update([start for start in swayed if first <= start <= last])
    return tuple(sorted(starts))


class Route:
    """The stops of one agent in one duty, with slack. Read it; never change it."""

    def __init__(self, week: Week, agent: Agent, duty: Window, stops: Sequence[Stop]) -> None:
        self.agent, self.duty, self.stops = agent, duty, stops
        self.now, self.travel = week.now, week.travel
        self.points = [agent.home, *(stop.visit.point for stop in stops), agent.home]
        # Who visits nobody stays at home, whatever a step out of the door costs.
        self.legs = [week.travel(a, b) for a, b in pairwise(self.points)] if stops else [0]
        self.free = [duty.start, *(stop.end for stop in stops)]
        self.due = [*(stop.start for stop in stops), duty.end]
        self.sound = all(f + leg <= d for f, leg, d in zip(self.free, self.legs, self.due, strict=True))
        self.starts = [starts_of(stop, week.now, week.settings) for stop in stops]
        self.free_swayed, self.due_swayed = self._early(), self._late()

    def _early(self) -> list[int]:
        free = [self.duty.start]
        for stop, starts, leg in zip(self.stops, self.starts, self.legs, strict=False):
            # Nobody leaves before now; a stop is never pressed later than it stands.
            arrival = min(stop.start, max(self.now, free[-1]) + leg)
            free.append(starts[bisect_left(starts, arrival)] + stop.visit.service)
        return free

    def _late(self) -> list[int]:
        due = [self.duty.end]
        for stop, starts, leg in zip(reversed(self.stops), reversed(self.starts), reversed(self.legs), strict=False):
            latest = max(stop.start, due[-1] - leg - stop.visit.service)
            due.append(starts[bisect_right(starts, latest) - 1])
        return due[::-1]


class Gap(NamedTuple):
    """A place in a route where a visit may go, with the first and last start it would have there.

    `calm` moves nobody (and may be empty, first after last); `swayed` may move promised neighbours.
    """

    route: Route
    at: int  # before the stop of this number
    to: int
    onward: int
    calm: tuple[int, int]
    swayed: tuple[int, int]

    @property
    def detour(self) -> int:
        """Seconds of road more than without the visit; negative only where the matrix is odd."""
        return self.to + self.onward - self.route.legs[self.at]

    def moves(self, start: int, end: int) -> Iterator[Move]:
        """The least that neighbours must move when the gap is taken from `start` to `end`.

        Each is pushed no further than the one before it needs; within the bounds of `swayed` there
        is always a start to go to.
        """
        stops, starts, legs = self.route.stops, self.route.starts, self.route.legs
        due = start - self.to
        for k in range(self.at - 1, -1, -1):
            if stops[k].end <= due:
                break
            earlier = starts[k][bisect_right(starts[k], due - stops[k].visit.service) - 1]
            yield Move(stops[k].visit.id, stops[k].start, earlier)
            due = earlier - legs[k]
        free = end + self.onward
        for k in range(self.at, len(stops)):
            if free <= stops[k].start:
                break
            later = starts[k][bisect_left(starts[k], free)]
            yield Move(stops[k].visit.id, stops[k].start, later)
            free = later + stops[k].visit.service + legs[k + 1]


def gaps(route: Route, visit: Visit, spans: Spans) -> Iterator[Gap]:
    """Every gap of a sound route that could hold the visit at some start in `spans`."""
    if not route.sound:
        return
    now, service = route.now, visit.service
    first, last = spans[0][0], max(span[1] for span in spans)
    for index in range(len(route.legs)):
        free, due = max(now, route.free_swayed[index]), route.due_swayed[index]
        if due - service < first or free > last or due - service < free:
            continue  # saves the road, the dear part
        to = route.travel(route.points[index], visit.point)
        onward = route.travel(visit.point, route.points[index + 1])
        swayed = free + to, due - service - onward
        if swayed[0] <= swayed[1] and swayed[1] >= first and swayed[0] <= last:
            calm = max(now, route.free[index]) + to, route.due[index] - service - onward
            yield Gap(route, index, to, onward, calm, swayed)


def routes(week: Week, agent: Agent, stops: Sequence[Stop], spans: Spans) -> Iterator[Route]:
    """The agent's routes in the duties that `spans` touch; a stop belongs where it starts."""
    first, last = spans[0][0], max(span[1] for span in spans)
    for duty in agent.duties():
        if duty.end > first and duty.start <= last:
            yield Route(week, agent, duty, [stop for stop in stops if duty.start <= stop.start < duty.end])
