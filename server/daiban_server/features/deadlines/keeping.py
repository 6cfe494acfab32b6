"""Deadlines are kept beside each case: the promise in the case itself, and every limit in a table of its own.

The table says how things stood on the day `on_day`; the watch makes it anew each day (see `watching`). What stands in
the case moves only with an act that moves it.
"""

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import bindparam, delete

from daiban_server import days
from daiban_server.db import schema
from daiban_server.db.program import Program, run
from daiban_server.features.deadlines.facts import Values, clock_of
from daiban_server.items import Item, item_if_any
from daiban_server.limits.calendar import Calendar, local_day
from daiban_server.limits.deadline import Deadline
from daiban_server.limits.deadlines import deadlines
from daiban_server.limits.sentences import sentence, standing
from daiban_server.spine.effects import Asked, Effects
from daiban_server.spine.ledger import Ledger, Record
from daiban_server.spine.refusal import Refusal

_d = schema.deadline.c
_CLEAR = delete(schema.deadline).where(_d.centre == bindparam("centre_id"), _d.case == bindparam("case_id"))
BEFORE = frozenset({"draft", "collected"})
MOVES = frozenset({"accept", "finish", "extend", "resume", "complete", "refuse"})
"""Acts that may move the promised day. An open pause moves nothing yet: nobody knows how long it will be."""


def promise(ledger: Ledger, asked: Asked, fields: Mapping[str, Any]) -> Program[Mapping[str, Any]]:
    """The promised day and why it is that day, with the act that moves it. Raises `Refusal`: ``extension.late``."""
    if asked.name not in MOVES:
        return {}
    before = (yield from ledger.view(asked.record)).values
    if asked.name == "extend":
        yield from _still_in_time(ledger, before)
    values = {**before, **fields}
    promised = yield from _promise(ledger, values)
    if promised is None:
        return {}
    due, why = promised.due.isoformat(), sentence(promised, (yield from days.of(ledger)), local_day(ledger.now))
    return {} if due == values.get("due") else {"due": due, "due_why": why}


def _still_in_time(ledger: Ledger, values: Values) -> Program[None]:
    """An extension is given before the day is over: afterwards it would make what is late look as if it were not."""
    promised = yield from _promise(ledger, values)
    if promised is not None and promised.due < local_day(ledger.now):
        raise Refusal("extension.late", ("days",))


def _promise(ledger: Ledger, values: Values) -> Program[Deadline | None]:
    item = yield from item_if_any(ledger, values.get("item"))
    owed = deadlines(clock_of(values, item), (yield from days.of(ledger)), local_day(ledger.now))
    return next((one for one in owed if one.kind == "promise"), None)


def keep(ledger: Ledger, record: Record) -> Program[None]:
    """Write how the limits of a case stand today."""
    if record.status in BEFORE:
        return
    values = (yield from ledger.view(record)).values
    item = yield from item_if_any(ledger, values.get("item"))
    yield from write(ledger, record.id, values, item)


def write(ledger: Ledger, case: bytes, values: Values, item: Item) -> Program[list[Deadline]]:
    """Write how the limits of a case stand today; gives them."""
    calendar, today = (yield from days.of(ledger)), local_day(ledger.now)
    owed = deadlines(clock_of(values, item), calendar, today)
    yield from run(_CLEAR, centre_id=ledger.centre, case_id=case)
    for row in _rows(ledger.centre, case, owed, calendar, today):
        ledger.add(schema.deadline, row, "replace")
    return owed


def _rows(
    centre: bytes, case: bytes, owed: Iterable[Deadline], calendar: Calendar, today: datetime.date
) -> Iterable[tuple[Any, ...]]:
    for one in owed:
        closed = one.closed.isoformat() if one.closed else None
        yield (
            *(centre, case, one.kind, one.starts.isoformat(), one.due.isoformat(), one.days, one.unit, one.state),
            *(one.provisional, closed, sentence(one, calendar, today), standing(one, calendar, today)),
            today.isoformat(),
        )


EFFECTS = Effects(moved={"application": (promise,)}, projections={"application": (keep,)})
