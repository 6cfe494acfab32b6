"""Private fields: which they are, and an entry without what they hold.

After its receipt a device keeps none of them in clear, and a pull brings masks in their place. What tells them is the
kind's policy; an entry whose bytes name none of them is not looked at any closer.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from daiban_schemas.kinds import KINDS
from daiban_schemas.masking import as_shown

PRIVATE: Mapping[str, frozenset[str]] = {
    name: frozenset(field for field, stated in kind.fields.items() if stated.policy == "private")
    for name, kind in KINDS.items()
}
"""Private fields by kind."""
_TELLING = tuple(sorted({f'"{field}":'.encode() for fields in PRIVATE.values() for field in fields}))


def holds_private(body: bytes) -> bool:
    """Whether an entry may write a private field; wrong only in saying yes."""
    return any(name in body for name in _TELLING)


def split(kind: str, fields: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A change's fields as the changes in which they travel: the private ones apart, behind the others."""
    private = PRIVATE.get(kind, frozenset())
    parts = [{n: v for n, v in fields.items() if (n in private) == apart} for apart in (False, True)]
    return [part for part in parts if part]


def veiled(body: bytes) -> bytes:
    """A sound entry with masks in place of what its private fields hold; the same bytes where there are none."""
    if not holds_private(body):
        return body
    entry = msgspec.json.decode(body)
    fields, private = entry.get("fields"), PRIVATE.get(entry.get("kind"), frozenset())
    if not isinstance(fields, dict) or not private & fields.keys():
        return body
    types = {name: field.type for name, field in KINDS[entry["kind"]].fields.items()}
    entry["fields"] = {n: as_shown(value, types[n]) if n in private else value for n, value in fields.items()}
    return msgspec.json.encode(entry)
