"""What became of an entry. Custody is the receipt's matter; an outcome may change later, and then comes by pull."""

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

OUTCOMES = ("new", "identical", "merged", "conflict", "parked", "refused")
"""``new`` made a record; ``identical`` wrote what stood there; ``merged`` was laid over it, a command obeyed or a
report recorded; ``conflict`` left more than one value open, or values that do not fit; ``parked`` waits for a
parent, a record or a newer server; ``refused`` is kept with its reason and shown."""


class Outcome(NamedTuple):
    """`number` is the entry's; `code` the reason of a parked or refused entry, or of a report without effect;
    `fields` the fields concerned."""

    number: int
    outcome: str
    code: str | None = None
    fields: tuple[str, ...] = ()

    @property
    def noteworthy(self) -> bool:
        """Whether people want to hear of it; the rest is said by a run of codes."""
        return self.code is not None or bool(self.fields)


def pack(outcomes: Sequence[Outcome]) -> dict[str, object]:
    """Outcomes of consecutive entries as JSON: the first number, runs of (outcome, how often), and details."""
    runs = [[OUTCOMES.index(kind), len(list(group))] for kind, group in groupby(o.outcome for o in outcomes)]
    details = [[o.number, o.code, list(o.fields)] for o in outcomes if o.noteworthy]
    return {"first": outcomes[0].number, "runs": runs, **({"details": details} if details else {})}


def unpack(packed: dict[str, object]) -> list[Outcome]:
    """Raises `KeyError`, `TypeError`, `ValueError` or `IndexError` for anything that `pack` did not make."""
    number = packed["first"]
    details = {d[0]: (d[1], tuple(d[2])) for d in packed.get("details", [])}  # type: ignore[attr-defined]
    found = []
    for kind, count in packed["runs"]:  # type: ignore[attr-defined]
        for _ in range(count):
            code, fields = details.get(number, (None, ()))
            found.append(Outcome(number, OUTCOMES[kind], code, fields))  # type: ignore[arg-type]
            number += 1  # type: ignore[operator]
    return found
