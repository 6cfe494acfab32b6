"""Merge: each field of a record is a multi-value register, and nothing is lost in silence.

A *head* is a stored change with the fields that it still holds: the values that no later change replaced.
`lay` puts one change over the heads of its record. Per field a change replaces

1. heads after its `seen` that are its own ancestors: earlier entries of the same unforked device chain;
2. heads at or before its `seen`; but of a field named in `over`, only the positions listed there.

Rule 1 lets a person edit twice without a round trip; rule 2 is what they had in view when the form was opened.
Console changes and adopted branches have no ancestors: two clerks share the desk's key, and one clerk has
two tabs. Neither clocks nor authority take part here, so batches that are pending together give the same
heads in any order of arrival (tests/sync/test_merge_properties.py).

Heads carry field *names* rather than bits of a mask: forms are data, so names are open, and a registry of
bits would be one more table that an attacker's junk names could fill. A record that one change wrote whole
stores no heads at all (see server/daiban_server/db/DESIGN.md), which keeps the common row short.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

TOMBSTONE = "deleted"
"""The field whose value true deletes a record; a field like others."""

UNSENT = 2**62
"""Positions from here on stand for a device's own entries that have no position yet, in their order."""

EPOCH = 2**40
"""A position is epoch x 2**40 + n; a restored server counts on in a new epoch."""


class Head(NamedTuple):
    """A change that still holds `names` of its fields. `device` is 16 bytes, `number` the entry's number."""

    position: int
    device: bytes
    number: int
    names: tuple[str, ...]


class Change(NamedTuple):
    """What merge needs to know of a change: no values, no clock.

    `chained` is true for an entry of an unforked device chain, which has ancestors.
    """

    position: int
    device: bytes
    number: int
    chained: bool
    names: tuple[str, ...]
    seen: int
    over: Mapping[str, Sequence[int]]


def replaces(change: Change, head: Head, name: str) -> bool:
    """Whether `change`, which writes field `name`, replaces what `head` holds of it."""
    if head.position > change.seen:
        return change.chained and head.device == change.device and head.number < change.number
    listed = change.over.get(name)
    return listed is None or head.position in listed


def lay(heads: Iterable[Head], change: Change) -> tuple[Head, ...]:
    """The record's heads after `change`, oldest position first, the change itself last."""
    written = frozenset(change.names)
    kept = []
    for head in heads:
        names = tuple(name for name in head.names if name not in written or not replaces(change, head, name))
        if len(names) == len(head.names):
            kept.append(head)
        elif names:
            kept.append(head._replace(names=names))
    kept.append(Head(change.position, change.device, change.number, change.names))
    return tuple(kept)


def contested(heads: Sequence[Head]) -> dict[str, list[Head]]:
    """Fields that more than one head holds. Equal values among them are no conflict: see `view`."""
    if len(heads) < 2:
        return {}
    holders: dict[str, list[Head]] = {}
    for head in heads:
        for name in head.names:
            holders.setdefault(name, []).append(head)
    return {name: held for name, held in holders.items() if len(held) > 1}


def buries(tombstone: Change, heads: Iterable[Head]) -> bool:
    """Whether a tombstone deletes its record: every other head is one that it could replace.

    A head that it could not replace was written by somebody who had not agreed to the deletion; then the
    record lives and the tombstone is shown as a conflict.
    """
    return all(
        head.position == tombstone.position or all(replaces(tombstone, head, name) for name in head.names)
        for head in heads
    )
