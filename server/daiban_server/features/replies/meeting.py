"""A reply comes, or is made whole: which obligations it meets, and how it stands to their time.

A reply is its cadre's own word, or is marked as written on his behalf; another's is kept and shown, and what is owed
stays owed. It is judged by the interval in which it must have been written. One that was received after the due time
but claims, and by its interval may have had, a time before it is "met, received late": the cadre did his duty and the
link did not.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import bindparam, or_, select, update

from daiban_schemas.kinds.reply import COUNTED
from daiban_server import homes
from daiban_server.db import schema
from daiban_server.db.program import Program, Row, rows, run
from daiban_server.features.replies import telling
from daiban_server.features.replies.owing import DAY, owe_next
from daiban_server.spine.apply import blank
from daiban_server.spine.ledger import Incoming, Ledger, Record
from daiban_server.staff import stand_ins
from daiban_sync.ids import NOBODY
from daiban_sync.merge import Head
from daiban_sync.view import View

_o = schema.obligation.c
_OPEN = (
    select(_o.id, _o.due, _o.application, _o.round, _o.cadre)
    .where(
        _o.centre == bindparam("centre_id"),
        _o.household.in_(homes.joined("household_id")),
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


class Said(NamedTuple):
    """What makes a reply one: `author` wrote it, on behalf of `behalf` if that is somebody, or of whoever owes it if he
    `asked` for that; for the `cases` that it names or, if it names none, for every case of its household."""

    author: bytes
    behalf: bytes
    asked: bool
    cases: frozenset[bytes]

    @property
    def whose(self) -> bytes:
        """Whose reply it is."""
        return self.author if self.behalf == NOBODY else self.behalf


def meet(ledger: Ledger, record: Record, incoming: Incoming) -> Program[Mapping[str, Any]]:
    """One visit may answer several cases: a reply meets what is owed for the cases that it names, or for every case of
    its household where it names none, that there was by then."""
    yield from _judge(ledger, record, incoming, said((yield from ledger.view(record))))
    return {}


def amended(ledger: Ledger, record: Record, incoming: Incoming, before: tuple[Head, ...]) -> Program[Mapping[str, Any]]:
    """A reply that was not counted yet is judged with the change that makes it whole, that says whose it is or which
    cases it is for, and as of that change. Any other change makes no old reply a new one."""
    if record.status == COUNTED:
        return {}
    yield from ledger.load_entries(head.position for head in before)
    was = View(record.id.hex(), record.kind, record.position, [ledger.written(head) for head in before])
    now = said((yield from ledger.view(record)))
    if now != said(was):
        yield from _judge(ledger, record, incoming, now)
    return {}


def said(view: View) -> Said | None:
    """What a reply says; None where it says nothing, or reached nobody."""
    values = view.values
    if blank(values.get("text")) or values.get("outcome") in (None, "not_reached"):
        return None
    cases = [values.get("application"), *(values.get("also") or ())]
    return Said(
        bytes.fromhex(view.fields["text"][0].author),
        bytes.fromhex(values.get("on_behalf_of") or NOBODY.hex()),
        bool(values.get("on_behalf")),
        frozenset(bytes.fromhex(case) for case in cases if case),
    )


def _judge(ledger: Ledger, record: Record, incoming: Incoming, reply: Said | None) -> Program[None]:
    if reply is None:
        return
    yield from ledger.write_added()
    meant = []
    home = yield from homes.kept_in(ledger, record.parent or NOBODY)
    for owed in (yield from rows(_OPEN, centre_id=ledger.centre, household_id=home)):
        named = owed[2] in reply.cases
        if named or (not reply.cases and (yield from _there_was(ledger, owed[2], incoming.effective))):
            meant.append(owed)
    if reply.behalf == NOBODY:
        reply = yield from _on_behalf(ledger, record, incoming, reply, {owed[4] for owed in meant})
    counted = [owed for owed in meant if owed[4] == reply.whose]
    for owed in counted:
        yield from _met(ledger, record, incoming, reply, owed)
    if counted:
        ledger.write_fields(record, {"writer": reply.author.hex(), "given_at": incoming.effective}, COUNTED)
        if not (yield from _stood_in(reply.author, reply.whose, incoming.effective)):
            yield from telling.in_his_name(ledger, record, reply.author, reply.whose)
    else:
        yield from telling.not_counted(ledger, record, reply.author, [(owed[4], owed[1]) for owed in meant])


def _on_behalf(ledger: Ledger, record: Record, incoming: Incoming, reply: Said, cadres: set[bytes]) -> Program[Said]:
    """Name the one cadre for whom it was written, where its author asked for that or stands in for him."""
    if reply.author in cadres:
        return reply
    meant = []
    for cadre in sorted(cadres - {NOBODY}):
        if reply.asked or (yield from _stood_in(reply.author, cadre, incoming.effective)):
            meant.append(cadre)
    if len(meant) != 1:
        return reply
    ledger.write_fields(record, {"on_behalf_of": meant[0].hex()})
    return reply._replace(behalf=meant[0])


def _stood_in(who: bytes, cadre: bytes, at: int) -> Program[bool]:
    return any(one.id == who for one in (yield from stand_ins(cadre, at)))


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


def _met(ledger: Ledger, record: Record, incoming: Incoming, reply: Said, owed: Row) -> Program[None]:
    id_, due, case, round_, _ = owed
    yield from run(
        _MEET,
        obligation_id=id_,
        new_state=judged(due, incoming.effective, ledger.now),
        reply_id=record.id,
        met=incoming.effective,
        received=ledger.now,
        author=reply.author,
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
