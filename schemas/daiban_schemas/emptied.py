"""What is left of an entry after its erasure: that it was, about what, when, and what figures count; nothing that
anybody said.

Kept are fields whose type can name only records, codes, numbers and moments of ours. Texts, points, dates of birth,
lists and forms' answers are gone, as are a command's arguments and a report's facts.
"""

import re
from collections.abc import Container
from typing import Any

import msgspec

from daiban_schemas.kinds import KINDS
from daiban_schemas.types import Choice, Date, Flag, Instant, Integer, Reference, Type

KEPT: tuple[type, ...] = (Choice, Date, Flag, Instant, Integer, Reference)
_NUMBER = re.compile(r"\S{1,24}-[0-9]{8}-\S{1,24}-[0-9]{4,8}\Z")
"""A number as the server gives it out, under which a case is counted."""
_OUTER = ("record", "kind", "command", "report", "seen", "over", "expected", "at", "by")
_GONE = frozenset({"born"})


def emptied(body: bytes, at: int) -> bytes:
    """An entry as it stands after its erasure at `at` (Unix milliseconds). Only what was an entry is one still."""
    entry = msgspec.json.decode(body)
    kind = KINDS.get(entry.get("kind", ""))
    left: dict[str, Any] = {name: entry[name] for name in _OUTER if name in entry}
    if isinstance(entry.get("fields"), dict):
        types = {name: field.type for name, field in kind.fields.items()} if kind else {}
        states = kind.states if kind else {}
        left["fields"] = {n: v if _stays(n, types.get(n), v, states) else None for n, v in entry["fields"].items()}
    return msgspec.json.encode({**left, "erased": at})


def _stays(name: str, type_: Type | None, value: Any, states: Container[str]) -> bool:
    """What a refused entry wrote into a field may be anything, and a name as well: only what is of its type stays."""
    if name in _GONE or value is None:
        return False
    if name == "status":
        return isinstance(value, str) and value in states
    if name == "number":
        return isinstance(value, str) and _NUMBER.match(value) is not None
    return type_ is not None and isinstance(type_, KEPT) and type_.problem(value) is None
