"""The witness: what people saved and what they had in view, and what must have become of it.

It knows changes by (device, number) and never lays one by the product's rules. A change takes away what its author
meant to replace, as long as that stands where he saw it, and of what he had not in view only his own earlier
changes. `History` plays this for one centre in the order in which the centre took the changes, and whatever the
centre or a phone shows is compared with it.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, NamedTuple

from daiban_sync.view import View, Written

Id = tuple[bytes, int]
"""A change's name: device and number."""
UNSENT = 1 << 62
TOMBSTONE = "deleted"


class Violation(AssertionError):  # noqa: N818 - what was found, not an error of the simulator
    """An invariant does not hold. `rule` is its short name."""

    def __init__(self, rule: str, told: str) -> None:
        super().__init__(f"{rule}: {told}")
        self.rule = rule


def hold(true: bool, rule: str, told: str) -> None:
    """Raise `Violation` unless `true`."""
    if not true:
        raise Violation(rule, told)


class Save(NamedTuple):
    """A change as its author saved it, at `told` of true time. `viewed` and `meant` say by field whose values were in
    view and whose were to go, each with its position then, None while it had none. `named` are fields whose
    values were picked out one by one, since they were in conflict. `seen` is the position of what was in view: what
    stands before it and was not in view had been replaced there. `at` is the time claimed."""

    device: bytes
    number: int
    chained: bool
    record: bytes
    values: Mapping[str, Any]
    viewed: Mapping[str, Mapping[Id, int | None]]
    meant: Mapping[str, Mapping[Id, int | None]]
    named: frozenset[str]
    seen: int
    at: int
    told: int

    @property
    def id(self) -> Id:
        return self.device, self.number

    def takes_away(self, other: Id, position: int | None, name: str) -> bool:
        """Whether this change replaces what `other`, which stands at `position`, holds of field `name`."""
        viewed = self.viewed.get(name, {})
        if other in viewed and viewed[other] is not None and viewed[other] == position:
            return other in self.meant[name]
        if position is not None and position <= self.seen:
            # Only a restore brings back what had been replaced in the author's view. Who picked out single values
            # leaves it: one conflict too many, never a value lost.
            return name not in self.named
        return self.chained and other[0] == self.device and other[1] < self.number


class Shown(NamedTuple):
    """What people must be shown of a field: its values with their holders, the visible one first."""

    values: list[Any]
    holders: list[dict[Id, int | None]]


def shown(written: Sequence[Written], name: str) -> Shown:
    """Of the field's heads: clerk before agent, then the later believed time, then device and number."""
    heads = sorted(
        (w for w in written if name in w.names),
        key=lambda w: (w.authority, w.effective, w.device, w.number),
        reverse=True,
    )
    found = Shown([], [])
    for head in heads:
        value = json.loads(bytes(head.fields[name]))
        place = None if head.position >= UNSENT else head.position
        for known, holders in zip(*found, strict=True):
            if json.dumps(known) == json.dumps(value):  # true is not 1
                # One's own change may be there twice until a pull is complete: as it was pulled, and laid over.
                holders[head.device, head.number] = place or holders.get((head.device, head.number))
                break
        else:
            found.values.append(value)
            found.holders.append({(head.device, head.number): place})
    return found


class InView(NamedTuple):
    """What an author has in view, what of it he means to replace, and where he picks out single values."""

    viewed: dict[str, dict[Id, int | None]]
    meant: dict[str, dict[Id, int | None]]
    named: frozenset[str]


def in_view(view: View | None, names: Iterable[str], *, settle: bool) -> InView:
    """What an author has in view of `names`, and what of it he means to replace: the visible value, or all of them
    in a settlement. A deleted record's tombstones are no conflict, so all of them go."""
    viewed, meant, named = {}, {}, set()
    for name in names:
        holders = shown(view.written, name).holders if view else []
        viewed[name] = {one: place for some in holders for one, place in some.items()}
        plain = len(holders) < 2 or (name == TOMBSTONE and view is not None and is_deleted(view.written))
        meant[name] = viewed[name] if settle or plain else holders[0]
        if settle or not plain:
            named.add(name)
    return InView(viewed, meant, frozenset(named))


def is_deleted(written: Sequence[Written]) -> bool:
    """Whether somebody deleted the record who had everything in view that others wrote."""

    def agrees(tombstone: Written, other: Written) -> bool:
        names = other.names
        if _buries(other):
            names = tuple(name for name in names if name != TOMBSTONE)
        if other.position > tombstone.seen:
            own = other.device == tombstone.device and other.number < tombstone.number
            return not names or (tombstone.chained and own)
        over = tombstone.over
        return all(name not in over or other.position in over[name] for name in names)

    return any(_buries(t) and all(o is t or agrees(t, o) for o in written) for t in written)


