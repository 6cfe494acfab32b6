"""A township of two villages with their homes on the map, and two agents who stand in for each other."""

import secrets
from typing import Any

from sqlalchemy import bindparam, select, update

from daiban_schemas import entry
from daiban_server import provision
from daiban_server.app import EFFECTS
from daiban_server.db import schema
from daiban_server.db.program import Program, run
from daiban_server.features.visits import offering, repairing, watching
from daiban_server.features.visits.offering import Found
from daiban_server.features.visits.settings import VisitSettings, choose
from daiban_server.features.visits.terms import to_milliseconds
from daiban_server.spine import desk
from daiban_server.spine.acting import act
from daiban_sync import ids
from tests.posts.team import Team

HOUR = 3_600_000
_p, _s, _m, _t = schema.place.c, schema.slot.c, schema.message.c, schema.task.c
_WHERE = update(schema.place).where(_p.id == bindparam("place_id")).values(lon=bindparam("x"), lat=bindparam("y"))
_SLOTS = select(_s.visit, _s.agent, _s.start, _s.told, _s.accepted).order_by(_s.start, _s.agent)
_SENT = select(_m.text).where(_m.phone == bindparam("phone")).order_by(_m.at, _m.id)
_TASKS = select(_t.record, _t.code).order_by(_t.created, _t.code)
POINT = {"lon": 109_020_000, "lat": 32_710_000}


class Village(Team):
    """王芳 is A of 青山村 and B of 河湾村, 刘强 the other way round. It is Tuesday noon, 24 November 2026."""

    def _set_up(self) -> Program[None]:
        yield from super()._set_up()
        yield from run(_WHERE, place_id=self.place, x=109_020_000, y=32_710_000)
        yield from run(_WHERE, place_id=self.river, x=109_050_000, y=32_700_000)
        pairs = [("王芳", self.river, "B"), ("刘强", self.place, "B"), ("刘强", self.river, "A")]
        yield from provision.add_territory([(self.people[who], place, rank) for who, place, rank in pairs])

    def at(self, day: int, hour: float) -> int:
        """A moment of 24 November plus so many days."""
        return self.midnight + day * 24 * HOUR + int(hour * HOUR)

    @property
    def midnight(self) -> int:
        """The beginning of the first day."""
        return 1_795_449_600_000

    def window(self, day: int, start: float, end: float) -> dict[str, int]:
        """A time that suits a household."""
        return {"from": self.at(day, start), "to": self.at(day, end)}

    def family(self, head: str, phone: str = "13711112222", **fields: Any) -> bytes:
        """A household with its place on the map."""
        return self.household(head, phone=phone, **{"point": POINT} | fields)

    def give(self, who: str, kind: str, record: bytes, command: str, **arguments: Any) -> str:
        """As the team's, a moment later each time, so that what is told stands in order."""
        self.now += 1
        return super().give(who, kind, record, command, **arguments)

    def district(self, id_: bytes, kind: str, **fields: Any) -> None:
        """A record of the district's."""
        clerk = desk.Clerk(ids.NOBODY, "district", ids.NOBODY)
        body = entry.change(id_.hex(), kind, fields, seen=0, at=self.now)
        self.run(desk.write(clerk, [body], self.keys, EFFECTS, self.now, secrets.token_bytes(32)))

    def visit(self, home: bytes, who: str = "赵敏", **fields: Any) -> bytes:
        """A visit that somebody asks for."""
        return self.record(who, "visit", household=home.hex(), **{"minutes": 30} | fields)

    def booked(self, head: str, who: str, day: int, hour: float, **fields: Any) -> bytes:
        """A visit to a new household, booked."""
        visit = self.visit(self.family(head), **fields)
        assert self.book(visit, who, day, hour) == "merged"
        return visit

    def book(self, visit: bytes, who: str, day: int, hour: float, by: str = "赵敏", **more: Any) -> str:
        """Book a time with somebody."""
        start = self.at(day, hour)
        return self.give(by, "visit", visit, "book", agent=self.people[who].hex(), start=start, **more)

    def reports(self, who: str, visit: bytes, name: str, **facts: Any) -> str:
        """Somebody reports from a home; the outcome's code, or what became of it."""
        by = self.people[who].hex()
        outcome = self.write(who, entry.report(visit.hex(), "visit", name, facts or None, at=self.now, by=by))
        return outcome.code or outcome.outcome

    def offers(self, subject: bytes, values: dict[str, Any] | None = None, by: str = "赵敏", count: int = 3) -> Found:
        """What a clerk is offered, and holds."""
        found: Found = self.run(offering.find(self._clerk(by), subject, values, count, self.new(), self.now))
        return found

    def slots(self) -> list[tuple[bytes, str, int]]:
        """Whose time is kept, in order of time."""
        names = {id_: name for name, id_ in self.people.items()}
        return [(visit, names[agent], start) for visit, agent, start, _, _ in self.look(_SLOTS)]

    def sent(self, phone: str = "13711112222") -> list[str]:
        """What a household was told."""
        return [row[0] for row in self.look(_SENT, phone=phone)]

    def tasks(self) -> list[tuple[bytes, str]]:
        """What the head has to look at."""
        return [(record, code) for record, code in self.look(_TASKS)]

    def choose(self, **settings: Any) -> None:
        """The centre's settings."""
        self.run(choose(self.centre, VisitSettings(**settings)))

    def watch_visits(self) -> None:
        """One round of the watch over visits."""
        for waiting, look in ((repairing.waiting, repairing.look), (watching.waiting, watching.look)):
            if self.run(waiting(self.now)):
                self.run(act(self.centre, EFFECTS, self.now, look))


def moment_of(seconds: int) -> int:
    """The engine's seconds in Unix milliseconds."""
    return to_milliseconds(seconds)
