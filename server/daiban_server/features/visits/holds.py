"""Slots that were offered and are kept for some minutes, and the version of the plan under which they were.

A hold stands in everybody's week like a visit that is taken on: other offers, bookings and plans go around it. It ends
by itself, and does not stand in the way of the household for which it is: what expired is looked at again, and taken if
it still fits.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec
from msgspec import Struct
from sqlalchemy import bindparam, delete, select

from daiban_server.db import schema
from daiban_server.db.program import Program, Write, first, rows, run
from daiban_server.features.visits.engine.answers import Offer
from daiban_server.features.visits.engine.model import Promise, Stop, Visit, Window
from daiban_server.features.visits.terms import micro, point, to_milliseconds, to_moment

_h, _v = schema.visit_hold.c, schema.visit_plan.c
_LIVE = (
    select(_h.id, _h.household, _h.version, _h.body)
    .where(_h.centre == bindparam("centre_id"), _h.expires > bindparam("now"))
    .order_by(_h.expires, _h.id)
)
_DROP = delete(schema.visit_hold).where(_h.id == bindparam("hold_id"), _h.centre == bindparam("centre_id"))
_AGAIN = delete(schema.visit_hold).where(
    _h.centre == bindparam("centre_id"),
    (_h.expires <= bindparam("now"))
    | ((_h.household == bindparam("household_id")) & (_h.holder == bindparam("holder_id"))),
)
_VERSION = select(_v.version).where(_v.centre == bindparam("centre_id"))


class Kept(Struct, frozen=True):
    """One slot of a hold. `moves` are [visit, old, new] of neighbours that make room for it; Unix milliseconds."""

    crew: list[str]
    start: int
    end: int
    place: str
    lon: int
    lat: int
    moves: list[tuple[str, int, int]]
    code: str
    reason: str


class Hold(NamedTuple):
    """What is kept for a household, and under which version of the plan."""

    id: bytes
    household: bytes
    version: int
    slots: list[Kept]


def version(centre: bytes) -> Program[int]:
    """How often a slot of this centre was taken, moved or freed."""
    row = yield from first(_VERSION, centre_id=centre)
    return row[0] if row else 0


def count_up(centre: bytes) -> Program[None]:
    """A slot was taken, moved or freed."""
    yield Write(schema.visit_plan, [(centre, (yield from version(centre)) + 1)], "replace")


def kept(visit: Visit, offer: Offer) -> Kept:
    """An offer as a hold keeps it."""
    where, times = micro(visit.point), (to_milliseconds(offer.start), to_milliseconds(offer.end))
    moves = [(move.visit, to_milliseconds(move.old), to_milliseconds(move.new)) for move in offer.moves]
    return Kept(list(offer.crew), *times, visit.place, where["lon"], where["lat"], moves, offer.code, offer.reason)


def put(
    centre: bytes, id_: bytes, household: bytes, holder: bytes, slots: Sequence[Kept], now: int, expires: int
) -> Program[int]:
    """Keep slots for a household; what the same clerk kept for it before is let go. Gives the plan's version."""
    yield from run(_AGAIN, centre_id=centre, now=now, household_id=household, holder_id=holder)
    stands = yield from version(centre)
    body = msgspec.json.encode(slots)
    yield Write(schema.visit_hold, [(id_, centre, household, holder, stands, expires, body)])
    return stands


def live(centre: bytes, now: int) -> Program[list[Hold]]:
    """What is kept now."""
    found = yield from rows(_LIVE, centre_id=centre, now=now)
    return [Hold(id_, household, under, _slots.decode(body)) for id_, household, under, body in found]


def drop(centre: bytes, id_: bytes) -> Program[None]:
    """Let its slots go."""
    yield from run(_DROP, hold_id=id_, centre_id=centre)


def stops(found: Sequence[Hold], row_of: Mapping[bytes, int], *, household: bytes = b"") -> list[Stop]:
    """The slots that are kept for others than this household, as they stand in the week."""
    return [
        _stop(f"{hold.id.hex()}/{n}", slot, row_of)
        for hold in found
        if hold.household != household
        for n, slot in enumerate(hold.slots)
    ]


def _stop(name: str, slot: Kept, row_of: Mapping[bytes, int]) -> Stop:
    start, end = to_moment(slot.start), to_moment(slot.end)
    where = point(slot.lon, slot.lat, row_of.get(bytes.fromhex(slot.place)))
    visit = Visit(name, "", slot.place, where, end - start, (Window(start, end),), crew=len(slot.crew))
    return Stop(visit, tuple(slot.crew), start, start, Promise.ACCEPTED)


_slots = msgspec.json.Decoder(list[Kept])
