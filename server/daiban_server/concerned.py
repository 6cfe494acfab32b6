"""Whom an opinion is about, for whoever asks who may answer it, or be told of it."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from daiban_server.db.program import Program
from daiban_server.rating_secret import had_part, who_acted
from daiban_server.spine.ledger import Ledger
from daiban_server.spine.views import Shown
from daiban_server.staff import holders

Fields = Mapping[str, Any]


class Reader(NamedTuple):
    """Who reads, of which centre, and when (Unix milliseconds)."""

    person: bytes
    centre: bytes
    now: int


DECIDING = ("accept", "decline", "finish", "complete", "refuse")
"""What whoever did it answers for, though another handles the case."""
ABOVE = ("head", "leader", "chief")
"""Who answers an opinion, the nearest first."""


def concerned(ledger: Ledger, values: Fields) -> Program[set[bytes]]:
    """Whom it is about: those who are named, those who own or handle the case that it is about, or did before it was
    handed over, those who decided it, and whoever was so when it was registered; rewriting it does not help them."""
    found = {values.get("about"), *(values.get("concerned") or ())}
    if values.get("application"):
        case = bytes.fromhex(values["application"])
        yield from ledger.load([case])
        if (record := ledger.records[case]) is not None:
            view = yield from ledger.view(record)
            found |= had_part(view.values)
            found |= {one.hex() for one in (yield from who_acted(ledger.centre, case, *DECIDING))}
    return {bytes.fromhex(one) for one in found if one}


def kept_from(reader: Reader, shown: Iterable[Shown]) -> Program[set[str]]:
    """The opinions among these records that are about whoever reads: he sees what was said, and not who said it."""
    ledger, found = Ledger(reader.centre, reader.now, 0), set[str]()
    for one in shown:
        if one.view.kind == "opinion" and reader.person in (yield from concerned(ledger, one.view.values)):
            found.add(one.view.record)
    return found


def answerer(ledger: Ledger, about: set[bytes]) -> Program[tuple[bytes, str] | None]:
    """The nearest of those above whom it is not about: id and name."""
    for role in ABOVE:
        for id_, name in (yield from holders(ledger.centre, role)):
            if id_ not in about:
                return id_, name
    return None
