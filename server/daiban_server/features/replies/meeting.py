"""A reply comes: which obligations it meets, and how it stands to their time.

A reply is judged by the interval in which it must have been written. One that was received after the due time but
claims, and by its interval may have had, a time before it is "met, received late": the cadre did his duty and the link
did not.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, or_, select, update

from daiban_server.db import schema
from daiban_server.db.program import Program, Row, rows, run
from daiban_server.features.replies.owing import DAY, owe_next
from daiban_server.spine.apply import blank
from daiban_server.spine.ledger import Incoming, Ledger, Record

_o = schema.obligation.c
_OPEN = (
    select(_o.id, _o.due, _o.application, _o.round)
    .where(
        _o.centre == bindparam("centre_id"),
        _o.household == bindparam("household_id"),
        or_(_o.state == "due", _o.state == "late"),
        _o.reply.is_(None),
    )
    .order_by(_o.due)
)
_MEET = (
    update(schema.obligation)
    .where(_o.id == bindparam("obligation_id"))
    .values(
        state=bindparam("new_state"),
        reply=bindparam("reply_id"),
        met_at=bindparam("met"),
        received_at=bindparam("received"),
        met_by=bindparam("author"),
    )
)


def meet(ledger: Ledger, record: Record, incoming: Incoming) -> Program[Mapping[str, Any]]:
    """One visit may answer several cases: a reply meets what is owed for the cases that it names, or for every case of
    its household where it names none, that there was by then. What says nothing, or reached nobody, meets nothing."""
    if blank(incoming.values.get("text")) or incoming.values.get("outcome") in (None, "not_reached"):
        return {}
    yield from ledger.write_added()
    named = _named(incoming.values)
    for owed in (yield from rows(_OPEN, centre_id=ledger.centre, household_id=record.parent)):
        if owed[2] in named or (not named and (yield from _there_was(ledger, owed[2], incoming.effective))):
            yield from _met(ledger, record, incoming, owed)
    return {}


def _named(values: Mapping[str, Any]) -> set[bytes]:
    cases = [values.get("application"), *(values.get("also") or ())]
    return {bytes.fromhex(case) for case in cases if case}


def _there_was(ledger: Ledger, case: bytes, at: int) -> Program[bool]:
    """Whether a case had begun at a moment: one that came days later was not spoken of. Two phones' clocks may differ,
    so within a day it counts."""
    yield from ledger.load([case])
    if (application := ledger.records[case]) is None:
        return True
    view = yield from ledger.view(application)
    began = [one.effective for one in view.written]
    began += [told for name in ("started_at", "submitted_at") if (told := view.values.get(name))]
    return min(began) - DAY <= at


def _met(ledger: Ledger, record: Record, incoming: Incoming, owed: Row) -> Program[None]:
    id_, due, case, round_ = owed
    yield from run(
        _MEET,
        obligation_id=id_,
        new_state=judged(due, incoming.effective, ledger.now),
        reply_id=record.id,
        met=incoming.effective,
        received=ledger.now,
        author=incoming.author,
    )
    yield from ledger.load([case])
    application = ledger.records[case]
    if application is None or application.parent is None:
        return
    values = (yield from ledger.view(application)).values
    if not values.get("ended_at"):
        yield from owe_next(ledger, case, application.parent, values.get("item"), round_ + 1, incoming.effective)


def judged(due: int, effective: int, received: int) -> str:
    """How a reply stands to its due time: ``met``, ``met_received_late`` or ``late``."""
    if received <= due:
        return "met"
    return "met_received_late" if effective <= due else "late"
