"""What an item, a form and a window of the catalogue have to be, however they come: by a sheet, by an XLSForm, by hand.

One shape for one meaning: `canonical` leaves out what says nothing, so that two catalogues are equal where they mean
the same.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from daiban_schemas.kinds import item as item_kind
from daiban_schemas.kinds import window as window_kind
from daiban_schemas.types import Choice, Flag, Integer, List, Struct, Text, Type
from daiban_server.features.catalogue.catalogue import Fields
from daiban_server.features.catalogue.words import QUESTION_TYPES
from daiban_sync import limits

REQUIRED = ("code", "window", "name", "modes", "promised_limit")
"""Without these nobody could be promised anything: which item, where, how, how long."""
PARTS = ("papers", "flow", "special_steps", "form")
"""Fields of an item that are lists with members: sheets of their own in a workbook."""
PUBLISHERS = ("edition", "published_on", "usable_until")
"""Fields that publishing writes; they are no part of what an item says."""

_CODE = re.compile(r"[A-Za-z0-9-]{1,20}\Z")
_WINDOW_CODE = re.compile(r"[A-Za-z0-9-]{1,10}\Z")
_UNWRITABLE = re.compile("_x[0-9A-Fa-f]{4}_|x005F_|[\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f\ud800-\udfff\ufffe\uffff]|\\$\\{")
"""What a cell cannot hold, or gives back as something else, or an XLSForm takes for a reference."""
_SPARE = 4096
"""Bytes of an entry that are not its fields."""

_ID = re.compile(r"[a-z][a-z0-9_]{0,50}\Z")
_TAKEN = "meta"
"""What every XLSForm keeps for itself."""
_CHOOSING = ("choice", "choices")
_CONDITIONS = ("flag", "choice", "integer")
"""Types that another question may depend on: their answers are one value, written one way."""
QUESTION = Struct(
    {"id": Text(51), "label": Text(200), "type": Choice(*QUESTION_TYPES)},
    {
        "required": Flag(),
        "choices": List(Text(100), 50),
        "least": Integer(-(10**9), 10**9),
        "most": Integer(-(10**9), 10**9),
        "longest": Integer(1, 2000),
    },
)


class Flaw(NamedTuple):
    """Something wrong: in the field `name`, or in member `name` of the element number `at` of list `part`."""

    code: str
    name: str
    part: str = ""
    at: int = 0


def canonical(fields: Fields) -> dict[str, Any]:
    """An item's or a window's fields without what says nothing: empty texts and lists, flags that are not set, nothing
    written. What publishing writes is left out too."""
    kept = {name: _canonical(value) for name, value in fields.items() if name not in PUBLISHERS}
    return {name: value for name, value in kept.items() if _says(name, value)}


def _canonical(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n").strip()
    if isinstance(value, dict):
        return {n: part for n, v in value.items() if _says(n, part := _canonical(v))}
    if isinstance(value, list):
        return [_canonical(part) for part in value]
    return value


def _says(name: str, value: Any) -> bool:
    # A special step that is not counted says so, and a condition may wait for a no.
    return value not in (None, "", []) and (value is not False or name in ("counted", "is"))


# Items ----------------------------------------------------------------------------------------------------------


def item_flaws(item: Fields) -> Iterator[Flaw]:
    """What is wrong with an item in its canonical form."""
    kind = item_kind.KIND
    for name in REQUIRED:
        if name not in item:
            yield Flaw("value.incomplete", name)
    if not _CODE.match(str(item.get("code", "X"))):
        yield Flaw("catalogue.code", "code")
    for name, value in item.items():
        if name == "form":
            yield from form_flaws(value)
        elif name in PARTS:
            yield from _part_flaws(name, value)
        elif name in kind.fields and (code := _wrong(kind.fields[name].type, value)):
            yield Flaw(code, name)
    yield from _twice("modes", item.get("modes", []))
    if _is_longer(item.get("promised_limit"), item.get("legal_limit")):
        yield Flaw("catalogue.promise", "promised_limit")
    if len(msgspec.json.encode(item)) > limits.ENTRY_BYTES - _SPARE:
        yield Flaw("entry.too_large", "code")


def _is_longer(promised: Any, legal: Any) -> bool:
    """Whether a promise is longer than the law allows. Different units are not compared: that depends on the days."""
    limits_given = isinstance(promised, dict) and isinstance(legal, dict)
    if not limits_given or promised.get("unit") != legal.get("unit"):
        return False
    return all(isinstance(one.get("days"), int) for one in (promised, legal)) and promised["days"] > legal["days"]


def _part_flaws(part: str, values: Any) -> Iterator[Flaw]:
    of = QUESTION if part == "form" else item_kind.KIND.fields[part].type.of  # type: ignore[attr-defined] # lists all
    most = item_kind.KIND.fields[part].type.most  # type: ignore[attr-defined] # as above
    first = next(iter(of.members))
    if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
        yield Flaw("value.not_list", part)
        return
    if len(values) > most:
        yield Flaw("value.too_many", first, part, most)
    for index, value in enumerate(values):
        yield from (Flaw(code, name, part, index) for name, code in _member_flaws(of, value))
    if part in ("papers", "special_steps"):
        names = [value.get("name") for value in values]
        yield from (Flaw("catalogue.twice", "name", part, n) for n, name in enumerate(names) if name in names[:n])


def _member_flaws(of: Struct, value: Fields) -> Iterator[tuple[str, str]]:
    for name in of.required:
        if name not in value:
            yield name, "value.incomplete"
    for name, part in value.items():
        if name in of.members and (code := _wrong(of.members[name], part)):
            yield name, code


def _wrong(type_: Type, value: Any) -> str | None:
    if any(_UNWRITABLE.search(text) for text in _texts(value)):
        return "catalogue.unwritable"
    return type_.problem(value)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


def _twice(name: str, values: Any) -> Iterator[Flaw]:
    if isinstance(values, list) and any(value in values[:n] for n, value in enumerate(values)):
        yield Flaw("catalogue.twice", name)


# Forms ----------------------------------------------------------------------------------------------------------


def form_flaws(form: Any) -> Iterator[Flaw]:
    """What is wrong with a form: members of the wrong type, ids that answers cannot have or have twice, choices where
    nothing is chosen, limits and conditions that mean nothing."""
    yield from _part_flaws("form", form)
    before: dict[str, Fields] = {}
    for index, question in enumerate(form if isinstance(form, list) else []):
        if isinstance(question, dict):
            yield from (Flaw(code, name, "form", index) for name, code in _question_flaws(question, before))
            before[str(question.get("id"))] = question


def _question_flaws(question: Fields, before: Mapping[str, Fields]) -> Iterator[tuple[str, str]]:
    id_, type_ = str(question.get("id", "x")), question.get("type")
    if not _ID.match(id_) or id_ == _TAKEN:
        yield "id", "question.name"
    if id_ in before:
        yield "id", "catalogue.twice"
    if type_ in QUESTION_TYPES:
        yield from _choices_flaws(type_, question.get("choices", []))
        yield from _limit_flaws(type_, question)
    if "when" in question and not _is_condition(question["when"], before):
        yield "when", "question.condition"


def _choices_flaws(type_: Any, choices: Any) -> Iterator[tuple[str, str]]:
    """One chooses among choices that differ, each a line of its own; elsewhere there are none."""
    if isinstance(choices, list) and all(isinstance(one, str) for one in choices):
        lines = all(one.strip() and "\n" not in one for one in choices)
        if bool(choices) != (type_ in _CHOOSING) or not lines or len(set(choices)) < len(choices):
            yield "choices", "question.choices"


def _limit_flaws(type_: Any, question: Fields) -> Iterator[tuple[str, str]]:
    for name in ("least", "most"):
        if name in question and type_ != "integer":
            yield name, "question.limits"
    if "longest" in question and type_ not in ("text", "lines"):
        yield "longest", "question.limits"
    least, most = question.get("least", 0), question.get("most", 10**9)
    if type_ == "integer" and isinstance(least, int) and isinstance(most, int) and least > most:
        yield "most", "question.limits"


def _is_condition(when: Any, before: Mapping[str, Fields]) -> bool:
    """Whether a question waits for an answer that an earlier one can have."""
    if not isinstance(when, dict) or set(when) != {"id", "is"}:
        return False
    on, value = before.get(str(when["id"])), when["is"]
    if on is None or on.get("type") not in _CONDITIONS:
        return False
    if on["type"] == "flag":
        return isinstance(value, bool)
    if on["type"] == "choice":
        return value in on.get("choices", [])
    return Integer(on.get("least", 0), on.get("most", 10**9)).problem(value) is None


# Windows --------------------------------------------------------------------------------------------------------


def window_flaws(window: Fields) -> Iterator[Flaw]:
    """What is wrong with a window in its canonical form. One that stands nowhere is closed, and no part of a
    catalogue."""
    fields = window_kind.KIND.fields
    for name in ("code", "name", "desk"):
        if name not in window:
            yield Flaw("value.incomplete", name)
    if not _WINDOW_CODE.match(str(window.get("code", "X"))):
        yield Flaw("catalogue.code", "code")
    for name, value in window.items():
        if name in fields and (code := _wrong(fields[name].type, value)):
            yield Flaw(code, name)
    if not window.get("everywhere") and not window.get("centres"):
        yield Flaw("catalogue.nowhere", "centres")
    yield from _twice("centres", window.get("centres", []))
