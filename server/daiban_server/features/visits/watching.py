"""The daily watch over visits: what went by and nobody reported, and times that nobody told the household in time."""

from typing import NamedTuple

from sqlalchemy import bindparam, select

from daiban_server import looks
from daiban_server.db import schema
from daiban_server.db.program import Program, rows
from daiban_server.features.visits import keeping
from daiban_server.features.visits.engine.words import when
from daiban_server.features.visits.keeping import Change, Given
from daiban_server.features.visits.terms import to_moment
from daiban_server.limits.calendar import local_day
from daiban_server.outbound import queue
from daiban_server.spine.ledger import Ledger, Record
from daiban_server.staff import holders

_WHAT = "visits-over"
BACK = 14 * 86_400_000
"""Milliseconds for which a visit that nobody reported is looked at."""
_s = schema.slot.c
_CENTRES = select(_s.centre).where(_s.start > bindparam("since"), _s.start <= bindparam("now")).distinct()
_OVER = (
    select(_s.visit)
    .where(_s.centre == bindparam("centre_id"), _s.start > bindparam("since"), _s.end <= bindparam("until"))
    .order_by(_s.start, _s.visit)
)


class _Over(NamedTuple):
    """A visit whose time is over."""

    record: Record
    agents: tuple[str, ...]
    text: str


def waiting(now: int) -> Program[list[bytes]]:
    """The centres that were not looked at today."""
    centres = [row[0] for row in (yield from rows(_CENTRES, since=now - BACK, now=now))]
    return (yield from looks.waiting(_WHAT, centres, _stamp(now)))


def look(ledger: Ledger) -> Program[None]:
    """Look at every visit of the last days whose time is over."""
    found = yield from rows(_OVER, centre_id=ledger.centre, since=ledger.now - BACK, until=_midnight(ledger.now))
    ids = list(dict.fromkeys(row[0] for row in found))
    yield from ledger.load(ids)
    for record in filter(None, map(ledger.records.get, ids)):
        if record.status == "proposed":
            yield from _not_told(ledger, record)
        elif record.status in ("assigned", "accepted", "started"):
            yield from _not_reported(ledger, record)
    yield from looks.looked(_WHAT, ledger.centre, _stamp(ledger.now))


def _not_told(ledger: Ledger, record: Record) -> Program[None]:
    """Nobody told the household of its time, which went by: the visit waits for another."""
    over = yield from _over(ledger, record)
    fields = yield from keeping.freed(ledger, record, Change("proposed", b"", "到时间还没有告知住户"))
    yield from keeping.give(ledger, [Given(record, {**fields, "again": True}, "requested")])
    for head, _ in (yield from holders(ledger.centre, "head")):
        yield from _note(ledger, over, head, f"{over.text}，到时间还没有人告知住户，请重新安排。")


def _not_reported(ledger: Ledger, record: Record) -> Program[None]:
    """Its time is over and no phone said what became of it: who was to go is asked, and the heads know."""
    over = yield from _over(ledger, record)
    for agent in over.agents:
        yield from _note(ledger, over, bytes.fromhex(agent), f"{over.text}还没有报上门结果，请补报或同步手机。")
    for head, _ in (yield from holders(ledger.centre, "head")):
        yield from _note(ledger, over, head, f"{over.text}还没有报上门结果。")


def _over(ledger: Ledger, record: Record) -> Program[_Over]:
    values = (yield from ledger.view(record)).values
    text = f"{when(to_moment(values['start']))}{values.get('agent_name') or ''}的上门"
    return _Over(record, keeping.crew_of(values), text)


def _note(ledger: Ledger, over: _Over, whom: bytes, text: str) -> Program[None]:
    """Said once for each time."""
    values = (yield from ledger.view(over.record)).values
    key = f"visit.over/{over.record.id.hex()}/{len(values.get('changes') or ())}"
    yield from queue.tell(ledger.centre, whom, "visit.over", text, ledger.now, key=key, record=over.record.id)


def _midnight(now: int) -> int:
    """The beginning of today in Shanghai, Unix milliseconds."""
    return (now + 28_800_000) // 86_400_000 * 86_400_000 - 28_800_000


def _stamp(now: int) -> str:
    return local_day(now).isoformat()
