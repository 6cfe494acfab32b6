"""What a plan would change, as a picture: day below day, a lane for each agent.

The upper half of a lane is what stands, the lower half what would. What stays is grey and fills both. An arrow leads
from the old time to the new; where they lie on two days the number that both bear ties them, and the list below each
day says it in words. Beside a page that says all of it itself only the days' lanes are drawn.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from daiban_server.features.visits.plan.answer import Plan
from daiban_server.features.visits.plan.drawing import (
    BAND,
    PALE,
    RULE,
    hour,
    line,
    page,
    rect,
    shortened,
    text,
    wide,
)
from daiban_server.features.visits.plan.problem import DAY, Problem, Stop
from daiban_server.features.visits.planning.difference import Change, changes, sides
from daiban_server.features.visits.planning.marks import GONE, HALF, LANE, TIP, Spot, arrow, crossed, filled, outlined
from daiban_server.features.visits.planning.posing import Posed
from daiban_server.features.visits.planning.words import CHINESE, LEFT, WORDS, Tongue, Words, compared

WIDTH, NARROW = 560.0, 340.0
"""How wide it is, and how wide for a phone, which would shrink the words of a wide one away."""
_LINE = 22.0
_NOW, _THEN = 240.0, 370.0
"""Where the figures before and after stand."""
_STAYS, _NEW, _MOVED = "#c3c9d2", "#2f8f5b", "#3b74b9"
_COLOURS = {"new": _NEW, "moved": _MOVED, "given": _MOVED, "taken": GONE}


class DiffPicture:
    """The difference between what stands and a plan, in the language of whoever looks; `beside` a page that has the
    figures and the changes in words there are neither in the picture."""

    def __init__(
        self, posed: Posed, plan: Plan, tongue: Tongue = CHINESE, *, beside: bool = False, width: float = WIDTH
    ) -> None:
        self.beside, self.width, self.margin = beside, width, 2.0 if beside else 20.0
        self.room, self.left = width - 2 * self.margin, 76.0 if width == WIDTH else 60.0
        self.posed, self.plan, self.problem = posed, plan, posed.problem
        self.visits = {visit.id: visit for visit in posed.problem.visits}
        self.names = {vehicle.id: vehicle.label for vehicle in posed.problem.vehicles}
        self.words, self.say, self.retold = Words(posed, tongue), tongue.say, tongue.retold
        self.changes = changes(posed, plan.stops)
        self.numbers = {one.visit: n for n, one in enumerate(self.changes, 1)}
        changed = self.numbers.keys()
        self.stays = [stop for stop in plan.stops if stop.visit not in changed]
        self.opens, self.closes = _hours(posed.problem, [*posed.before, *plan.stops])

    def svg(self) -> str:
        """The picture."""
        body, y = [TIP], 24.0
        days = self._day_parts()
        parts = (self._legend, *days) if self.beside else (self._head, self._legend, *days, self._unserved)
        for part in parts:
            drawn, y = part(y)
            body += drawn
        group = [f'<g transform="translate({self.margin:g} {self.margin:g})">', *body, "</g>"]
        return page(self.width, y + 2 * self.margin, group)

    def _head(self, y: float) -> tuple[list[str], float]:
        """The title, how much changes, and the figures before and after."""
        counts = Counter(self.words.kind(one) for one in self.changes)
        say = self.say
        told = [say("{0} {1} 户", word, counts[word]) for word in WORDS.values() if counts[word]]
        two = sides(self.posed, self.plan.stops)
        rows = compared(say, two.before, two.after)
        drawn = [
            text(0, y, say("安排的变动"), size=20, bold=True),
            text(0, y + 24, shortened(self.problem.name, self.room, 14), size=14, fill=PALE),
            text(0, y + 50, say("，").join(told) or say("没有变动"), size=15),
            *(text(x, y + 80, say(words), size=13, fill=PALE) for x, words in ((_NOW, "现在"), (_THEN, "采用以后"))),
        ]
        for n, (name, before, after) in enumerate(rows):
            at = y + 102 + n * _LINE
            drawn += [
                text(0, at, name, size=14, fill=PALE),
                text(_NOW, at, before, size=14),
                text(_THEN, at, after, size=14),
            ]
        return drawn, y + 102 + len(rows) * _LINE + 14

    def _legend(self, y: float) -> tuple[list[str], float]:
        """What the bars are."""
        drawn, x = [], 0.0
        marks = [
            ("不变", filled(_STAYS)),
            ("新排", filled(_NEW)),
            ("变动后", filled(_MOVED)),
            ("变动前", outlined(_MOVED)),
            ("取消时间", outlined(GONE)),
        ]
        for name, more in marks:
            words = self.say(name)
            if x + 26 + wide(words, 14) > self.room:
                x, y = 0.0, y + _LINE
            drawn += [rect(x, y - 12, 20, 14, "#ffffff", more=more), text(x + 26, y, words, size=14)]
            if name == "取消时间":
                drawn += crossed(x, x + 20, y - 12, y + 2)
            x += 26 + wide(words, 14) + 22
        if self.beside:
            return drawn, y + 40
        told = self.say("每人一行：上半是现在，下半是采用以后；数字与下面的说明对应。")
        return [*drawn, text(0, y + 24, told, size=13, fill=PALE)], y + 64

    def _day_parts(self) -> list[Callable[[float], tuple[list[str], float]]]:
        days = sorted({stop.start // DAY for stop in (*self.posed.before, *self.plan.stops)})
        return [partial(self._day, day) for day in days]

    def _day(self, day: int, y: float) -> tuple[list[str], float]:
        """A day: its lanes, then its changes in words. A day on which nothing changes is one line."""
        told = [one for one in self.changes if day in _days(one)]
        rest = sum(stop.start // DAY == day for stop in self.stays)
        drawn = [
            text(0, y, self.words.day(day), size=17, bold=True),
            text(self.room, y, self._stirred(len(told), rest), size=13, fill=PALE, anchor="end"),
        ]
        if not told:
            return [*drawn, line(0, y + 10, self.room, y + 10, RULE, 0.6)], y + 40
        lanes = self._lanes(day, y + 34)
        bottom = y + 34 + len(lanes) * LANE
        drawn += self._hours_drawn(y + 26, bottom)
        for agent, top in lanes.items():
            drawn += self._lane(agent, top)
        drawn += [
            self._stay(stop, top)
            for stop in self.stays
            if stop.start // DAY == day
            for top in self._tops(stop, lanes, day)
        ]
        drawn += self._arrows(day, told, lanes)
        for one in told:
            drawn += self._bars(day, one, lanes)
        if self.beside:
            return drawn, bottom + 34
        listed, end = self._listed(day, told, bottom + 26)
        return [*drawn, *listed], end + 22

    def _stirred(self, changed: int, rest: int) -> str:
        if changed:
            return self.say("变动 {0} 户，不变 {1} 户", changed, rest)
        return self.say("没有变动，不变 {0} 户", rest)

    def _lanes(self, day: int, top: float) -> Mapping[str, float]:
        """Who has anything that day, and the top of each lane."""
        busy = {one for stop in (*self.posed.before, *self.plan.stops) if stop.start // DAY == day for one in stop.crew}
        known = [agent for agent in self.names if agent in busy]
        return {agent: top + n * LANE for n, agent in enumerate(known)}

    def _hours_drawn(self, top: float, bottom: float) -> Iterator[str]:
        for whole in range(-(-self.opens // 3600), self.closes // 3600 + 1):
            x = self._x(whole * 3600)
            yield text(x, top, hour(whole * 3600, 0).removesuffix(":00"), size=12, fill=PALE, anchor="middle")
            yield line(x, top + 5, x, bottom, RULE, 0.6, 'stroke-dasharray="2 3"')

    def _x(self, second: int) -> float:
        """Where a second of a day lies across."""
        room = self.room - self.left - 8
        return self.left + (second - self.opens) / max(1, self.closes - self.opens) * room

    def _lane(self, agent: str, top: float) -> Iterator[str]:
        left, right = self._x(self.opens), self._x(self.closes)
        yield rect(left, top + 2, right - left, LANE - 4, BAND, more='rx="3" fill-opacity="0.75"')
        yield text(0, top + LANE / 2 + 5, shortened(self.names[agent], self.left - 8, 15), size=15)

    def _across(self, stop: Stop) -> tuple[float, float]:
        start = stop.start % DAY
        left, right = self._x(start), self._x(start + self.visits[stop.visit].service)
        return left, max(right - 1, left + 3)

    def _stay(self, stop: Stop, top: float) -> str:
        left, right = self._across(stop)
        visit = self.visits[stop.visit]
        title = self.say("{0} {1} 不变", visit.label or "留给电话里的住户", self.words.when(stop))
        return rect(left, top + 4, right - left, LANE - 8, _STAYS, more='rx="3"', title=title)

    def _spot(self, stop: Stop, top: float, *, old: bool) -> Spot:
        left, right = self._across(stop)
        begin = top + 3 if old else top + LANE - 3 - HALF
        return Spot(left, right, begin, begin + HALF)

    def _bars(self, day: int, one: Change, lanes: Mapping[str, float]) -> Iterator[str]:
        colour = _COLOURS[one.what]
        for stop, old in ((one.was, True), (one.now, False)):
            if stop is None or stop.start // DAY != day:
                continue
            left, right = self._across(stop)
            for top in self._tops(stop, lanes, day):
                spot = self._spot(stop, top, old=old)
                more = outlined(colour) if old else filled(colour)
                yield rect(left, spot.top, right - left, HALF, "#ffffff", more=more, title=self.words.told(one))
                words = str(self.numbers[one.visit])
                if one.what == "taken":
                    yield from crossed(left, right, spot.top, spot.bottom)
                elif len(words) * 7.4 <= right - left:
                    fill = colour if old else "#ffffff"
                    yield text(spot.x, spot.bottom - 5, words, size=12, fill=fill, anchor="middle", bold=True)

    def _arrows(self, day: int, told: Sequence[Change], lanes: Mapping[str, float]) -> Iterator[str]:
        """From the old time to the new, where both are on this day."""
        olds = [
            self._spot(one.was, top, old=True) for one in told if one.was for top in self._tops(one.was, lanes, day)
        ]
        for one in told:
            if one.was is None or one.now is None or {one.was.start // DAY, one.now.start // DAY} != {day}:
                continue
            tops = zip(self._tops(one.was, lanes, day), self._tops(one.now, lanes, day), strict=False)
            for old, new in tops:
                yield arrow(self._spot(one.was, old, old=True), self._spot(one.now, new, old=False), olds)

    def _tops(self, stop: Stop, lanes: Mapping[str, float], day: int) -> list[float]:
        return [lanes[agent] for agent in stop.crew if agent in lanes] if stop.start // DAY == day else []

    def _listed(self, day: int, told: Sequence[Change], y: float) -> tuple[list[str], float]:
        """The changes of a day in words. One that leaves the day or comes to it stands in both lists."""
        drawn = []
        for n, one in enumerate(told):
            at = y + n * _LINE
            drawn.append(
                text(26, at, str(self.numbers[one.visit]), size=13, anchor="end", bold=True, fill=_COLOURS[one.what])
            )
            words = self.say("{0}　{1}", self.words.kind(one), self.words.told(one))
            drawn.append(text(36, at, shortened(words, self.room - 36, 14), size=14))
        return drawn, y + len(told) * _LINE

    def _unserved(self, y: float) -> tuple[list[str], float]:
        """Who has no time, and why."""
        lines = [self.retold(one.reason) for one in self.plan.unserved]
        lines += [self.say("{0}：{1}", one.label, LEFT[one.code]) for one in self.posed.left]
        if not lines:
            return [], y - 10
        drawn = [text(0, y, self.say("没有排上 {0} 户", len(lines)), size=17, bold=True)]
        drawn += [
            text(10, y + 26 + n * _LINE, shortened(words, self.room - 10, 14), size=14) for n, words in enumerate(lines)
        ]
        return drawn, y + 26 + len(lines) * _LINE


def _hours(problem: Problem, stops: Sequence[Stop]) -> tuple[int, int]:
    """The first and last second of a day that the lanes show: hours of work, and whatever lies outside of them."""
    service = {visit.id: visit.service for visit in problem.visits}
    spans = [(s.start % DAY, s.start % DAY + s.end - s.start) for one in problem.vehicles for s in one.shifts]
    spans += [(stop.start % DAY, stop.start % DAY + service[stop.visit]) for stop in stops]
    opens, closes = min((a for a, _ in spans), default=0), max((b for _, b in spans), default=DAY)
    return opens // 1800 * 1800, -(-closes // 1800) * 1800


def _days(one: Change) -> set[int]:
    return {stop.start // DAY for stop in (one.was, one.now) if stop is not None}
