"""New records where a million are stored already, against ten thousand.

The million are copies of what the server itself wrote for the first ten thousand: the rows of its history and of its
feed, with ids, numbers and positions of their own, in the order in which a year would have brought them. What has no
row for each record (log, receipts) is not copied.
"""

import time
from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any

from sqlalchemy import Table, bindparam, select, update

from daiban_server.db import schema
from daiban_server.db.program import Program, Row, Write, first, rows, run
from daiban_server.spine import history
from daiban_server.spine.history import Stored
from daiban_sync import ids
from tests.bench import push
from tests.bench.centre import Centre, Server
from tests.bench.figures import Figure
from tests.bench.run import Run

STORED = 1_000_000
REACH = 1.2
_YEAR = 365 * 86_400_000
_CHUNK = 10_000


def grow(centre: Centre, stored: int) -> None:
    """Copy the centre's applications until there are `stored`; no server may be running on SQLite."""
    copier = _Copier(centre)
    centre.run(copier.read)
    while copier.made + len(copier.samples) < stored:
        centre.run(lambda: copier.write(min(_CHUNK, stored - copier.made - len(copier.samples))))


class _Copier:
    def __init__(self, centre: Centre) -> None:
        self._centre = centre
        self._device = ids.uuid7(0, bytes(10))
        self._begin = time.time_ns() // 1_000_000 - _YEAR
        self.samples: list[tuple[dict[str, Any], Stored]] = []
        self.made = 0
        self._position = 0

    def read(self) -> Program[None]:
        """Take the applications that are whole in one entry, as row of the feed and row of history."""
        records = yield from rows(_of(schema.record), centre_id=self._centre.id)
        stretches = yield from rows(_HISTORY, centre_id=self._centre.id)
        by_position = {
            one.position: one for stretch in stretches for one in history.entries_of(history.opened(stretch))
        }
        for row in _named(schema.record, records):
            if row["kind"] == "application" and row["heads"] is None:
                self.samples.append((row, by_position[row["position"]]))
        counter = yield from first(_POSITION, centre_id=self._centre.id)
        assert counter is not None and self.samples
        self._position = counter[0]

    def write(self, many: int) -> Program[None]:
        """Write copies of `many`, and move the counter behind them."""
        made = [self._copy(*self.samples[n % len(self.samples)]) for n in range(many)]
        stretches = list(history.cut([entry for entry, _ in made]))
        starts = [stretch[0].position for stretch in stretches for _ in stretch]
        yield Write(schema.history, [history.row(self._centre.id, stretch) for stretch in stretches])
        records = (record | {"stretch": start} for (_, record), start in zip(made, starts, strict=True))
        yield Write(schema.record, [tuple(record.values()) for record in records])
        yield from run(_ADVANCE, centre_id=self._centre.id, to=self._position)

    def _copy(self, record: dict[str, Any], entry: Stored) -> tuple[Stored, dict[str, Any]]:
        self._position += 1
        self.made += 1
        when = self._begin + self.made * _YEAR // STORED
        id_ = ids.uuid7(when, self.made.to_bytes(10, "big"))
        body = entry.body.replace(entry.record.hex().encode(), id_.hex().encode(), 1)
        mine = entry._replace(position=self._position, device=self._device, number=self.made, record=id_, body=body)
        return mine, record | {"id": id_, "position": self._position}


_HISTORY = select(*(schema.history.c[name] for name in history.COLUMNS)).where(
    schema.history.c.centre == bindparam("centre_id")
)
_POSITION = select(schema.counter.c.position).where(schema.counter.c.centre == bindparam("centre_id"))
_ADVANCE = (
    update(schema.counter).where(schema.counter.c.centre == bindparam("centre_id")).values(position=bindparam("to"))
)


def _of(table: Table) -> Any:
    return select(*table.columns).where(table.c.centre == bindparam("centre_id"))


def _named(table: Table, found: Sequence[Row]) -> Iterator[dict[str, Any]]:
    names = [column.name for column in table.columns]
    return (dict(zip(names, row, strict=True)) for row in found)


def micros(run_: Run, centre: Centre, number: int) -> float:
    """CPU µs of a new record, handed in by one of the agents."""
    with Server(centre, beside=run_.beside(centre)) as server:
        village = push.Village.settle(centre, server, number)
        done = push.new_records(run_, server, [village], 100, "village_point")
        village.phone.link.close()
    return done.micros


def figures(run_: Run, part: str = "million") -> Iterator[Figure]:
    """The table's lines about a large centre."""
    numbers = count()
    for database in ("sqlite", "postgres"):
        centre = run_.centre(database)
        micros(run_, centre, next(numbers) % 4)
        few = micros(run_, centre, next(numbers) % 4)
        began = time.perf_counter()
        grow(centre, STORED)
        filled = time.perf_counter() - began
        many = micros(run_, centre, next(numbers) % 4)
        note = f"{many:.1f} against {few:.1f} µs; filled in {filled:.0f} s"
        yield Figure(
            part, f"new records at 1,000,000 stored against 10,000, {database}", many / few, "×", REACH, note=note
        )
