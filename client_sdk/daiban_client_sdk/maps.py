"""Places from a map and to a map, on the phone: nothing is fetched, and no key is needed.

Records keep WGS-84 in millionths of a degree. A Chinese map shows and tells GCJ-02, some hundred metres beside it;
a phone's own receiver tells WGS-84.
"""

from collections.abc import Mapping

from daiban_client_sdk.errors import DeviceError
from daiban_schemas.datum import to_gcj02
from daiban_schemas.turning import IN
from daiban_schemas.types import Point

_TYPE = Point()
_MAP = "https://uri.amap.com/navigation?to={lon:.6f},{lat:.6f}&mode=car&coordinate=gaode"


def place_on_map(lon: float, lat: float, datum: str = "gcj02") -> dict[str, int]:
    """A place as records keep it, from degrees as a map shows them (``gcj02``) or as a receiver does (``wgs84``).

    Raises `DeviceError`: ``datum.unknown``, ``value.not_point``.
    """
    if datum not in IN:
        raise DeviceError("datum.unknown", datum)
    try:
        told = {"lon": round(lon * 1e6), "lat": round(lat * 1e6)}
    except (OverflowError, ValueError):  # infinite, or no number
        raise DeviceError("value.not_point") from None
    if problem := _TYPE.problem(told):
        raise DeviceError(problem)
    return dict(IN[datum](told))


def map_link(point: Mapping[str, int]) -> str:
    """A link that leads to a place of a record by a public Chinese map, in its datum. It names nobody; whoever opens it
    tells that map where he goes. Raises `DeviceError`: ``value.not_point``."""
    if problem := _TYPE.problem(point):
        raise DeviceError(problem)
    there = to_gcj02(point)
    return _MAP.format(lon=there["lon"] / 1e6, lat=there["lat"] / 1e6)
