"""Facts of bad ratings: whether they were called about and mended in time, and what stands open when a span ends."""

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, or_, select

from daiban_server import days
from daiban_server.db import schema
from daiban_server.db.program import Program, rows
from daiban_server.features.figures.facts import NO_CASE, Fact
from daiban_server.features.figures.reading import sheets
from daiban_server.features.figures.span import Span
from daiban_server.limits.calendar import Calendar, local_day
from daiban_server.limits.opinions import Values, limit_of, owed
from daiban_server.spine.ledger import Ledger

_o = schema.opinion_sheet.c
RATED = (
    select(_o.id, _o.application, _o.number, _o.place, _o.answerer)
    .where(
        _o.centre == bindparam("centre_id"),
        _o.channel == "rating",
        or_(_o.answered.is_(None), _o.answered >= bindparam("since")),
    )
    .order_by(_o.id)
)
"""Those that were not mended before a span: no others can have been given in it, or stand open when it ends."""
_STANDS: Mapping[str, str] = {"met": "in_time", "met_late": "late", "overdue": "missed", "cancelled": "missed"}


def bad_ratings(centre: bytes, span: Span, now: int) -> Program[list[Fact]]:
    """Bad ratings that were given in the span (``mending``), with how call (`name`) and mending (`state`) stand now;
    one that was prolonged is told a second time, as ``prolonged``. And those that were not mended when the span ended,
    or by now (``unmended``): whether the call was owed (`name`), and whether a limit was past (`state`)."""
    found = yield from rows(RATED, centre_id=centre, since=span.since)
    of = yield from sheets(centre, (row[1] for row in found))
    known = yield from _values(centre, now, [row[0] for row in found])
    calendar, until, facts = (yield from days.calendar()), min(span.until, now + 1), []
    for id_, case, number, place, answerer in found:
        values, sheet = known[id_], of.get(case, NO_CASE)._replace(number=number, place=place)
        said = values.get("said_at") or until
        if span.since <= said < until:
            for name, state in _now(values, calendar, now):
                facts.append(Fact("mending", centre, id_, said, sheet, name, state, answerer))
        if said < until and (stood := _then(values, calendar, until)):
            facts.append(Fact("unmended", centre, id_, until - 1, sheet, *stood, answerer))
    return facts


def _values(centre: bytes, now: int, ids: Sequence[bytes]) -> Program[dict[bytes, Values]]:
    ledger = Ledger(centre, now, 0)
    yield from ledger.load(ids)
    records = [record for record in map(ledger.records.get, ids) if record]
    yield from ledger.load_entries(head.position for record in records for head in ledger.heads(record))
    known: dict[bytes, Values] = {id_: {} for id_ in ids}
    for record in records:
        known[record.id] = (yield from ledger.view(record)).values
    return known


def _now(values: Values, calendar: Calendar, now: int) -> list[tuple[str, str]]:
    stands = {one.kind: _STANDS.get(one.state, "open") for one in owed(values, calendar, local_day(now))}
    longer = [("prolonged", "")] if values.get("prolonged") else []
    return [(stands.get("contact", ""), stands.get("mend", "")), *longer]


def _then(values: Values, calendar: Calendar, until: int) -> tuple[str, str] | None:
    """How it stood at a moment; None where it was mended. What was said again later is judged by how it was before only
    where that is still known: it counts from then."""
    if (values.get("counted_at") or 0) >= until or (values.get("answered_at") or until) < until:
        return None
    before = {**values, "answered_at": None}
    if (values.get("contacted_at") or 0) >= until:
        before["contacted_at"] = None
    if (longer := values.get("prolonged")) and longer["at"] >= until:
        since = local_day(values["counted_at"])
        before |= {"prolonged": None, "due": calendar.due_day(since, limit_of(values), "working").day.isoformat()}
    limits = owed(before, calendar, local_day(until - 1))
    late = any(one.state == "overdue" for one in limits)
    called = all(one.closed is not None for one in limits if one.kind == "contact")
    return "" if called else "uncontacted", "overdue" if late else ""
