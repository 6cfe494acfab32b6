"""Reading one entry of a batch: what it says, and which of its fields may not be written as they are.

There are two ways, and the slow one is the rule. The quick one takes a change that our own encoder could have written
(compact, its members in order, no escapes beyond the short ones), whose kind's reader knows every field and finds each
sound; it gives what the slow way would have given, or nothing (tests/schemas/test_reading.py holds one against the
other).
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec
from msgspec import Raw

from daiban_schemas import strict
from daiban_schemas.entry import Entry, check, decode, field_names, shape_of, values_of
from daiban_schemas.kinds import KINDS


class Read(NamedTuple):
    """An entry with the decoded fields of a change; `faults` are fields with the code of what is wrong with each."""

    entry: Entry
    values: Mapping[str, Any]
    faults: Mapping[str, str]


_SOUND: Mapping[str, str] = {}
_encode = msgspec.json.Encoder().encode


def read(body: bytes) -> Read:
    """Read one entry. Raises `StrictnessError` for what is not strict JSON of the form of entries."""
    return _quickly(body) or _closely(body)


def _closely(body: bytes) -> Read:
    strict.check_bytes(body)
    entry = decode(body)
    values = values_of(entry)
    if entry.action != "change":
        return Read(entry, values, _SOUND)
    field_names(values)
    kind = KINDS.get(entry.kind)
    faults = kind.faults(values) if kind else _SOUND
    if kind and not faults:
        kind.reader.learn(values)
    return Read(entry, values, faults)


def _quickly(body: bytes) -> Read | None:
    if b"\\u" in body or body.count(b"[") + body.count(b"{") > strict.DEPTH:
        return None
    try:
        entry = shape_of(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    kind = KINDS.get(entry.kind)
    fields = entry.fields
    if kind is None or not isinstance(fields, Raw) or entry.over:
        return None
    values = kind.reader.read(fields)
    # What encodes to the very bytes that it was read from has no key twice, and no member that was passed over.
    if values is None or _encode(values) != bytes(fields) or _encode(entry) != body:
        return None
    check(entry)
    return Read(entry, values, _SOUND)
