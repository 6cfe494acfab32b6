"""The year, and for the district the way to change a day: first what would move, then the act."""

import datetime
from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect, Template

from daiban_server import days
from daiban_server.console import words
from daiban_server.console.calendar.months import months, stretches
from daiban_server.console.languages.spoken import say
from daiban_server.console.pages import Asked, said_in, show, signed_form
from daiban_server.db.program import Program
from daiban_server.features.deadlines import foreseen
from daiban_server.features.deadlines.routes import DayIn, lay_down, take_back
from daiban_server.http.problems import ProblemError
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.limits.calendar import OFFICIAL, local_day
from daiban_server.permissions import may
from daiban_server.services import GivenServices, Services

YEARS = range(2007, 2101)
"""Before 2007 nobody kept cases here, and the law was another."""
NOTE_LENGTH = 60
WORKING: Mapping[str, bool | None] = {"yes": True, "no": False, "official": None}
"""What a form says of a day; ``official`` gives it back to the notices."""


@get("/calendar", opt={"action": "case.read"})
async def calendar(request: Asked, session: GivenSession, services: GivenServices) -> Template:
    """A year; `year` of the address, or this one."""
    wanted, today = request.query_params.get("year", ""), local_day(services.now())
    year = int(wanted) if wanted.isascii() and wanted.isdecimal() and len(wanted) == 4 else today.year
    day = _day(request.query_params.get("day", ""))
    year = day.year if day else year if year in YEARS else today.year
    return await _shown(year, session, services, said=said_in(request), given={"day": day.isoformat() if day else ""})


async def _shown(
    year: int,
    session: SignedIn,
    services: Services,
    *,
    said: str = "",
    given: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> Template:
    return await show(
        "calendar/year",
        services,
        session,
        _year(year, services),
        422 if errors else 200,
        here="calendar",
        title=say("{0} 年工作日历", year),
        year=year,
        said=said,
        given=given or {},
        errors=errors or {},
        may_change=may(session.role, "calendar.change"),
        longest=NOTE_LENGTH,
    )


def _year(year: int, services: Services) -> Program[Mapping[str, Any]]:
    today, stands = local_day(services.now()), (yield from days.calendar())
    own = [(datetime.date.fromisoformat(day), bool(works), note) for day, works, note in (yield from days.laid_down())]
    laid = {day: note for day, _, note in own}
    first, last = datetime.date(year, 1, 1), datetime.date(year, 12, 31)
    return {
        "months": months(year, stands, laid, today),
        "working": stands.count(first, last),
        "awaited": stands.awaited(first, last),
        "holidays": [
            (words.date(a, today), words.date(b, today) if b != a else "", (b - a).days + 1, why)
            for a, b, why in stretches(year, stands)
        ],
        "own": [(day.isoformat(), words.date(day, today), works, note) for day, works, note in own if day.year == year],
        "before": year - 1 if year - 1 in YEARS else None,
        "after": year + 1 if year + 1 in YEARS else None,
    }


@get("/calendar/look", opt={"action": "calendar.change"})
async def look(request: Asked, session: GivenSession, services: GivenServices) -> Template:
    """What would move; nothing is changed by asking."""
    given = {name: request.query_params.get(name, "").strip() for name in ("day", "working", "note")}
    day, errors = _told(given)
    if errors or day is None:
        year = day.year if day else local_day(services.now()).year
        return await _shown(year, session, services, given=given, errors=errors)
    return await show(
        "calendar/look",
        services,
        session,
        _foreseen(day, WORKING[given["working"]], services),
        here="calendar",
        title="改这一天，会动到什么",
        given=given,
        year=day.year,
    )


def _foreseen(day: datetime.date, working: bool | None, services: Services) -> Program[Mapping[str, Any]]:
    stands = yield from days.calendar()
    now_working = stands.is_working(day)
    official = OFFICIAL.is_working(day)
    becomes = official if working is None else working
    return {
        "moved": (yield from foreseen.moved(day, working)),
        "said_day": words.date(day, local_day(services.now())),
        "now_working": now_working,
        "becomes": becomes,
        "past": day < local_day(services.now()),
    }


def _told(given: Mapping[str, str]) -> tuple[datetime.date | None, dict[str, str]]:
    """The day of a form, and what is wrong with it by field."""
    errors, day = {}, _day(given.get("day", ""))
    if day is None:
        errors["day"] = "请填一个日期。"
    if given.get("working") not in WORKING:
        errors["working"] = "请选上班还是放假。"
    if len(given.get("note", "")) > NOTE_LENGTH:
        errors["note"] = say("说明请写在 {0} 字以内。", NOTE_LENGTH)
    return day, errors


def _day(text: str) -> datetime.date | None:
    try:
        day = datetime.date.fromisoformat(text.strip())
    except ValueError:
        return None
    return day if day.year in YEARS else None


@post("/calendar", opt={"action": "calendar.change", "csrf_in_form": True})
async def change(request: Asked, session: GivenSession, services: GivenServices) -> Response[Any]:
    """Lay a day down, or give it back to the official calendar."""
    form = await signed_form(request, session)
    day, errors = _told(form)
    if errors or day is None:
        raise ProblemError("request.invalid", fields=list(errors))
    working, given = WORKING[form["working"]], {"session": session, "services": services}
    if working is None:
        await take_back.fn(day=day.isoformat(), **given)
    else:
        await lay_down.fn(day=day.isoformat(), data=DayIn(working, form.get("note", "").strip()), **given)
    return _back(day)


def _back(day: datetime.date) -> Redirect:
    return Redirect(f"/calendar?year={day.year}&said=laid-down", status_code=303)


HANDLERS: list[Any] = [calendar, look, change]
