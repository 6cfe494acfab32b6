"""The week board: agents as rows, days as columns, each visit a card; on a phone a list by day."""

import asyncio
import datetime
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from litestar import get
from litestar.response import Template
from sqlalchemy import bindparam, select

from daiban_server import days
from daiban_server.console import words
from daiban_server.console.languages.retelling import retold
from daiban_server.console.languages.spoken import say
from daiban_server.console.pages import Asked, said_in, show
from daiban_server.console.reading.book import Book, Subject, book_of
from daiban_server.console.reading.visits import waiting
from daiban_server.console.visits import telling
from daiban_server.console.words import Mark
from daiban_server.db import schema
from daiban_server.db.program import Program, Row, rows
from daiban_server.features.visits.engine.model import DAY, Agent, moment
from daiban_server.features.visits.plan.reasons import REASONS
from daiban_server.features.visits.planning.routes import standing_week
from daiban_server.features.visits.planning.weekly import Made, StandingWeek, WeekOut
from daiban_server.features.visits.planning.words import LEFT
from daiban_server.features.visits.terms import to_milliseconds
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.permissions import may
from daiban_server.services import GivenServices, Services

WEEK = 7
_a = schema.absence.c
_AWAY = (
    select(_a.person, _a.start, _a.end, _a.stand_in)
    .where(_a.centre == bindparam("centre_id"), _a.start < bindparam("until"), _a.end > bindparam("since"))
    .order_by(_a.start)
)


class Card(NamedTuple):
    """A visit of the week. `travel` is minutes of road to it, `two` says that somebody else comes along."""

    record: str
    hours: str
    subject: Subject
    mark: Mark
    travel: int
    stand_in: bool
    two: bool


class Cell(NamedTuple):
    """An agent's day: `off` says that it is not worked, `away` why he is not there ("" for neither). `open` is whether
    times may still be asked for."""

    day: str
    cards: list[Card]
    off: bool
    away: str
    open: bool


class AgentRow(NamedTuple):
    """An agent's week."""

    agent: str
    name: str
    cells: list[Cell]
    total: int


class Column(NamedTuple):
    """A day of the week; `name` is 今天 and the like."""

    day: str
    date: str
    name: str
    total: int


class Board(NamedTuple):
    """A week. `untold` counts the times that no household was told of yet."""

    columns: list[Column]
    rows: list[AgentRow]
    untold: int
    total: int


def monday_of(text: str, today: datetime.date) -> datetime.date:
    """The Monday of the week that a text names; this week's for what is no day of these times."""
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        day = today
    if not datetime.date(2001, 1, 1) <= day <= datetime.date(2199, 1, 1):
        day = today
    return day - datetime.timedelta(days=day.weekday())


@get("/visits", opt={"action": "visit.board"})
async def board(request: Asked, session: GivenSession, services: GivenServices) -> Template:
    """The week; the address says which, and whose."""
    query, now = request.query_params, services.now()
    today = words.local(now).date()
    first = monday_of(query.get("week", ""), today)
    asked = {"agent": query.get("agent", ""), "place": query.get("place", "")}
    week = await standing_week(session, services, first.isoformat(), WEEK)
    told = await asyncio.to_thread(week.out)

    def link(day: datetime.date, only: Mapping[str, str] = asked) -> str:
        named = {"week": "" if monday_of("", today) == day else day.isoformat(), **only}
        named = {name: value for name, value in named.items() if value}
        return f"/visits?{urlencode(named)}" if named else "/visits"

    step = datetime.timedelta(days=WEEK)
    return await show(
        "visits/board",
        services,
        session,
        _read(week, told, asked, session, services),
        here="visits",
        title="上门周历",
        shape="wide",
        asked=asked,
        first=first.isoformat() if first != monday_of("", today) else "",
        span=say("{0} 至 {1}", words.date(first, today), words.date(first + step - datetime.timedelta(days=1), today)),
        before=link(first - step),
        after=link(first + step),
        every=link(first, {}),
        this=link(monday_of("", today)) if first != monday_of("", today) else "",
        may_book=may(session.role, "visit.offer"),
        said=said_in(request),
    )


