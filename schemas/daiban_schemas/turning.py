"""Places in what is read and written, turned from one datum into another: every `Point` of the given types, however
deep in structs and lists, and nothing else.
"""

from collections.abc import Callable, Mapping
from typing import Any

from daiban_schemas.datum import from_gcj02, to_gcj02
from daiban_schemas.types import List, Point, Struct, Type

Turn = Callable[[Mapping[str, int]], Mapping[str, int]]


def _as_it_is(point: Mapping[str, int]) -> Mapping[str, int]:
    return point


OUT: Mapping[str, Turn] = {"wgs84": _as_it_is, "gcj02": to_gcj02}
"""From records into the datum of that name."""
IN: Mapping[str, Turn] = {"wgs84": _as_it_is, "gcj02": from_gcj02}
"""From the datum of that name into records."""


def turned(types: Mapping[str, Type], values: Mapping[str, Any], turn: Turn) -> dict[str, Any]:
    """`values` with their places turned. What is no place where one should be stays as it is, and so do names without a
    type: whoever checks them says what is wrong."""
    return {name: _value(types.get(name), value, turn) for name, value in values.items()}


def _value(type_: Type | None, value: Any, turn: Turn) -> Any:
    if isinstance(type_, Point) and type_.problem(value) is None:
        return dict(turn(value))
    if isinstance(type_, Struct) and isinstance(value, dict):
        return turned(type_.members, value, turn)
    if isinstance(type_, List) and isinstance(value, list):
        return [_value(type_.of, part, turn) for part in value]
    return value
