"""A place that was read off a map, and the way back to it by a map."""

import math

import pytest

from daiban_client_sdk import DeviceError, map_link, place_on_map
from daiban_schemas.datum import to_gcj02


def test_a_place_is_kept_where_the_map_showed_it() -> None:
    kept = place_on_map(116.410244, 39.916404)
    assert abs(kept["lon"] - 116_404_000) <= 1
    assert abs(kept["lat"] - 39_915_000) <= 1
    assert place_on_map(116.404, 39.915, "wgs84") == {"lon": 116_404_000, "lat": 39_915_000}


def test_the_link_leads_where_the_map_shows_the_place() -> None:
    point = {"lon": 109_020_000, "lat": 32_710_000}
    there = to_gcj02(point)
    assert f"to={there['lon'] / 1e6:.6f},{there['lat'] / 1e6:.6f}&" in map_link(point)
    assert map_link(point).startswith("https://")


@pytest.mark.parametrize(
    ("lon", "lat", "datum", "code"),
    [
        (109.0, 32.7, "bd09", "datum.unknown"),
        (200.0, 32.7, "gcj02", "value.not_point"),
        (109.0, math.nan, "gcj02", "value.not_point"),
        (math.inf, 32.7, "wgs84", "value.not_point"),
    ],
)
def test_what_is_no_place_is_refused(lon: float, lat: float, datum: str, code: str) -> None:
    with pytest.raises(DeviceError) as refused:
        place_on_map(lon, lat, datum)
    assert refused.value.code == code


def test_there_is_no_way_to_nowhere() -> None:
    with pytest.raises(DeviceError, match=r"value\.not_point"):
        map_link({"lon": 109_020_000})
