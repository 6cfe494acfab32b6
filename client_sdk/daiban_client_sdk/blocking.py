"""The client for programs without an event loop: the same core, each call waits.

::

    with BlockingClient(Path("device")) as client:
        client.sync()
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from daiban_client_sdk import carrying
from daiban_client_sdk.client import Client
from daiban_client_sdk.device import Attached, Conflict
from daiban_client_sdk.forms import Form
from daiban_client_sdk.home import Home, Slip, Told
from daiban_client_sdk.lock import Cost, Keystore
from daiban_client_sdk.mandates import Signer
from daiban_client_sdk.posts import StandIn
from daiban_client_sdk.progress import OnProgress, Status, silent
from daiban_client_sdk.transport import wall_clock
from daiban_client_sdk.visit_news import Became
from daiban_client_sdk.visits import Day, Where
from daiban_sync.outcome import Outcome
from daiban_sync.view import View

T = TypeVar("T")


class BlockingClient:
    """`Client`, blocking. Methods and errors are the same."""

    def __init__(
        self,
        folder: Path,
        now: Callable[[], int] = wall_clock,
        pin: str | None = None,
        keystore: Keystore | None = None,
    ) -> None:
        self._runner = asyncio.Runner()
        self._made = (folder, now, pin, keystore)
        self._client: Client | None = None

    def __enter__(self) -> "BlockingClient":
        async def start() -> Client:
            return await Client(*self._made).__aenter__()

        self._client = self._wait(start())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._wait(self.client.__aexit__(kind, error, trace))
        self._runner.close()

    @property
    def client(self) -> Client:
        """The client within."""
        if self._client is None:
            raise RuntimeError("enter the client first: with BlockingClient(...) as client")
        return self._client

    def enrol(self, code_text: str, name: str) -> str:
        """See `Client.enrol`."""
        return self._wait(self.client.enrol(code_text, name))

    def set_pin(self, pin: str | None, cost: Cost | None = None) -> None:
        """See `Client.set_pin`."""
        self._wait(self.client.set_pin(pin, cost))

    def photo(self, record: str) -> bytes:
        """See `Client.photo`."""
        return self._wait(self.client.photo(record))

    def new_key(self) -> str:
        """See `Client.new_key`."""
        return self._wait(self.client.new_key())

    def enrolment_state(self) -> str:
        """See `Client.enrolment_state`."""
        return self._wait(self.client.enrolment_state())

    def open(self, record: str) -> Form:
        """See `Client.open`."""
        return self._wait(self.client.open(record))

    def new(self, kind: str, record: str | None = None) -> Form:
        """See `Client.new`."""
        return self._wait(self.client.new(kind, record))

    def save(self, form: Form, fields: Mapping[str, Any]) -> int:
        """See `Client.save`."""
        return self._wait(self.client.save(form, fields))

    def settle(self, record: str, field: str, value: Any) -> int:
        """See `Client.settle`."""
        return self._wait(self.client.settle(record, field, value))

    def command(self, record: str, name: str, arguments: Mapping[str, Any] | None = None) -> int:
        """See `Client.command`."""
        return self._wait(self.client.command(record, name, arguments))

    def report(self, record: str, name: str, facts: Mapping[str, Any] | None = None) -> int:
        """See `Client.report`."""
        return self._wait(self.client.report(record, name, facts))

    def collect_papers(self, case: str, papers: Sequence[str], second: str = "") -> tuple[Slip, Told | None]:
        """See `Client.collect_papers`."""
        return self._wait(self.client.collect_papers(case, papers, second))

    def give_mandate(self, case: str, principal: Mapping[str, Any], term: tuple[str, str], **more: Any) -> str:
        """See `Client.give_mandate`."""
        return self._wait(self.client.give_mandate(case, principal, term, **more))

    def sign_mandate(self, record: str, signer: Signer) -> None:
        """See `Client.sign_mandate`."""
        self._wait(self.client.sign_mandate(record, signer))

    def tell_missing(self, case: str, missing: Sequence[str], days: int = 15) -> Told:
        """See `Client.tell_missing`."""
        return self._wait(self.client.tell_missing(case, missing, days))

    def agree(self, case: str, kind: str, about: Mapping[str, Any], **given: Any) -> str:
        """See `Client.agree`."""
        return self._wait(self.client.agree(case, kind, about, **given))

    def lacking_consent(self, case: str) -> tuple[str, ...]:
        """See `Client.lacking_consent`."""
        return self._wait(self.client.lacking_consent(case))

    def before_leaving(self, start: int, end: int) -> list[Home]:
        """See `Client.before_leaving`."""
        return self._wait(self.client.before_leaving(start, end))

    def standing_in(self) -> list[StandIn]:
        """See `Client.standing_in`."""
        return self._wait(self.client.standing_in())

    def ask_leave(self, since: int, until: int, reason: str = "", note: str = "") -> str:
        """See `Client.ask_leave`."""
        return self._wait(self.client.ask_leave(since, until, reason, note))

    def reply(self, household: str, text: str, outcome: str, **given: Any) -> str:
        """See `Client.reply`."""
        return self._wait(self.client.reply(household, text, outcome, **given))

    def my_days(self, start: int, end: int) -> list[Day]:
        """See `Client.my_days`."""
        return self._wait(self.client.my_days(start, end))

    def take_on(self, visit: str) -> int:
        """See `Client.take_on`."""
        return self._wait(self.client.take_on(visit))

    def arrived(self, visit: str, point: Where = None, note: str = "") -> int:
        """See `Client.arrived`."""
        return self._wait(self.client.arrived(visit, point, note))

    def done(self, visit: str, outcome: str, point: Where = None, note: str = "") -> int:
        """See `Client.done`."""
        return self._wait(self.client.done(visit, outcome, point, note))

    def nobody_home(self, visit: str, point: Where = None, note: str = "") -> int:
        """See `Client.nobody_home`."""
        return self._wait(self.client.nobody_home(visit, point, note))

    def wants_other_time(
        self, visit: str, windows: Sequence[Mapping[str, int]] = (), point: Where = None, note: str = ""
    ) -> int:
        """See `Client.wants_other_time`."""
        return self._wait(self.client.wants_other_time(visit, windows, point, note))

    def ask_visit(self, household: str, time: str = "propose", **asked: Any) -> str:
        """See `Client.ask_visit`."""
        return self._wait(self.client.ask_visit(household, time, **asked))

    def what_became(self, since: int = 0) -> list[Became]:
        """See `Client.what_became`."""
        return self._wait(self.client.what_became(since))

    def attach_photo(self, parent: str, source: Path, **fields: Any) -> Attached:
        """See `Client.attach_photo`."""
        return self._wait(self.client.attach_photo(parent, source, **fields))

    def view(self, record: str) -> View | None:
        """See `Client.view`."""
        return self._wait(self.client.view(record))

    def records(self, kind: str, parent: str | None = None) -> list[View]:
        """See `Client.records`."""
        return self._wait(self.client.records(kind, parent))

    def today(self, start: int, end: int) -> list[View]:
        """See `Client.today`."""
        return self._wait(self.client.today(start, end))

    def conflicts(self) -> list[Conflict]:
        """See `Client.conflicts`."""
        return self._wait(self.client.conflicts())

    def troubled(self) -> list[tuple[int, str, str, Outcome]]:
        """See `Client.troubled`."""
        return self._wait(self.client.troubled())

    def status(self) -> Status:
        """See `Client.status`."""
        return self._wait(self.client.status())

    def checkpoint(self) -> str:
        """See `Client.checkpoint`."""
        return self._wait(self.client.checkpoint())

    def compare(self, seen: str) -> None:
        """See `Client.compare`."""
        self._wait(self.client.compare(seen))

    def export(self, folder: Path, size: int = carrying.PIECE) -> list[Path]:
        """See `Client.export`."""
        return self._wait(self.client.export(folder, size))

    def carry(self, piece: bytes) -> bytes:
        """See `Client.carry`."""
        return self._wait(self.client.carry(piece))

    def receive(self, answer: bytes) -> Status:
        """See `Client.receive`."""
        return self._wait(self.client.receive(answer))

    def sync(self, progress: OnProgress = silent) -> Status:
        """See `Client.sync`."""
        return self._wait(self.client.sync(progress))

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(work)
