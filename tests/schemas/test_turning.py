"""Every place of a record is turned, however deep it stands, and nothing else is."""

from hypothesis import given
from hypothesis import strategies as st

from daiban_schemas.datum import to_gcj02
from daiban_schemas.kinds import KINDS
from daiban_schemas.turning import IN, OUT, turned
from daiban_schemas.types import Anything, List, Point, Struct, Text

TYPES = {
    "point": Point(),
    "homes": List(Struct({"at": Point()}, {"name": Text()})),
    "road": List(Point()),
    "any": Anything(),
}
AT = {"lon": 109_020_000, "lat": 32_710_000}
ON_THE_MAP = to_gcj02(AT)
POINTS = st.fixed_dictionaries(
    {"lon": st.integers(73_500_000, 135_000_000), "lat": st.integers(18_000_000, 53_500_000)}
)


def test_places_in_structs_and_lists_are_turned() -> None:
    values = {"point": AT, "homes": [{"at": AT, "name": "张家", "more": AT}], "road": [AT, AT]}
    shown = turned(TYPES, values, OUT["gcj02"])
    assert shown["point"] == ON_THE_MAP
    assert shown["homes"] == [{"at": ON_THE_MAP, "name": "张家", "more": AT}], "nobody knows what `more` is"
    assert shown["road"] == [ON_THE_MAP, ON_THE_MAP]
    assert turned(TYPES, shown, IN["gcj02"])["point"] == AT


def test_what_is_no_place_stays_as_it_is() -> None:
    values = {"point": {"lon": 1.5, "lat": 2}, "homes": "无", "road": [None, {"lon": 5}], "any": AT, "new": AT}
    assert turned(TYPES, values, OUT["gcj02"]) == values
    assert turned(TYPES, {"point": None}, IN["gcj02"]) == {"point": None}


@given(POINTS)
def test_in_the_datum_of_records_nothing_moves(point: dict[str, int]) -> None:
    assert turned(TYPES, {"point": point}, OUT["wgs84"]) == turned(TYPES, {"point": point}, IN["wgs84"])
    assert turned(TYPES, {"point": point}, IN["wgs84"]) == {"point": point}


def test_what_an_agent_reports_has_a_place_that_is_turned() -> None:
    facts = KINDS["visit"].reports["finished"].facts
    assert turned(facts, {"point": ON_THE_MAP, "note": "门口"}, IN["gcj02"]) == {"point": AT, "note": "门口"}
