"""Limits for those who keep them, and the calendar that they are counted by."""

import datetime
import functools
from typing import Annotated

from litestar import delete, get, put
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import Meta, Struct
from sqlalchemy import bindparam, or_, select

from daiban_server import days
from daiban_server.db import schema
from daiban_server.db.program import Program, Row, rows
from daiban_server.features.deadlines import watching
from daiban_server.http.problems import ProblemError, checked_day, checked_id
from daiban_server.http.session import GivenSession
from daiban_server.services import GivenServices

_d = schema.deadline.c
_COLUMNS = (_d.case, _d.kind, _d.starts, _d.due, _d.days, _d.unit, _d.state, _d.provisional, _d.closed, _d.why, _d.left)
_OF_CASE = (
    select(*_COLUMNS).where(_d.centre == bindparam("centre_id"), _d.case == bindparam("case_id")).order_by(_d.starts)
)
_OPEN = (
    select(*_COLUMNS)
    .where(
        _d.centre == bindparam("centre_id"),
        _d.closed.is_(None),
        or_(bindparam("any_state") == 1, _d.state == bindparam("wanted_state")),
        _d.state != "cancelled",
    )
    .order_by(_d.due)
    .limit(500)
)


class DeadlineOut(Struct, frozen=True):
    """A limit of a case. `why` explains it in one sentence, `left` says how it stands; days are ``YYYY-MM-DD``."""

    case: str
    kind: str
    starts: str
    due: str
    days: int
    unit: str
    state: str
    provisional: bool
    closed: str | None
    why: str
    left: str


class DayIn(Struct):
    """Whether offices work on a day, and why."""

    working: bool
    note: Annotated[str, Meta(max_length=60)] = ""


class DayOut(Struct, frozen=True):
    """A day that the district laid down."""

    day: str
    working: bool
    note: str


@get("/v1/cases/{record:str}/deadlines", opt={"action": "case.read"})
async def deadlines_of(record: FromPath[str], session: GivenSession, services: GivenServices) -> list[DeadlineOut]:
    """What a case owes and owed."""
    case = checked_id(record, "record.unknown")
    return await services.database.read(of_case(session.clerk.centre, case))


@get("/v1/deadlines", opt={"action": "case.read"})
async def open_deadlines(
    session: GivenSession, services: GivenServices, standing: FromQuery[str] = ""
) -> list[DeadlineOut]:
    """What is owed in the centre, the next due first: ``running``, ``paused``, ``due_soon``, ``due_today`` or
    ``overdue``."""
    if "\x00" in standing:
        raise ProblemError("request.invalid")
    wanted = {"any_state": 0 if standing else 1, "wanted_state": standing}
    return list(map(_out, await services.database.read(rows(_OPEN, centre_id=session.clerk.centre, **wanted))))


@get("/v1/calendar", opt={"action": "case.read"})
async def calendar(session: GivenSession, services: GivenServices) -> list[DayOut]:
    """The days that the district laid down over the official calendar."""
    return [DayOut(day, bool(working), note) for day, working, note in await services.database.read(days.laid_down())]


@put("/v1/calendar/{day:str}", opt={"action": "calendar.change"}, status_code=204)
async def lay_down(day: FromPath[str], data: JSONBody[DayIn], session: GivenSession, services: GivenServices) -> None:
    """Lay down a day; limits that cross it are counted anew."""
    date = checked_day(day)
    await services.database.write("calendar", lambda: _lay_down(date, data))


@delete("/v1/calendar/{day:str}", opt={"action": "calendar.change"}, status_code=204)
async def take_back(day: FromPath[str], session: GivenSession, services: GivenServices) -> None:
    """Let the official calendar hold for a day again."""
    await services.database.write("calendar", functools.partial(_take_back, checked_day(day)))


def of_case(centre: bytes, case: bytes) -> Program[list[DeadlineOut]]:
    """What a case owes and owed."""
    return list(map(_out, (yield from rows(_OF_CASE, centre_id=centre, case_id=case))))


def _lay_down(day: datetime.date, data: DayIn) -> Program[None]:
    yield from days.lay_down(day, data.note, working=data.working)
    yield from watching.look_again()


def _take_back(day: datetime.date) -> Program[None]:
    yield from days.take_back(day)
    yield from watching.look_again()


def _out(row: Row) -> DeadlineOut:
    case, kind, starts, due, length, unit, state, provisional, closed, why, left = row
    return DeadlineOut(case.hex(), kind, starts, due, length, unit, state, bool(provisional), closed, why, left)
