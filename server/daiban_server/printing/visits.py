"""The slip of a home visit (上门预约单), for the household."""

import datetime
from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, select

from daiban_schemas.labels import PAPER_FORMS
from daiban_server.db import schema
from daiban_server.db.program import Lookup, Program, first
from daiban_server.features.papers.documents import Agent, Paper, VisitSlip
from daiban_server.features.papers.documents.notices import Size
from daiban_server.features.visits.engine.words import when
from daiban_server.features.visits.keeping import crew_of, promised
from daiban_server.features.visits.terms import to_moment
from daiban_server.items import item_if_any
from daiban_server.printing.case_file import office_of
from daiban_server.spine.ledger import Ledger
from daiban_server.spine.refusal import Refusal

Fields = Mapping[str, Any]
_PLACE = select(schema.place.c.name).where(schema.place.c.id == bindparam("place_id"))


def visit_slip(centre: bytes, record: bytes, today: datetime.date, size: Size) -> Program[VisitSlip]:
    """上门预约单 of a visit that has a time. Raises `Refusal`: ``record.unknown``, ``print.not_yet``."""
    ledger = Ledger(centre, 0, 0)
    visit = yield from _values(ledger, record, "visit")
    if not visit.get("start"):
        raise Refusal("print.not_yet")
    household = bytes.fromhex(visit["household"])
    home = yield from _values(ledger, household, "household")
    case = (yield from _values(ledger, bytes.fromhex(visit["application"]))) if visit.get("application") else {}
    item = yield from item_if_any(ledger, visit.get("item") or case.get("item"))
    day, time = _said(visit["start"])
    moved = promised(visit) != visit["start"]
    return VisitSlip(
        office=(yield from office_of(centre)),
        issued=today,
        household=home.get("head") or "",
        place=(yield from _place(ledger, household, home)),
        purpose=visit.get("purpose") or item.get("name") or "",
        day=day,
        time=time,
        until=_said(visit["end"])[1].split(" ")[-1],
        agents=(yield from _agents(visit)),
        papers=tuple(
            Paper(name=one["name"], form=PAPER_FORMS.get(one.get("form") or "", ""), note=one.get("note") or "")
            for one in item.get("papers") or ()
            if not one.get("shared") and one["name"] not in (case.get("papers") or ())
        ),
        changed_from=when(to_moment(promised(visit))) if moved else "",
        proposed=visit.get("status") == "proposed",
        size=size,
    )


def _said(milliseconds: int) -> tuple[str, str]:
    """A moment's day and time: 11月25日 周三, 上午 9:20."""
    month, weekday, half, clock = when(to_moment(milliseconds)).split(" ")
    return f"{month} {weekday}", f"{half} {clock}"


def _place(ledger: Ledger, household: bytes, home: Fields) -> Program[str]:
    record = ledger.records[household]
    row = yield from first(_PLACE, place_id=record.place if record and record.place else b"")
    return f"{row[0] if row else ''}{home.get('address') or ''}"


def _agents(visit: Fields) -> Program[tuple[Agent, ...]]:
    crew = crew_of(visit)
    found = yield Lookup(
        schema.person, ("id",), ("id", "name", "badge", "phone"), [(bytes.fromhex(one),) for one in crew]
    )
    named = {id_.hex(): Agent(name=name, badge=badge, phone=phone) for id_, name, badge, phone in found}
    return tuple(named[one] for one in crew)


def _values(ledger: Ledger, id_: bytes, kind: str = "") -> Program[Fields]:
    yield from ledger.load([id_])
    record = ledger.records[id_]
    if record is None or record.deleted or (kind and record.kind != kind):
        raise Refusal("record.unknown")
    return (yield from ledger.view(record)).values
