"""Cases for those who handle them; what is done with one goes the way of every record (see `http.records`)."""

from typing import Any

import msgspec
from litestar import get
from litestar.params import FromPath, FromQuery
from msgspec import Struct
from sqlalchemy import bindparam, select

from daiban_schemas.kinds.opinion import COMPLAINANT
from daiban_schemas.masking import as_shown
from daiban_server import choices
from daiban_server.db import schema
from daiban_server.db.program import Program, rows
from daiban_server.features.cases import listing
from daiban_server.features.cases.listing import ActOut, CaseOut, EventOut
from daiban_server.features.cases.narrowing import Wanted
from daiban_server.http.problems import ProblemError, checked_day, checked_id
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.registers import BETWEEN, MOST_LINES, OPINIONS
from daiban_server.services import GivenServices
from daiban_server.spine import views

_l = schema.register_line.c
_LINES = (
    select(_l.day, _l.line, _l.record, _l.at, _l.told).where(*BETWEEN).order_by(_l.day, _l.line).limit(MOST_LINES + 1)
)
_REGISTERS = select(_l.register).where(_l.centre == bindparam("centre_id")).distinct().order_by(_l.register)


class CasesOut(Struct, frozen=True):
    """A list of cases; `counts` are all cases of the centre by state, whatever the list is narrowed to."""

    cases: list[CaseOut]
    counts: dict[str, int]


class WholeCase(Struct, frozen=True):
    """A case with its story, what may be done now, and what may be the same matter."""

    case: CaseOut
    story: list[EventOut]
    acts: list[ActOut]
    alike: list[CaseOut]


class LineOut(Struct, frozen=True):
    """A line of a register: its number of the day, and what was known when it was written."""

    day: str
    line: int
    record: str
    at: int
    told: dict[str, Any]


@get("/v1/cases", opt={"action": "case.read"})
async def cases(
    session: GivenSession,
    services: GivenServices,
    q: FromQuery[str] = "",
    status: FromQuery[str] = "",
    window: FromQuery[str] = "",
    label: FromQuery[str] = "",
    source: FromQuery[str] = "",
    household: FromQuery[str] = "",
    handler: FromQuery[str] = "",
    due_before: FromQuery[str] = "",
    due_from: FromQuery[str] = "",
    limit: FromQuery[int] = 100,
) -> CasesOut:
    """The cases that fit, those due first before others."""
    wanted = Wanted(q, status, window, label, source, household, handler, due_before, due_from, limit)
    _check(wanted)
    return await services.database.read(_list(session, wanted))


@get("/v1/cases/{record:str}", opt={"action": "case.read"})
async def case(record: FromPath[str], session: GivenSession, services: GivenServices) -> WholeCase:
    """One case."""
    return await services.database.read(whole_case(session, checked_id(record, "record.unknown")))


@get("/v1/registers", opt={"action": "register.read"})
async def registers(session: GivenSession, services: GivenServices) -> list[str]:
    """The registers that have a line: of everyone who comes, and one for each window."""
    return await services.database.read(names_of_registers(session.clerk.centre))


@get("/v1/registers/{name:str}", opt={"action": "register.read"})
async def register(
    name: FromPath[str],
    session: GivenSession,
    services: GivenServices,
    first: FromQuery[str] = "",
    last: FromQuery[str] = "",
) -> list[LineOut]:
    """A register's lines from one day to another, both among them. More than one answer holds are not given in part:
    ``register.too_many``."""
    if "\x00" in name:
        raise ProblemError("request.invalid")
    span = {
        "first_day": checked_day(first).isoformat() if first else "0000",
        "last_day": checked_day(last).isoformat() if last else "9999",
    }
    found = await services.database.read(rows(_LINES, centre_id=session.clerk.centre, name=name, **span))
    if len(found) > MOST_LINES:
        raise ProblemError("register.too_many")
    return [LineOut(day, line, id_.hex(), at, _told(name, told)) for day, line, id_, at, told in found]


def names_of_registers(centre: bytes) -> Program[list[str]]:
    """The registers of a centre that have a line."""
    return [row[0] for row in (yield from rows(_REGISTERS, centre_id=centre))]


def _told(register: str, packed: bytes) -> dict[str, Any]:
    """A line as lists show it: what is sensitive masked, in texts too. In the register of opinions nobody's name
    stands: whom one is about reads it as well."""
    told: dict[str, Any] = as_shown(msgspec.json.decode(packed), None)
    return {name: one for name, one in told.items() if register != OPINIONS or name not in COMPLAINANT}


def _check(wanted: Wanted) -> None:
    if any("\x00" in str(getattr(wanted, name)) for name in Wanted.__struct_fields__):
        raise ProblemError("request.invalid")
    for name in ("household", "handler"):
        if getattr(wanted, name):
            checked_id(getattr(wanted, name), "record.unknown")
    for day in (wanted.due_before, wanted.due_from):
        if day:
            checked_day(day)


def _list(session: SignedIn, wanted: Wanted) -> Program[CasesOut]:
    centre = session.clerk.centre
    return CasesOut((yield from listing.found(centre, wanted)), (yield from listing.counts(centre)))


def whole_case(session: SignedIn, record: bytes) -> Program[WholeCase]:
    """One case as whoever is signed in sees it. Raises `ProblemError("record.unknown")`."""
    centre = session.clerk.centre
    sheet = yield from listing.one(centre, record)
    shown = yield from views.shown(views.BY_ID, centre, record_id=record)
    if sheet is None or not shown:
        raise ProblemError("record.unknown")
    attempts, who = (yield from choices.chosen()).follow_up_attempts, session.clerk
    acts = listing.acts(sheet.status, who.role, who.person.hex(), shown[0].view.values, attempts)
    story = yield from listing.story(centre, record, bytes.fromhex(sheet.household))
    return WholeCase(sheet, story, acts, (yield from listing.alike(centre, sheet)))
