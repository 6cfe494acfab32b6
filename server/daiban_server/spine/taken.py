"""What was taken of a device under given numbers, in the batches that it handed in."""

from collections.abc import Collection

from sqlalchemy import bindparam, select

from daiban_server.db import schema
from daiban_server.db.program import Program, rows
from daiban_server.spine import history
from daiban_server.spine.history import Stored

_e = schema.envelope.c
_SPAN = select(_e.since, _e.until, _e.first, _e.last).where(
    _e.centre == bindparam("centre_id"),
    _e.device == bindparam("device_id"),
    _e.last >= bindparam("first_number"),
    _e.first <= bindparam("last_number"),
)
_p = schema.parked.c
_PARKED = select(_p.number, _p.body).where(
    _p.centre == bindparam("centre_id"),
    _p.device == bindparam("device_id"),
    _p.number >= bindparam("first_number"),
    _p.number <= bindparam("last_number"),
)


def _within(centre: bytes, device: bytes, wanted: Collection[int]) -> dict[str, bytes | int]:
    return {"centre_id": centre, "device_id": device, "first_number": min(wanted), "last_number": max(wanted)}


def among(centre: bytes, device: bytes, wanted: Collection[int]) -> Program[set[int]]:
    """Which of these numbers stand in a batch that is in custody, whatever became of them there. The chain's end does
    not say so: what a gap gave up lies below it and was never here."""
    spans = [(first, last) for *_, first, last in (yield from rows(_SPAN, **_within(centre, device, wanted)))]
    return {number for number in wanted if any(first <= number <= last for first, last in spans)}


def bodies(centre: bytes, device: bytes, wanted: Collection[int]) -> Program[dict[int, bytes]]:
    """What a device said under these numbers, as far as it is still here, and under some of their neighbours: applied,
    refused or parked."""
    stored = yield from between(centre, device, min(wanted), max(wanted))
    parked: dict[int, bytes] = dict((yield from rows(_PARKED, **_within(centre, device, wanted))))
    return {number: one.body for number, one in stored.items() if one.body} | parked


def between(centre: bytes, device: bytes, first: int, last: int) -> Program[dict[int, Stored]]:
    """A device's entries from one number to another, and their neighbours in the same batches, by number."""
    spans = yield from rows(_SPAN, centre_id=centre, device_id=device, first_number=first, last_number=last)
    found: dict[int, Stored] = {}
    for since, until, *_ in spans:
        starts = [stored.position for stored in (yield from history.between(centre, since + 1, until))]
        for stored in (yield from history.entries_at(centre, starts)).values():
            if stored.device == device:
                found[stored.number] = stored
    return found
