"""What is owed follows what it hangs on: how a case came and is handled, its household, who answers for that.

A reply that is owed passes to whoever answers now; one that was given stays whose it is. Each passing stands in the
case: from whom, to whom, when.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, func, or_, select, union, update

from daiban_server import choices, homes, looks
from daiban_server.db import schema
from daiban_server.db.program import Program, Row, first, rows, run
from daiban_server.features.replies.owing import cadre_of, lapse, owe_next, owed_for
from daiban_server.limits.calendar import local_day
from daiban_server.spine import log
from daiban_server.spine.effects import Asked
from daiban_server.spine.ledger import Incoming, Ledger, Record
from daiban_server.staff import person
from daiban_sync.ids import NOBODY
from daiban_sync.merge import Head

Fields = Mapping[str, Any]
PAGE = 200
CASE = frozenset({"source", "mode", "household"})
HOME = frozenset({"place", "cadre"})
"""What it hangs on in a case and in its household."""

_o, _s, _p = schema.obligation.c, schema.case_sheet.c, schema.person.c
STILL_OWED = (or_(_o.state == "due", _o.state == "late"), _o.reply.is_(None))
"""Which replies somebody still has to give: one of a case that ended before its day has lapsed."""
_OF_CASE = select(_o.id, _o.cadre, _o.household).where(
    _o.centre == bindparam("centre_id"), _o.application == bindparam("case_id"), *STILL_OWED
)
_LAST = select(func.max(_o.round)).where(_o.centre == bindparam("centre_id"), _o.application == bindparam("case_id"))
_OF_HOME = (
    select(_o.application)
    .where(_o.centre == bindparam("centre_id"), _o.household.in_(homes.joined("household_id")), *STILL_OWED)
    .distinct()
    .order_by(_o.application)
)
_PASS = (
    update(schema.obligation)
    .where(_o.id == bindparam("obligation_id"))
    .values(cadre=bindparam("new_cadre"), household=bindparam("new_household"), told=0)
)
_ORPHANED = (
    select(_o.centre, _o.application)
    .select_from(
        schema.obligation.join(schema.person, _p.id == _o.cadre).outerjoin(
            schema.case_sheet, (_s.centre == _o.centre) & (_s.id == _o.application)
        )
    )
    .where(_p.active.is_(False), _s.ended.is_(None), *STILL_OWED)
    .distinct()
    .limit(PAGE)
)
_OPEN_CASES = union(
    select(_s.id).where(
        _s.centre == bindparam("centre_id"), _s.id > bindparam("after"), _s.ended.is_(None), _s.status != "withdrawn"
    ),
    select(_o.application).where(_o.centre == bindparam("centre_id"), _o.application > bindparam("after"), *STILL_OWED),
).subquery("open_cases")
_PAGE = select(_OPEN_CASES.c[0]).order_by(_OPEN_CASES.c[0]).limit(PAGE)
_CENTRES = select(_s.centre).distinct().order_by(_s.centre)
LOOK = "replies"
"""The name of this look (see `looks`)."""


def follow(ledger: Ledger, case: bytes, values: Fields, household: bytes) -> Program[dict[str, Any]]:
    """Let what is owed for a case follow; gives the field that tells who passed it to whom."""
    if values.get("ended_at"):
        return {}
    wanted = yield from owed_for(ledger, values)
    if not wanted:
        yield from lapse(ledger, case)
    yield from ledger.write_added()
    owed = yield from rows(_OF_CASE, centre_id=ledger.centre, case_id=case)
    if wanted and not owed:
        row = yield from first(_LAST, centre_id=ledger.centre, case_id=case)
        round_ = (row[0] if row and row[0] else 0) + 1
        yield from owe_next(ledger, case, household, values.get("item"), round_, ledger.now)
        return {}
    passed = yield from _pass_on(ledger, owed, household)
    return {"reply_moves": [*(values.get("reply_moves") or ()), *passed]} if passed else {}


def _pass_on(ledger: Ledger, owed: Sequence[Row], household: bytes) -> Program[list[dict[str, Any]]]:
    answers = yield from cadre_of(ledger, household)
    passed = {}
    for id_, was, home in owed:
        cadre = was if answers == NOBODY and (yield from _works_here(was)) else answers
        if (was, home) != (cadre, household):
            yield from run(_PASS, obligation_id=id_, new_cadre=cadre, new_household=household)
        if was != cadre:
            passed[was] = {**(yield from _named("from", was)), **(yield from _named("to", cadre)), "at": ledger.now}
    return list(passed.values())


def _works_here(id_: bytes) -> Program[bool]:
    """Nobody who can answer lets go of what he owes for want of another."""
    who = yield from person(id_)
    return who is not None and who.active


def _named(name: str, id_: bytes) -> Program[dict[str, Any]]:
    if id_ == NOBODY:
        return {name: None}
    who = yield from person(id_)
    return {name: who.name if who else None, f"{name}_id": id_.hex()}


# What sets it off ------------------------------------------------------------------------------------------------


def case_changed(ledger: Ledger, record: Record, incoming: Incoming, before: tuple[Head, ...]) -> Program[Fields]:
    """A case came otherwise than it was said, or is another household's."""
    if record.parent is None or not CASE & incoming.values.keys():
        return {}
    values = (yield from ledger.view(record)).values
    return (yield from follow(ledger, record.id, values, record.parent))


