"""Two records of one household beside each other: where they say different things, and what was chosen of each."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from daiban_schemas.masking import as_shown, differing
from daiban_server.console.languages.spoken import say
from daiban_server.console.meaning import Meaning, meaning, read
from daiban_server.console.reading.book import Book
from daiban_server.console.values import told
from daiban_server.console.words import wrong as wrong_with
from daiban_server.features.households.members import together
from daiban_sync.view import View, same

COMPARED = (
    *("head", "identity_number", "born", "phone", "address", "point"),
    *("size", "cannot_move", "standing", "cadre", "note"),
)
"""What may be chosen of either. The village stays that of the record that stays; members are taken from both."""
STAYS, GOES, OWN = "stays", "goes", "own"


class Unlike(NamedTuple):
    """A field of which the two say different things, in words, "" for nothing; `hidden`: something of it is masked,
    then `at` says at which characters they differ, counted from 1. `chosen` is `STAYS`, `GOES` or `OWN`."""

    what: Meaning
    stays: str
    goes: str
    hidden: bool
    at: list[int]
    chosen: str
    own: str


class Compared(NamedTuple):
    """Where they differ, and what both say: label and words."""

    unlike: list[Unlike]
    alike: list[tuple[str, str]]


def compared(stays: View, goes: View, book: Book, given: Mapping[str, str]) -> Compared:
    """What to choose of; where only one says something that is taken, unless the form says otherwise."""
    unlike, alike = [], []
    for name in COMPARED:
        what, one, other = meaning("household", name, ()), stays.values.get(name), goes.values.get(name)
        if _nothing(one) and _nothing(other):
            continue
        if same(one, other):
            alike.append((what.label, _words(one, what, book)))
        else:
            unlike.append(_unlike(what, one, other, book, given))
    return Compared(unlike, alike)


def _unlike(what: Meaning, one: Any, other: Any, book: Book, given: Mapping[str, str]) -> Unlike:
    both = [value for value in (one, other) if isinstance(value, str)]
    hidden = any(as_shown(value, what.of, "handling") != value for value in (one, other))
    return Unlike(
        what,
        _words(one, what, book),
        _words(other, what, book),
        hidden,
        differing(both) if hidden and len(both) == 2 else [],
        given.get(f"choice-{what.field}", GOES if _nothing(one) else STAYS),
        given.get(f"own-{what.field}", ""),
    )


def chosen(stays: View, goes: View, given: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """What changes of the record that stays, and what is wrong with the form, by field."""
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name in COMPARED:
        choice, own = given.get(f"choice-{name}", ""), given.get(f"own-{name}", "").strip()
        if choice == OWN:
            values[name], wrong = _own(meaning("household", name, ()), own)
        else:
            wrong = "您选了一种写法，又另写了一个。请只留一个。" if own else ""
            if choice == GOES:
                values[name] = goes.values.get(name)
        if wrong:
            errors[f"own-{name}"] = wrong
    members = joined_members(stays, goes)
    if members != _members(stays):
        values["members"] = members
    return {name: value for name, value in values.items() if not same(value, stays.values.get(name))}, errors


def _own(what: Meaning, text: str) -> tuple[Any, str]:
    if not text:
        return None, say("请填写“{0}”。", what.label)
    value, code = read(what, text)
    return value, wrong_with(code) if code else ""


def joined_members(stays: View, goes: View) -> list[dict[str, Any]]:
    """The members of both, each once."""
    return together(_members(stays), _members(goes))


def _members(view: View) -> Sequence[dict[str, Any]]:
    told = view.values.get("members")
    return [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []


def _words(value: Any, what: Meaning, book: Book) -> str:
    return "" if _nothing(value) else told(value, what.of, lambda id_: book.person(id_).name, book.now)


def _nothing(value: Any) -> bool:
    return value in (None, "", [])
