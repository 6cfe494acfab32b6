"""The real server's code on a SQLite file, driven step by step on one thread.

`SqliteDatabase` and the handler of ``/v1/sync`` run as they are; only aiosqlite's threads are left out, so every
statement runs where the scheduler can see it.
"""

import asyncio
import shutil
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

from sqlcipher3 import dbapi2

from daiban_server.db import schema, sqlite
from daiban_server.db.program import Write
from daiban_server.db.sqlite import SqliteDatabase
from daiban_server.http.problems import ProblemError
from daiban_server.http.sync import sync
from daiban_server.services import Services
from daiban_server.settings import Settings
from daiban_server.spine import log, restores
from tests.simulator.cast import Refused
from tests.simulator.real import setting
from tests.simulator.real.disk import DiskFullError, PowerCut, Watched


class _Direct:
    """Stands in for aiosqlite's connection: whole functions run at once, on the caller's thread."""

    def __init__(self, connector: Callable[[], Any], _: int) -> None:
        self._connector = connector

    def __await__(self) -> Generator[None, None, "_Direct"]:
        connection = self._connector()
        path = Path(connection.execute("PRAGMA database_list").fetchone()[2])
        self._conn = connection if isinstance(connection, Watched) else Watched(connection, path)
        yield from ()
        return self

    async def __aenter__(self) -> "_Direct":
        await self
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def call(self, function: Any, *arguments: Any) -> Any:
        """Run `function(connection, *arguments)`."""
        result = function(self._conn, *arguments)
        self._conn.note()
        return result

    async def close(self) -> None:
        """Close it."""
        self._conn.close()


class RealServer:
    """The server's process and its database, below `home`. Each power cut goes on in a new folder."""

    def __init__(self, home: Path, template: bytes, now: Callable[[], int], page: int) -> None:
        self.now = now
        self.page = page
        self._asked = 0
        self._home, self._count, self._restores = home, 0, 0
        self._folder = home / "0"
        self._folder.mkdir(parents=True)
        (self._folder / "daiban.db").write_bytes(template)
        self.loop = asyncio.new_event_loop()
        self._open()

    def _open(self) -> None:
        path = self._folder / "daiban.db"
        real, sqlite._Connection = sqlite._Connection, _Direct  # type: ignore[misc, assignment]
        try:
            self.database = self.loop.run_until_complete(SqliteDatabase.open(path))
        finally:
            sqlite._Connection = real  # type: ignore[misc]
        self.disk: Watched = self.database._writer._conn  # type: ignore[assignment]
        self.disk.real.execute("PRAGMA wal_autocheckpoint = 200")
        self.raw = dbapi2.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)
        settings = Settings(self._folder, "http://daiban.test")
        photos: Any = None
        self.services = Services(settings, self.database, setting.KEYS, setting.EFFECTS, photos, self.now)

    @property
    def readers(self) -> list[Watched]:
        """The reading connections."""
        return [one._conn for one in self.database._readers._queue]  # type: ignore[attr-defined]

    def run(self, awaitable: Any) -> Any:
        """Run something to its end."""
        return self.loop.run_until_complete(awaitable)

    def write(self, program: Callable[[], Any]) -> Any:
        """Run a program in a transaction of its own, whatever else is under way."""
        ((result, error),) = sqlite._commit_together(self.disk, [program])
        if error is not None:
            raise error
        return result

    def answers(self, asked: Sequence[Any]) -> list[bytes | Exception | None]:
        """Answer requests that came together; None for one that got no answer."""

        async def all_of_them() -> list[Any]:
            self._asked += 1
            waiting = [self._answer(step) for step in asked]
            spoilt = [self._spoil()] if self._asked % 3 == 0 else []
            return (await asyncio.gather(*spoilt, *waiting, return_exceptions=True))[len(spoilt) :]

        names = sync.fn.__globals__
        whole, names["pull"] = names["pull"], partial(names["pull"], page_size=self.page)
        try:
            found = self.run(all_of_them())
        finally:
            names["pull"] = whole
        return [None if isinstance(one, PowerCut | DiskFullError) else one for one in found]

    async def _spoil(self) -> None:
        """Somebody's request that fails half-way, in the same transaction as the others: nothing of it may stay."""

        def program() -> Any:
            centre, device = next(iter(setting.CENTRES.values())), next(iter(setting.KEYS_OF))
            yield from log.lock(centre)
            yield Write(schema.chain, [(centre, device, 10**6, bytes(32), 10**6, 0)], "replace")
            raise RuntimeError("a program that fails")

        with suppress(RuntimeError):
            await self.database.write("spoilt", program)

    async def _answer(self, step: Any) -> bytes:
        try:
            return await self._handle(step, step.sign(None, 0))
        except ProblemError as problem:
            if problem.code != "signature.stale":
                raise Refused(problem.code) from None
            nonce, server_time = problem.members["nonce"], problem.members["server_time"]
        try:
            return await self._handle(step, step.sign(nonce, server_time))
        except ProblemError as problem:
            raise Refused(problem.code) from None

    async def _handle(self, step: Any, headers: Mapping[str, str]) -> bytes:
        async def body() -> bytes:
            return bytes(step.body)

        url = SimpleNamespace(path="/v1/sync", query="")
        request: Any = SimpleNamespace(method="POST", url=url, headers={"host": "daiban.test", **headers}, body=body)
        response = await sync.fn(request, self.services)
        return bytes(response.content)

    def reboot(self, dice: Random) -> None:
        """Go on with what a power cut left."""
        self._go_on(lambda into: self.disk.left_behind(into, dice))

    def _go_on(self, fill: Callable[[Path], object]) -> None:
        self._count += 1
        into = self._home / str(self._count)
        into.mkdir()
        fill(into)
        self.close()
        self._folder = into
        self._open()

    def backup(self) -> Path:
        """A consistent copy, of which the server knows whether it is complete."""
        begun = self.write(lambda: restores.begin_backup(self.now))
        self._count += 1
        into = self._home / f"backup{self._count}"
        into.mkdir()
        self.disk.left_behind(into, Random(0))
        self.write(lambda: restores.finish_backup(begun))
        return into

    def restore(self, backup: Path) -> None:
        """Go on from a backup in a new epoch, behind all that were begun before, as the operator's note says."""
        self._go_on(lambda into: [shutil.copyfile(one, into / one.name) for one in backup.iterdir()])
        self.write(lambda: restores.go_on_everywhere(setting.KEYS, setting.ROOT, 0, self.now(), self._restores))
        self._restores += 1

    def close(self) -> None:
        """Close every connection."""
        self.raw.close()
        for one in (*self.readers, self.disk):
            one.close()
        self.database._lock.close()
