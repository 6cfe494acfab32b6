"""A record as the JSON API shows it: its values with their authors, what is sensitive masked, places in the reader's
datum.

Nobody is shown a whole identity or account number here, neither in a list nor alone: that is an act with a reason (see
`http.reveal`). A telephone is whole where one matter is handled, and where two people wrote it differently.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from daiban_schemas.kinds import KINDS
from daiban_schemas.kinds.opinion import COMPLAINANT
from daiban_schemas.masking import Where, as_shown, differing
from daiban_schemas.turning import Turn, turned
from daiban_schemas.types import Type
from daiban_server.concerned import Reader, kept_from
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
    visible one first. Where masks hide how they differ, `differing` says at which characters, counted from 1."""

    record: str
    kind: str
    position: int
    status: str | None
    version: int
    deleted: bool
    values: dict[str, Any]
    conflicts: dict[str, list[Written]]
    authors: dict[str, str]
    differing: dict[str, list[int]]


def out(shown: list[Shown], turn: Turn, where: Where, reader: Reader) -> Program[list[RecordOut]]:
    """Records as they are shown to somebody: places turned by `turn`, what is sensitive masked. Whom an opinion is
    about does not see who said it."""
    kept = yield from kept_from(reader, shown)
    people = {value.author for one in shown for values in one.view.fields.values() for value in values}
    names = yield from names_of(people)
    return [
        _record_out(one, names, turn, where, COMPLAINANT if one.view.record in kept else frozenset()) for one in shown
    ]


def _record_out(one: Shown, names: dict[str, str], turn: Turn, where: Where, kept: frozenset[str]) -> RecordOut:
    view = one.view
    types = types_of(view.kind)
    published = view.kind in KINDS and KINDS[view.kind].of_district
    where = "list" if kept else where
    fields = {name: held for name, held in view.fields.items() if name not in kept}
    disputed = {name: held for name, held in view.conflicts.items() if name in fields}

    def told(name: str, value: Any) -> Any:
        # Who settles a telephone has to compare it, and to call; those that the district publishes are for calling.
        called = name in disputed or published
        return as_shown(turned(types, {name: value}, turn)[name], types.get(name), "handling" if called else where)

    return RecordOut(
        view.record,
        view.kind,
        view.position,
        one.status,
        one.version,
        one.deleted,
        {name: told(name, held[0].value) for name, held in fields.items()},
        {
            name: [_written(v._replace(value=told(name, v.value)), names) for v in held]
            for name, held in disputed.items()
        },
        {name: names.get(held[0].author, "") for name, held in fields.items()},
        {name: found for name, held in disputed.items() if (found := _hidden_in(held, types.get(name)))},
    )


def types_of(kind: str) -> Mapping[str, Type]:
    """The types of a kind's fields; none of a kind that is not known."""
    return {name: field.type for name, field in KINDS[kind].fields.items()} if kind in KINDS else {}


def _hidden_in(held: list[Value], of: Type | None) -> list[int]:
    """At which characters texts differ that are shown masked."""
    texts = [one.value for one in held if isinstance(one.value, str)]
    hidden = any(as_shown(text, of, "handling") != text for text in texts)
    return differing(texts) if hidden and len(texts) == len(held) else []


def _written(value: Value, names: dict[str, str]) -> Written:
    return Written(value.value, names.get(value.author, ""), value.at, value.effective, value.position)
