"""The pages of a register: one day after the other, so that whoever reads them sees that none is missing."""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import bindparam, func, select

from daiban_schemas.kinds import KINDS
from daiban_schemas.labels import CHANNELS, MODES, SOURCES
from daiban_schemas.masking import as_shown, in_text
from daiban_schemas.types import Phone
from daiban_server import days
from daiban_server.db import schema
from daiban_server.db.program import Program, first, rows
from daiban_server.features.papers.documents import (
    CaseRow,
    CategoryRegister,
    Document,
    Office,
    OpinionRegister,
    OpinionRow,
    Register,
    VisitorRow,
)
from daiban_server.limits.calendar import Calendar, local_day
from daiban_server.limits.deadline import Deadline
from daiban_server.limits.opinions import owed
from daiban_server.limits.sentences import LABELS, day_words, length_words, standing
from daiban_server.printing.case_file import office_of
from daiban_server.registers import BETWEEN, MOST_LINES, OPINIONS, VISITORS
from daiban_server.spine import views
from daiban_server.spine.refusal import Refusal

_l, _s, _o = schema.register_line.c, schema.case_sheet.c, schema.opinion_sheet.c
_pl, _p = schema.place.c, schema.person.c
_ONE = datetime.timedelta(days=1)
_LINES = (
    select(_l.day, _l.line, _l.at, _l.told, _s.label, _s.due, _s.ended, _s.end, _pl.name)
    .select_from(
        schema.register_line.outerjoin(schema.case_sheet, (_s.centre == _l.centre) & (_s.id == _l.record)).outerjoin(
            schema.place, _pl.id == _s.place
        )
    )
    .where(*BETWEEN)
    .order_by(_l.day, _l.line)
    .limit(MOST_LINES + 1)
)
_OPINIONS = (
    select(_l.day, _l.line, _l.at, _l.told, _o.due, _o.answered, _p.name, _o.channel, _l.record)
    .select_from(
        schema.register_line.outerjoin(schema.opinion_sheet, (_o.centre == _l.centre) & (_o.id == _l.record)).outerjoin(
            schema.person, _p.id == _o.answerer
        )
    )
    .where(*BETWEEN)
    .order_by(_l.day, _l.line)
    .limit(MOST_LINES + 1)
)
_BEGAN = select(func.min(_l.day)).where(_l.centre == bindparam("centre_id"), _l.register == bindparam("name"))


def pages(
    centre: bytes, name: str, since: datetime.date, until: datetime.date, today: datetime.date
) -> Program[list[Document]]:
    """A register from one day to another, a document for each day that has lines, and for each working day that has
    none: a page that is not there might as well have been torn out. Before its first line a register says nothing, nor
    of days to come. Raises `Refusal("papers.too_many")` rather than leave lines out."""
    span = {"first_day": since.isoformat(), "last_day": until.isoformat()}
    statement = _OPINIONS if name == OPINIONS else _LINES
    lines = yield from rows(statement, centre_id=centre, name=name, **span)
    if len(lines) > MOST_LINES:
        raise Refusal("papers.too_many")
    began = yield from first(_BEGAN, centre_id=centre, name=name)
    if not began or not began[0]:
        return []
    office = yield from office_of(centre)
    by_day: dict[str, list[Any]] = {}
    for line in lines:
        by_day.setdefault(line[0], []).append(line)
    first_day = max(since, datetime.date.fromisoformat(began[0]))
    calendar = yield from days.calendar()
    mending = (yield from _mending(centre, lines, calendar, today)) if name == OPINIONS else {}
    shown = _days(first_day, min(until, today), calendar, by_day)
    return [_page(office, name, day, by_day.get(day.isoformat(), ()), today, mending) for day in shown]


def _mending(
    centre: bytes, lines: Sequence[Any], calendar: Calendar, today: datetime.date
) -> Program[dict[bytes, str]]:
    """How call and mending of each bad rating stand, in words."""
    told = {}
    for record in [line[8] for line in lines if line[7] == "rating"]:
        for one in (yield from views.shown(views.BY_ID, centre, record_id=record)):
            told[record] = "；".join(
                _stands(limit, calendar, today) for limit in owed(one.view.values, calendar, today)
            )
    return told


