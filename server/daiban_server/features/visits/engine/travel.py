"""The road between two points, in whole seconds: a rule of thumb, or a matrix that somebody measured.

Both are a `Travel`, as is any pure function of two points; none of them need be symmetric.
"""

from math import asin, ceil, cos, radians, sin, sqrt

from msgspec import Struct

from .model import Point, ProblemError

_EARTH = 6_371_000.0  # mean radius in metres


class GreatCircle(Struct, frozen=True):
    """Great circle × `detour` at `speed` km/h, rounded up, so that the triangle rule still holds."""

    detour: float = 1.5
    speed: float = 25.0

    def __post_init__(self) -> None:
        if self.detour < 1 or self.speed <= 0:
            raise ProblemError("road", "the detour factor is at least 1 and the speed above 0 km/h")

    def __call__(self, a: Point, b: Point) -> int:
        lat_a, lat_b = radians(a.lat), radians(b.lat)
        half_lat, half_lon = (lat_b - lat_a) / 2, radians(b.lon - a.lon) / 2
        chord = sin(half_lat) ** 2 + cos(lat_a) * cos(lat_b) * sin(half_lon) ** 2
        metres = 2 * _EARTH * asin(min(1.0, sqrt(chord)))
        return ceil(metres * self.detour * 3.6 / self.speed)


class Matrix(Struct, frozen=True):
    """Seconds from row to column, as given: rounded by whoever made it, and not symmetric on a hill."""

    seconds: tuple[tuple[int, ...], ...]

    def __post_init__(self) -> None:
        size = len(self.seconds)
        if any(len(row) != size or min(row) < 0 or row[i] for i, row in enumerate(self.seconds)):
            raise ProblemError("matrix", "a matrix is square, not negative, and 0 from a point to itself")

    def __call__(self, a: Point, b: Point) -> int:
        size = len(self.seconds)
        if a.row is None or b.row is None or not (0 <= a.row < size and 0 <= b.row < size):
            raise ProblemError("point_without_row", "each point needs its row of the matrix")
        return self.seconds[a.row][b.row]
