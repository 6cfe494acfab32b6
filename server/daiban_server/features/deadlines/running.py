"""Which limits run: each ends on its day, unless somebody does before what it asks. Every list and count of what is
over or due means these, so that none of them says what another denies."""

from collections.abc import Iterable
from typing import NamedTuple

from daiban_server.db import schema
from daiban_server.db.program import Lookup, Program

_d = schema.deadline.c
RUNNING = (_d.closed.is_(None), _d.state != "cancelled", _d.state != "paused")


class Standing(NamedTuple):
    """A limit of a case that is open: its kind, its day and whether it is paused, when the day says nothing."""

    kind: str
    due: str
    paused: bool


def next_of(centre: bytes, cases: Iterable[bytes]) -> Program[dict[bytes, Standing]]:
    """Of each case the limit that ends first, one that runs before one that is paused; a case that owes nothing has
    none."""
    columns = ("case", "kind", "due", "state", "closed")
    found = yield Lookup(schema.deadline, ("centre", "case"), columns, [(centre, case) for case in cases])
    standing: dict[bytes, Standing] = {}
    for case, kind, due, state, closed in found:
        one = Standing(kind, due, state == "paused")
        if closed is None and state != "cancelled" and (case not in standing or _sooner(one, standing[case])):
            standing[case] = one
    return standing


def _sooner(one: Standing, other: Standing) -> bool:
    return (one.paused, one.due, one.kind) < (other.paused, other.due, other.kind)
