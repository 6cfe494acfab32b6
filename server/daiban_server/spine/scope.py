"""Scope: which places somebody answers for, since when, and what his devices take in or let go when that changes.

Getting or giving up a place takes a position in the centre's feed, so a pull meets it in its turn: what stands there
is sent whole, or is called gone. What was written while its author was responsible is accepted, however late it comes:
an entry is judged by the time that is believed of it.
"""

from typing import NamedTuple

from sqlalchemy import bindparam, delete, null, select, union_all

from daiban_server.db import schema
from daiban_server.db.program import Program, Write, first, rows, run
from daiban_server.spine import log
from daiban_server.spine.refusal import Refusal

_t, _a, _d, _p = schema.territory.c, schema.assignment.c, schema.departure.c, schema.person.c
_ANSWERED_FOR = union_all(
    select(_t.place, null()).where(_t.person == bindparam("person_id")),
    select(_a.place, _a.at).where(_a.person == bindparam("person_id"), _a.held.is_(False)),
)
"""Places that somebody holds, and those that he gave up with the time of that."""
_LEFT = select(_d.place, _d.at).where(_d.centre == bindparam("centre_id"), _d.record == bindparam("record_id"))
_DROP = delete(schema.territory).where(_t.person == bindparam("person_id"), _t.place == bindparam("place_id"))
_IS_HELD = select(_t.rank).where(_t.person == bindparam("person_id"), _t.place == bindparam("place_id"))
_PERSON = select(_p.active).where(_p.id == bindparam("person_id"), _p.centre == bindparam("centre_id"))
_PLACE = select(schema.place.c.id).where(
    schema.place.c.id == bindparam("place_id"), schema.place.c.centre == bindparam("centre_id")
)


class Scope(NamedTuple):
    """The places that somebody answers for, and those that he gave up with the time of that (Unix milliseconds)."""

    held: frozenset[bytes]
    given_up: tuple[tuple[bytes, int], ...]

    def had(self, place: bytes | None, at: int) -> bool:
        """Whether he answered for `place` at a moment; everybody does for what has no place."""
        return place is None or place in self.held or any(p == place and until >= at for p, until in self.given_up)


def of(person: bytes) -> Program[Scope]:
    """What somebody answers for."""
    found = yield from rows(_ANSWERED_FOR, person_id=person)
    held = frozenset(place for place, until in found if until is None)
    return Scope(held, tuple((place, until) for place, until in found if until is not None))


def holds(person: bytes, place: bytes) -> Program[bool]:
    """Whether somebody answers for a place now, or stands in for it."""
    return (yield from first(_IS_HELD, person_id=person, place_id=place)) is not None


def had_left(centre: bytes, record: bytes, scope: Scope, at: int) -> Program[bool]:
    """Whether a record stood, at a moment, in a place that `scope` had: it moved away since."""
    left = yield from rows(_LEFT, centre_id=centre, record_id=record)
    return any(moved >= at and scope.had(place, at) for place, moved in left)


def assign(centre: bytes, person: bytes, place: bytes, rank: str, now: int) -> Program[None]:
    """Make somebody answer for a place (A) or stand in for it (B). Raises `Refusal`: ``person.unknown``, also for who
    left, or ``place.unknown``."""
    position, frontier = yield from log.lock(centre)
    if not (yield from _check(centre, person, place)):
        raise Refusal("person.unknown")
    if (yield from give(centre, position + 1, person, place, rank, now)):
        yield from log.advance(centre, position + 1, frontier)


def withdraw(centre: bytes, person: bytes, place: bytes, now: int) -> Program[None]:
    """Take a place from somebody; his devices let go of it once their work is handed in. Raises as `assign` does."""
    position, frontier = yield from log.lock(centre)
    yield from _check(centre, person, place)
    if (yield from take(centre, position + 1, person, place, now)):
        yield from log.advance(centre, position + 1, frontier)


def give(centre: bytes, position: int, person: bytes, place: bytes, rank: str, now: int) -> Program[bool]:
    """Somebody has a place from `position` of the feed on; False, and the position is free, where he had it before."""
    held = yield from holds(person, place)
    yield Write(schema.territory, [(person, place, rank)], "replace")
    if not held:
        yield Write(schema.assignment, [(centre, position, person, place, True, now)])
    return not held


def take(centre: bytes, position: int, person: bytes, place: bytes, now: int) -> Program[bool]:
    """Somebody has a place no more from `position` of the feed on; False, and that is free, where he had it not."""
    if not (yield from holds(person, place)):
        return False
    yield from run(_DROP, person_id=person, place_id=place)
    yield Write(schema.assignment, [(centre, position, person, place, False, now)])
    return True


def _check(centre: bytes, person: bytes, place: bytes) -> Program[bool]:
    """Whether somebody of this centre still works here; raises as `assign` does."""
    row = yield from first(_PERSON, person_id=person, centre_id=centre)
    if row is None:
        raise Refusal("person.unknown")
    if (yield from first(_PLACE, place_id=place, centre_id=centre)) is None:
        raise Refusal("place.unknown")
    return bool(row[0])
