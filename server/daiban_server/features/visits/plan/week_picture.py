"""The week by agent: a row each, a column for each day, a bar for each visit and a thin line for the road to it."""

from collections.abc import Iterator, Sequence

from .drawing import BAND, INK, KINDS, PALE, RULE, day_name, hour, kind_of, line, rect, shortened, text
from .problem import DAY, Problem, Stop, Vehicle
from .roads import Table

_NAMES, _ROW, _BAR, _HEAD = 132.0, 34.0, 22.0, 46.0
_GAP = 36.0  # between two days


class WeekPicture:
    """Draws a plan into `width`; `height` is what it takes. Agents without a visit get no row, only a mention."""

    def __init__(self, problem: Problem, stops: Sequence[Stop], duration: Table, width: float) -> None:
        self.problem, self.duration, self.width = problem, duration, width
        self.stops = sorted(stops, key=lambda stop: stop.start)
        self.visits = {visit.id: visit for visit in problem.visits}
        busy = {one for stop in stops for one in stop.crew}
        self.rows = [vehicle for vehicle in problem.vehicles if vehicle.id in busy]
        self.idle = [vehicle for vehicle in problem.vehicles if vehicle.id not in busy]
        self.promised = {promise.visit for promise in problem.promises}
        shifts = [shift for vehicle in problem.vehicles for shift in vehicle.shifts]
        self.days = sorted({shift.start // DAY for shift in shifts})
        self.opens = min((shift.start % DAY for shift in shifts), default=0)
        self.closes = max((shift.end - shift.start // DAY * DAY for shift in shifts), default=DAY)
        self.column = (width - _NAMES) / max(1, len(self.days))
        self.height = _HEAD + _ROW * len(self.rows) + 54

    def x(self, moment: int, day: int) -> float:
        """Where a moment lies across."""
        part = (moment - day * DAY - self.opens) / max(1, self.closes - self.opens)
        return _NAMES + self.days.index(day) * self.column + part * (self.column - _GAP)

    def drawn(self, top: float) -> Iterator[str]:
        """The elements, from `top` down."""
        for day in self.days:
            yield from self._day(day, top)
        for number, vehicle in enumerate(self.rows):
            yield from self._row(vehicle, top + _HEAD + number * _ROW)
        yield from self._legend(top + _HEAD + len(self.rows) * _ROW + 26)

    def _day(self, day: int, top: float) -> Iterator[str]:
        left, bottom = self.x(day * DAY + self.opens, day), top + _HEAD + _ROW * len(self.rows)
        yield text(left, top + 14, day_name(self.problem, day), size=13, bold=True)
        every = next(e for e in (1, 2, 3, 4, 6, 12, 24) if self._hours() / e * 40 < self.column or e == 24)
        for hours in range(-(-self.opens // 3600), self.closes // 3600 + 1):
            if hours % every == 0:
                x = self.x(day * DAY + hours * 3600, day)
                yield text(x, top + 36, hour(hours * 3600, 0), size=10, fill=PALE, anchor="middle")
                yield line(x, top + _HEAD - 4, x, bottom, RULE, 0.6, 'stroke-dasharray="2 3"')

    def _hours(self) -> float:
        return (self.closes - self.opens) / 3600

    def _row(self, vehicle: Vehicle, top: float) -> Iterator[str]:
        middle = top + _ROW / 2
        mine = [stop for stop in self.stops if vehicle.id in stop.crew]
        yield text(0, middle + 4, shortened(vehicle.label, _NAMES - 52, 13), size=13)
        yield text(_NAMES - 14, middle + 4, f"{len(mine)} 户", size=11, fill=PALE, anchor="end")
        for shift in vehicle.shifts:
            day = shift.start // DAY
            left, right = self.x(shift.start, day), self.x(shift.end, day)
            yield rect(left, top + 4, right - left, _ROW - 8, BAND, more='rx="4"')
            yield from self._route(vehicle, [s for s in mine if shift.start <= s.start < shift.end], day, middle)

    def _route(self, vehicle: Vehicle, route: Sequence[Stop], day: int, middle: float) -> Iterator[str]:
        at = vehicle.point
        for stop in route:
            point = self.visits[stop.visit].point
            road = self.duration[at][point]
            yield line(self.x(stop.start - road, day), middle, self.x(stop.start, day), middle, PALE, 1.6)
            at = point
        if route:
            home = route[-1].start + self.visits[route[-1].visit].service
            yield line(
                self.x(home, day), middle, self.x(home + self.duration[at][vehicle.point], day), middle, PALE, 1.6
            )
        for stop in route:
            yield from self._bar(stop, day, middle)

    def _bar(self, stop: Stop, day: int, middle: float) -> Iterator[str]:
        visit = self.visits[stop.visit]
        left, right = self.x(stop.start, day), self.x(stop.start + visit.service, day)
        end = stop.start + visit.service
        title = f"{visit.label} {day_name(self.problem, day)} {hour(stop.start, day)} 至 {hour(end, day)}"
        # A promise has a firm edge.
        edge = (
            f'stroke="{INK}" stroke-width="1.4"' if stop.visit in self.promised else 'stroke="#fff" stroke-width="0.8"'
        )
        colour = KINDS[kind_of(visit, stop)][0]
        wide = max(right - left, 2.5)
        yield rect(left, middle - _BAR / 2, wide, _BAR, colour, more=f'rx="3" {edge}', title=title)
        words = shortened(visit.label, wide - 5, 10)
        if words:
            yield text((left + right) / 2, middle + 3.6, words, size=10, fill="#ffffff", anchor="middle")

    def _legend(self, y: float) -> Iterator[str]:
        x = _NAMES
        used = {kind_of(self.visits[stop.visit], stop) for stop in self.stops}
        for kind, (colour, words) in KINDS.items():
            if kind in used:
                yield rect(x, y - 10, 16, 12, colour, more='rx="3"')
                yield text(x + 22, y, words, size=11, fill=PALE)
                x += 44 + 11 * len(words)
        if self.promised:
            yield rect(x, y - 10, 16, 12, "#ffffff", more=f'rx="3" stroke="{INK}" stroke-width="1.4"')
            yield text(x + 22, y, "已约定", size=11, fill=PALE)
            x += 77
        yield line(x, y - 4, x + 16, y - 4, PALE, 1.6)
        yield text(x + 22, y, "在路上", size=11, fill=PALE)
        if self.idle:
            yield text(x + 77, y, f"另有 {len(self.idle)} 人没有安排上门", size=11, fill=PALE)
