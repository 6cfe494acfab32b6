"""A bureau on one thread: a centre with its people and items, the real programs on a real SQLite file, and the clock in
the test's hand. For rules that many cases are played through."""

import datetime
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2

from daiban_schemas import entry
from daiban_schemas.kinds import KINDS
from daiban_schemas.zone import SHANGHAI
from daiban_server import provision
from daiban_server.app import EFFECTS
from daiban_server.db import sqlite
from daiban_server.db.program import Program, Row, rows
from daiban_server.features.deadlines import watching
from daiban_server.keystore import load_or_make
from daiban_server.spine import desk, views
from daiban_sync import ids
from daiban_sync.outcome import Outcome
from tests.support.tables import put_tables

DAY = 86_400_000
PEOPLE = {"王芳": "agent", "赵敏": "clerk", "钱进": "clerk", "孙亮": "cadre", "李红": "head"}
ITEMS: Mapping[str, dict[str, Any]] = {
    "direct": {"code": "MZ-08", "window": "民政救助", "name": "高龄老人补贴申领", "modes": ["direct", "home"]},
    "limited": {"code": "MZ-01", "window": "民政救助", "name": "最低生活保障申请", "modes": ["limited", "home"]},
    "proxy": {"code": "MZ-06", "window": "民政救助", "name": "残疾人证申领", "modes": ["proxy", "home"]},
    "elsewhere": {"code": "SB-01", "window": "社会保障", "name": "养老保险待遇申领", "modes": ["limited", "home"]},
}


def noon(day: str) -> int:
    """Unix milliseconds of noon in China on a day."""
    at = datetime.datetime.combine(datetime.date.fromisoformat(day), datetime.time(12), SHANGHAI)
    return int(at.timestamp() * 1000)


class Bureau:
    """The centre, on a database in `folder`."""

    def __init__(self, folder: Path, today: str = "2026-11-24") -> None:
        path = folder / "daiban.db"
        put_tables(path)
        self.connection = dbapi2.connect(str(path), isolation_level=None)
        self.connection.execute("PRAGMA synchronous = OFF")
        self.keys = load_or_make(folder / "keys")
        self.now = noon(today)
        self.centre, self.place, self.home = (self.new() for _ in range(3))
        self.people = {name: self.new() for name in PEOPLE}
        self.items = {mode: self.new() for mode in ITEMS}
        self.run(self._set_up())

    def new(self) -> bytes:
        """A fresh id."""
        return ids.uuid7(self.now, secrets.token_bytes(10))

    def run(self, program: Program[Any]) -> Any:
        """Run a program in a transaction of its own."""
        ((result, error),) = sqlite._commit_together(self.connection, [lambda: program])
        if error is not None:
            raise error
        return result

    def look(self, statement: Any, **parameters: Any) -> list[Row]:
        """The rows of one statement."""
        found: list[Row] = self.run(rows(statement, **parameters))
        return found

    def _set_up(self) -> Program[None]:
        yield from provision.add_centre(ids.NOBODY, "汉滨区", "HB", self.keys, self.now)
        yield from provision.add_centre(self.centre, "建民办事处", "JM", self.keys, self.now)
        yield from provision.add_places([provision.Place(self.place, self.centre, None, "point", "青山村")])
        staff = [
            provision.Person(self.people[name], self.centre, name, "0915-3212345", str(n), role)
            for n, (name, role) in enumerate(PEOPLE.items())
        ]
        yield from provision.add_people(staff)
        agents = [(self.people[name], self.place, "A") for name in ("王芳", "孙亮")]
        yield from provision.add_territory(agents)
        limits = {"promised_limit": {"days": 10, "unit": "working"}}
        items = [
            entry.change(self.items[mode].hex(), "item", {**ITEMS[mode], **limits}, seen=0, at=self.now)
            for mode in ITEMS
        ]
        district = desk.Clerk(ids.NOBODY, "district", ids.NOBODY)
        yield from desk.write(district, items, self.keys, EFFECTS, self.now, secrets.token_bytes(32))
        home = {"place": self.place.hex(), "head": "张桂兰", "phone": "13700000000"}
        body = entry.change(self.home.hex(), "household", home, seen=0, at=self.now)
        yield from desk.write(self._clerk("赵敏"), [body], self.keys, EFFECTS, self.now, secrets.token_bytes(32))

    def household(self, head: str, **fields: Any) -> bytes:
        """Another household of the village."""
        home = self.new()
        given = {"place": self.place.hex(), "head": head} | fields
        body = entry.change(home.hex(), "household", given, seen=0, at=self.now)
        assert self.write("赵敏", body).outcome == "new"
        return home

    def _clerk(self, name: str) -> desk.Clerk:
        return desk.Clerk(self.people[name], PEOPLE[name], self.centre)

    def write(self, name: str, body: bytes) -> Outcome:
        """Hand in one entry of somebody's."""
        return self.write_all(name, body)[0]

    def write_all(self, name: str, *bodies: bytes) -> list[Outcome]:
        """Hand in entries of somebody's together."""
        program = desk.write(self._clerk(name), bodies, self.keys, EFFECTS, self.now, secrets.token_bytes(32))
        outcomes: list[Outcome] = self.run(program)
        return outcomes

    def case(self, mode: str = "limited", who: str = "赵敏", **fields: Any) -> bytes:
        """A new application, taken down by somebody."""
        case = self.new()
        given = {"household": self.home.hex(), "item": self.items[mode].hex(), "applicant": "张桂兰", "mode": mode}
        body = entry.change(case.hex(), "application", given | {"source": "counter"} | fields, seen=0, at=self.now)
        assert self.write(who, body).outcome == "new"
        return case

    def ask(self, name: str, case: bytes, command: str, **arguments: Any) -> str:
        """Give a command; the code of a refusal, or what became of it."""
        body = entry.command(
            case.hex(),
            "application",
            command,
            arguments or None,
            expected=None,
            at=self.now,
            by=self.people[name].hex(),
        )
        outcome = self.write(name, body)
        return outcome.code or outcome.outcome

    def tell(self, name: str, case: bytes, report: str, **facts: Any) -> str:
        """Report a fact."""
        body = entry.report(case.hex(), "application", report, facts or None, at=self.now, by=self.people[name].hex())
        outcome = self.write(name, body)
        return outcome.code or outcome.outcome

    def through(self, case: bytes, *steps: tuple[str, str, dict[str, Any]]) -> None:
        """Give commands and reports one after the other; each must take effect."""
        for name, step, arguments in steps:
            say = self.ask if step in KINDS["application"].commands else self.tell
            assert say(name, case, step, **arguments) == "merged", (name, step)

    def values(self, case: bytes) -> dict[str, Any]:
        """What stands in the case."""
        (found,) = self.run(views.shown(views.BY_ID, self.centre, record_id=case))
        return dict(found.view.values)

    def record_position(self, record: bytes) -> int:
        """Where a record stands: what a change of whoever sees it as it is states as seen."""
        (found,) = self.run(views.shown(views.BY_ID, self.centre, record_id=record))
        return int(found.view.position)

    def status(self, case: bytes) -> str:
        """Its state."""
        return str(self.values(case)["status"])

    def later(self, days: float) -> None:
        """Let days go by."""
        self.now += int(days * DAY)

    def watch(self) -> None:
        """Let the centre's watch look at every open case."""
        after = b""
        while True:
            after = self.run(watching.look(self.centre, after, self.now))
            if not after:
                return
