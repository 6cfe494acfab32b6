"""The map: a day's ways from home to home, drawn, and the same visits as a list beside it."""

import asyncio
import datetime
import re
from collections.abc import Mapping, Sequence
from html import unescape
from typing import Any, NamedTuple

from litestar import get
from litestar.response import Template
from markupsafe import Markup, escape
from msgspec.structs import replace

from daiban_server.console import words
from daiban_server.console.languages.retelling import retold
from daiban_server.console.pages import Asked, show
from daiban_server.console.reading.book import Book, Subject, book_of
from daiban_server.console.visits import telling
from daiban_server.console.visits.board import WEEK, monday_of
from daiban_server.console.words import Mark
from daiban_server.db.program import Program
from daiban_server.features.visits.plan.drawing import LINES
from daiban_server.features.visits.plan.drawing import page as drawing
from daiban_server.features.visits.plan.map_picture import MapPicture
from daiban_server.features.visits.planning.routes import standing_week
from daiban_server.features.visits.planning.weekly import AgentWeek, Made, StandingWeek
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.services import GivenServices, Services

WIDTH = 480.0
"""Units of the picture: a phone shows most of them as they are, so that the numbers stay readable."""
_WORDS = re.compile(r">([^<>]+)<")


class Stop(NamedTuple):
    """A visit of the list; `number` is its number on the map."""

    number: int
    record: str
    hours: str
    subject: Subject
    mark: Mark
    travel: int


class Way(NamedTuple):
    """What one agent does that day, in the colour of his line on the map."""

    name: str
    colour: str
    stops: list[Stop]


@get("/visits/map", opt={"action": "visit.board"})
async def visit_map(request: Asked, session: GivenSession, services: GivenServices) -> Template:
    """A day's visits, of everybody or of one agent."""
    query, today = request.query_params, words.local(services.now()).date()
    asked = _day(query.get("day", ""), today)
    first = monday_of(asked.isoformat() if asked else "", today)
    week = await standing_week(session, services, first.isoformat(), WEEK)
    told = await asyncio.to_thread(week.out)
    day = asked or _busy(told.agents, today)
    agent = query.get("agent", "")
    mine = [(one, one.days[day.isoformat()]) for one in told.agents if day.isoformat() in one.days]
    mine = [(one, made) for one, made in mine if agent in ("", one.agent)]
    kept = {made.visit for _, all_ in mine for made in all_}
    picture = await asyncio.to_thread(_picture, week, mine, kept)
    step = datetime.timedelta(days=1)
    return await show(
        "visits/map",
        services,
        session,
        _read(mine, session, services),
        here="map",
        title="上门地图",
        shape="wide",
        day=day.isoformat(),
        date=words.date(day, today),
        near=words.day_name(day, today),
        before=(day - step).isoformat(),
        after=(day + step).isoformat(),
        agents=[(one.id, one.name) for one in week.week.agents],
        agent=agent,
        picture=picture,
    )


def _day(text: str, today: datetime.date) -> datetime.date | None:
    """The day that an address names, if it names one of these times."""
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        return None
    return day if abs((day - today).days) < 366 * 20 else None


def _busy(agents: Sequence[AgentWeek], today: datetime.date) -> datetime.date:
    """Where nobody says which day: today, or the next of this week on which somebody goes out."""
    days = sorted(datetime.date.fromisoformat(day) for one in agents for day in one.days)
    return next((day for day in days if day >= today), today)


def _numbers(mine: Sequence[tuple[AgentWeek, list[Made]]]) -> Mapping[str, int]:
    """Each visit's number, in the order of the list; one of two has one."""
    found: dict[str, int] = {}
    for _, made in mine:
        for one in made:
            found.setdefault(one.visit, len(found) + 1)
    return found


def _picture(week: StandingWeek, mine: Sequence[tuple[AgentWeek, list[Made]]], kept: set[str]) -> Markup | None:
    """The map of these visits and no others; None where there are none."""
    who = {one.agent for one, _ in mine}
    stops = [replace(stop, crew=tuple(c for c in stop.crew if c in who)) for stop in week.made if stop.visit in kept]
    problem = replace(
        week.problem,
        visits=tuple(visit for visit in week.problem.visits if visit.id in kept),
        vehicles=tuple(one for one in week.problem.vehicles if one.id in who),
        promises=(),
    )
    drawn = MapPicture(problem, stops, WIDTH, legend=0, numbers=_numbers(mine))
    if not kept or not drawn.height:
        return None
    svg = drawing(WIDTH, drawn.height, list(drawn.drawn(0)))
    svg = _WORDS.sub(lambda found: f">{escape(retold(unescape(found[1])))}<", svg)
    return Markup(svg)  # noqa: S704 - `drawing.said` escapes every word in it


def _read(
    mine: Sequence[tuple[AgentWeek, list[Made]]], session: SignedIn, services: Services
) -> Program[Mapping[str, Any]]:
    book = yield from book_of(session, services)
    yield from book.read([bytes.fromhex(made.visit) for _, all_ in mine for made in all_])
    numbers = _numbers(mine)
    return {
        "ways": [
            Way(one.name, LINES[n % len(LINES)], [_stop(made, numbers[made.visit], book) for made in all_])
            for n, (one, all_) in enumerate(mine)
        ]
    }


def _stop(made: Made, number: int, book: Book) -> Stop:
    subject, hours = book.subject(bytes.fromhex(made.visit)), telling.hours(made.start, made.end)
    mark = telling.mark_of(made.state, made.end, book.now)
    return Stop(number, made.visit, hours, subject, mark, round(made.travel / 60))


HANDLERS: list[Any] = [visit_map]
