"""What a person sees of a record: of each field one value, and beside it whatever else still stands."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import msgspec
from msgspec import Raw

from daiban_sync.merge import TOMBSTONE, Change, Head, buries

_decode = msgspec.json.decode


class Written(NamedTuple):
    """A stored change that still holds `names`. `effective` and `authority` were frozen at its receipt."""

    position: int
    device: bytes
    number: int
    chained: bool
    author: str
    authority: int
    effective: int
    at: int
    seen: int
    over: Mapping[str, Sequence[int]]
    fields: Mapping[str, Raw]
    names: tuple[str, ...]

    @property
    def head(self) -> Head:
        """This change as merge knows it."""
        return Head(self.position, self.device, self.number, self.names)

    @property
    def change(self) -> Change:
        """This change as it was laid."""
        return Change(self.position, self.device, self.number, self.chained, tuple(self.fields), self.seen, self.over)


class Value(NamedTuple):
    """One value of one field, with who wrote it. `at` is the device's claim, `effective` what is believed of it."""

    value: Any
    position: int
    author: str
    authority: int
    effective: int
    at: int
    device: bytes
    number: int


class View:
    """A record as its heads make it. `position` is the record's, 0 for one that was never handed in."""

    def __init__(self, record: str, kind: str, position: int, written: Sequence[Written]) -> None:
        self.record = record
        self.kind = kind
        self.position = position
        self.written = tuple(written)

    @cached_property
    def fields(self) -> dict[str, list[Value]]:
        """Per field all values that stand, the visible one first; equal values stand once."""
        held: dict[str, list[Value]] = {}
        for change in self.written:
            for name in change.names:
                held.setdefault(name, []).append(_value(change, name))
        return {name: _distinct(sorted(values, key=_rank, reverse=True)) for name, values in held.items()}

    @cached_property
    def values(self) -> dict[str, Any]:
        """The visible value of each field."""
        return {name: values[0].value for name, values in self.fields.items()}

    @cached_property
    def conflicts(self) -> dict[str, list[Value]]:
        """Fields with more than one value, the visible one first."""
        return {name: values for name, values in self.fields.items() if len(values) > 1 and not self._settled(name)}

    @cached_property
    def deleted(self) -> bool:
        """Whether a tombstone stands that every other head is replaceable by (see `merge.buries`)."""
        heads = [_disputing(change) for change in self.written]
        return any(buries(change.change, heads) for change in self.written if _is_tombstone(change))

    @cached_property
    def doubted(self) -> bool:
        """Whether a tombstone stands that does not delete, since somebody wrote without agreeing to it. Where somebody
        said outright that the record lives, that is a conflict of the field like others, and counted there."""
        return not self.deleted and self.values.get(TOMBSTONE) is True and TOMBSTONE not in self.conflicts

    def positions(self, name: str) -> list[int]:
        """Positions of all heads of one field, for a settlement's `over`."""
        return [change.position for change in self.written if name in change.names]

    def shown(self, name: str) -> list[int]:
        """Positions of all heads that hold the visible value of one field, for an ordinary edit's `over`: what somebody
        else wrote alike would stay beside its replacement."""
        visible = self.values.get(name)
        return [c.position for c in self.written if name in c.names and same(_decode(c.fields[name]), visible)]

    def _settled(self, name: str) -> bool:
        return name == TOMBSTONE and self.deleted


def _is_tombstone(change: Written) -> bool:
    return TOMBSTONE in change.names and _decode(change.fields[TOMBSTONE]) is True


def _disputing(change: Written) -> Head:
    """What a change holds against a tombstone: who deleted the record agrees with everybody else who did."""
    names = change.names
    return change.head._replace(names=tuple(n for n in names if n != TOMBSTONE) if _is_tombstone(change) else names)


def _value(change: Written, name: str) -> Value:
    return Value(
        _decode(change.fields[name]),
        change.position,
        change.author,
        change.authority,
        change.effective,
        change.at,
        change.device,
        change.number,
    )


def _rank(value: Value) -> tuple[int, int, bytes, int]:
    return value.authority, value.effective, value.device, value.number


def _distinct(values: list[Value]) -> list[Value]:
    """Values without those that equal one before; JSON's true and 1 differ."""
    found: list[Value] = []
    for value in values:
        if not any(same(value.value, other.value) for other in found):
            found.append(value)
    return found


def same(one: Any, other: Any) -> bool:
    """Whether two decoded JSON values are equal, members in any order, true and 1 apart."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)
