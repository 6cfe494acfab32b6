"""A form that comes a second time, by a double click or after somebody went back and corrected what he wrote."""

from collections.abc import Iterable, Mapping
from typing import Any


def differs(told: Mapping[str, Any], held: Mapping[str, Any], names: Iterable[str]) -> bool:
    """Whether a form tells one of `names` otherwise than a record's fields (`View.fields`) hold it; what is left empty
    is told as empty, and of several values that are held any one will do."""
    return any(told.get(name) not in ([value.value for value in held.get(name, ())] or [None]) for name in names)
