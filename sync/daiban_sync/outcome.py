"""What became of an entry. Custody is the receipt's matter; an outcome may change later, and then comes by pull."""

from collections.abc import Sequence
from itertools import groupby
from typing import Annotated, NamedTuple

from msgspec import Meta, Struct, ValidationError, convert

from daiban_sync import limits
from daiban_sync.errors import WireError

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


_Number = Annotated[int, Meta(ge=0, le=limits.INTEGER)]


class _Packed(Struct):
    first: _Number
    runs: Annotated[list[tuple[_Number, _Number]], Meta(max_length=limits.BATCH_ENTRIES)]
    details: list[tuple[_Number, str | None, tuple[str, ...]]] = []


def pack(outcomes: Sequence[Outcome]) -> dict[str, object]:
    """Outcomes of consecutive entries as JSON: the first number, runs of (outcome, how often), and details."""
    runs = [[OUTCOMES.index(kind), len(list(group))] for kind, group in groupby(o.outcome for o in outcomes)]
    details = [[o.number, o.code, list(o.fields)] for o in outcomes if o.noteworthy]
    return {"first": outcomes[0].number, "runs": runs, **({"details": details} if details else {})}


def unpack(packed: dict[str, object]) -> list[Outcome]:
    """Raises `WireError("body.malformed")` for anything that `pack` did not make of one batch's outcomes."""
    try:
        told = convert(packed, _Packed)
    except ValidationError:
        raise WireError("body.malformed", "outcomes") from None
    kinds = [kind for kind, count in told.runs for _ in range(min(count, limits.BATCH_ENTRIES + 1))]
    if not 0 < len(kinds) <= limits.BATCH_ENTRIES or max(kinds) >= len(OUTCOMES):
        raise WireError("body.malformed", "outcomes")
    details = {number: (code, fields) for number, code, fields in told.details}
    return [
        Outcome(number, OUTCOMES[kind], *details.get(number, (None, ())))
        for number, kind in enumerate(kinds, told.first)
    ]
