"""Offers for one visit, by exact insertion: every gap of every standing route that may hold it.

No plan is remade here, so an answer takes about a millisecond and no promise is touched beyond its
sway. Among all single insertions the first offer is the cheapest there is; the tests hold it against
brute force.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import combinations, product
from typing import NamedTuple

from msgspec.structs import replace

from . import words
from .answers import Answer, Move, Offer, Parts, Refusal
from .model import DAY, Agent, ProblemError, Promise, Stop, Visit, Week, Window
from .schedule import Gap, Spans, gaps, routes


def offers(week: Week, visit: Visit, count: int = 3) -> Answer:
    """The `count` cheapest slots, at most one for each crew and half-day, or why there is none.

    Agent A of a post that covers the place comes first. B comes on a day on which A is absent in the
    resident's windows, or anywhere when A can make none of them. Nothing here raises because nothing
    fits; a visit that stands in the week already is a `ProblemError`.
    """
    if any(stop.visit.id == visit.id for stop in week.stops):
        raise ProblemError("visit_stands", "take the standing visit out of the week, then ask again")
    spans = _spans(week, visit)
    if not spans:
        return Answer.refused("no_time_left", "可选的时段已过、太短，或赶不上期限，请另选时段")
    search = _Search(week, visit, spans)
    if not search.posts:
        return Answer.refused("no_post", "这个地方还没有代办岗，请先设岗")
    found = search.allowed()
    if not found:
        return Answer(refusals=search.refusals())
    best: dict[tuple[tuple[str, ...], Window], _Candidate] = {}
    for candidate in sorted(found, key=_rank):
        best.setdefault((candidate.crew, candidate.gaps[0].route.duty), candidate)
    return Answer(tuple(search.offer(candidate) for candidate in list(best.values())[:count]))


def insert(week: Week, visit: Visit, offer: Offer) -> Week:
    """The week once the offer is taken: its moves made, and the visit promised."""
    new = {move.visit: move.new for move in offer.moves}
    kept = (replace(s, start=new[s.visit.id]) if s.visit.id in new else s for s in week.stops)
    taken = Stop(visit, offer.crew, offer.start, offer.start, Promise.PROMISED)
    return replace(week, stops=(*kept, taken))


class _Candidate(NamedTuple):
    """One way to make the visit: a gap for each of the crew, one start, and what it costs."""

    gaps: tuple[Gap, ...]
    start: int
    moves: tuple[Move, ...]
    parts: Parts

    @property
    def crew(self) -> tuple[str, ...]:
        return tuple(gap.route.agent.id for gap in self.gaps)

    @property
    def day(self) -> int:
        return self.start // DAY


def _rank(candidate: _Candidate) -> tuple[int, int, tuple[str, ...]]:
    return candidate.parts.cost, candidate.start, candidate.crew


def _spans(week: Week, visit: Visit) -> Spans:
    """When the visit may start: the resident's windows, less what is too soon or past the deadline."""
    step, soonest = week.settings.step, week.now + week.settings.notice
    spans = ((-(-max(first, soonest) // step) * step, last // step * step) for first, last in visit.spans())
    return tuple(sorted((first, last) for first, last in spans if first <= last))


def _starts(spans: Spans, step: int, low: int, high: int) -> Iterator[int]:
    """The starts on the grid from `low` to `high` within the spans, the earliest first."""
    for first, last in spans:
        yield from range(-(-max(first, low) // step) * step, min(last, high) + 1, step)


class _Search:
    """One question put to one week. Each agent's gaps are found once, and only when asked for."""

    def __init__(self, week: Week, visit: Visit, spans: Spans) -> None:
        self.week, self.visit, self.spans = week, visit, spans
        self.posts = [post for post in week.posts if visit.place in post.territory]
        self.covering = {member for post in self.posts for member in post.agents}
        self.firsts = {post.a for post in self.posts}
        able = (a for a in week.agents if a.id in self.covering and visit.items <= a.skills)
        # A before B, so that A leads a crew of two.
        self.able = sorted(able, key=lambda agent: (agent.id not in self.firsts, agent.id))
        self.away = self._away()
        self._load: Counter[tuple[str, int]] = Counter()
        self._stops: dict[str, list[Stop]] = {agent.id: [] for agent in self.able}
        for stop in sorted(week.stops, key=lambda stop: stop.start):
            for member in stop.crew:
                self._load[member, stop.start // DAY] += 1
                if member in self._stops:
                    self._stops[member].append(stop)
        self._gaps: dict[str, dict[int, list[Gap]]] = {}

    def _away(self) -> dict[int, list[str]]:
        """By day, the able A agents who are absent in the resident's windows."""
        away: dict[int, list[str]] = {}
        for agent in (agent for agent in self.able if agent.id in self.firsts and agent.absences):
            for window in self.asked:
                if agent.away(window):
                    away.setdefault(window.start // DAY, []).append(agent.id)
        return away

    @cached_property
    def asked(self) -> tuple[Window, ...]:
        """What the spans ask for, cut at midnights, on the days that any shift is on: a window may last for years."""
        days = sorted({shift.start // DAY for agent in self.week.agents for shift in agent.shifts})
        ends = [(first, last + self.visit.service) for first, last in self.spans]
        bounds = {(max(first, day * DAY), min(end, (day + 1) * DAY)) for first, end in ends for day in days}
        return tuple(Window(start, end) for start, end in sorted(bounds) if start < end)

    def allowed(self) -> list[_Candidate]:
        """All candidates with an agent A, and those of B where the rule of posts lets B come."""
        crews = list(combinations(self.able, self.visit.crew))
        regular = [c for crew in crews if self._led(crew) for c in self._candidates(crew)]
        days = self.away.keys() - {candidate.day for candidate in regular}
        if regular and not days:
            return regular
        stand_in = (c for crew in crews if not self._led(crew) for c in self._candidates(crew))
        return regular + [c for c in stand_in if not regular or c.day in days]

    def _led(self, crew: Sequence[Agent]) -> bool:
        return any(agent.id in self.firsts for agent in crew)

    def _candidates(self, crew: Sequence[Agent]) -> Iterator[_Candidate]:
        by_day = [self._gaps_of(agent) for agent in crew]
        for day in by_day[0]:
            for chosen in product(*(days.get(day, ()) for days in by_day)):
                settled = self._settle(chosen)
                if settled is not None:
                    yield _Candidate(chosen, *settled, self._parts(chosen, *settled))

    def _gaps_of(self, agent: Agent) -> dict[int, list[Gap]]:
        if agent.id not in self._gaps:
            by_day: dict[int, list[Gap]] = {}
            for route in routes(self.week, agent, self._stops[agent.id], self.spans):
                day = route.duty.start // DAY
                if self._load[agent.id, day] < agent.daily_cap:
                    by_day.setdefault(day, []).extend(gaps(route, self.visit, self.spans))
            self._gaps[agent.id] = by_day
        return self._gaps[agent.id]

    def _settle(self, chosen: Sequence[Gap]) -> tuple[int, tuple[Move, ...]] | None:
        """The start that moves the neighbours least, the earliest of equals, with the moves."""
        step = self.week.settings.step
        low, high = max(gap.calm[0] for gap in chosen), min(gap.calm[1] for gap in chosen)
        for start in _starts(self.spans, step, low, high):
            return start, ()
        # Nothing calm: what sway adds to either side is short, so every start of it is tried.
        low, high = max(gap.swayed[0] for gap in chosen), min(gap.swayed[1] for gap in chosen)
        tried = [(start, self._moves(chosen, start)) for start in _starts(self.spans, step, low, high)]
        return min(tried, key=lambda option: (self._moved(option[1]), option[0]), default=None)

    def _moves(self, chosen: Sequence[Gap], start: int) -> tuple[Move, ...]:
        end = start + self.visit.service
        return tuple(move for gap in chosen for move in gap.moves(start, end))

    def _moved(self, moves: Sequence[Move]) -> int:
        weights = self.week.settings.weights
        return sum(weights.moved + weights.sway * abs(move.new - move.old) for move in moves)

    def _parts(self, chosen: Sequence[Gap], start: int, moves: Sequence[Move]) -> Parts:
        weights, visit, day = self.week.settings.weights, self.visit, start // DAY
        crew = [gap.route.agent for gap in chosen]
        strange = visit.familiar is not None and all(agent.id != visit.familiar for agent in crew)
        return Parts(
            travel=weights.travel * sum(gap.detour for gap in chosen),
            delay=weights.delay * (1 + visit.priority) * (day - self.week.now // DAY),
            stand_in=0 if self._led(crew) else weights.stand_in,
            moved=self._moved(moves),
            unfamiliar=weights.unfamiliar * strange,
            load=weights.load * sum(self._load[agent.id, day] for agent in crew),
        )

    def offer(self, found: _Candidate) -> Offer:
        code, away = "own_agent", None
        if not self._led([gap.route.agent for gap in found.gaps]):
            first, why = self._kept_from(found)
            code, away = f"stand_in_{why}", words.kept(first, why, found.start)
        return Offer(
            crew=found.crew,
            start=found.start,
            end=found.start + self.visit.service,
            code=code,
            reason=words.reason(self.week, self.visit, found.gaps, away=away, moved=len(found.moves)),
            extra_travel=sum(gap.detour for gap in found.gaps),
            moves=found.moves,
            parts=found.parts,
        )

    def _kept_from(self, found: _Candidate) -> tuple[Agent, str]:
        """The agent A for whom the crew stands in, and what keeps A from coming."""
        own = [post.a for post in self.posts if post.b in found.crew]
        away = self.away.get(found.day, [])
        first = next((a for a in own if a in away), away[0] if away else own[0])
        agent = next(agent for agent in self.week.agents if agent.id == first)
        return agent, "absent" if first in away else self._why_not(agent)

    def refusals(self) -> tuple[Refusal, ...]:
        """Why nobody can come, those who answer for the place first."""
        agents = sorted(self.week.agents, key=lambda agent: agent.id not in self.covering)
        return tuple(words.refusal(agent, self._why_not(agent)) for agent in agents)

    def _why_not(self, agent: Agent) -> str:
        """The first hurdle that an agent without a candidate fails at."""
        if agent.id not in self.covering:
            return "territory"
        if agent not in self.able:
            return "skill"
        days = {w.start // DAY for w in self.asked for duty in agent.duties() if duty.overlaps(w)}
        if not days:
            return "absent" if any(agent.away(window) for window in self.asked) else "off_duty"
        if all(self._load[agent.id, day] >= agent.daily_cap for day in days):
            return "full"
        alone = (self._settle((gap,)) for day in self._gaps_of(agent).values() for gap in day)
        return "no_gap" if all(settled is None for settled in alone) else "no_partner"
