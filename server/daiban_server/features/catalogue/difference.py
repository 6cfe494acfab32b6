"""What differs between two editions of an item, and between an upload and what stands, field by field and in words."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from daiban_schemas.kind import Kind
from daiban_schemas.kinds import item as item_kind
from daiban_schemas.kinds import window as window_kind
from daiban_schemas.labels import ITEM_TYPES, MODES
from daiban_server.features.catalogue import columns
from daiban_server.features.catalogue.catalogue import Catalogue, Fields
from daiban_server.features.catalogue.check import PARTS
from daiban_server.features.catalogue.columns import write_limit
from daiban_server.features.catalogue.words import DESKS, FLAGS

What = Literal["added", "changed", "ended", "unchanged"]
_WORDS: Mapping[str, Mapping[str, str]] = {"type": ITEM_TYPES, "modes": MODES, "desk": DESKS}
_SHEETS = {sheet.part: sheet for sheet in columns.PARTS}


class Difference(NamedTuple):
    """A field that differs: its label, and in words what became of it."""

    field: str
    label: str
    text: str


class Change(NamedTuple):
    """What an upload makes of one item or window; of one that is there before and after, the differences."""

    kind: Literal["item", "window"]
    code: str
    name: str
    what: What
    differences: tuple[Difference, ...] = ()


def compare(standing: Catalogue, wanted: Catalogue, centres: Mapping[str, str]) -> list[Change]:
    """Windows, then items: as `wanted` has them in order, then what it ends. `centres` are names by id."""
    return [
        *_compare(window_kind.KIND, standing.windows, wanted.windows, centres),
        *_compare(item_kind.KIND, standing.items, wanted.items, centres),
    ]


def _compare(
    kind: Kind, standing: Sequence[Fields], wanted: Sequence[Fields], centres: Mapping[str, str]
) -> Iterator[Change]:
    before = {fields["code"]: fields for fields in standing}
    name: Literal["item", "window"] = "item" if kind.name == "item" else "window"
    for fields in wanted:
        code, told = fields["code"], fields.get("name", "")
        if (old := before.pop(code, None)) is None:
            yield Change(name, code, told, "added")
        else:
            found = tuple(differences(kind, old, fields, centres))
            yield Change(name, code, told, "changed" if found else "unchanged", found)
    for code, fields in before.items():
        yield Change(name, code, fields.get("name", ""), "ended")


def differences(kind: Kind, old: Fields, new: Fields, centres: Mapping[str, str] | None = None) -> Iterator[Difference]:
    """The fields in which two editions differ, in the kind's order. Both in canonical form."""
    for name in [name for name in kind.fields if name in old or name in new]:
        before, after = old.get(name), new.get(name)
        if before == after:
            continue
        if name in PARTS:
            text = "；".join(_members(name, before or [], after or []))
        elif isinstance(before or after, list):
            text = "；".join(_elements(name, before or [], after or [], centres or {}))
        else:
            text = _became(in_words(name, before), in_words(name, after))
        yield Difference(name, kind.label_of(name), text)


def _became(before: str, after: str) -> str:
    if not before:
        return f"填写「{after}」"
    return f"由「{before}」改为「{after}」" if after else f"删去「{before}」"


def in_words(name: str, value: Any) -> str:
    """A value in words; "" for none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return FLAGS[value]
    if isinstance(value, dict):
        return write_limit(value)
    return _WORDS.get(name, {}).get(str(value), str(value))


def _elements(name: str, before: Sequence[Any], after: Sequence[Any], centres: Mapping[str, str]) -> Iterator[str]:
    """Of plain lists: what came, what went, or that only the order is another."""
    words = centres if name == "centres" else _WORDS.get(name, {})
    came = [words.get(str(one), str(one)) for one in after if one not in before]
    went = [words.get(str(one), str(one)) for one in before if one not in after]
    if came:
        yield f"新增「{'」「'.join(came)}」"
    if went:
        yield f"删去「{'」「'.join(went)}」"
    if not came and not went:
        yield "顺序有变"


def _members(part: str, before: Sequence[Fields], after: Sequence[Fields]) -> Iterator[str]:
    """Of lists with members, each known by its name: what came, what went, and of what stayed each member."""
    key, label = ("id", "label") if part == "form" else ("name", "name")
    old, new = _by(key, before), _by(key, after)
    for name, fields in new.items():
        if name not in old:
            yield f"新增「{fields.get(label, '')}」"
        elif fields != old[name]:
            told = [_member(part, n, old[name].get(n), fields.get(n)) for n in {**old[name], **fields}]
            yield f"「{fields.get(label, '')}」{'，'.join(filter(None, told))}"
    for name, fields in old.items():
        if name not in new:
            yield f"删去「{fields.get(label, '')}」"
    kept = [name for name in new if name in old]
    if kept != [name for name in old if name in new]:
        yield "顺序有变"


def _by(key: str, values: Sequence[Fields]) -> dict[Any, Fields]:
    """Members by their name; of those that share one, each by its count among them."""
    found: dict[Any, Fields] = {}
    for value in values:
        name, count = value.get(key), 0
        while (name, count) in found:
            count += 1
        found[name, count] = value
    return found


def _member(part: str, name: str, before: Any, after: Any) -> str:
    if before == after:
        return ""
    if name == "when":
        return f"出现条件{_became(_condition(before), _condition(after))}"
    column = next(column for column in _SHEETS[part].columns if column.name == name)
    told = ["" if value is None else str(column.write(value)).replace("\n", "、") for value in (before, after)]
    return f"{column.heading}{_became(*told)}"


def _condition(when: Fields | None) -> str:
    if when is None:
        return ""
    value = FLAGS[when["is"]] if isinstance(when["is"], bool) else when["is"]
    return f"{when['id']} = {value}"
