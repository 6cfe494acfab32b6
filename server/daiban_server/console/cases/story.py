"""The story of a case: every act that took effect, with its particulars in words."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from daiban_schemas.kinds.application import HELD
from daiban_server.console import words
from daiban_server.console.asking import label_of, word_of
from daiban_server.console.languages.spoken import listed, say
from daiban_server.console.reading.book import Book
from daiban_server.console.values import told
from daiban_server.console.words import Mark, Moment
from daiban_server.db.program import Program
from daiban_server.features.cases.listing import EventOut
from daiban_sync.ids import is_id


class Step(NamedTuple):
    """Something that happened. `told` are its particulars in words; `late` is when it was taken in, if that is not
    when it was done."""

    label: str
    at: Moment
    late: Moment | None
    by: str
    state: Mark | None
    told: list[tuple[str, str]]


def read_named(story: Sequence[EventOut], book: Book) -> Program[None]:
    """Know the items and households that corrections name."""
    corrected = [one.told["values"] for one in story if one.name == "correct" and one.told.get("values")]
    yield from book.read_items(one["item"] for one in corrected if "item" in one)
    yield from book.read(bytes.fromhex(one["household"]) for one in corrected if "household" in one)


def step(one: EventOut, book: Book) -> Step:
    """One act."""
    at, taken = words.moment(one.effective, book.now), words.moment(one.at, book.now)
    moved = words.APPLICATION.get(one.after) if one.after and one.after != one.before else None
    late = taken if abs(one.at - one.effective) > 10 * 60_000 else None
    return Step(one.label, at, late, one.by, moved, list(_particulars(one, book)))


def _particulars(one: EventOut, book: Book) -> Iterator[tuple[str, str]]:
    """What was said with an act, each with its label; of a correction every value by itself."""

    def name_of(id_: str) -> str:
        return book.text(bytes.fromhex(id_), "name") or book.text(bytes.fromhex(id_), "head")

    for name, value in one.told.items():
        if one.name == "correct" and name == "values":
            parts = ((f"{name}.{field}", told(new, HELD.get(field), name_of, book.now)) for field, new in value.items())
            yield from ((label_of(one.name, part), text) for part, text in parts)
        elif text := _particular(value):
            yield label_of(one.name, name), text


def _particular(value: Any) -> str:
    """A particular of an act in words; "" for what is only for machines."""
    if isinstance(value, bool) or value is None or (isinstance(value, str) and is_id(value)):
        return ""
    if isinstance(value, list):
        return listed(filter(None, map(_particular, value)))
    if isinstance(value, dict) and "name" in value:
        return say("{0}（{1}）", value["name"], value["note"]) if value.get("note") else str(value["name"])
    if isinstance(value, str):
        return word_of(value)
    return told(value, None, lambda id_: "", 0)
