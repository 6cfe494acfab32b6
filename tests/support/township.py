"""A small township for tests: one centre, two villages, the people of a story, and a real server over a real socket.

The database is SQLite or PostgreSQL, by the `township` fixture's parameter; the clock is the test's.
"""

import asyncio
import contextlib
import secrets
import socket
import ssl
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import argon2
import httpx2
import pytest
import uvicorn
from litestar import Litestar

from daiban_client_sdk import Client
from daiban_client_sdk.device import Attached
from daiban_schemas import entry
from daiban_server import provision
from daiban_server.accounts.hashing import Hashing
from daiban_server.app import Wired, routed, wire
from daiban_server.db.program import Program
from daiban_server.http.enrolment import approve_device, code_text, make_code
from daiban_server.services import Services
from daiban_server.settings import Settings
from daiban_server.spine import desk
from daiban_sync import ids
from tests.photos.pictures import taken
from tests.support.phones import phone_in
from tests.support.tables import put_tables

PASSWORD = "一杯热茶 2026"
_HASHER = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD_HASH = _HASHER.hash(PASSWORD)
"""Argon2id as the server's own, and says itself how little work it is: nobody guesses at this password, and the
server's parameters are 64 MiB and a sixth of a second at each sign-in. `tests/accounts/test_passwords.py` and the
commands' tests sign in with those."""
NOBODY: frozenset[str] = frozenset()
"""Roles that must have a second factor in most stories; `tests/accounts` tells those of the others."""

_TRUSTS_NOBODY = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For clients on loopback, of which each would otherwise read the authorities of the world first."""


def new_id() -> bytes:
    """A fresh id."""
    return ids.uuid7(time.time_ns() // 1_000_000, secrets.token_bytes(10))


class Clock:
    """The server's clock, which a test may set forward."""

    def __init__(self) -> None:
        self.ahead = 0

    def __call__(self) -> int:
        """Unix milliseconds."""
        return time.time_ns() // 1_000_000 + self.ahead


