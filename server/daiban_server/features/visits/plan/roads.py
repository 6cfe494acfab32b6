"""The roads of a problem as two integer matrices over its points: seconds, and what they cost."""

from collections.abc import Callable
from math import ceil, floor, hypot

from ..engine.model import Point
from ..engine.travel import GreatCircle
from .problem import Euclidean, Matrix, Problem

Table = list[list[int]]


def roads(problem: Problem) -> tuple[Table, Table]:
    """Duration and distance from row to column. They are one table unless the file gives two."""
    travel = problem.travel
    if isinstance(travel, Matrix):
        duration = [list(row) for row in travel.duration]
        return duration, duration if travel.distance is None else [list(row) for row in travel.distance]
    if isinstance(travel, Euclidean):
        table = [[_straight(travel, a, b) for b in problem.points] for a in problem.points]
    else:
        road = GreatCircle(travel.detour, travel.speed)
        places = [Point(lat, lon) for lat, lon in problem.points]
        table = [[road(a, b) for b in places] for a in places]
    return table, table


_ROUND: dict[str, Callable[[float], int]] = {"down": floor, "nearest": lambda x: floor(x + 0.5), "up": ceil}


def _straight(travel: Euclidean, a: tuple[float, float], b: tuple[float, float]) -> int:
    # A tiny nudge: hypot may give 2.9999999999999996 where the line is 3 long, and then "down" were 1 off.
    length = hypot(a[0] - b[0], a[1] - b[1]) * travel.scale
    near = round(length)
    return near if abs(length - near) < 1e-9 * max(1.0, length) else _ROUND[travel.rounding](length)
