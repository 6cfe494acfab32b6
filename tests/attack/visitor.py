"""Who attacks, and what he knows."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
from schemathesis import Case
from schemathesis.core.transport import Response

from tests.contracts.test_permissions import PEOPLE, centre_of
from tests.hostile.test_bad_input import fingerprint
from tests.support.township import PASSWORD, Township

NOBODY = "nobody"
ROLES = ("head", "clerk", "cadre", "district", "auditor", NOBODY)
COUNTED = frozenset({"failure", "account_event", "visit_run"})
"""Tables that may change beside a refusal: wrong passwords are counted, and told to whose they are; a plan that was
asked for before is at work."""
CUSTODY = frozenset({"chain", "checkpoint", "counter", "envelope", "history", "log_node", "outcome"})
"""Tables that keep what was handed in at the desk and refused: rule faults are kept with their reason, and shown."""

Known = dict[str, list[str]]
"""What stands in the paths, by the parameter's name."""


async def known_to(town: Township) -> Known:
    """The ids of a household, a case, a task, a phone and people, so that not every request ends at "unknown"."""
    own = await centre_of(town, town.centre, "建民办事处")
    records = [own.household, own.application, town.item.hex()]
    return {
        "record": records,
        "person": [town.people["王芳"].hex(), own.person],
        "place": [own.place, town.qingshan.hex()],
        "device": [own.device],
        "digest": ["00" * 32],
        "kind": ["household", "application", "item", "mandate", "visit", "opinion", "paper"],
        "name": ["submit", "receive", "accept", "withdraw", "collected", "slip", "acceptance", "来访"],
        "task": [own.task],
        "message": [own.task],
        "centre": [own.centre],
        "code": ["SB-01", "JM"],
        "day": ["2026-12-31"],
        "form": ["badge", "desk"],
        "run": [own.task],
    }


@dataclass
class Visitor:
    """A role's client. It runs in a thread, the server on `loop`."""

    town: Township
    role: str
    loop: asyncio.AbstractEventLoop
    headers: dict[str, str] = field(default_factory=dict)
    _print: dict[str, str] = field(default_factory=dict)
    _files: tuple[Any, ...] = ()

    def sign_in(self) -> None:
        """Begin a session anew."""
        self.headers = {}
        if self.role == NOBODY:
            return
        with httpx2.Client(base_url=self.town.url, trust_env=False, timeout=60) as http:
            answer = http.post("/v1/session", json={"login": PEOPLE[self.role], "password": PASSWORD})
            assert answer.status_code == 200, answer.text
            cookies = "; ".join(f"{name}={value}" for name, value in http.cookies.items())
            self.headers = {"X-CSRF-Token": answer.json()["csrf"], "Cookie": cookies}

    def send(self, case: Case) -> Response:
        """Send one; whose session was ended by what he did signs in anew for the next."""
        answer = case.call(base_url=self.town.url, headers=dict(self.headers))
        if answer.status_code == 401 and self.role != NOBODY:
            self.sign_in()
        return answer

    def changed(self) -> set[str]:
        """The tables that are other than when this was asked last. They are read only if their files were written
        to."""
        folder = self.town.folder / "server"
        files = tuple(_stand(folder / name) for name in ("daiban.db", "daiban.db-wal"))
        if files == self._files:
            return set()
        before, self._files = self._print, files
        found = asyncio.run_coroutine_threadsafe(fingerprint(self.town, besides=COUNTED), self.loop)
        self._print = found.result()
        return {name for name, digest in self._print.items() if before.get(name) != digest}


def _stand(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except FileNotFoundError:
        return 0, 0
    return found.st_size, found.st_mtime_ns
