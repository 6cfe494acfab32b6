"""What is left of an entry after its erasure: that it was, about what, when, and what figures count; nothing that
anybody said.

Kept are fields whose type can name only records, codes, numbers and moments of ours. Texts, points, dates of birth,
lists and forms' answers are gone, as are a command's arguments and a report's facts.
"""

from typing import Any

import msgspec

from daiban_schemas.kinds import KINDS
from daiban_schemas.types import Choice, Date, Flag, Instant, Integer, Reference, Type

KEPT: tuple[type, ...] = (Choice, Date, Flag, Instant, Integer, Reference)
_NUMBERS = frozenset({"number", "status", "label"})
"""Texts that the server gives out, under which a case is counted."""
_OUTER = ("record", "kind", "command", "report", "seen", "over", "expected", "at", "by")
_GONE = frozenset({"born"})


def emptied(body: bytes, at: int) -> bytes:
    """An entry as it stands after its erasure at `at` (Unix milliseconds). Only what was an entry is one still."""
    entry = msgspec.json.decode(body)
    kind = KINDS.get(entry.get("kind", ""))
    left: dict[str, Any] = {name: entry[name] for name in _OUTER if name in entry}
    if isinstance(entry.get("fields"), dict):
        types = {name: field.type for name, field in kind.fields.items()} if kind else {}
        left["fields"] = {n: v if _stays(n, types.get(n), v) else None for n, v in entry["fields"].items()}
    return msgspec.json.encode({**left, "erased": at})


def _stays(name: str, type_: Type | None, value: Any) -> bool:
    if name in _GONE:
        return False
    if name in _NUMBERS:
        return isinstance(value, str)
    return isinstance(type_, KEPT) and not isinstance(value, dict)
