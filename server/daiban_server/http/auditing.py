"""``GET /v1/audit``: who was shown what, when, and why. The auditor reads every centre's, a head his own."""

import datetime

from litestar import get
from litestar.params import FromQuery
from msgspec import Struct

from daiban_schemas.zone import SHANGHAI
from daiban_server import audit
from daiban_server.audit import ACTS, NEWEST, Noted, Place, Wanted
from daiban_server.db.program import Program
from daiban_server.http.problems import ProblemError, checked_day, checked_id
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.services import GivenServices

LONGEST_PAGE = 500
YEARS = (1900, 2199)
"""Of days that can be asked for."""


class AuditLine(Struct, frozen=True):
    """An act. `told` says what with, without any value of it; `at` in Unix milliseconds; `number` counts from 1 in each
    centre without a gap."""

    centre: str
    centre_name: str
    number: int
    at: int
    person: str
    name: str
    act: str
    label: str
    subject: str
    told: str
    reason: str


class BrokenOut(Struct, frozen=True):
    """From which row a centre's chain does not hold."""

    centre: str
    number: int


class AuditOut(Struct, frozen=True):
    """A page, newest first. `next` is the cursor of the page behind it. `broken` is null unless it was asked for; empty
    where every chain holds."""

    lines: list[AuditLine]
    next: str | None
    broken: list[BrokenOut] | None


@get("/v1/audit", opt={"action": "audit.read"})
async def read_audit(
    session: GivenSession,
    services: GivenServices,
    act: FromQuery[str] = "",
    person: FromQuery[str] = "",
    subject: FromQuery[str] = "",
    centre: FromQuery[str] = "",
    first: FromQuery[str] = "",
    last: FromQuery[str] = "",
    cursor: FromQuery[str] = "",
    limit: FromQuery[int] = 100,
    check: FromQuery[bool] = False,
) -> AuditOut:
    """The acts that fit; `first` and `last` are days, both among them. With `check` every chain that one may read is
    gone through from its beginning."""
    wanted = narrowed(session, act=act, person=person, subject=subject, centre=centre, first=first, last=last)
    behind, page = unpacked(cursor), max(1, min(limit, LONGEST_PAGE))
    return await services.database.read(shown(wanted, behind, page, checked=check))


def narrowed(session: SignedIn, *, act: str, person: str, subject: str, centre: str, first: str, last: str) -> Wanted:
    """What somebody wants to see and may: whose centre is his own sees no other's. Raises `ProblemError`."""
    if act and act not in ACTS:
        raise ProblemError("request.invalid")
    where = checked_id(centre, "request.invalid") if centre else None
    if session.role != "auditor":
        where = session.clerk.centre
    return Wanted(
        where,
        act or None,
        checked_id(person, "person.unknown") if person else None,
        checked_id(subject, "record.unknown") if subject else None,
        _midnight(_countable(first)) if first else 0,
        _midnight(_countable(last) + datetime.timedelta(days=1)) if last else Wanted(None).until,
    )


def _countable(text: str) -> datetime.date:
    """A day that has a day after it, and milliseconds. Raises `ProblemError("request.invalid")`."""
    day = checked_day(text)
    if not YEARS[0] <= day.year <= YEARS[1]:
        raise ProblemError("request.invalid", detail=f"a day of the years {YEARS[0]} to {YEARS[1]}")
    return day


def _midnight(day: datetime.date) -> int:
    return int(datetime.datetime.combine(day, datetime.time(), SHANGHAI).timestamp() * 1000)


def shown(wanted: Wanted, behind: Place, page: int, *, checked: bool) -> Program[AuditOut]:
    """A page of the list, read on one snapshot with the check."""
    found = yield from audit.listed(wanted, behind, page + 1)
    broken = (yield from _broken(wanted.centre)) if checked else None
    more = found[page - 1].place if len(found) > page else None
    return AuditOut([_line(one) for one in found[:page]], packed(more) if more else None, broken)


def _broken(centre: bytes | None) -> Program[list[BrokenOut]]:
    if centre is None:
        found = yield from audit.broken_anywhere()
    else:
        one = yield from audit.broken(centre)
        found = [one] if one else []
    return [BrokenOut(one.centre.hex(), one.number) for one in found]


def _line(one: Noted) -> AuditLine:
    return AuditLine(
        one.centre.hex(),
        one.centre_name or "",
        one.number,
        one.at,
        one.person.hex(),
        one.name or "",
        one.act,
        ACTS.get(one.act, one.act),
        one.subject.hex(),
        one.told,
        one.reason,
    )


def packed(place: Place) -> str:
    """A place of the list as a cursor."""
    return f"{place.at}.{place.centre.hex()}.{place.number}"


def unpacked(cursor: str) -> Place:
    """The place that a cursor names. Raises `ProblemError("request.invalid")`."""
    if not cursor:
        return NEWEST
    parts = cursor.split(".")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) < 19 for part in parts[::2]):
        raise ProblemError("request.invalid")
    return Place(int(parts[0]), checked_id(parts[1], "request.invalid"), int(parts[2]))
