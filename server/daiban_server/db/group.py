"""Group commit: programs that wait together share one transaction and one sync of the disk.

Each runs in a savepoint of its own, so that one that fails takes only itself along; one that is alone needs none. If
the commit itself fails, each is tried alone; nobody is answered before the commit that carries his program succeeded.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, NamedTuple

from daiban_server.db.program import Factory

LARGEST = 64
"""Programs in one transaction: a bound on what a failed commit repeats."""


class Job(NamedTuple):
    """A program that waits, and whoever waits for it."""

    factory: Factory[Any]
    done: "asyncio.Future[Any]"


Outcome = tuple[Any, BaseException | None]
"""A program's result, or what it raised."""
Commit = Callable[[list[Factory[Any]]], Awaitable[list[Outcome]]]
"""Runs programs in one transaction; raises if that could not be committed, and what one raised that was alone."""


class GroupCommit:
    """Runs programs of one key in groups, one group at a time; different keys run beside each other."""

    def __init__(self, commit: Commit) -> None:
        self._commit = commit
        self._waiting: dict[Hashable, list[Job]] = {}
        self._runners: dict[Hashable, asyncio.Task[None]] = {}

    async def run(self, key: Hashable, factory: Factory[Any]) -> Any:
        """Run a program and give its result once it is durable."""
        job = Job(factory, asyncio.get_running_loop().create_future())
        self._waiting.setdefault(key, []).append(job)
        if key not in self._runners:
            self._runners[key] = asyncio.create_task(self._drain(key))
        # Shielded: a client that hangs up must not take the transaction of others along.
        return await asyncio.shield(job.done)

    async def close(self) -> None:
        """Wait until nothing runs any more."""
        while self._runners:
            await asyncio.gather(*self._runners.values(), return_exceptions=True)

    async def _drain(self, key: Hashable) -> None:
        try:
            while waiting := self._waiting.get(key):
                group, self._waiting[key] = waiting[:LARGEST], waiting[LARGEST:]
                await self._together(group)
        finally:
            self._waiting.pop(key, None)
            del self._runners[key]

    async def _together(self, group: list[Job]) -> None:
        try:
            outcomes = await self._commit([job.factory for job in group])
        except BaseException as error:
            if len(group) == 1 or isinstance(error, asyncio.CancelledError):
                for job in group:
                    _settle(job, None, error)
                return
            for job in group:
                await self._together([job])
            return
        for job, (result, failure) in zip(group, outcomes, strict=True):
            _settle(job, result, failure)


def _settle(job: Job, result: Any, error: BaseException | None) -> None:
    if job.done.done():
        return
    if error is not None:
        job.done.set_exception(error)
        job.done.exception()  # whoever waited may be gone; that is no "never retrieved"
    else:
        job.done.set_result(result)
