"""The township centre in the demo: the server as a process of its own, and people signed in at its desk."""

import asyncio
import os
import ssl
import sys
from pathlib import Path
from typing import Any

import httpx2

from daiban_server import certificate
from daiban_server.demo.district import PASSWORD
from daiban_server.serve import end_with_parent


class Office:
    """The running server."""

    def __init__(self, data: Path, port: int) -> None:
        self.data = data
        self.port = port
        self.url = f"https://localhost:{port}"
        self._process: asyncio.subprocess.Process | None = None
        self._desks: dict[str, httpx2.AsyncClient] = {}

    async def start(self) -> None:
        """Start ``daiban serve`` and wait until it answers."""
        program = Path(sys.executable).with_name("daiban")
        log = (self.data / "server.log").open("ab")
        self._process = await asyncio.create_subprocess_exec(
            str(program),
            *("serve", "--data", str(self.data), "--port", str(self.port), "--url", self.url),
            stdout=log,
            stderr=log,
            # The demo's people have no telephones with codes.
            env={**os.environ, "DAIBAN_SECOND_FACTOR": ""},
            preexec_fn=end_with_parent,
        )
        for _ in range(200):
            if self._process.returncode is not None:
                break
            try:
                async with self._client() as http:
                    if (await http.get("/v1/health")).status_code == 200:
                        return
            except httpx2.TransportError:
                await asyncio.sleep(0.1)
        raise RuntimeError(f"the server did not start; see {self.data / 'server.log'}")

    async def stop(self) -> None:
        """Ask it to end, and wait."""
        for desk in self._desks.values():
            await desk.aclose()
        if self._process and self._process.returncode is None:
            self._process.terminate()
            await self._process.wait()

    async def wait(self) -> None:
        """Until the server ends."""
        assert self._process
        await self._process.wait()

    async def desk(self, login: str) -> httpx2.AsyncClient:
        """Somebody signed in."""
        if login not in self._desks:
            http = self._client()
            answer = await http.post("/v1/session", json={"login": login, "password": PASSWORD})
            answer.raise_for_status()
            http.headers["X-CSRF-Token"] = answer.json()["csrf"]
            self._desks[login] = http
        return self._desks[login]

    async def ask(self, login: str, method: str, path: str, body: Any = None) -> Any:
        """A request of the JSON API; gives its answer, decoded."""
        desk = await self.desk(login)
        answer = await desk.request(method, path, json=body)
        if not answer.is_success:
            raise RuntimeError(f"{method} {path}: {answer.text}")
        return answer.json() if answer.content else None

    def _client(self) -> httpx2.AsyncClient:
        own = certificate.load_or_make(self.data / "tls", ["localhost", "127.0.0.1"])
        context = ssl.create_default_context(cafile=str(own.chain))
        return httpx2.AsyncClient(base_url=self.url, verify=context, trust_env=False, timeout=30)
