"""History: every entry that was applied or refused, as it came, in order of position.

Entries are kept in stretches: those that a device handed in together and that got positions one after the other stand
in one row, at most `LONGEST` of them. A row for each cost seven times as much to write, and a pull reads them in the
order in which they were written. The price: whoever wants one entry reads its neighbours too, so a stretch is short;
and whoever names an entry names its stretch (a record's row does, see `ledger`).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec
from sqlalchemy import bindparam, select

from daiban_server.db import schema
from daiban_server.db.program import Lookup, Program, Row, rows

LONGEST = 32
"""Entries in a stretch."""
LARGEST = 48 * 1024
"""Bytes of the entries in a stretch, unless one alone is larger."""

_h = schema.history.c
COLUMNS = ("position", "device", "number", "author", "authority", "chained", "facts", "bodies")
_SPAN = (
    select(*(_h[name] for name in COLUMNS[:-1]))
    .where(_h.centre == bindparam("centre_id"), _h.position >= bindparam("since"), _h.position <= bindparam("until"))
    .order_by(_h.position)
)
_FACTS = (
    select(*(_h[name] for name in COLUMNS[:-1]))
    .where(_h.centre == bindparam("centre_id"), _h.position > bindparam("after"))
    .order_by(_h.position)
    .limit(500)
)
_pack = msgspec.msgpack.Encoder().encode
_facts = msgspec.msgpack.Decoder(list[tuple[int, int, bytes]]).decode
_bodies = msgspec.msgpack.Decoder(list[bytes]).decode


Fact = tuple[int, int, bytes]
"""What is an entry's own within its stretch, beside its body: effective time, outcome, record."""


class Stretch(NamedTuple):
    """A row of history; `position` and `number` are its first entry's."""

    position: int
    device: bytes
    number: int
    author: bytes
    authority: int
    chained: bool
    facts: list[Fact]
    bodies: list[bytes]


class Stored(NamedTuple):
    """An entry of history. `effective` and `authority` were frozen when it was applied; `chained` says whether its
    device's earlier entries are its ancestors; `outcome` is an index into `OUTCOMES`."""

    position: int
    device: bytes
    number: int
    author: bytes
    authority: int
    chained: bool
    effective: int
    outcome: int
    record: bytes
    body: bytes


def cut(entries: Sequence[Stored]) -> Iterator[Sequence[Stored]]:
    """Entries in order of position, by stretches."""
    begin, size = 0, 0
    for end, one in enumerate(entries):
        full = end - begin >= LONGEST or size + len(one.body) > LARGEST
        if end > begin and (full or not _follows(entries[end - 1], one)):
            yield entries[begin:end]
            begin, size = end, 0
        size += len(one.body)
    if entries:
        yield entries[begin:]


def _follows(before: Stored, one: Stored) -> bool:
    return (
        one.position == before.position + 1
        and one.number == before.number + 1
        and one.device == before.device
        and one.author == before.author
        and one.authority == before.authority
        and one.chained == before.chained
    )


def pack_bodies(bodies: Sequence[bytes]) -> bytes:
    """The bodies of a stretch as its row has them."""
    return _pack(list(bodies))


def row(centre: bytes, stretch: Sequence[Stored]) -> Row:
    """A stretch as its row."""
    first = stretch[0]
    facts = _pack([(one.effective, one.outcome, one.record) for one in stretch])
    bodies = _pack([one.body for one in stretch])
    return (
        centre,
        first.position,
        first.device,
        first.number,
        first.author,
        first.authority,
        first.chained,
        facts,
        bodies,
    )


def opened(row: Row) -> Stretch:
    """The stretch of a row, which has the columns of `COLUMNS`; where it ends before the bodies, they are empty."""
    position, device, number, author, authority, chained, packed, *rest = row
    facts = _facts(packed)
    bodies = _bodies(rest[0]) if rest else [b""] * len(facts)
    return Stretch(position, device, number, author, authority, bool(chained), facts, bodies)


def where(centre: bytes, wanted: Callable[[Stretch], bool]) -> Program[list[int]]:
    """Where those stretches of a centre begin that are `wanted`; they are asked about without their bodies. Goes
    through all of its history: about a second for a million entries."""
    starts: list[int] = []
    after = -1
    while found := (yield from rows(_FACTS, centre_id=centre, after=after)):
        starts += [one.position for one in map(opened, found) if wanted(one)]
        after = found[-1][0]
    return starts


def entries_of(stretch: Stretch) -> list[Stored]:
    """A stretch's entries."""
    position, device, number, author, authority, chained, facts, bodies = stretch
    return [
        Stored(position + i, device, number + i, author, authority, chained, *fact, body)
        for i, (fact, body) in enumerate(zip(facts, bodies, strict=True))
    ]


def at(centre: bytes, starts: Iterable[int]) -> Program[dict[int, Stretch]]:
    """The stretches that begin at these positions, by position."""
    wanted = [(centre, start) for start in dict.fromkeys(starts)]
    if not wanted:
        return {}
    found = yield Lookup(schema.history, ("centre", "position"), COLUMNS, wanted)
    return {row[0]: opened(row) for row in found}


def entries_at(centre: bytes, starts: Iterable[int]) -> Program[dict[int, Stored]]:
    """All entries of the stretches that begin at these positions, by position."""
    found = yield from at(centre, starts)
    return {one.position: one for stretch in found.values() for one in entries_of(stretch)}


def between(centre: bytes, first: int, last: int = 2**62) -> Program[list[Stored]]:
    """The entries from one position to another, without their bodies, which may be many; a stretch must begin at the
    first."""
    found = yield from rows(_SPAN, centre_id=centre, since=first, until=last)
    return [one for row in found for one in entries_of(opened(row))]
