"""What becomes of a promise when its visit or its home changes: another place, more time, more people.

The promise stands, since the household was told it; whether it can still be kept, somebody has to look at. So who comes
and the heads are told. The place follows the home at once: nobody is to go to the old one.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import bindparam, select

from daiban_schemas.kinds.visit import TIMED
from daiban_server.db import schema
from daiban_server.db.program import Program, rows
from daiban_server.features.visits import keeping
from daiban_server.features.visits.asking import Wanted, wanted_by
from daiban_server.features.visits.engine.words import when
from daiban_server.features.visits.keeping import Given
from daiban_server.features.visits.terms import to_moment
from daiban_server.outbound import queue
from daiban_server.spine.ledger import Incoming, Ledger, Record
from daiban_server.spine.refusal import Refusal
from daiban_server.staff import holders
from daiban_sync.merge import Head

Fields = Mapping[str, Any]
_r = schema.record.c
_OF_HOME = (
    select(_r.id)
    .where(_r.centre == bindparam("centre_id"), _r.parent == bindparam("home_id"), _r.kind == "visit")
    .order_by(_r.id)
)
_ASKED = frozenset({"household", "application", "item", "minutes", "crew"})
"""Fields of a visit on which the length, the crew or the place of its time depends."""


def visit(ledger: Ledger, record: Record, incoming: Incoming, _: tuple[Head, ...]) -> Program[Fields]:
    """Somebody changed what a visit asks for."""
    if _ASKED & incoming.values.keys():
        yield from _look(ledger, record, moved="household" in incoming.values)
    return {}


def home(ledger: Ledger, record: Record, incoming: Incoming, _: tuple[Head, ...]) -> Program[Fields]:
    """Somebody changed where a household lives."""
    if {"place", "point"} & incoming.values.keys():
        ids = [row[0] for row in (yield from rows(_OF_HOME, centre_id=ledger.centre, home_id=record.id))]
        yield from ledger.load(ids)
        for one in filter(None, map(ledger.records.get, ids)):
            yield from _look(ledger, one, moved="place" in incoming.values)
    return {}


def _look(ledger: Ledger, record: Record, *, moved: bool) -> Program[None]:
    values = (yield from ledger.view(record)).values
    if record.status not in TIMED or not values.get("start"):
        return
    try:
        wish = yield from wanted_by(ledger, record)
    except Refusal:
        return  # a home that is on no map any more: the visit goes to where it was promised for
    other = list(_other(wish, values, moved=moved))
    if dict(wish.point) != values["point"] or moved:
        yield from keeping.give(ledger, [Given(record, {"point": dict(wish.point)}, record.status)])
    if other:
        yield from _tell(ledger, record, values, "、".join(other))


def _other(wish: Wanted, values: Fields, *, moved: bool) -> Iterator[str]:
    """What is no longer as it was when the time was given."""
    if moved or dict(wish.point) != values["point"]:
        yield "地点"
    if wish.minutes * 60_000 != values["end"] - values["start"]:
        yield "时长"
    if wish.crew != len(keeping.crew_of(values)):
        yield "到场人数"


def _tell(ledger: Ledger, record: Record, values: Fields, other: str) -> Program[None]:
    head = (yield from ledger.values(record.parent)).get("head")
    text = (
        f"{when(to_moment(values['start']))}到{head or ''}家的上门，{other}改了，请核对还能不能按约好的去，必要时改约。"
    )
    whom = [bytes.fromhex(agent) for agent in keeping.crew_of(values)]
    whom += [one for one, _ in (yield from holders(ledger.centre, "head"))]
    key = f"visit.altered/{record.id.hex()}/{ledger.position}"
    for one in whom:
        yield from queue.tell(ledger.centre, one, "visit.altered", text, ledger.now, key=key, record=record.id)
