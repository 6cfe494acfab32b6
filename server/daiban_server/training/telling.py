"""How the weeks before today are told: days counted back from today, homes by name, cases step by step."""

import datetime
from typing import Any

from daiban_server.demo.year import days, residents
from daiban_server.demo.year.arriving import MINUTE, empower
from daiban_server.demo.year.case import Case, Spec
from daiban_server.demo.year.consenting import agreed
from daiban_server.demo.year.matters import MATTERS
from daiban_server.demo.year.residents import Home
from daiban_server.demo.year.team import Worker, dice_for
from daiban_server.limits.calendar import OFFICIAL, local_day
from daiban_server.training import known
from daiban_server.training.doings import OnTheSpot

_IN_THE_FIELD = ("home", "village_point")


class Telling:
    """The story of one centre up to `now` (Unix milliseconds)."""

    def __init__(self, team: OnTheSpot, now: int) -> None:
        self.team, self.now = team, now
        self.today = local_day(now)
        self.due = self.today if OFFICIAL.is_working(self.today) else OFFICIAL.add(self.today, 1)
        """Today, or the next day on which anything can be due."""
        self._cases = 0

    def back(self, working: int, hour: int = 9, minute: int = 0) -> int:
        """A time of the day that lies so many working days before the one on which things are due."""
        return days.moment(OFFICIAL.subtract(self.due, working), hour * 60 + minute)

    def ago(self, calendar: int, hour: int = 9, minute: int = 0) -> int:
        """A time of the day so many days ago."""
        return days.moment(self.today - days.ONE * calendar, hour * 60 + minute)

    def lately(self, minutes: int) -> int:
        """So many minutes ago."""
        return self.now - minutes * MINUTE

    def home(self, head: str, point: int, at: int, **more: Any) -> Home:
        """A household that an agent of the village took down."""
        dice, place = dice_for(1, "training", head), self.team.centre.points[point]
        who = residents.resident(dice, 52, 80)._replace(name=head)
        home = Home(known.record(known.home(head)).hex(), point, place.name, (who,), at)
        fields = residents.household(home, place.id.hex(), dice) | more
        self.team.change(self.team.agents(point)[0], at, "household", home.record, fields)
        return home

    def case(self, name: str, home: Home, code: str, mode: str, source: str, at: int, *, lacks: bool = False) -> Case:
        """An application as it is taken down and handed in: by the agent at the home or in the village, or by the clerk
        of its window; with `lacks` its last papers are missing."""
        self._cases += 1
        team, matter, day = self.team, MATTERS[code], local_day(at)
        clerk, agent = team.clerk(matter.fields["window"]), team.agents(home.point)[0]
        by, record = agent if source in _IN_THE_FIELD else clerk, known.record(name).hex()
        spec = Spec(self._cases, mode, mode, source, day, day, notified=lacks)
        dice, slip = dice_for(1, "training", name), team.slip(by, record)
        case = Case(spec, team, dice, record, matter, home, home.head, clerk, slip, at)
        team.change(by, at, "application", record, case.fields(at, None))
        agreed(case, by, at)
        if source in _IN_THE_FIELD:
            empower(case, agent, at)
            beside = {"with": team.agents(home.point)[1].person.name} if matter.fields.get("crew") == 2 else {}
            case.report(at, "collected", agent, **beside)
        case.command(at, "submit", by)
        return case

    def visit(self, name: str, home: Home, purpose: str, asked: int, day: datetime.date | None = None) -> str:
        """A home visit that a clerk asked for; on a `day` it is given a time at once, else it waits for one."""
        clerk, record = self.team.clerk("民政救助"), known.record(name).hex()
        fields: dict[str, Any] = {"household": home.record, "purpose": purpose, "minutes": 40}
        if day:
            fields["windows"] = [{"from": days.moment(day, 9 * 60), "to": days.moment(day, 17 * 60 + 30)}]
        self.team.change(clerk, asked, "visit", record, fields)
        if day:
            self.team.command(clerk, asked, record, "assign", kind="visit")
        return record

    def reception(self, name: str, visitor: str, window: str, about: str, answer: str, at: int) -> None:
        """Somebody came to the counter, and was answered."""
        fields = {
            "place": self.team.centre.id.hex(),
            "visitor": visitor,
            "people": 1,
            "source": "counter",
            "window": window,
            "about": about,
            "answer": answer,
            "outcome": "advice",
            "came_at": at,
        }
        self.team.change(self.team.clerk(window), at, "reception", known.record(name).hex(), fields)


def accepted(case: Case, at: int) -> None:
    """Its papers are registered, and it is accepted."""
    case.command(at, "receive")
    case.command(at, "accept")


def finished(case: Case, at: int, result: str, by: Worker | None = None) -> None:
    """It was decided, handed over and filed, each a day after the other."""
    case.command(at, "finish" if case.spec.mode == "direct" else "complete", by, result=result)
    next_day = days.moment(days.working_after(local_day(at), 1), 10 * 60)
    case.report(next_day, "delivered", to=case.who.name, how="hand")
    case.command(next_day + 30 * MINUTE, "archive", reason="已送达，材料齐全")
