"""The application of a training server: the district while there is one, and a page that says so while there is none.

Both are applications of their own, behind one door: a port that is never closed, so that a browser which waits is led
on, whatever happens behind it.
"""

import asyncio
import contextlib
import datetime
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from litestar import Litestar

from daiban_schemas.zone import SHANGHAI
from daiban_server.app import create_app
from daiban_server.console.training.waiting import waiting_app
from daiban_server.db.sqlite import hold_lock
from daiban_server.logs import configure, logger
from daiban_server.serve import STOPPING, calm_collector, end_with_parent, end_with_supervisor, few_arenas
from daiban_server.services import Services
from daiban_server.settings import Settings
from daiban_server.training.place import Place

NIGHT = datetime.time(3)
"""When the district is made anew by itself, so that what is due today is due today."""
GOING = 5.0
"""Seconds for answers that were begun, before the district goes."""
AFTER_FAULT = 30.0

Build = Callable[[Path], Awaitable[None]]
_logger = logger(__name__)


class BuildError(RuntimeError):
    """The district could not be made."""


async def build_apart(folder: Path) -> None:
    """Make the district in a process of its own, which ends with this one. Raises `BuildError`."""
    command = (sys.executable, "-m", "daiban_server.training.build", str(folder))
    builder = await asyncio.create_subprocess_exec(*command, preexec_fn=end_with_parent)
    try:
        if await builder.wait():
            raise BuildError(f"the builder ended with {builder.returncode}")
    finally:
        if builder.returncode is None:
            builder.kill()
            await builder.wait()


class _Behind:
    """An application, and how many are being answered by it."""

    def __init__(self, app: Litestar) -> None:
        self.app, self._guests, self._empty = app, 0, asyncio.Event()
        self._empty.set()

    async def answer(self, scope: Any, receive: Any, send: Any) -> None:
        self._guests += 1
        self._empty.clear()
        try:
            await self.app(scope, receive, send)
        finally:
            self._guests -= 1
            if not self._guests:
                self._empty.set()

    async def empty(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._empty.wait(), GOING)


class Front:
    """The door. `settings` are those of the district, whose data lie in `place`."""

    def __init__(self, settings: Settings, place: Place, build: Build = build_apart) -> None:
        self._settings, self._place, self._build = settings, place, build
        self._waiting = self._behind = _Behind(waiting_app(settings))
        self._services: Services | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer by whatever is behind the door now."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await self._behind.answer(scope, receive, send)

    async def _live(self, receive: Any, send: Any) -> None:
        with contextlib.suppress(ValueError, RuntimeError):  # not in a main thread: a test holds this server
            asyncio.get_running_loop().add_signal_handler(STOPPING, self._stop_streams)
        await receive()
        keeping = asyncio.create_task(self._keep())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        keeping.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await keeping
        await send({"type": "lifespan.shutdown.complete"})

    async def _keep(self) -> None:
        """One district after the other, each until somebody wants to begin anew, or the night comes."""
        while True:
            try:
                await self._prepare()
            except Exception:
                _logger.exception("the district of the training could not be made")
                await asyncio.sleep(AFTER_FAULT)
                continue
            await self._practise()

    async def _prepare(self) -> None:
        day = datetime.datetime.now(SHANGHAI).date()
        if self._place.stands(day):
            return
        await asyncio.to_thread(self._place.clear)
        await self._build(self._place.district)
        self._place.begin(day)

    async def _practise(self) -> None:
        app = create_app(self._settings)
        services: Services = app.state.services
        async with app.lifespan():
            self._services = services
            self._behind = _Behind(app)
            try:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(services.again.wait(), _until_night())
                self._place.give_up()
            finally:
                behind, self._behind = self._behind, self._waiting
                self._stop_streams()
                await behind.empty()

    def _stop_streams(self) -> None:
        if self._services is not None:
            self._services.stopping.set()


def _until_night() -> float:
    now = datetime.datetime.now(SHANGHAI)
    night = datetime.datetime.combine(now.date(), NIGHT, SHANGHAI)
    return (night - now).total_seconds() % 86_400 or 86_400.0


def practice_settings(place: Place, given: Settings) -> Settings:
    """Of what is set in the environment a training server heeds how it is reached, and nothing that leads out of it:
    no webhook, no witnesses, no sign-in provider, no other database."""
    return Settings(
        place.district,
        given.url,
        tls_pin=given.tls_pin,
        secure_cookies=given.secure_cookies,
        second_factor=frozenset(),
        practice=True,
    )


def from_environment() -> Front:
    """The application as `granian` loads it in its worker."""
    configure()
    end_with_supervisor()
    few_arenas()
    place = Place(Path(os.environ["DAIBAN_DATA"]))
    _held.append(hold_lock(place.folder / "daiban.db"))
    front = Front(practice_settings(place, Settings.from_environment()), place)
    calm_collector()
    return front


_held: list[object] = []
"""The folder's lock, as long as this process lives: `serve` refuses a second server by it."""
