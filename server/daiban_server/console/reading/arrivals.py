"""What came in today: how many records of each kind, and the newest applications.

Received today is not the same as written today: what was written in the hills yesterday and handed in this morning
came in today. So the day is that of the receipts.
"""

import struct
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import and_, bindparam, select

from daiban_schemas.kinds import KINDS
from daiban_server.console import words
from daiban_server.console.reading.book import Book, Person, Subject
from daiban_server.console.words import Mark, Moment
from daiban_server.db import schema
from daiban_server.db.program import Lookup, Program, Row, rows
from daiban_sync.outcome import OUTCOMES

NEWEST = 8
"""Applications that are listed."""
_BATCHES = 1_000
"""Newest batches of a device that are looked at: far more than one hands in on a day, and a bound for the reading."""
_NUMBERS = struct.Struct(">QI")
"""A batch's header ends in the number of its first entry and the count of its entries."""
_ENTRY = ("device", "number", "position", "record", "author", "effective", "outcome")

_c, _e = schema.chain.c, schema.envelope.c
BATCHES = (
    select(_e.centre, _e.device, _e.header, _e.received)
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


def numbers(header: bytes) -> range:
    """The numbers of a batch's entries."""
    start, count = _NUMBERS.unpack_from(header, len(header) - _NUMBERS.size)
    return range(start, start + count)


def arrivals(book: Book) -> Program[Arrivals]:
    """What was received since midnight."""
    since = words.day_start(book.now)
    batches = yield from rows(_OWN, centre_id=book.centre, since=since)
    received = {(device, number): at for _, device, header, at in batches for number in numbers(header)}
    keys = [(book.centre, device, number) for device, number in received]
    entries: list[Row] = yield Lookup(schema.entry, ("centre", "device", "number"), _ENTRY, keys)
    new = {row[3]: row for row in entries if OUTCOMES[row[6]] == "new"}
    yield from book.read(new)
    kinds = Counter(record.kind for id_ in new if (record := book.record(id_)) and not record.deleted)
    cases = [row for id_, row in new.items() if (record := book.record(id_)) and record.kind == "application"]
    newest = sorted(cases, key=lambda row: int(row[2]), reverse=True)[:NEWEST]
    return Arrivals(
        [(KINDS[kind].label, kinds[kind]) for kind in KINDS if kind in kinds],
        len(received) - len(new),
        [_arrival(row, received[row[0], row[1]], book) for row in newest],
        Counter(device for device, _ in received),
    )


def _arrival(row: Row, received: int, book: Book) -> Arrival:
    device, _, _, id_, author, effective, _ = row
    record = book.record(id_)
    status = record.status if record else None
    return Arrival(
        book.subject(id_),
        words.APPLICATION.get(status or "", Mark(status or "", "empty")),
        book.person(author),
        words.moment(effective, book.now),
        words.moment(received, book.now),
        device == book.desk,
    )
