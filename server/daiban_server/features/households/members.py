"""The members of two records of one household, each once."""

from collections.abc import Mapping, Sequence
from typing import Any

Member = Mapping[str, Any]


def together(first: Sequence[Member], second: Sequence[Member]) -> list[dict[str, Any]]:
    """All of both, in order. Two are one where they have one name and nothing that is said of one contradicts what is
    said of the other; where anything does both stay, for somebody who knows them to look at."""
    found: list[dict[str, Any]] = []
    for member in (*first, *second):
        told = {name: value for name, value in member.items() if value not in (None, "")}
        same = next((one for one in found if _is(one, told)), None)
        if same is None:
            found.append(told)
        else:
            same |= told
    return found


def _is(one: Member, other: Member) -> bool:
    return one.get("name") == other.get("name") and all(one.get(name, value) == value for name, value in other.items())