def corrected(ledger: Ledger, asked: Asked, fields: Fields) -> Program[Fields]:
    """As `case_changed`, by a correction."""
    record = asked.record
    if record.parent is None or not CASE & fields.keys():
        return {}
    values = {**(yield from ledger.view(record)).values, **fields}
    household = bytes.fromhex(fields["household"]) if "household" in fields else record.parent
    return (yield from follow(ledger, record.id, values, household))


def home_changed(ledger: Ledger, record: Record, incoming: Incoming, before: tuple[Head, ...]) -> Program[Fields]:
    """A household has another cadre, or moved to another place."""
    if HOME & incoming.values.keys():
        yield from _follow_home(ledger, record)
    return {}


def home_merged(ledger: Ledger, asked: Asked, fields: Fields) -> Program[Fields]:
    """A household was merged into another, whose cadre answers from now on, or separated again."""
    if asked.name in ("merge", "separate"):
        yield from _follow_home(ledger, asked.record)
    return {}


def _follow_home(ledger: Ledger, record: Record) -> Program[None]:
    yield from ledger.write_added()
    found = yield from rows(_OF_HOME, centre_id=ledger.centre, household_id=record.id)
    yield from _follow_each(ledger, [case for (case,) in found])


def orphaned() -> Program[list[tuple[bytes, bytes]]]:
    """Centre and case of replies that somebody owes who works here no longer."""
    return [(centre, case) for centre, case in (yield from rows(_ORPHANED))]


def waiting(now: int) -> Program[list[bytes]]:
    """The centres that were not looked at today, or since the district chose otherwise."""
    centres = [row[0] for row in (yield from rows(_CENTRES))]
    return (yield from looks.waiting(LOOK, centres, (yield from _stamp(now))))


def look(centre: bytes, after: bytes, now: int) -> Program[bytes]:
    """Let what is owed for a page of a centre's cases follow whatever changed beside them: people, territories, what
    was chosen. Gives where the next page begins, nothing when all were seen."""
    cases = [row[0] for row in (yield from rows(_PAGE, centre_id=centre, after=after))]
    yield from follow_all(centre, cases, now)
    if len(cases) == PAGE:
        return bytes(cases[-1])
    yield from looks.looked(LOOK, centre, (yield from _stamp(now)))
    return b""


def follow_all(centre: bytes, cases: Sequence[bytes], now: int) -> Program[None]:
    """Let what is owed for these cases follow."""
    position, frontier = yield from log.lock(centre)
    ledger = Ledger(centre, now, position)
    yield from _follow_each(ledger, cases)
    yield from ledger.flush()
    yield from log.advance(centre, ledger.position, frontier)


def _stamp(now: int) -> Program[str]:
    return f"{local_day(now).isoformat()} {(yield from choices.chosen()).reply_for_proxied}"


def _follow_each(ledger: Ledger, cases: Sequence[bytes]) -> Program[None]:
    yield from ledger.load(cases)
    for record in filter(None, map(ledger.records.get, cases)):
        values = (yield from ledger.view(record)).values
        if record.parent is not None:
            ledger.write_fields(record, (yield from follow(ledger, record.id, values, record.parent)))
