"""A record as the JSON API shows it: its values with their authors, masked in lists, places in the reader's datum."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from daiban_schemas.identity import masked
from daiban_schemas.kinds import KINDS
from daiban_schemas.turning import Turn, turned
from daiban_schemas.types import Type
from daiban_server.db.program import Program
from daiban_server.http.people import names_of
from daiban_server.spine.views import Shown
from daiban_sync.view import Value


class Written(Struct, frozen=True):
    """One value with its author. `at` is what the author's clock claimed, `effective` what is believed of it."""

    value: Any
    author: str
    at: int
    effective: int
    position: int


class RecordOut(Struct, frozen=True):
    """A record. `position` is what a change of it states as `seen`; `conflicts` holds every open value of a field, the
    visible one first."""

    record: str
    kind: str
    position: int
    status: str | None
    version: int
    deleted: bool
    values: dict[str, Any]
    conflicts: dict[str, list[Written]]
    authors: dict[str, str]


def out(shown: list[Shown], turn: Turn, *, mask: bool) -> Program[list[RecordOut]]:
    """Records as they are shown: places turned by `turn`, and in lists (`mask`) what is private masked."""
    people = {value.author for one in shown for values in one.view.fields.values() for value in values}
    names = yield from names_of(people)
    return [_record_out(one, names, turn, mask=mask) for one in shown]


def _record_out(one: Shown, names: dict[str, str], turn: Turn, *, mask: bool) -> RecordOut:
    view = one.view
    hide = hidden if mask else shown_whole

    def told(name: str, value: Any) -> Any:
        return hide(view.kind, name, turned(types_of(view.kind), {name: value}, turn)[name])

    values = {name: told(name, value) for name, value in view.values.items()}
    return RecordOut(
        view.record,
        view.kind,
        view.position,
        one.status,
        one.version,
        one.deleted,
        values,
        {
            name: [_written(v._replace(value=told(name, v.value)), names) for v in held]
            for name, held in view.conflicts.items()
        },
        {name: names.get(held[0].author, "") for name, held in view.fields.items()},
    )


def types_of(kind: str) -> Mapping[str, Type]:
    """The types of a kind's fields; none of a kind that is not known."""
    return {name: field.type for name, field in KINDS[kind].fields.items()} if kind in KINDS else {}


def shown_whole(kind: str, name: str, value: Any) -> Any:
    """A value as it is."""
    return value


def hidden(kind: str, name: str, value: Any) -> Any:
    """A value for a list: what is private keeps its first and last character, identity numbers within it too."""
    field = KINDS[kind].fields.get(name) if kind in KINDS else None
    private = name == "identity_number" or (field is not None and field.policy == "private")
    if isinstance(value, dict):
        return {part: hidden(kind, part, v) if not private else _masked(v) for part, v in value.items()}
    if isinstance(value, list):
        return [hidden(kind, name, part) for part in value]
    return _masked(value) if private else value


def _masked(value: Any) -> Any:
    if isinstance(value, dict):
        return {part: _masked(v) for part, v in value.items()}
    if isinstance(value, list):
        return [_masked(part) for part in value]
    return masked(value) if isinstance(value, str) else value


def _written(value: Value, names: dict[str, str]) -> Written:
    return Written(value.value, names.get(value.author, ""), value.at, value.effective, value.position)