def _stands(limit: Deadline, calendar: Calendar, today: datetime.date) -> str:
    last = "" if limit.closed else f"最迟 {day_words(limit.due, today)}，"
    longer = "".join(f"，经{one.by}批准延期 {length_words(one.days, limit.unit)}" for one in limit.why.extensions)
    return f"{LABELS[limit.kind]}：{last}{standing(limit, calendar, today)}{longer}"


def _days(
    since: datetime.date, until: datetime.date, calendar: Calendar, by_day: dict[str, list[Any]]
) -> Iterator[datetime.date]:
    day = since
    while day <= until:
        if day.isoformat() in by_day or calendar.is_working(day):
            yield day
        day += _ONE


def titled(day: datetime.date) -> str:
    """What the page of a day is called."""
    return f"{day.year}年{day.month}月{day.day}日"


def _page(
    office: Office,
    name: str,
    day: datetime.date,
    lines: Sequence[Any],
    today: datetime.date,
    mending: Mapping[bytes, str],
) -> Document:
    period = titled(day)
    if name == VISITORS:
        visitors = tuple(_visitor(line, day) for line in lines)
        return Register(office=office, issued=today, period=period, rows=visitors)
    if name == OPINIONS:
        opinions = tuple(_opinion(line, day, mending) for line in lines)
        return OpinionRegister(office=office, issued=today, period=period, rows=opinions)
    cases = tuple(_case(line) for line in lines)
    return CategoryRegister(office=office, issued=today, category=name, period=period, rows=cases)


def _visitor(line: Any, day: datetime.date) -> VisitorRow:
    told = msgspec.json.decode(line[3])
    return VisitorRow(
        number=line[1],
        came=local_day(told["came_at"]) if told.get("came_at") else day,
        visitor=told.get("visitor") or "",
        village=told.get("village") or "",
        matter=in_text(told.get("about") or ""),
        answer=in_text(told.get("answer") or ""),
        owner=told.get("owner") or "",
        people=told.get("people") or 1,
        phone=as_shown(told.get("phone"), Phone()) or "",
        source=SOURCES.get(told.get("source") or "", ""),
    )


def _opinion(line: Any, day: datetime.date, mending: Mapping[bytes, str]) -> OpinionRow:
    _, number, _, packed, due, answered, answerer, _, record = line
    told = msgspec.json.decode(packed)
    return OpinionRow(
        number=number,
        opinion=told.get("number") or "",
        came=local_day(told["came_at"]) if told.get("came_at") else day,
        channel=CHANNELS.get(told.get("channel") or "", ""),
        # The book lies where whom it is about may read it: it says that there is a name, and not whose.
        person="已留名" if told.get("person") else "未留名",
        phone="已留电话" if told.get("phone") else "",
        text=in_text(told.get("text") or ""),
        answerer=answerer or "",
        due=datetime.date.fromisoformat(due) if due else None,
        answered=local_day(answered) if answered else None,
        mending=mending.get(record, ""),
    )


def _case(line: Any) -> CaseRow:
    _, number, at, packed, label, due, ended, end, village = line
    told = msgspec.json.decode(packed)
    # As the line was written, where it says so: a register does not follow what is corrected later.
    then = "home" if told.get("source") == "home" else told.get("mode") or label
    return CaseRow(
        number=number,
        case=told.get("number") or "",
        accepted=local_day(at),
        applicant=told.get("applicant") or "",
        village=village or "",
        item=told.get("item") or "",
        mode=MODES.get(then or "", ""),
        handler=told.get("handler") or "",
        due=datetime.date.fromisoformat(due) if due else None,
        ended=local_day(ended) if ended else None,
        result="，".join(filter(None, (_avoided(told), KINDS["application"].states.get(end or "", "")))),
    )


def _avoided(told: Mapping[str, Any]) -> str:
    """In the register of kinship: who keeps away from the case, and as what of the applicant's."""
    relation = f"（{told['relation']}）" if told.get("relation") else ""
    return f"{told['relative']}{relation}回避" if told.get("relative") else ""
