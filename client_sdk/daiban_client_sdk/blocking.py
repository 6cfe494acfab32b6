"""The client for programs without an event loop: the same core, each call waits.

::

    with BlockingClient(Path("device"), pin="190733") as client:
        client.sync()
"""

import asyncio
import functools
from collections.abc import Callable, Coroutine
from pathlib import Path
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, TypeVar

from daiban_client_sdk.client import Client
from daiban_client_sdk.lock import Keystore
from daiban_client_sdk.transport import wall_clock

P = ParamSpec("P")
R = TypeVar("R")


class _Waiting:
    """A client with an event loop of its own."""

    def __init__(
        self,
        folder: Path,
        now: Callable[[], int] = wall_clock,
        pin: str | None = None,
        keystore: Keystore | None = None,
        *,
        anyone_may_read: bool = False,
    ) -> None:
        self._runner = asyncio.Runner()
        self._make = functools.partial(Client, folder, now, pin, keystore, anyone_may_read=anyone_may_read)
        self._client: Client | None = None

    @property
    def client(self) -> Client:
        """The client within."""
        if self._client is None:
            raise RuntimeError("enter the client first: with BlockingClient(...) as client")
        return self._client

    def _wait(self, work: Coroutine[Any, Any, R]) -> R:
        return self._runner.run(work)


def _waits(
    method: Callable[Concatenate[Client, P], Coroutine[Any, Any, R]],
) -> Callable[Concatenate[_Waiting, P], R]:
    """The client's method; it waits."""

    @functools.wraps(method)
    def waiting(self: _Waiting, /, *arguments: P.args, **named: P.kwargs) -> R:
        return self._wait(method(self.client, *arguments, **named))

    return waiting


class BlockingClient(_Waiting):
    """`Client`, blocking. Methods and errors are the same."""

    def __enter__(self) -> "BlockingClient":
        async def start() -> Client:
            return await self._make().__aenter__()

        self._client = self._wait(start())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._wait(self.client.__aexit__(kind, error, trace))
        self._runner.close()

    # Enrolment
    enrol = _waits(Client.enrol)
    new_key = _waits(Client.new_key)
    enrolment_state = _waits(Client.enrolment_state)
    set_pin = _waits(Client.set_pin)

    # Records
    open = _waits(Client.open)
    new = _waits(Client.new)
    save = _waits(Client.save)
    settle = _waits(Client.settle)
    command = _waits(Client.command)
    report = _waits(Client.report)
    attach_photo = _waits(Client.attach_photo)

    # What it shows
    view = _waits(Client.view)
    records = _waits(Client.records)
    today = _waits(Client.today)
    conflicts = _waits(Client.conflicts)
    troubled = _waits(Client.troubled)
    status = _waits(Client.status)
    photo = _waits(Client.photo)
    checkpoint = _waits(Client.checkpoint)

    # At the home
    collect_papers = _waits(Client.collect_papers)
    tell_missing = _waits(Client.tell_missing)
    before_leaving = _waits(Client.before_leaving)
    kept_household = _waits(Client.kept_household)
    give_mandate = _waits(Client.give_mandate)
    sign_mandate = _waits(Client.sign_mandate)
    agree = _waits(Client.agree)
    lacking_consent = _waits(Client.lacking_consent)
    reply = _waits(Client.reply)

    # Visits
    my_days = _waits(Client.my_days)
    take_on = _waits(Client.take_on)
    arrived = _waits(Client.arrived)
    done = _waits(Client.done)
    nobody_home = _waits(Client.nobody_home)
    wants_other_time = _waits(Client.wants_other_time)
    ask_visit = _waits(Client.ask_visit)
    what_became = _waits(Client.what_became)

    # Posts
    standing_in = _waits(Client.standing_in)
    ask_leave = _waits(Client.ask_leave)

    # By hand, and what others saw
    export = _waits(Client.export)
    carry = _waits(Client.carry)
    receive = _waits(Client.receive)
    compare = _waits(Client.compare)

    # Sync
    sync = _waits(Client.sync)
