"""The watch: once a day every open case is looked at anew, and whoever is to be told is told.

What was provisional is counted again when a notice came out, and a pause that is open moves its days along. Nobody is
told twice: a message's key names case, limit, day and step.
"""

from sqlalchemy import bindparam, select

from daiban_server import days, looks
from daiban_server.db import schema
from daiban_server.db.program import Program, rows
from daiban_server.features.deadlines.facts import Values
from daiban_server.features.deadlines.keeping import write
from daiban_server.items import Item, item_if_any
from daiban_server.limits.calendar import Calendar, local_day
from daiban_server.limits.deadline import Deadline
from daiban_server.limits.escalation import People, Person, alerts
from daiban_server.outbound import queue
from daiban_server.spine import log
from daiban_server.spine.ledger import Ledger
from daiban_server.staff import holders

PAGE = 200
_s = schema.case_sheet.c
_CENTRES = select(_s.centre).distinct().order_by(_s.centre)
"""Those that have a case."""
LOOK = "limits"
"""The name of this look (see `looks`)."""
_OPEN = (
    select(_s.id)
    .where(
        _s.centre == bindparam("centre_id"),
        _s.id > bindparam("after"),
        _s.status != "archived",
    )
    .order_by(_s.id)
    .limit(PAGE)
)


def waiting(now: int) -> Program[list[bytes]]:
    """The centres that were not looked at today."""
    centres = [row[0] for row in (yield from rows(_CENTRES))]
    return (yield from looks.waiting(LOOK, centres, local_day(now).isoformat()))


def look(centre: bytes, after: bytes, now: int) -> Program[bytes]:
    """Look at a page of a centre's open cases; gives where the next page begins, nothing when all were seen."""
    position, _ = yield from log.lock(centre)
    ledger = Ledger(centre, now, position)
    ids = [row[0] for row in (yield from rows(_OPEN, centre_id=centre, after=after))]
    yield from ledger.load(ids)
    above = yield from _above(centre)
    calendar = yield from days.of(ledger)
    for record in filter(None, map(ledger.records.get, ids)):
        values = (yield from ledger.view(record)).values
        item = yield from item_if_any(ledger, values.get("item"))
        owed = yield from write(ledger, record.id, values, item)
        yield from _tell(ledger, record.id, values, item, owed, above, calendar)
    yield from ledger.write_added()
    if len(ids) == PAGE:
        return bytes(ids[-1])
    yield from looks.looked(LOOK, centre, local_day(now).isoformat())
    return b""


def look_again() -> Program[None]:
    """Let every centre be looked at again today: the calendar changed."""
    for (centre,) in (yield from rows(_CENTRES)):
        yield from looks.looked(LOOK, centre, "")


def _tell(
    ledger: Ledger,
    case: bytes,
    values: Values,
    item: Item,
    owed: list[Deadline],
    above: People | None,
    calendar: Calendar,
) -> Program[None]:
    people = _with_owner(above, values)
    if people is None:
        return
    about = " ".join(filter(None, (values.get("number"), item.get("name"), values.get("applicant"))))
    for alert in alerts(about, owed, people, (), calendar, local_day(ledger.now)):
        kind, due, step = alert.said
        code = "deadline.soon" if step in ("soon", "today") else "deadline.over"
        for person in alert.to:
            key = f"deadline/{case.hex()}/{kind}/{due}/{step}"
            to = bytes.fromhex(person.id)
            yield from queue.tell(ledger.centre, to, code, alert.text, ledger.now, key=key, record=case)


def _above(centre: bytes) -> Program[People | None]:
    found = {}
    for role in ("head", "leader", "chief"):
        found[role] = [Person(id_.hex(), name) for id_, name in (yield from holders(centre, role))]
    if not any(found.values()):
        return None
    return People(head=found["head"], leader=found["leader"], first=found["chief"])


def _with_owner(above: People | None, values: Values) -> People | None:
    owner = [Person(values["owner_id"], values.get("owner") or "")] if values.get("owner_id") else []
    if above is None:
        return People(owner=owner) if owner else None
    return People(owner=owner, head=above.head, leader=above.leader, first=above.first)
