"""The judge: whether a week keeps every rule, worked out apart from the engine.

It shares the model's values with `engine` and `schedule`, and none of their arithmetic, so that a
mistake there shows here.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from itertools import groupby

from msgspec.structs import replace

from .answers import Violation
from .model import DAY, Agent, Promise, Stop, Week


def validate(week: Week) -> tuple[Violation, ...]:
    """Every rule that the standing visits break; empty when the week is sound.

    Codes: `visit_twice`, `crew_size`, `territory`, `skill`, `outside_windows`, `past_deadline`,
    `promise_broken`, `over_cap`, `off_duty`, `absent`, `left_too_early`, `overlap_or_road`,
    `home_too_late`. Which of A and B comes is a rule of offers, not of weeks, and is not judged.
    """
    found = list(_visits(week))
    for agent in week.agents:
        stops = sorted((stop for stop in week.stops if agent.id in stop.crew), key=lambda stop: stop.start)
        found += _day_caps(agent, stops)
        found += _road(week, agent, stops)
    return tuple(found)


def around(week: Week, crew: Collection[str]) -> Week:
    """The part of a week that one more visit of these agents could break."""
    return replace(week, stops=tuple(stop for stop in week.stops if not set(crew).isdisjoint(stop.crew)))


def _visits(week: Week) -> Iterator[Violation]:
    agents = {agent.id: agent for agent in week.agents}
    seen = Counter(stop.visit.id for stop in week.stops)
    for stop in week.stops:
        visit = stop.visit
        if seen[visit.id] > 1:
            yield Violation("visit_twice", visit=visit.id)
        if len(set(stop.crew)) != visit.crew or len(stop.crew) != visit.crew:
            yield Violation("crew_size", visit=visit.id)
        for member in stop.crew:
            if not any(member in post.agents and visit.place in post.territory for post in week.posts):
                yield Violation("territory", member, visit.id)
            if visit.items - agents[member].skills:
                yield Violation("skill", member, visit.id)
        if not any(w.start <= stop.start and stop.start + visit.service <= w.end for w in visit.windows):
            yield Violation("outside_windows", visit=visit.id)
        if visit.deadline is not None and stop.start + visit.service > visit.deadline:
            yield Violation("past_deadline", visit=visit.id)
        sway = 0 if stop.promise is Promise.ACCEPTED else week.settings.sway
        if abs(stop.start - stop.promised) > sway:
            yield Violation("promise_broken", visit=visit.id)


def _day_caps(agent: Agent, stops: list[Stop]) -> Iterator[Violation]:
    for _, day in groupby(stops, key=lambda stop: stop.start // DAY):
        for stop in list(day)[agent.daily_cap :]:
            yield Violation("over_cap", agent.id, stop.visit.id)


def _road(week: Week, agent: Agent, stops: list[Stop]) -> Iterator[Violation]:
    """Walks the agent's days: out of the door, from home to home, in at the door."""

    def stretch(stop: Stop) -> tuple[int, int] | str:
        """The free stretch of a shift that a stop starts in, or why it starts in none."""
        shift = next((s for s in agent.shifts if s.start <= stop.start < s.end), None)
        if shift is None:
            return "off_duty"
        if any(a.start <= stop.start < a.end for a in agent.absences):
            return "absent"
        opens = [shift.start, *(a.end for a in agent.absences if a.end <= stop.start)]
        closes = [shift.end, *(a.start for a in agent.absences if a.start > stop.start)]
        return max(opens), min(closes)

    for bounds, group in groupby(stops, key=stretch):
        if isinstance(bounds, str):
            yield from (Violation(bounds, agent.id, stop.visit.id) for stop in group)
            continue
        free, at, late = bounds[0], agent.home, "left_too_early"
        for stop in group:
            if free + week.travel(at, stop.visit.point) > stop.start:
                yield Violation(late, agent.id, stop.visit.id)
            free, at, late = stop.start + stop.visit.service, stop.visit.point, "overlap_or_road"
        if free + week.travel(at, agent.home) > bounds[1]:
            yield Violation("home_too_late", agent.id)
