"""A place that was read off a Chinese map is where it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daiban_schemas.datum import from_gcj02, to_gcj02

IN_CHINA = st.builds(
    lambda lon, lat: {"lon": lon, "lat": lat},
    st.integers(73_500_000, 135_000_000),
    st.integers(18_000_000, 53_500_000),
)


def test_a_place_that_others_published_for_both_datums() -> None:
    # Beijing, as open implementations of the formula print it.
    assert to_gcj02({"lon": 116_404_000, "lat": 39_915_000}) == {"lon": 116_410_244, "lat": 39_916_404}


@given(IN_CHINA)
def test_there_and_back_is_the_same_place(point: dict[str, int]) -> None:
    back = from_gcj02(to_gcj02(point))
    assert abs(back["lon"] - point["lon"]) <= 1
    assert abs(back["lat"] - point["lat"]) <= 1


@given(IN_CHINA)
def test_the_shift_is_of_some_hundred_metres(point: dict[str, int]) -> None:
    there = to_gcj02(point)
    assert 0 < abs(there["lon"] - point["lon"]) + abs(there["lat"] - point["lat"]) < 20_000


@pytest.mark.parametrize("point", [{"lon": 2_350_000, "lat": 48_850_000}, {"lon": -74_000_000, "lat": 40_700_000}])
def test_outside_of_china_nothing_is_shifted(point: dict[str, int]) -> None:
    assert to_gcj02(point) == from_gcj02(point) == point