def _read(
    week: StandingWeek, told: WeekOut, asked: Mapping[str, str], session: SignedIn, services: Services
) -> Program[Mapping[str, Any]]:
    book = yield from book_of(session, services)
    yield from book.read([bytes.fromhex(stop.visit.id) for stop in week.stops])
    since = to_milliseconds(moment(week.first))
    span = {"since": since, "until": since + WEEK * words.DAY}
    away = yield from rows(_AWAY, centre_id=book.centre, **span)
    calendar = yield from days.calendar()
    dates = [week.first + datetime.timedelta(days=n) for n in range(WEEK)]
    made = {one.agent: one.days for one in told.agents}
    worked = {shift.start // DAY for agent in week.week.agents for shift in agent.shifts}
    kept = [
        day
        for day in dates
        if calendar.is_working(day)
        or moment(day) // DAY in worked
        or any(day.isoformat() in one for one in made.values())
    ]
    reader = _Reader(book, kept, away, asked)
    board = reader.board(week.week.agents, made)
    # A place that is asked for stays among them in a week in which nobody goes there.
    places = {subject.place for subject in reader.subjects.values()} | ({asked["place"]} & set(book.places.values()))
    waits, more = yield from waiting(book)
    # Where there is room, the search says that nobody can fit it in: nobody has tried, and the page says nothing.
    barred = [one for one in told.unserved if one.code not in ("no_gap", "not_worth")]
    why = {one.visit: REASONS.get(one.code, "") for one in barred} | {
        one.visit: LEFT.get(one.code, "") for one in told.left
    }
    return {
        "board": board,
        "agents": [(agent.id, agent.name) for agent in week.week.agents],
        "places": sorted(places - {""}),
        "waits": waits,
        "more": more,
        "why": {visit: retold(text) for visit, text in why.items()},
    }


class _Reader:
    """Cards of a week, as far as they are asked for."""

    def __init__(
        self, book: Book, dates: Sequence[datetime.date], away: Sequence[Row], asked: Mapping[str, str]
    ) -> None:
        self.book, self.dates, self.away, self.asked = book, dates, away, asked
        self.today = words.local(book.now).date()
        self.subjects: dict[str, Subject] = {}

    def board(self, agents: Sequence[Agent], made: Mapping[str, Mapping[str, list[Made]]]) -> Board:
        shown = [agent for agent in agents if self.asked["agent"] in ("", agent.id)]
        if not shown:
            shown = list(agents)
        found = [self._row(agent, made.get(agent.id, {})) for agent in shown]
        by_day = [{card.record: card for row in found for card in row.cells[n].cards} for n in range(len(self.dates))]
        columns = [
            Column(day.isoformat(), words.date(day, self.today), words.day_name(day, self.today), len(by_day[n]))
            for n, day in enumerate(self.dates)
        ]
        untold = words.VISIT["proposed"]
        cards = [card for day in by_day for card in day.values()]
        return Board(columns, found, sum(card.mark == untold for card in cards), len(cards))

    def _row(self, agent: Agent, made: Mapping[str, list[Made]]) -> AgentRow:
        cells = [self._cell(agent, day, made.get(day.isoformat(), [])) for day in self.dates]
        return AgentRow(agent.id, agent.name, cells, sum(len(cell.cards) for cell in cells))

    def _cell(self, agent: Agent, day: datetime.date, made: Sequence[Made]) -> Cell:
        number = moment(day) // DAY
        shifts = [one for one in agent.shifts if one.start // DAY == number]
        cards = [card for one in made if (card := self._card(one)) is not None]
        return Cell(day.isoformat(), cards, not shifts, self._away(agent, day), day >= self.today)

    def _away(self, agent: Agent, day: datetime.date) -> str:
        """Who stands in on a day on which somebody is away; "" for a day on which he is there."""
        start = to_milliseconds(moment(day))
        for person, since, until, stand_in in self.away:
            if person.hex() == agent.id and since < start + words.DAY and until > start:
                return say("请假，{0}顶岗", self.book.person(stand_in).name)
        return ""

    def _card(self, one: Made) -> Card | None:
        subject = self.subjects.setdefault(one.visit, self.book.subject(bytes.fromhex(one.visit)))
        if self.asked["place"] and subject.place != self.asked["place"]:
            return None
        mark = telling.mark_of(one.state, one.end, self.book.now)
        hours = telling.hours(one.start, one.end)
        return Card(one.visit, hours, subject, mark, round(one.travel / 60), one.stand_in, len(one.agents) == 2)


HANDLERS: list[Any] = [board]