@dataclass
class Township:
    """The running server and whoever works there. Ids are 16 bytes.

    王芳 is agent A of 青山村 and stand-in of 白河村, 刘强 the other way round; 赵敏 is a clerk, 孙亮 a cadre, 李红
    the centre head, 吴镇 the leader in charge above her, 郑书记 the town's first person; 冯审 audits for the district.
    """

    services: Services
    clock: Clock
    url: str
    folder: Path
    centre: bytes = field(default_factory=new_id)
    qingshan: bytes = field(default_factory=new_id)
    baihe: bytes = field(default_factory=new_id)
    item: bytes = field(default_factory=new_id)
    people: dict[str, bytes] = field(default_factory=dict)
    clients: contextlib.AsyncExitStack = field(default_factory=contextlib.AsyncExitStack)

    async def set_up(self) -> None:
        """Write the township into the database."""
        roles = {"王芳": "agent", "刘强": "agent", "赵敏": "clerk", "孙亮": "cadre", "李红": "head", "周区": "district"}
        roles |= {"吴镇": "leader", "郑书记": "chief", "冯审": "auditor"}
        self.people = {name: new_id() for name in roles}
        await self.services.database.write(self.centre, lambda: self._set_up(roles))

    def _set_up(self, roles: dict[str, str]) -> Program[None]:
        keys, now = self.services.keys, self.clock()
        yield from provision.add_centre(ids.NOBODY, "汉滨区", "HB", keys, now)
        yield from provision.add_centre(self.centre, "建民办事处", "JM", keys, now)
        places = [
            provision.Place(self.centre, self.centre, None, "centre", "建民办事处", 109_000_000, 32_700_000),
            provision.Place(self.qingshan, self.centre, self.centre, "point", "青山村", 109_020_000, 32_710_000),
            provision.Place(self.baihe, self.centre, self.centre, "point", "白河村", 109_040_000, 32_690_000),
        ]
        yield from provision.add_places(places)
        people = [
            provision.Person(
                self.people[name],
                ids.NOBODY if role in ("district", "auditor") else self.centre,
                name,
                "0915-3212345",
                f"{number:03}",
                role,
                name,
                PASSWORD_HASH,
            )
            for number, (name, role) in enumerate(roles.items(), 1)
        ]
        yield from provision.add_people(people)
        wang, liu, sun = self.people["王芳"], self.people["刘强"], self.people["孙亮"]
        yield from provision.add_territory(
            [
                (wang, self.qingshan, "A"),
                (liu, self.qingshan, "B"),
                (liu, self.baihe, "A"),
                (wang, self.baihe, "B"),
                (sun, self.qingshan, "A"),
                (sun, self.baihe, "A"),
            ]
        )
        item = {
            "code": "SB-01",
            "edition": 1,
            "window": "社会保障",
            "name": "城乡居民基本养老保险待遇申领",
            "modes": ["limited", "home"],
            "promised_limit": {"days": 10, "unit": "working"},
            "form": [{"id": "reason", "label": "申领原因", "type": "text", "required": True}],
        }
        body = entry.change(self.item.hex(), "item", item, seen=0, at=now)
        clerk = desk.Clerk(self.people["周区"], "district", ids.NOBODY)
        yield from desk.write(clerk, [body], keys, self.services.effects, now, secrets.token_bytes(32))

    async def code_for(self, name: str) -> str:
        """A one-time code for somebody, as the centre head issues it."""
        secret, head = secrets.token_bytes(16), self.people["李红"]
        made = await self.services.database.write(
            self.centre, lambda: make_code(secret, self.centre, self.people[name], head, self.clock())
        )
        assert made
        return code_text(self.services.settings, self.services.keys, secret)

    async def device(self, name: str, phone: str = "手机", now: Any = None) -> Client:
        """An enrolled and approved device of somebody. `now` is the phone's own clock."""
        folder = self.folder / f"{name}-{phone}-{secrets.token_hex(3)}"
        client = phone_in(folder, now) if now else phone_in(folder)
        await self.clients.enter_async_context(client)
        fingerprint = await client.enrol(await self.code_for(name), phone)
        await self.approve(client, fingerprint)
        assert await client.enrolment_state() == "active"
        return client

    async def approve(self, client: Client, fingerprint: str) -> None:
        """The centre head compares the fingerprint and approves."""
        device = bytes.fromhex(client.device.store.get("device"))
        head = self.people["李红"]
        await self.services.database.write(
            self.centre, lambda: approve_device(device, self.centre, head, fingerprint, self.clock())
        )

    def stranger(self) -> httpx2.AsyncClient:
        """Somebody whom the server does not know."""
        return httpx2.AsyncClient(base_url=self.url, verify=_TRUSTS_NOBODY, timeout=60, trust_env=False)

    async def signed_in(self, name: str) -> httpx2.AsyncClient:
        """Somebody at a desk, signed in, with the CSRF token as a header."""
        http = await self.clients.enter_async_context(self.stranger())
        answer = await http.post("/v1/session", json={"login": name, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        http.headers["X-CSRF-Token"] = answer.json()["csrf"]
        return http

    async def household(self, client: Client, head: str = "张桂兰", place: bytes | None = None) -> str:
        """A household, collected on a device; gives its id."""
        form = await client.new("household")
        await client.save(form, {"place": (place or self.qingshan).hex(), "head": head, "phone": "13700000000"})
        return form.record

    async def photo(self, client: Client, record: str, nth: int = 1) -> Attached:
        """A photo of a paper, taken on a device under a record, another one for each `nth`."""
        picture = self.folder / "p.jpg"
        picture.write_bytes(taken(nth))
        return await client.attach_photo(record, picture, paper="户口簿")


@contextlib.asynccontextmanager
async def open_township(
    folder: Path,
    database: str = "",
    clock: Clock | None = None,
    host: str = "127.0.0.1",
    **chosen: Any,
) -> AsyncIterator[Township]:
    """A township served on loopback until the block ends. `database` is a PostgreSQL URL, or "" for SQLite;
    `chosen` are settings besides."""
    clock = clock or Clock()
    async with served(folder, database, clock, host, **chosen) as (services, url):
        town = Township(services, clock, url, folder)
        await town.set_up()
        async with town.clients:
            yield town


@contextlib.asynccontextmanager
async def served(
    folder: Path, database: str, clock: Clock, host: str = "127.0.0.1", **chosen: Any
) -> AsyncIterator[tuple[Services, str]]:
    """The application in `folder`, served by uvicorn on a free port. Its rounds are the story's to do (`one_round`): by
    itself it would write down who was heard of while a story compares tables, and plan the next day where one is told
    at night."""
    with contextlib.closing(listening()) as listener:
        url = f"http://{host}:{listener.getsockname()[1]}"
        if not database:
            put_tables(folder / "server" / "daiban.db")
        settings = Settings(
            folder / "server", url, database, secure_cookies=False, **{"second_factor": NOBODY, **chosen}
        )
        app = wire(_idle(settings.practice), Wired(settings, clock, rounds=False))
        app.state.services.hashing = Hashing(_HASHER)
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="on", ws="none"))
        task = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started:
            assert not task.done(), "the server did not start"
            await asyncio.sleep(0.01)
        try:
            yield app.state.services, url
        finally:
            server.should_exit = True
            await task
            _IDLE[settings.practice].append(app)


_IDLE: dict[bool, list[Litestar]] = {True: [], False: []}
"""Applications that nobody uses any more. To register their routes takes longer than most stories."""


def _idle(practice: bool) -> Litestar:
    return _IDLE[practice].pop() if _IDLE[practice] else routed(practice=practice)


def listening() -> socket.socket:
    """A socket on a free port of loopback."""
    # Named TCP, or asyncio leaves Nagle's algorithm on for its connections: each answer would wait 40 ms for an ACK.
    listener = socket.socket(proto=socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    return listener


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of each database in turn, with the server's tables in it; "" for SQLite, which needs a folder first."""
    return str(request.getfixturevalue("postgres_tables_url")) if request.param == "postgres" else ""


@pytest.fixture
async def township(database_url: str, tmp_path: Path) -> AsyncIterator[Township]:
    """A township on each database in turn."""
    async with open_township(tmp_path, database_url) as town:
        yield town


@pytest.fixture
async def sqlite_township(tmp_path: Path) -> AsyncIterator[Township]:
    """A township on SQLite, for stories in which the database does not matter."""
    async with open_township(tmp_path) as town:
        yield town
