"""The routes on a map: homes of agents as squares, visits as dots, a line for each route in its agent's colour."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from math import cos, radians

from .drawing import BAND, INK, LINES, PALE, rect, said, shortened, text
from .objective import routes_of
from .problem import GreatCircleRoad, Problem, Stop

_LEGEND = 180.0
_TALL = 620.0
_EDGE = 26.0
_APART = 25.0
NO_NUMBERS: Mapping[str, int] = {}


class MapPicture:
    """Draws a plan's routes into `width`; a problem without coordinates has no map, and `height` 0. `legend` is what of
    it the names take; with `numbers` the visits bear them, larger, for a list that stands beside the map."""

    def __init__(
        self,
        problem: Problem,
        stops: Sequence[Stop],
        width: float,
        *,
        legend: float = _LEGEND,
        numbers: Mapping[str, int] = NO_NUMBERS,
    ) -> None:
        self.problem, self.width, self.legend, self.numbers = problem, width, legend, numbers
        self.stops = sorted(stops, key=lambda stop: stop.start)
        self.visits = {visit.id: visit for visit in problem.visits}
        self.height = 0.0
        used = {one.point for one in problem.visits} | {one.point for one in problem.vehicles}
        if problem.points and used:
            flat = {number: self._flat(problem.points[number]) for number in used}
            self._fit(flat)

    def _flat(self, point: tuple[float, float]) -> tuple[float, float]:
        """East and south, in one unit."""
        if not isinstance(self.problem.travel, GreatCircleRoad):
            return point[0], -point[1]
        middle = sum(lat for lat, _ in self.problem.points) / len(self.problem.points)
        return point[1] * cos(radians(middle)), -point[0]

    def _fit(self, flat: dict[int, tuple[float, float]]) -> None:
        xs, ys = [x for x, _ in flat.values()], [y for _, y in flat.values()]
        wide, tall = max(xs) - min(xs) or 1e-9, max(ys) - min(ys) or 1e-9
        inner = self.width - self.legend - 2 * _EDGE
        scale = min(inner / wide, (_TALL - 2 * _EDGE) / tall)
        self.height = max(180.0, tall * scale + 2 * _EDGE)
        left, top = (inner - wide * scale) / 2 + _EDGE, (self.height - tall * scale) / 2
        self.at = {n: (left + (x - min(xs)) * scale, top + (y - min(ys)) * scale) for n, (x, y) in flat.items()}

    def drawn(self, top: float) -> Iterator[str]:
        """The elements, from `top` down."""
        yield rect(0, top, self.width - self.legend, self.height, BAND, more='rx="8"')
        busy = [vehicle for vehicle in self.problem.vehicles if any(vehicle.id in stop.crew for stop in self.stops)]
        for number, vehicle in enumerate(busy):
            colour = LINES[number % len(LINES)]
            for route in routes_of(vehicle, self.stops):
                points = [vehicle.point, *(self.visits[stop.visit].point for stop in route), vehicle.point]
                yield self._line(points, top, colour)
            y = top + 16 + 20 * number
            if self.legend and y < top + self.height:
                yield rect(self.width - _LEGEND + 20, y - 10, 16, 4, colour, more='rx="2"')
                yield text(self.width - _LEGEND + 44, y - 3, shortened(vehicle.label, 130, 12), size=12)
        yield from self._visits(top, {vehicle.id: LINES[n % len(LINES)] for n, vehicle in enumerate(busy)})
        if not self.numbers:
            yield from self._key(16, top + self.height - 14)
        for point in sorted({vehicle.point for vehicle in busy}):
            x, y = self.at[point]
            yield rect(x - 5, top + y - 5, 10, 10, INK, more='rx="2" stroke="#fff" stroke-width="1.5"', title="住处")

    def _key(self, x: float, y: float) -> Iterator[str]:
        """What squares, dots and rings are."""
        yield rect(x, y - 9, 10, 10, INK, more='rx="2"')
        yield text(x + 16, y, "住处", size=11, fill=PALE)
        yield _dot(x + 58, y - 4, PALE, "#ffffff")
        yield text(x + 67, y, "上门", size=11, fill=PALE)
        if len(self.stops) < len(self.problem.visits):
            yield _dot(x + 107, y - 4, "#ffffff", PALE)
            yield text(x + 116, y, "未排上", size=11, fill=PALE)

    def _line(self, points: Sequence[int], top: float, colour: str) -> str:
        path = " ".join(f"{self.at[point][0]:.1f},{top + self.at[point][1]:.1f}" for point in points)
        return (
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.7" stroke-opacity="0.75" '
            'stroke-linejoin="round"/>'
        )

    def _visits(self, top: float, colours: dict[str, str]) -> Iterator[str]:
        made, there = {stop.visit: stop for stop in self.stops}, Counter[int]()
        for visit in self.problem.visits:
            x, y = self.at[visit.point]
            if self.numbers:
                # Numbers of one place stand side by side, or the last would hide the others.
                x += _APART * there[visit.point] * (-1 if x > self.width / 2 else 1)
                there[visit.point] += 1
            stop = made.get(visit.id)
            # Left out: a ring, so that a hole in the map is seen.
            fill, edge = ("#ffffff", PALE) if stop is None else (colours[stop.crew[0]], "#ffffff")
            title = f"{visit.label}：未排上" if stop is None else visit.label
            if visit.id in self.numbers:
                yield _numbered(x, top + y, fill, self.numbers[visit.id], title)
            else:
                yield _dot(x, top + y, fill, edge, title)


def _numbered(x: float, y: float, fill: str, number: int, title: str) -> str:
    circle = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="14" fill="{fill}" stroke="#ffffff" stroke-width="1.5"/>'
    told = text(x, y + 5.5, str(number), size=16, fill="#ffffff", anchor="middle", bold=True)
    return f"<g><title>{said(title)}</title>{circle}{told}</g>"


def _dot(x: float, y: float, fill: str, edge: str, title: str = "") -> str:
    inner = f"<title>{said(title)}</title>" if title else ""
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.2" fill="{fill}" stroke="{edge}" stroke-width="1.2">{inner}</circle>'
    )
