"""The server of the year: the application as ``daiban serve`` serves it, on loopback, with a clock in our hand."""

import asyncio
import base64
import contextlib
import json
import logging
import socket
from collections.abc import AsyncIterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx2
import msgspec
from granian.constants import HTTPModes, Interfaces
from granian.server.embed import Server

from daiban_server.accounts.sessions import IDLE
from daiban_server.app import create_app
from daiban_server.db.database import open_database
from daiban_server.db.migrate import migrate
from daiban_server.demo import district
from daiban_server.demo.year.device import Device, YearError
from daiban_server.demo.year.line import Line
from daiban_server.keystore import ServerKeys, load_or_make
from daiban_server.services import Services
from daiban_server.settings import Settings
from daiban_sync import dsse
from daiban_sync.keys import fingerprint

_ANSWERS_WITHIN = 200
"""Tries, a twentieth of a second apart, until the server answers."""


class Clock:
    """The server's clock: it stands until it is set."""

    def __init__(self, now: int) -> None:
        self.now = now

    def __call__(self) -> int:
        """Unix milliseconds."""
        return self.now


class Hall:
    """The running server, and people signed in at its desks. `http` is somebody without an account, and devices."""

    def __init__(self, services: Services, clock: Clock, http: httpx2.AsyncClient) -> None:
        self.services, self.clock, self.http = services, clock, http
        self._lines: list[Line] = []
        self._desks: dict[str, tuple[int, httpx2.AsyncClient]] = {}

    async def ask(self, login: str, method: str, path: str, body: Any = None) -> Any:
        """A request of somebody who is signed in, decoded. Raises `YearError` where it is refused."""
        desk = await self._desk(login)
        return _decoded(await desk.request(method, path, json=body), path)

    async def ask_openly(self, path: str, body: Any) -> None:
        """A request of a resident, who has no account. Raises `YearError` where it is refused."""
        _decoded(await self.http.post(path, json=body), path)

    async def enrol(self, device: Device, head: str) -> None:
        """Enrol a device as a real one is: the head's one-time code, the device's proof, the compared fingerprint."""
        await self.knock(device, head)
        compared = {"fingerprint": fingerprint(device.key.public_key)}
        await self.ask(head, "POST", f"/v1/devices/{device.worker.device.hex()}/approve", compared)

    async def knock(self, device: Device, head: str) -> None:
        """A device shows its code and its key, and waits to be approved."""
        worker = device.worker
        code = await self.ask(head, "POST", "/v1/enrolment-codes", {"person": worker.id})
        _, _, stated = code["text"].partition(".")
        secret = json.loads(base64.urlsafe_b64decode(stated + "=" * (-len(stated) % 4)))["c"]
        asked = {
            "code": secret,
            "key": device.key.public_key.hex(),
            "origin": self.services.keys.origin.hex(),
            "name": f"{worker.person.name}的手机",
            "at": self.clock.now,
            "device": worker.device.hex(),
        }
        payload = msgspec.json.encode(asked)
        signed = dsse.sign(device.key, dsse.ENROLMENT, payload)
        proof = dsse.export(dsse.ENROLMENT, payload, signed, device.key.public_key)
        _decoded(await self.http.post("/v1/enrolments", content=proof), "/v1/enrolments")

    async def scan(self, login: str, case: str, paper: str, picture: bytes) -> None:
        """Somebody at a desk adds a scanned paper to a case."""
        desk = await self._desk(login)
        form = {"csrf": desk.headers["X-CSRF-Token"], "other": paper}
        file = {"scan": (f"{paper}.jpg", picture, "image/jpeg")}
        answer = await desk.post(f"/cases/{case}/scans", data=form, files=file)
        if answer.status_code != HTTPStatus.SEE_OTHER:
            raise YearError(f"{case}: {answer.status_code} {answer.text}")

    def line(self) -> Line:
        """A line for a centre's devices, closed with the hall."""
        line = Line("127.0.0.1", self.http.base_url.port or 80)
        self._lines.append(line)
        return line

    async def close(self) -> None:
        """Everybody goes home."""
        for line in self._lines:
            await line.close()
        for _, desk in self._desks.values():
            await desk.aclose()

    async def _desk(self, login: str) -> httpx2.AsyncClient:
        """Somebody signed in; a session ends an hour after the last request, at the latest."""
        since, desk = self._desks.get(login, (-IDLE, None))
        if desk is not None and self.clock.now - since < IDLE:
            return desk
        desk = desk or httpx2.AsyncClient(base_url=self.http.base_url, trust_env=False, timeout=60)
        answer = await desk.post("/v1/session", json={"login": login, "password": district.PASSWORD})
        desk.headers["X-CSRF-Token"] = _decoded(answer, "/v1/session")["csrf"]
        self._desks[login] = (self.clock.now, desk)
        return desk


def _decoded(answer: httpx2.Response, path: str) -> Any:
    if not answer.is_success:
        raise YearError(f"{path}: {answer.status_code} {answer.text}")
    return answer.json() if answer.content else None


async def found(data: Path, now: int, seed: int, centres: int, mark: str) -> ServerKeys:
    """Set the district up, with new keys of the server's own, in a folder that carries an empty file `mark`."""
    data.mkdir(parents=True, mode=0o700)
    (data / mark).touch()
    keys = load_or_make(data / "keys")
    settings = Settings(data)
    await asyncio.to_thread(migrate, settings.database_url)
    database = await open_database(settings.database_url)
    try:
        await database.write("year", lambda: district.build(keys, now, seed, centres))
    finally:
        await database.close()
    return keys


@contextlib.asynccontextmanager
async def open_hall(data: Path, clock: Clock) -> AsyncIterator[Hall]:
    """The server in `data`, until the block ends. Its rounds of jobs are ours to do: its clock stands still."""
    for talkative in ("httpx2", "alembic", "_granian"):
        logging.getLogger(talkative).setLevel(logging.WARNING)
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    app = create_app(
        Settings(data, url, secure_cookies=False, durable=False, second_factor=frozenset()), clock, rounds=False
    )
    server = Server(
        app,
        port=port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        websockets=False,
        log_enabled=False,
    )
    serving = asyncio.create_task(server.serve())
    async with httpx2.AsyncClient(base_url=url, trust_env=False, timeout=60) as http:
        try:
            await _until_it_answers(http, serving)
            hall = Hall(app.state.services, clock, http)
            try:
                yield hall
            finally:
                await hall.close()
        finally:
            server.stop()  # type: ignore[no-untyped-call]  # granian does not annotate it
            await serving


async def _until_it_answers(http: httpx2.AsyncClient, serving: asyncio.Task[None]) -> None:
    for _ in range(_ANSWERS_WITHIN):
        if serving.done():
            break
        with contextlib.suppress(httpx2.TransportError):
            if (await http.get("/v1/health")).status_code == 200:
                return
        await asyncio.sleep(0.05)
    raise YearError("the server did not start")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
