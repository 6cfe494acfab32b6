"""Searches that somebody kept under a name: one that names whom an erasure is about goes with him."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import bindparam, delete, select

from daiban_server.db import schema
from daiban_server.db.program import Program, rows, run
from daiban_server.spelling import spelt
from daiban_server.spine import views

_NAMES = ("applicant", "head", "visitor", "person")
"""Fields that are a person's name."""
_OWN_NUMBERS = ("identity_number", "phone")
"""Fields that are a person's number; `number` is the case's own, which a register keeps."""
_PEOPLE = ("account", "principal", "about", "guardian")
"""Fields that tell of a person in members."""
_NAMING, _NUMBERING = ("name", "holder"), ("identity_number", "phone", "number")
"""The members, of such a field and of one in a household, that are a name or a number."""
ENOUGH = 7
"""Digits by which a part of a number tells whose it is: the first six of an identity number are the district's."""

_BETWEEN = re.compile(r"[\s\-·]+")
_k = schema.kept_search.c
_KEPT = (
    select(_k.person, _k.key, _k.name, _k.search)
    .select_from(schema.kept_search.join(schema.person, schema.person.c.id == _k.person))
    .where(schema.person.c.centre == bindparam("centre_id"))
)
_REMOVE = delete(schema.kept_search).where(_k.person == bindparam("person_id"), _k.key == bindparam("search_key"))


class Told(NamedTuple):
    """By what people are known: names as they are written and in pinyin, and numbers."""

    names: frozenset[str]
    numbers: frozenset[str]

    def in_text(self, text: str) -> bool:
        """Whether a text holds one of them, or so much of a number that it tells whose it is."""
        plain = _plain(text)
        if any(one in plain for one in self.names | self.numbers):
            return True
        return len(plain) >= ENOUGH and any(plain in one for one in self.numbers)


def told_of(centre: bytes, records: Iterable[bytes]) -> Program[Told]:
    """By what these records know people, in every value that stands in them; to be asked before they are emptied."""
    names: set[str] = set()
    numbers: set[str] = set()
    for record in records:
        for one in (yield from views.shown(views.BY_ID, centre, record_id=record)):
            for field, held in one.view.fields.items():
                for name, said in (pair for value in held for pair in _said(field, value.value)):
                    (names if name else numbers).add(_plain(said))
    names |= {spelt(name)[0] for name in names}
    return Told(
        frozenset(one for one in names if len(one) > 1), frozenset(one for one in numbers if len(one) >= ENOUGH)
    )


def forget(centre: bytes, told: Told) -> Program[None]:
    """Remove the searches of a centre's people that hold something of it, in what they look for or in their names."""
    for person, key, name, search in (yield from rows(_KEPT, centre_id=centre)):
        asked: Mapping[str, str] = msgspec.json.decode(search)
        if any(map(told.in_text, (name, asked.get("q", "")))):
            yield from run(_REMOVE, person_id=person, search_key=key)


def _said(field: str, value: Any) -> Iterator[tuple[bool, str]]:
    """The names (True) and numbers (False) in a field's value."""
    if field in (*_NAMES, *_OWN_NUMBERS) and isinstance(value, str):
        yield field in _NAMES, value
    people = value if field == "members" and isinstance(value, list) else [value] if field in _PEOPLE else []
    for one in people:
        for member, said in one.items() if isinstance(one, dict) else ():
            if member in (*_NAMING, *_NUMBERING) and isinstance(said, str):
                yield member in _NAMING, said


def _plain(text: str) -> str:
    return _BETWEEN.sub("", text).lower()
