"""Stories of one record: changes in the order in which they were laid, the heads that stand, what a person sees."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from msgspec import Raw

from daiban_sync.merge import Change, Head, lay
from daiban_sync.view import View, Written
from tests.vectors import cast

WANG, LIU, DESK = cast.DEVICE, cast.OTHER_DEVICE, cast.DESK
_WHO = {WANG: ("王芳", 1, True), LIU: ("刘强", 1, True), DESK: ("赵敏", 2, False)}


class Laid(NamedTuple):
    """One change. Its position is its place in the story, from one; `at` counts minutes from nine o'clock."""

    device: bytes
    number: int
    seen: int
    fields: Mapping[str, Any]
    over: Mapping[str, Sequence[int]] | None = None
    at: int = 0


_BEGUN = Laid(DESK, 1, 0, {"head": "张桂兰", "phone": "13700000000"})
STORIES: Mapping[str, tuple[str, tuple[Laid, ...]]] = {
    "alone": ("one change", (_BEGUN,)),
    "edit": (
        "王芳 saw the record and changes one field",
        (_BEGUN, Laid(WANG, 1, 1, {"phone": "13700000001"})),
    ),
    "twice": (
        "王芳 edits twice without a round trip: her own earlier entry is an ancestor though she saw position 1 only",
        (_BEGUN, Laid(WANG, 1, 1, {"phone": "13700000001"}), Laid(WANG, 2, 1, {"phone": "13700000002"})),
    ),
    "apart": (
        "王芳 and 刘强 change different fields of what both saw",
        (_BEGUN, Laid(WANG, 1, 1, {"phone": "13700000001"}), Laid(LIU, 1, 1, {"head": "张桂芳"})),
    ),
    "conflict": (
        "王芳 and 刘强 change one field of what both saw: of equal authority the later effective time is shown",
        (_BEGUN, Laid(WANG, 1, 1, {"phone": "13700000001"}, at=5), Laid(LIU, 1, 1, {"phone": "13700000002"}, at=3)),
    ),
    "authority": (
        "a clerk's value stands in front of a later one of an agent",
        (_BEGUN, Laid(DESK, 2, 1, {"phone": "13700000001"}), Laid(WANG, 1, 1, {"phone": "13700000002"}, at=9)),
    ),
    "alike": (
        "two people wrote the same: two heads, no conflict",
        (_BEGUN, Laid(WANG, 1, 1, {"phone": "13700000001"}), Laid(LIU, 1, 1, {"phone": "13700000001"})),
    ),
    "tie": (
        "equal authority and time: the greater device id is shown",
        (_BEGUN, Laid(WANG, 1, 1, {"phone": "13700000001"}), Laid(LIU, 1, 1, {"phone": "13700000002"})),
    ),
    "desk": (
        "two tabs of one clerk: a desk's entries have no ancestors",
        (_BEGUN, Laid(DESK, 2, 1, {"phone": "13700000001"}), Laid(DESK, 3, 1, {"phone": "13700000002"})),
    ),
    "ordinary": (
        "an ordinary edit of a field in conflict replaces the value that it showed, and the other stands",
        (
            _BEGUN,
            Laid(WANG, 1, 1, {"phone": "13700000001"}, at=1),
            Laid(LIU, 1, 1, {"phone": "13700000002"}, at=2),
            Laid(DESK, 2, 3, {"phone": "13700000003"}, {"phone": [3]}, at=3),
        ),
    ),
    "settled": (
        "a settlement lists every head of the field and replaces them all",
        (
            _BEGUN,
            Laid(WANG, 1, 1, {"phone": "13700000001"}, at=1),
            Laid(LIU, 1, 1, {"phone": "13700000002"}, at=2),
            Laid(DESK, 2, 3, {"phone": "13700000001"}, {"phone": [2, 3]}, at=3),
        ),
    ),
    "unseen": (
        "a settlement replaces nothing that came after it was made",
        (
            _BEGUN,
            Laid(WANG, 1, 1, {"phone": "13700000001"}, at=1),
            Laid(LIU, 1, 1, {"phone": "13700000002"}, at=2),
            Laid(LIU, 2, 1, {"phone": "13700000009"}, at=9),
            Laid(DESK, 2, 3, {"phone": "13700000001"}, {"phone": [2, 3]}, at=3),
        ),
    ),
    "listing nothing": (
        "an empty list in `over` replaces nothing that was seen, but still one's own earlier entries",
        (
            _BEGUN,
            Laid(WANG, 1, 1, {"phone": "13700000001"}),
            Laid(WANG, 2, 1, {"phone": "13700000002"}, {"phone": []}),
        ),
    ),
    "cleared": ("null clears a field", (_BEGUN, Laid(WANG, 1, 1, {"phone": None}))),
    "deleted": (
        "a tombstone by who saw all of it deletes the record",
        (_BEGUN, Laid(WANG, 1, 1, {"deleted": True})),
    ),
    "doubted": (
        "a tombstone by who had not seen 刘强's edit deletes nothing",
        (_BEGUN, Laid(LIU, 1, 1, {"phone": "13700000002"}), Laid(WANG, 1, 1, {"deleted": True})),
    ),
    "edited after": (
        "who edits a deleted record without having seen that brings it back into doubt",
        (_BEGUN, Laid(WANG, 1, 1, {"deleted": True}), Laid(LIU, 1, 1, {"phone": "13700000002"})),
    ),
    "deleted twice": (
        "two people delete what both saw: they agree",
        (_BEGUN, Laid(WANG, 1, 1, {"deleted": True}), Laid(LIU, 1, 1, {"deleted": True})),
    ),
    "kept": (
        "one deletes, another says outright that the record lives: a conflict of the field",
        (_BEGUN, Laid(WANG, 1, 1, {"deleted": True}), Laid(DESK, 2, 1, {"deleted": False})),
    ),
    "disputed": (
        "a tombstone is in front of one who says outright that the record lives: a conflict, and no doubt besides",
        (_BEGUN, Laid(WANG, 1, 1, {"deleted": False}), Laid(DESK, 2, 1, {"deleted": True})),
    ),
    "waited": (
        "王芳's first entry had to wait and is laid behind her later tombstone: deleted, and no conflict",
        (_BEGUN, Laid(WANG, 2, 1, {"deleted": True}), Laid(WANG, 1, 1, {"deleted": False})),
    ),
    "whole numbers": (
        "true and 1 differ, 1 and 1.0 do not, members of an object have no order",
        (
            _BEGUN,
            Laid(WANG, 1, 1, {"a": 1, "b": True, "c": {"x": 1, "y": [2]}}),
            Laid(LIU, 1, 1, {"a": 1.0, "b": 1, "c": {"y": [2], "x": 1}}),
        ),
    ),
}


