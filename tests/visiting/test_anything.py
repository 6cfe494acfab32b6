"""Whatever people do, in whatever order: a promise is kept, or somebody agreed, or an absence broke it."""

import random
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from daiban_server.app import EFFECTS
from daiban_server.db import schema
from daiban_server.features.visits.engine.validate import validate
from daiban_server.features.visits.standing import load_week
from daiban_server.spine import projections
from tests.visiting.village import Village

AGENTS = ("王芳", "刘强")
CONSENT = {"who": "张桂兰", "how": "telephone"}
MAY_MOVE = {"rebooked", "confirmed", "booked", "assigned", "proposed", "held"}
"""Changes after which a start may be far from what was promised before: the household agreed, or is yet to be told."""
_ROWS = {table: select(table).order_by(*table.primary_key.columns) for table in (schema.slot, schema.calendar_entry)}


class Play:
    """A township in which anything may happen."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.village, self.dice = Village(folder), random.Random(seed)
        self.visits: list[bytes] = []
        self.away: dict[str, bytes] = {}
        self.happened: set[str] = set()

    def step(self) -> None:
        often = [self.ask, self.assign, self.report] * 2
        once = [self.book, self.confirm, self.rebook, self.accept, self.cancel, self.hold]
        act = self.dice.choice([*often, *once, self.leave, self.come_back, self.hours, self.look])
        answer = act()
        if answer == "merged":
            self.happened.add(act.__name__)

    def ask(self) -> str:
        where = {
            "lon": 109_020_000 + self.dice.randint(-9_000, 9_000),
            "lat": 32_710_000 + self.dice.randint(-9_000, 9_000),
        }
        day, hour = self.dice.randint(1, 6), self.dice.choice([9, 10, 14, 15])
        windows = (
            [self.village.window(day, hour, hour + self.dice.choice([1, 2]))] if self.dice.random() < 0.5 else None
        )
        crew = 2 if self.dice.random() < 0.1 else 1
        minutes = self.dice.choice([20, 30, 60])
        home = self.village.family("张桂兰", point=where)
        self.visits.append(self.village.visit(home, windows=windows, crew=crew, minutes=minutes))
        return "merged"

    def some(self) -> bytes:
        return self.dice.choice(self.visits) if self.visits else self.village.visit(self.village.home)

    def assign(self) -> str:
        return self.village.give("赵敏", "visit", self.some(), self.dice.choice(["assign", "propose"]))

    def hold(self) -> str:
        found = self.village.offers(self.dice.choice([self.village.family("李大山"), self.village.family("钱大")]), {})
        return "merged" if any(found.kept) else ""

    def book(self) -> str:
        who, day, hour = self.dice.choice(AGENTS), self.dice.randint(1, 6), self.dice.choice([9, 9.5, 10.25, 14.5, 16])
        return self.village.book(self.some(), who, day, hour)

    def confirm(self) -> str:
        return self.village.give("赵敏", "visit", self.some(), "confirm", consent=CONSENT)

    def rebook(self) -> str:
        agent = self.village.people[self.dice.choice(AGENTS)].hex()
        start = self.village.at(self.dice.randint(1, 6), self.dice.choice([9.25, 10, 14.75, 15.5]))
        consent = {"consent": CONSENT} if self.dice.random() < 0.5 else {}
        return self.village.give("赵敏", "visit", self.some(), "rebook", agent=agent, start=start, **consent)

    def accept(self) -> str:
        return self.village.give(self.dice.choice(AGENTS), "visit", self.some(), "accept")

    def cancel(self) -> str:
        if self.dice.random() < 0.7:
            return ""
        return self.village.give("赵敏", "visit", self.some(), "cancel", reason="不办了")

    def report(self) -> str:
        name = self.dice.choice(["started", "finished", "nobody_home", "asked_other_time"])
        more = {"windows": [self.village.window(self.dice.randint(1, 6), 9, 12)]} if name == "asked_other_time" else {}
        return self.village.reports(self.dice.choice(AGENTS), self.some(), name, **more)

    def leave(self) -> str:
        who, other = self.dice.sample(AGENTS, 2)
        if self.away or self.dice.random() < 0.5:
            return ""
        since = self.village.at(self.dice.randint(1, 3), self.dice.choice([0, 10]))
        asked = self.village.record("李红", "handover", type="absence", person=self.village.people[who].hex())
        self.away[who] = asked
        to, until = self.village.people[other].hex(), since + self.dice.randint(1, 3) * 86_400_000
        return self.village.give("李红", "handover", asked, "arrange", to=to, since=since, until=until)

    def come_back(self) -> str:
        if not self.away:
            return ""
        _, handover = self.away.popitem()
        off = self.village.give("李红", "handover", handover, "cancel")
        return off if off == "merged" else self.village.give("李红", "handover", handover, "return")

    def hours(self) -> str:
        self.village.now += self.dice.choice([600_000, 3_600_000, 3 * 3_600_000])
        return "merged"

    def look(self) -> str:
        self.village.watch_handovers()
        self.village.watch_visits()
        return "merged"

    def check(self) -> None:
        for visit in self.visits:
            self.promise(visit)
        slots = self.village.slots()
        assert len({(who, start) for _, who, start in slots}) == len(slots)
        for visit, who, start in slots:
            values = self.village.values(visit)
            assert (values["start"], self.village.people[who].hex() in values["agents"]) == (start, True)

    def promise(self, visit: bytes) -> None:
        first = None
        for change in self.village.values(visit).get("changes") or ():
            now, what = change["now"], change["what"]
            if now is None:
                first = None
            elif what in MAY_MOVE:
                assert what != "rebooked" or first is None or change.get("consent") or self.near(first, now)
                first = now if first is None or change.get("consent") or what != "rebooked" else first
            else:
                assert what in ("swayed", "repaired"), what
                assert first is not None
                assert self.near(first, now)
                assert what == "repaired" or change["was"]["agents"] == now["agents"]

    def near(self, first: dict[str, Any], now: dict[str, Any]) -> bool:
        """Within a quarter of an hour of what was promised."""
        return abs(now["start"] - first["start"]) <= 15 * 60_000


@pytest.mark.parametrize("seed", range(6))
def test_promises_stand_and_the_tables_follow_from_the_records(tmp_path: Path, seed: int) -> None:
    play = Play(tmp_path, seed)
    for number in range(160):
        play.step()
        if number % 10 == 0:
            play.check()
    play.check()
    village = play.village
    before = {table: village.look(rows) for table, rows in _ROWS.items()}
    village.run(projections.rebuild(village.centre, EFFECTS, village.now))
    assert {table: village.look(rows) for table, rows in _ROWS.items()} == before
    standing = village.run(load_week(village.centre, village.now))
    # An absence that was called off leaves who stood in with what he took on, and hours that changed leave what stood.
    assert not {one.code for one in validate(standing.week)} & {"promise_broken", "visit_twice", "crew_size"}


def test_everything_happens_in_those_plays(tmp_path: Path) -> None:
    happened = set[str]()
    for seed in range(4):
        (tmp_path / str(seed)).mkdir()
        play = Play(tmp_path / str(seed), seed)
        for _ in range(160):
            play.step()
        happened |= play.happened
    assert happened >= {
        "assign",
        "book",
        "confirm",
        "rebook",
        "accept",
        "cancel",
        "report",
        "leave",
        "come_back",
        "hold",
    }
