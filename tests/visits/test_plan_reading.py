"""A plan file says what is wrong with it, and where."""

import json
from typing import Any

import msgspec
import pytest

from daiban_schemas.problem import words
from daiban_server.features.visits.plan.problem import Problem
from daiban_server.features.visits.plan.reading import PlanFileError, read
from daiban_server.features.visits.plan.roads import roads


def small() -> dict[str, Any]:
    return {
        "travel": {"by": "matrix", "duration": [[0, 600, 900], [600, 0, 300], [900, 300, 0]]},
        "vehicles": [
            {"id": "wang", "point": 0, "shifts": [{"start": 28800, "end": 43200}, {"start": 50400, "end": 64800}]},
            {"id": "li", "point": 0, "shifts": [{"start": 28800, "end": 43200}]},
        ],
        "visits": [
            {"id": "zhao", "point": 1, "service": 1800, "windows": [{"start": 28800, "end": 43200}]},
            {"id": "qian", "point": 2, "service": 1800, "windows": [{"start": 28800, "end": 43200}], "crew": 2},
        ],
    }


def altered(path: str, value: object) -> bytes:
    """The small file with the value at a path put in its place."""
    file: Any = small()
    *way, last = path.split(".")
    here = file
    for name in way:
        here = here[int(name)] if name.isdigit() else here.setdefault(name, {})
    here[int(last) if last.isdigit() else last] = value
    return json.dumps(file).encode()


def test_a_file_that_makes_sense_is_read_and_may_be_written_again() -> None:
    problem = read(json.dumps(small()).encode())
    assert [visit.crew for visit in problem.visits] == [1, 2]
    assert msgspec.json.decode(msgspec.json.encode(problem), type=Problem) == problem


@pytest.mark.parametrize(
    ("path", "value", "code", "place"),
    [
        ("visits.1.service", "long", "plan.file", "$.visits[1].service"),
        ("visits.1.service", 0, "plan.file", "$.visits[1].service"),
        ("visits.1.windows", [], "plan.file", "$.visits[1].windows"),
        ("visits.1.crew", 3, "plan.file", "$.visits[1].crew"),
        ("visits.1.skill", ["relief"], "plan.file", "$.visits[1]"),
        ("visits.1.id", "zhao", "plan.twice", "visits[1]"),
        ("visits.0.point", 3, "plan.point", "visits[0].point"),
        ("visits.0.windows.0.end", 5, "plan.time", "visits[0].windows[0]"),
        ("visits.0.own", ["sun"], "plan.unknown", "visits[0].own: sun"),
        ("vehicles.0.point", 7, "plan.point", "vehicles[0].point"),
        ("vehicles.0.shifts.1.start", 30000, "plan.time", "vehicles[0].shifts[1]"),
        ("vehicles.0.shifts.1.end", 10**12, "plan.time", "vehicles[0].shifts[1]"),
        ("travel.duration.1.1", 5, "plan.matrix", "travel.duration[1]"),
        ("travel.duration.2", [1, 2], "plan.matrix", "travel.duration[2]"),
        ("travel.distance", [[0]], "plan.matrix", "travel.distance"),
        ("points", [[1, 2]], "plan.matrix", "points"),
        ("promises", [{"visit": "qian", "crew": ["li"], "start": 30000}], "plan.crew", "promises[0].crew"),
        ("promises", [{"visit": "zhao", "crew": ["li"], "start": 42000}], "plan.promise", "promises[0].start"),
        ("initial", [{"visit": "sun", "crew": ["li"], "start": 30000}], "plan.unknown", "initial[0].visit: sun"),
    ],
)
def test_what_makes_no_sense_is_named_with_its_place(path: str, value: object, code: str, place: str) -> None:
    with pytest.raises(PlanFileError) as error:
        read(altered(path, value))
    assert error.value.code == code
    assert place in error.value.detail
    assert words(code)[0] != code, "it has words"


@pytest.mark.parametrize("text", [b"", b"\xff", b"[1]", b'{"visits": 1}', b"{" * 10_000])
def test_what_is_no_plan_file_at_all_is_an_error_too(text: bytes) -> None:
    with pytest.raises(PlanFileError) as error:
        read(text)
    assert error.value.code == "plan.file"


@pytest.mark.parametrize(("rounding", "expected"), [("down", 14), ("nearest", 14), ("up", 15)])
def test_straight_lines_are_rounded_as_stated(rounding: str, expected: int) -> None:
    file = {**small(), "travel": {"by": "euclidean", "scale": 10, "rounding": rounding}}
    file["points"] = [[0, 0], [1, 1], [3, 4]]
    duration, distance = roads(read(json.dumps(file).encode()))
    assert duration is distance
    assert (duration[0][1], duration[0][2]) == (expected, 50), "3-4-5 is whole, whatever the rounding"


def test_on_the_globe_the_road_is_longer_than_the_line_and_takes_seconds() -> None:
    file = {**small(), "travel": {"by": "great_circle", "detour": 1.5, "speed": 30}}
    file["points"] = [[32.68, 109.03], [32.69, 109.03], [32.68, 109.03]]
    duration, _ = roads(read(json.dumps(file).encode()))
    assert duration[0][1] == 201, "1112 m, half as much again, at 30 km/h"
    assert duration[0][2] == 0
    file["points"][0] = [109.03, 32.68]
    with pytest.raises(PlanFileError, match="points\\[0\\]"):
        read(json.dumps(file).encode())
