"""When a case's entries came and where they stand in the log: what its evidence will prove, without making it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from daiban_server.db import schema
from daiban_server.db.program import Program
from daiban_server.evidence.batches import of_entries
from daiban_server.evidence.entries import own_of
from daiban_server.spine import log

_COLUMNS = schema.envelope.columns.keys()


class Received(NamedTuple):
    """Signed batches with entries of a case: how many, when the first and the newest came (Unix milliseconds), where
    the newest stands in the log (the first leaf is 1) and whether the newest checkpoint covers it. `size` is how many
    leaves that has, `signed` when it was signed; 0 and None before the first one."""

    batches: int
    first: int
    newest: int
    leaf: int
    covered: bool
    size: int
    signed: int | None


def received(centre: bytes, case: bytes) -> Program[Received | None]:
    """None for a case of which no batch is kept. Raises `Refusal("record.unknown")`."""
    own = yield from own_of(centre, case)
    found, _ = yield from of_entries(own.entries, centre)
    if not found:
        return None
    batches: list[Mapping[str, Any]] = [dict(zip(_COLUMNS, row, strict=True)) for row in found]
    standing = yield from log.standing(centre)
    held = standing.checkpoint if standing else None
    newest = max(batches, key=lambda one: (one["epoch"], one["leaf"]))
    covered = held is not None and standing is not None and newest["epoch"] == standing.epoch
    return Received(
        len(batches),
        min(one["received"] for one in batches),
        newest["received"],
        newest["leaf"] + 1,
        covered and held is not None and newest["leaf"] < held.size,
        held.size if held else 0,
        held.time if held else None,
    )
