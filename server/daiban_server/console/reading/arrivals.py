"""What came in today: how many records of each kind, and the newest applications.

Received today is not the same as written today: what was written in the hills yesterday and handed in this morning
came in today. So the day is that of the receipts.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import and_, bindparam, select

from daiban_schemas.kinds import KINDS
from daiban_server.console import words
from daiban_server.console.reading.book import Book, Person, Subject
from daiban_server.console.words import Mark, Moment
from daiban_server.db import schema
from daiban_server.db.program import Lookup, Program, rows
from daiban_server.spine import history
from daiban_server.spine.history import Stored
from daiban_sync.outcome import OUTCOMES

NEWEST = 8
"""Applications that are listed."""
_BATCHES = 1_000
"""Newest batches of a device that are looked at: far more than one hands in on a day, and a bound for the reading."""

_c, _e = schema.chain.c, schema.envelope.c
BATCHES = (
    select(_e.centre, _e.device, _e.first, _e.last, _e.received, _e.since)
    .select_from(
        schema.chain.join(
            schema.envelope,
            and_(_e.centre == _c.centre, _e.device == _c.device, _e.sequence > _c.sequence - _BATCHES),
        )
    )
    .where(_c.pushed_at >= bindparam("since"), _e.received >= bindparam("since"))
)
_OWN = BATCHES.where(_c.centre == bindparam("centre_id"))


class Arrival(NamedTuple):
    """An application that came in: who wrote it when (`written` as far as it is believed) and when it was received."""

    subject: Subject
    mark: Mark
    author: Person
    written: Moment
    received: Moment
    at_desk: bool


class Arrivals(NamedTuple):
    """The day's intake. `kinds` are labels with numbers of new records, `further` counts changes, requests and
    reports, `by_device` all entries of each device."""

    kinds: list[tuple[str, int]]
    further: int
    newest: list[Arrival]
    by_device: Mapping[bytes, int]

    @property
    def total(self) -> int:
        """New records."""
        return sum(number for _, number in self.kinds)


def arrivals(book: Book) -> Program[Arrivals]:
    """What was received since midnight."""
    since = words.day_start(book.now)
    batches = yield from rows(_OWN, centre_id=book.centre, since=since)
    received = {(device, number): at for _, device, first, last, at, _ in batches for number in range(first, last + 1)}
    applied: list[Stored] = []
    if batches:
        # To the end: what was parked then may have been freed since.
        applied = yield from history.between(book.centre, min(before for *_, before in batches) + 1)
    mine = (one for one in applied if (one.device, one.number) in received)
    new = {one.record: one for one in mine if OUTCOMES[one.outcome] == "new"}
    kinds = yield from _kinds(book.centre, new)
    cases = (one for id_, one in new.items() if kinds.get(id_) == "application")
    newest = sorted(cases, key=lambda one: one.position, reverse=True)[:NEWEST]
    yield from book.read(one.record for one in newest)
    counted = Counter(kinds.values())
    return Arrivals(
        [(KINDS[kind].label, counted[kind]) for kind in KINDS if kind in counted],
        len(received) - len(new),
        [_arrival(one, received[one.device, one.number], book) for one in newest],
        Counter(device for device, _ in received),
    )


def _kinds(centre: bytes, ids: Iterable[bytes]) -> Program[Mapping[bytes, str]]:
    """What stands of these records, by id. A first sync hands in ten thousand: only what is listed is opened."""
    found = yield Lookup(schema.record, ("centre", "id"), ("id", "kind", "deleted"), [(centre, id_) for id_ in ids])
    return {id_: kind for id_, kind, deleted in found if not deleted}


def _arrival(one: Stored, received: int, book: Book) -> Arrival:
    record = book.record(one.record)
    status = record.status if record else None
    return Arrival(
        book.subject(one.record),
        words.APPLICATION.get(status or "", Mark(status or "", "empty")),
        book.person(one.author),
        words.moment(one.effective, book.now),
        words.moment(received, book.now),
        one.device == book.desk,
    )
