"""The watch over opinions: whoever owes an answer is warned before its day, and those above are told after it.

The steps are those of every limit (`limits.escalation`); nobody is told whom the opinion is about.
"""

import datetime
from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, select

from daiban_server import days, looks
from daiban_server.concerned import concerned
from daiban_server.db import schema
from daiban_server.db.program import Program, rows
from daiban_server.limits.calendar import Calendar, local_day
from daiban_server.limits.escalation import People, Person, alerts
from daiban_server.limits.opinions import owed, recounted
from daiban_server.outbound import queue
from daiban_server.spine import log
from daiban_server.spine.ledger import Ledger, Record
from daiban_server.spine.refusal import Refusal
from daiban_server.staff import holders

PAGE = 200
_o = schema.opinion_sheet.c
_CENTRES = select(_o.centre).where(_o.answered.is_(None)).distinct().order_by(_o.centre)
LOOK = "opinions"
"""The name of this look (see `looks`)."""
_OPEN = (
    select(_o.id)
    .where(_o.centre == bindparam("centre_id"), _o.id > bindparam("after"), _o.answered.is_(None), _o.due != "")
    .order_by(_o.id)
    .limit(PAGE)
)


def waiting(now: int) -> Program[list[bytes]]:
    """The centres that owe an answer and were not looked at today."""
    centres = [row[0] for row in (yield from rows(_CENTRES))]
    return (yield from looks.waiting(LOOK, centres, local_day(now).isoformat()))


def look(centre: bytes, after: bytes, now: int) -> Program[bytes]:
    """Look at a page of a centre's open opinions; gives where the next page begins, nothing when all were seen."""
    position, _ = yield from log.lock(centre)
    ledger = Ledger(centre, now, position)
    ids = [row[0] for row in (yield from rows(_OPEN, centre_id=centre, after=after))]
    yield from ledger.load(ids)
    calendar = yield from days.of(ledger)
    for record in filter(None, map(ledger.records.get, ids)):
        yield from _tell(ledger, record, calendar)
    if len(ids) == PAGE:
        return bytes(ids[-1])
    yield from looks.looked(LOOK, centre, local_day(now).isoformat())
    return b""


def recount(ledger: Ledger) -> Program[None]:
    """Count every open opinion's last days anew by the calendar as it is known today; who answers hears of another."""
    calendar, after = (yield from days.of(ledger)), b""
    while ids := [row[0] for row in (yield from rows(_OPEN, centre_id=ledger.centre, after=after))]:
        yield from ledger.load(ids)
        for record in filter(None, map(ledger.records.get, ids)):
            values = (yield from ledger.view(record)).values
            if fresh := recounted(values, calendar):
                ledger.write_fields(record, fresh)
                yield from _tell_of(ledger, record, values, fresh)
        after = ids[-1]


def _tell_of(ledger: Ledger, record: Record, values: Mapping[str, Any], fresh: Mapping[str, str]) -> Program[None]:
    if answerer := values.get("answerer"):
        last = datetime.date.fromisoformat(fresh.get("due") or values["due"])
        text = f"{values.get('number')} 号意见反映的期限因放假安排变动，现为{last.month}月{last.day}日。"
        key, whom = f"opinion.recounted/{record.id.hex()}/{fresh}", bytes.fromhex(answerer)
        yield from queue.tell(ledger.centre, whom, "opinion.recounted", text, ledger.now, key=key, record=record.id)


def _tell(ledger: Ledger, record: Record, calendar: Calendar) -> Program[None]:
    values = (yield from ledger.view(record)).values
    whom = yield from concerned(ledger, values)
    people = yield from _people(ledger, values, whom)
    if people is None:
        return
    today, said = local_day(ledger.now), "差评" if values.get("channel") == "rating" else "意见反映"
    about = f"{values.get('number')} 号{said}"
    for alert in alerts(about, owed(values, calendar, today), people, (), calendar, today):
        kind, due, step = alert.said
        code = "opinion.soon" if step in ("soon", "today") else "opinion.over"
        for person in alert.to:
            key, to = f"{kind}/{record.id.hex()}/{due}/{step}", bytes.fromhex(person.id)
            yield from queue.tell(
                ledger.centre, to, code, alert.text, ledger.now, key=key, record=record.id, without=whom
            )


def _people(ledger: Ledger, values: Mapping[str, Any], about: set[bytes]) -> Program[People | None]:
    """Who owes the answer and who stands above, without those whom the opinion is about."""
    above = {}
    for role in ("head", "leader", "chief"):
        held = yield from holders(ledger.centre, role)
        above[role] = [Person(id_.hex(), name) for id_, name in held if id_ not in about]
    answerer = values.get("answerer")
    owner = [Person(answerer, values.get("answerer_name") or "")] if answerer else []
    try:
        return People(owner=owner, head=above["head"], leader=above["leader"], first=above["chief"])
    except Refusal:
        return None  # nobody is left whom it is not about
