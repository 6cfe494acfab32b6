"""A device of the demo: a process of its own that runs ``daiban agent script``, behind a road of its own."""

import asyncio
import base64
import contextlib
import json
import os
import re
import signal
import sys
from pathlib import Path

from daiban_server.demo.proxy import Proxy, Rule
from daiban_server.serve import end_with_parent

_BLOCKED = Rule(refuse=True)


class PhoneError(RuntimeError):
    """A command that a phone did not do."""


class Phone:
    """A phone whose connections go through `road`. Commands are lines of ``daiban agent``."""

    def __init__(self, owner: str, folder: Path, road: Proxy, environment: dict[str, str] | None = None) -> None:
        self.owner = owner
        self.folder = folder
        self.road = road
        self._environment = os.environ | {"LANG": "zh_CN.UTF-8"} | (environment or {})
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Switch it on."""
        program = Path(sys.executable).with_name("daiban")
        self._process = await asyncio.create_subprocess_exec(
            str(program),
            *("agent", "--device", str(self.folder), "script"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=self._environment,
            preexec_fn=end_with_parent,
        )

    async def do(self, line: str) -> list[str]:
        """Run a command; gives what it said. Raises `PhoneError`."""
        await self.send(line)
        return await self.answer()

    async def send(self, line: str) -> None:
        """Write a command, and do not wait."""
        assert self._process and self._process.stdin
        self._process.stdin.write(f"{line}\n".encode())
        await self._process.stdin.drain()

    async def answer(self) -> list[str]:
        """Wait for the end of a command."""
        assert self._process and self._process.stdout
        said: list[str] = []
        while line := await self._process.stdout.readline():
            text = line.decode().rstrip("\n")
            if text == "ok":
                return said
            if text.startswith("failed "):
                raise PhoneError(f"{self.owner}: {text}")
            said.append(text)
        raise PhoneError(f"{self.owner}: the phone is off; it had said {said}")

    async def enrol(self, code: str) -> str:
        """Enrol by a one-time code whose address is replaced by this phone's road; gives the fingerprint."""
        said = await self.do(f"enrol {_by_road(code, self.road.port)} --name {self.owner}的手机 --no-pin")
        found = re.search(r"(\d{4} ){5}\d{4}", " ".join(said))
        if not found:
            raise PhoneError(f"{self.owner}: no fingerprint in {said}")
        return found[0]

    async def status(self) -> dict[str, object]:
        """What its store holds alone."""
        found: dict[str, object] = json.loads((await self.do("status --json"))[-1])
        return found

    async def leave_signal(self) -> None:
        """Go where there is no signal."""
        self.road.rule = _BLOCKED
        await self.road.cut_all()

    async def kill(self) -> None:
        """The battery falls out: SIGKILL, in the middle of whatever it does."""
        assert self._process
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGKILL)
        await self._process.wait()

    async def close(self) -> None:
        """Switch it off."""
        if self._process and self._process.returncode is None and self._process.stdin:
            self._process.stdin.close()
            await self._process.wait()


def _by_road(code: str, port: int) -> str:
    scheme, _, packed = code.partition(".")
    stated = json.loads(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
    stated["u"] = f"https://localhost:{port}"
    text = json.dumps(stated, separators=(",", ":")).encode()
    return f"{scheme}.{base64.urlsafe_b64encode(text).decode().rstrip('=')}"