def stories() -> dict[str, Any]:
    """All stories, told."""
    return {
        "about": "one record each: `changes` are laid in order, positions are 1, 2, …; then the heads, and the view",
        "stories": [{"name": name, "says": says, **_told(laid)} for name, (says, laid) in STORIES.items()],
    }


def _told(laid: Sequence[Laid]) -> dict[str, Any]:
    heads: tuple[Head, ...] = ()
    written = {}
    for position, one in enumerate(laid, 1):
        chained = _WHO[one.device][2]
        change = Change(position, one.device, one.number, chained, tuple(one.fields), one.seen, one.over or {})
        heads = lay(heads, change)
        written[position] = _written(position, one)
    view = View("", "", len(laid), [written[head.position]._replace(names=head.names) for head in heads])
    return {
        "changes": [_change(position, one) for position, one in enumerate(laid, 1)],
        "heads": [{"position": head.position, "names": list(head.names)} for head in heads],
        "visible": view.values,
        "conflicts": {name: [value.value for value in values] for name, values in view.conflicts.items()},
        "deleted": view.deleted,
        "doubted": view.doubted,
    }


def _change(position: int, one: Laid) -> dict[str, Any]:
    author, authority, chained = _WHO[one.device]
    return {
        "position": position,
        "device": one.device.hex(),
        "number": one.number,
        "chained": chained,
        "author": author,
        "authority": authority,
        "effective": cast.NINE + one.at * cast.MINUTE,
        "seen": one.seen,
        **({} if one.over is None else {"over": one.over}),
        "fields": one.fields,
    }


def _written(position: int, one: Laid) -> Written:
    author, authority, chained = _WHO[one.device]
    at = cast.NINE + one.at * cast.MINUTE
    fields = {name: Raw(msgspec.json.encode(value)) for name, value in one.fields.items()}
    return Written(
        *(position, one.device, one.number, chained, author, authority, at, at, one.seen),
        *(one.over or {}, fields, tuple(fields)),
    )
