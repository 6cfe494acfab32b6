"""A centre ready to be measured: its data, and the server as a process of its own, as ``daiban serve`` starts it.

Four agents answer for a village each, so that what one hands in is not pulled by another; a cadre answers for all of
them and pulls everything. Every one has an approved device.
"""

import asyncio
import secrets
import socket
import ssl
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from daiban_schemas import entry
from daiban_server import provision
from daiban_server.app import EFFECTS
from daiban_server.db import schema
from daiban_server.db.database import open_database
from daiban_server.db.migrate import migrate
from daiban_server.db.program import Program, Write
from daiban_server.keystore import ServerKeys, load_or_make
from daiban_server.settings import Settings
from daiban_server.spine import desk
from daiban_sync import ids
from daiban_sync.keys import SoftwareKey
from tests.bench import costs
from tests.bench.link import Link
from tests.bench.workload import fresh_id
from tests.support.processes import Child

AGENTS = 4
_DAIBAN = Path(sys.executable).with_name("daiban")
_QUESTIONS = {
    "reason": "lines",
    "area": "integer",
    "certificate": "text",
    "bank": "text",
    "account": "text",
    "years": "integer",
    "insured": "flag",
    "usage": "lines",
}


@dataclass(frozen=True)
class Enrolled:
    """An approved device and whose it is."""

    person: bytes
    place: bytes
    id: bytes = field(default_factory=fresh_id)
    key: SoftwareKey = field(default_factory=lambda: SoftwareKey(secrets.token_bytes(32)))


class Centre:
    """The data of a centre in `folder`. `database` is a PostgreSQL URL, or "" for SQLite."""

    def __init__(self, folder: Path, database: str = "") -> None:
        self.folder = folder
        self.settings = Settings(folder, database=database, second_factor=frozenset())
        self.keys: ServerKeys = load_or_make(folder / "keys")
        self.id, self.item = fresh_id(), fresh_id()
        self.villages = [fresh_id() for _ in range(AGENTS)]
        self.agents = [Enrolled(fresh_id(), place) for place in self.villages]
        self.cadre = Enrolled(fresh_id(), self.villages[0])

    def set_up(self) -> Self:
        """Write it into the database."""
        migrate(self.settings.database_url)
        self.run(self._program)
        return self

    def run(self, program: object) -> None:
        """Run a program of the server's in this process; no server may be running on SQLite."""
        asyncio.run(self._run(program))

    async def _run(self, factory: object) -> None:
        database = await open_database(self.settings.database_url)
        try:
            await database.write(self.id, factory)  # type: ignore[arg-type]
        finally:
            await database.close()

    def enrol(self, device: Enrolled) -> Program[None]:
        """Approve a device of somebody who is there already."""
        row = (
            device.id,
            self.id,
            device.person,
            "手机",
            device.key.public_key,
            "active",
            0,
            0,
            None,
            None,
            None,
            "",
            None,
        )
        yield Write(schema.device, [row])

    def _program(self) -> Program[None]:
        now = time.time_ns() // 1_000_000
        yield from provision.add_centre(ids.NOBODY, "汉滨区", "HB", self.keys, now)
        yield from provision.add_centre(self.id, "建民办事处", "JM", self.keys, now)
        places = [provision.Place(self.id, self.id, None, "centre", "建民办事处")]
        places += [provision.Place(id_, self.id, self.id, "point", f"{n}村") for n, id_ in enumerate(self.villages, 1)]
        yield from provision.add_places(places)
        people = [
            provision.Person(one.person, self.id, f"代办员{n}", "", f"{n:03}", "agent")
            for n, one in enumerate(self.agents, 1)
        ]
        people.append(provision.Person(self.cadre.person, self.id, "孙亮", "", "009", "cadre"))
        yield from provision.add_people(people)
        yield from provision.add_territory([(one.person, one.place, "A") for one in self.agents])
        yield from provision.add_territory([(self.cadre.person, place, "A") for place in self.villages])
        for one in (*self.agents, self.cadre):
            yield from self.enrol(one)
        yield from self._catalogue(now)

    def _catalogue(self, now: int) -> Program[None]:
        """The item that the applications are for, with its eight questions."""
        form = [{"id": id_, "label": id_, "type": type_} for id_, type_ in _QUESTIONS.items()]
        item = {"code": "NY-01", "edition": 1, "window": "惠农政策", "name": "耕地地力保护补贴", "form": form}
        body = entry.change(self.item.hex(), "item", item, seen=0, at=now)
        clerk = desk.Clerk(ids.NOBODY, "district", ids.NOBODY)
        yield from desk.write(clerk, [body], self.keys, EFFECTS, now, secrets.token_bytes(32))


class Server:
    """The server of a centre, running until the block ends.

    `environment` is laid over this process's own; `beside` are further processes that work for it, as a database's.
    """

    def __init__(
        self, centre: Centre, *, tls: bool = False, environment: Mapping[str, str] | None = None, beside: int = 0
    ) -> None:
        self._centre, self._tls, self._beside = centre, tls, beside
        # One device of a bench does a district's work, which no device's budget has room for.
        self._environment = {"DAIBAN_BUDGETS": "off", **(environment or {})}
        self.port = free_port()

    def __enter__(self) -> Self:
        command: list[str | Path] = [_DAIBAN, "serve", "--data", self._centre.folder, "--port", str(self.port)]
        command += ["--database", self._centre.settings.database] if self._centre.settings.database else []
        self._child = Child(command if self._tls else [*command, "--plain"], self._environment)
        self._child.__enter__()
        deadline = time.monotonic() + 60
        while True:
            try:
                self.link().close()
                return self
            except OSError:
                if time.monotonic() > deadline:
                    self._child.__exit__(None, None, None)
                    raise AssertionError(f"the server does not answer: {self._child.output}") from None
                time.sleep(0.05)

    def __exit__(self, *_: object) -> None:
        try:
            self._child.stop()
        finally:
            self._child.__exit__(None, None, None)

    def link(self) -> Link:
        """A new connection to it."""
        trust = (
            ssl.create_default_context(cafile=self._centre.folder / "tls" / "certificate.pem") if self._tls else None
        )
        made = Link("localhost", self.port, trust)
        assert made.ask("GET", "/v1/health", {}).status == 200
        made.up = made.down = 0
        return made

    def pids(self) -> Iterable[int]:
        """The server's processes, and those beside it."""
        return [*self.own_pids(), *(costs.family(self._beside) if self._beside else ())]

    def own_pids(self) -> Iterable[int]:
        """The server's processes alone: supervisor and worker."""
        return costs.family(self._child.pid)


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
