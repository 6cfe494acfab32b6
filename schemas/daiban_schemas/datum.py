"""Two datums: WGS-84, in which everything is kept, and GCJ-02, in which every Chinese map and most phones' map
applications show and tell a place.

The law has maps in China shifted by a formula that hides some hundred metres; it became known years ago, and everybody
who draws on such a map uses it. A place is turned at the edge, where it comes from a map or goes to one, and nowhere
else. Outside of China's rectangle nothing is shifted. Points are millionths of a degree, as records keep them.
"""

from collections.abc import Mapping
from math import cos, pi, radians, sin, sqrt

_AXIS = 6_378_245.0
_FLATTENING = 0.006_693_421_622_965_943
_LON, _LAT = (72.004, 137.8347), (0.8293, 55.8271)
_ROUNDS = 4
"""Each takes the error of the inverse down a hundredfold and more; after three it is below a millionth of a degree."""

Point = Mapping[str, int]


def to_gcj02(point: Point) -> dict[str, int]:
    """A place of a record as a Chinese map has it."""
    lon, lat = _shifted(point["lon"] / 1e6, point["lat"] / 1e6)
    return {"lon": round(lon * 1e6), "lat": round(lat * 1e6)}


def from_gcj02(point: Point) -> dict[str, int]:
    """A place of a Chinese map as records keep it: the place that `to_gcj02` shifts there."""
    lon, lat = there = point["lon"] / 1e6, point["lat"] / 1e6
    for _ in range(_ROUNDS):
        shifted = _shifted(lon, lat)
        lon, lat = lon + there[0] - shifted[0], lat + there[1] - shifted[1]
    return {"lon": round(lon * 1e6), "lat": round(lat * 1e6)}


def _shifted(lon: float, lat: float) -> tuple[float, float]:
    if not (_LON[0] <= lon <= _LON[1] and _LAT[0] <= lat <= _LAT[1]):
        return lon, lat
    x, y = lon - 105.0, lat - 35.0
    east, north = _east(x, y), _north(x, y)
    phi = radians(lat)
    inside = 1 - _FLATTENING * sin(phi) ** 2
    root = sqrt(inside)
    lat_step = _AXIS * (1 - _FLATTENING) / (inside * root) * pi / 180
    lon_step = _AXIS / root * cos(phi) * pi / 180
    return lon + east / lon_step, lat + north / lat_step


def _waves(t: float, *terms: tuple[float, float]) -> float:
    return sum(size * sin(t * pi / length) for size, length in terms)


def _north(x: float, y: float) -> float:
    """Metres to the north."""
    metres = -100.0 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x))
    metres += _waves(x, (20, 1 / 6), (20, 1 / 2)) * 2 / 3
    return metres + _waves(y, (20, 1), (40, 3), (160, 12), (320, 30)) * 2 / 3


def _east(x: float, y: float) -> float:
    """Metres to the east."""
    metres = 300.0 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x))
    metres += _waves(x, (20, 1 / 6), (20, 1 / 2)) * 2 / 3
    return metres + _waves(x, (20, 1), (40, 3), (150, 12), (300, 30)) * 2 / 3
