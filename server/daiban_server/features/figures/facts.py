"""What is counted: a fact for each time that something counts, or one for several that count alike, whichever table it
was read from."""

from collections.abc import Callable, Iterable, Mapping
from typing import Literal, NamedTuple

from daiban_sync.ids import NOBODY

Source = Literal[
    "act",
    "opening",
    "closing",
    "awaiting",
    "above",
    "reception",
    "rating",
    "opinion",
    "mending",
    "unmended",
    "reply",
    "visit",
    "promise",
]
By = Literal["centre", "window", "mode", "item", "place", "person", "owner"]


class Sheet(NamedTuple):
    """The case that a fact is about, or what is known where there is none."""

    id: bytes = NOBODY
    number: str = ""
    window: str = ""
    label: str = ""
    item: str = ""
    place: bytes = NOBODY
    owner: bytes = NOBODY
    due: str | None = None
    accepted: int | None = None


NO_CASE = Sheet()


class Fact(NamedTuple):
    """`name` and `state` are told apart by source: an act and the state before it; a rating's level; an opinion's
    channel and how its answer stands; of a bad rating how the call and how the mending stands; whether a reply was
    given on the cadre's behalf and how it stands; a visit's act. `person` is who handles the case, owes the reply or
    the answer, or goes on the visit. `at` is in Unix milliseconds. `times` is how many people a reception received,
    or how often it was where facts that count alike are read as one: then what nobody asked to be told apart is left
    empty, and a moment is the midnight before it."""

    source: Source
    centre: bytes
    record: bytes
    at: int
    sheet: Sheet
    name: str = ""
    state: str = ""
    person: bytes = NOBODY
    times: int = 1


FACETS: Mapping[By, Callable[[Fact], str]] = {
    "centre": lambda fact: fact.centre.hex(),
    "window": lambda fact: fact.sheet.window,
    "mode": lambda fact: fact.sheet.label,
    "item": lambda fact: fact.sheet.item,
    "place": lambda fact: fact.sheet.place.hex(),
    "person": lambda fact: fact.person.hex(),
    "owner": lambda fact: fact.sheet.owner.hex(),
}
"""What figures are told apart by; ids are hexadecimal, and nobody and nothing are sixteen zero bytes or ""."""


def narrowed(facts: Iterable[Fact], wanted: Mapping[By, str]) -> list[Fact]:
    """The facts of one window, mode, item, …; "" is what has none."""
    asked = [(FACETS[by], key) for by, key in wanted.items()]
    return [fact for fact in facts if all(of(fact) == key for of, key in asked)]