def _buries(written: Written) -> bool:
    return TOMBSTONE in written.names and bytes(written.fields[TOMBSTONE]) == b"true"


def check_view(view: View, told: str) -> None:
    """A view shows what it must of the heads that it was made of."""
    names = {name for w in view.written for name in w.names}
    deleted = is_deleted(view.written)
    hold(view.deleted == deleted, "view", f"{told} is shown as {'deleted' if view.deleted else 'alive'}")
    for name in names:
        must = shown(view.written, name)
        value = view.values[name]
        hold(json.dumps(value) == json.dumps(must.values[0]), "view", f"{told} shows another {name}")
        open_ = len(must.values) > 1 and not (name == TOMBSTONE and deleted)
        hold((name in view.conflicts) == open_, "view", f"{told}: {name} is {'' if open_ else 'not '}in conflict")
        if open_:
            listed = [value.value for value in view.conflicts[name]]
            hold(
                json.dumps(listed) == json.dumps(must.values),
                "view",
                f"{told}: the values of {name} are not those that stand",
            )


Standing = dict[str, dict[Id, int]]
"""By field: whose values stand, and at which position."""


def apply(standing: Mapping[str, Mapping[Id, Any]], save: Save, position: Any) -> dict[str, dict[Id, Any]]:
    """What stands after `save` was laid at `position`."""
    after = {name: dict(held) for name, held in standing.items()}
    for name in save.values:
        held = after.get(name, {})
        after[name] = {one: at for one, at in held.items() if not save.takes_away(one, at, name)}
        after[name][save.id] = position
    return after


@dataclass
class History:
    """One centre's changes in the order in which they were taken. `versions` has what stood in each record, by the
    record's position."""

    versions: dict[bytes, list[tuple[int, Standing]]] = field(default_factory=dict)
    applied: dict[Id, int] = field(default_factory=dict)
    last: int = 0

    def note(self, save: Save, position: int) -> None:
        """Take note of an entry that changes no record."""
        hold(save.id not in self.applied, "applied twice", f"entry {save.number} at {position}")
        self.applied[save.id] = position

    def lay(self, save: Save, position: int) -> None:
        """Take note of a change."""
        self.note(save, position)
        self.versions.setdefault(save.record, []).append((position, apply(self.now(save.record), save, position)))

    def follow(self, record: bytes, position: int) -> None:
        """The record got a new position without a change: it moved along with its parent."""
        self.versions[record].append((position, self.now(record)))

    def now(self, record: bytes) -> Standing:
        """What stands."""
        versions = self.versions.get(record)
        return versions[-1][1] if versions else {}

    def at(self, record: bytes, position: int) -> Standing | None:
        """What stood when the record was at `position`; None where it never was."""
        return next((standing for at, standing in reversed(self.versions.get(record, [])) if at == position), None)

    def newest(self, record: bytes, upto: int) -> int:
        """The record's last position at or before `upto`, 0 for none."""
        return next((at for at, _ in reversed(self.versions.get(record, [])) if at <= upto), 0)

    def copied(self) -> "History":
        """What the witness knew when a backup was made."""
        versions = {record: list(known) for record, known in self.versions.items()}
        return History(versions, dict(self.applied), self.last)

    def since(self, begin: int) -> "History":
        """As it was when the backup was made; what is taken from now on stands after `begin`."""
        made = self.copied()
        made.last = begin
        return made


def held(written: Iterable[Any]) -> Standing:
    """Heads as the witness names them. Takes heads or written changes."""
    found: Standing = {}
    for head in written:
        for name in head.names:
            found.setdefault(name, {})[head.device, head.number] = head.position
    return found


def only_held(standing: Mapping[str, Mapping[Id, Any]]) -> dict[str, Mapping[Id, Any]]:
    """Without fields that nobody holds."""
    return {name: ids for name, ids in standing.items() if ids}


def same_ids(one: Mapping[str, Mapping[Id, Any]], other: Mapping[str, Mapping[Id, Any]]) -> bool:
    """Whether the same changes stand in the same fields, wherever they stand."""
    return {n: set(ids) for n, ids in only_held(one).items()} == {n: set(ids) for n, ids in only_held(other).items()}


def naive_root(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962's tree head over leaf hashes, by its recursive definition."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    return sha256(b"\x01" + naive_root(leaves[:split]) + naive_root(leaves[split:])).digest()
