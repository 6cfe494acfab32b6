"""An entry: what one person did, in order. A change, a command or a report.

An entry is one JSON object in UTF-8. Its id for ever is (centre, device, number); the number stands in the
batch, not in the entry.

======== ============================================================================================
change   ``record, kind, fields, seen, over?, at``: only fields that differ from what the form showed
command  ``record, kind, command, arguments?, expected, at``: asks; may be refused with a reason
report   ``record, kind, report, facts?, at``: a fact; always recorded
======== ============================================================================================

``record`` is a UUIDv7 in 32 hexadecimal digits, ``at`` the device's claim in Unix milliseconds, ``seen`` the record's
position when its form was opened (0: a new record), ``over`` maps fields to the positions replaced where the form
showed a conflict, ``expected`` the version of the record's state machine that the author had seen (absent:
any), ``by`` the person who sat at the desk (believed of a desk's batches only), ``erased`` when what it said was
erased (only the server says that). Members that this version does not
know are kept, since the bytes are stored as they came.
"""

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import UNSET, Raw, UnsetType

from daiban_schemas.reader import FIELDS
from daiban_schemas.strict import INTEGER, StrictnessError, check_text, decoded, members, plain

OVER_POSITIONS = 64
_NAME = re.compile(r"[a-z][a-z0-9_.]{0,63}\Z")
_RECORD = re.compile(r"[0-9a-f]{32}\Z")


class Entry(msgspec.Struct, omit_defaults=True, frozen=True):
    """The decoded outer object; `fields`, `arguments` and `facts` stay undecoded."""

    record: str
    kind: str
    fields: Raw | UnsetType = UNSET
    command: str | UnsetType = UNSET
    arguments: Raw | UnsetType = UNSET
    report: str | UnsetType = UNSET
    facts: Raw | UnsetType = UNSET
    seen: int = 0
    over: dict[str, list[int]] | UnsetType = UNSET
    expected: int | UnsetType = UNSET
    at: int = 0
    by: str | UnsetType = UNSET
    erased: int | UnsetType = UNSET

    @property
    def action(self) -> str:
        """``change``, ``command`` or ``report``."""
        return "change" if self.fields is not UNSET else "command" if self.command is not UNSET else "report"


_TYPED = frozenset(Entry.__struct_fields__) - {"over"}
shape_of = msgspec.json.Decoder(Entry).decode
"""The outer object as it stands, unchecked; raises what msgspec raises."""
_encode = msgspec.json.Encoder().encode


def decode(data: bytes) -> Entry:
    """Read one entry. Raises `StrictnessError`; the message quotes nothing of the entry.

    The entry's bytes must have passed `strict.check_bytes` (once for a whole batch). All of it is strict then but the
    values of `fields`, which `strict.decoded` looks at where they are read.
    """
    check_text(data)
    try:
        entry = shape_of(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise StrictnessError("not an entry") from None
    if _encode(entry) != data:
        _look_closely(data)  # unknown members, another order or spelling, or a key twice
    check(entry)
    return entry


def _look_closely(data: bytes) -> None:
    """Refuse a key twice at any level that the decoder passes over: `over`, and members that it does not know."""
    for name, value in members(data).items():
        if name not in _TYPED:
            plain(value)


def check(entry: Entry) -> None:
    """Raise `StrictnessError` for an outer object that is not an entry's."""
    if not _RECORD.match(entry.record) or not _NAME.match(entry.kind):
        raise StrictnessError("no record id or no kind")
    if not (0 <= entry.seen <= INTEGER and -INTEGER <= entry.at <= INTEGER):
        raise StrictnessError("a number out of range")
    acts = (entry.command, entry.report, entry.arguments, entry.facts, entry.expected)
    if entry.fields is UNSET or acts != _NO_ACT:
        _check_act(entry)
    if entry.over:
        _check_over(entry.over)


_NO_ACT = (UNSET,) * 5


def _check_act(entry: Entry) -> None:
    one = (entry.fields is not UNSET) + (entry.command is not UNSET) + (entry.report is not UNSET)
    if one != 1:
        raise StrictnessError("an entry is one of change, command and report")
    if entry.expected is not UNSET and not 0 <= entry.expected <= INTEGER:
        raise StrictnessError("a number out of range")
    for name in (entry.command, entry.report):
        if name is not UNSET and not _NAME.match(name):
            raise StrictnessError("not a name")
    for extra in (entry.arguments, entry.facts):
        if extra is not UNSET:
            plain(extra)  # rare and small, and nothing else checks them before they are obeyed


def _check_over(over: Mapping[str, list[int]]) -> None:
    if len(over) > FIELDS or any(len(positions) > OVER_POSITIONS for positions in over.values()):
        raise StrictnessError("`over` is too long")
    if not all(map(_NAME.match, over)):
        raise StrictnessError("not a field's name")
    if any(not 0 <= position <= INTEGER for positions in over.values() for position in positions):
        raise StrictnessError("a position out of range")


def field_names(fields: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of a change's fields, checked for form and number. Raises `StrictnessError`."""
    if not 0 < len(fields) <= FIELDS:
        raise StrictnessError("no fields, or too many")
    if not all(map(_NAME.match, fields)):
        raise StrictnessError("not a field's name")
    return tuple(fields)


def fields_of(entry: Entry) -> dict[str, Raw]:
    """A change's fields, undecoded; none for a command or a report."""
    return members(entry.fields) if isinstance(entry.fields, Raw) else {}


_members = msgspec.json.Decoder(dict[str, Raw]).decode


def reread(data: bytes) -> tuple[Entry, dict[str, Raw]]:
    """An entry with a change's fields, undecoded, from bytes that were checked when they came: it checks nothing."""
    entry = shape_of(data)
    return entry, _members(entry.fields) if isinstance(entry.fields, Raw) else {}


def values_of(entry: Entry) -> dict[str, Any]:
    """A change's fields with their values; none for a command or a report."""
    return decoded(entry.fields) if isinstance(entry.fields, Raw) else {}


def change(
    record: str,
    kind: str,
    fields: Mapping[str, Any],
    *,
    seen: int,
    at: int,
    over: Mapping[str, list[int]] | None = None,
    by: str | None = None,
) -> bytes:
    """The bytes of a change."""
    raw, wrote = Raw(_encode(dict(fields))), UNSET if by is None else by
    return _encode(Entry(record, kind, fields=raw, seen=seen, at=at, over=dict(over) if over else UNSET, by=wrote))


def command(
    record: str,
    kind: str,
    name: str,
    arguments: Mapping[str, Any] | None = None,
    *,
    expected: int | None,
    at: int,
    by: str | None = None,
) -> bytes:
    """The bytes of a command; `expected` None asks whatever the state machine's version is."""
    raw, wrote = Raw(_encode(dict(arguments))) if arguments else UNSET, UNSET if by is None else by
    wanted = UNSET if expected is None else expected
    return _encode(Entry(record, kind, command=name, arguments=raw, expected=wanted, at=at, by=wrote))


def report(
    record: str, kind: str, name: str, facts: Mapping[str, Any] | None = None, *, at: int, by: str | None = None
) -> bytes:
    """The bytes of a report."""
    raw, wrote = Raw(_encode(dict(facts))) if facts else UNSET, UNSET if by is None else by
    return _encode(Entry(record, kind, report=name, facts=raw, at=at, by=wrote))
