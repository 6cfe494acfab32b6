"""A township centre that takes in photos and nothing else, under uvicorn on loopback.

As a process of its own, ``python -m tests.photos.centre FOLDER [POINT]`` prints its port, writes one line to
``FOLDER/receipts`` for each photo that it signs for, and dies by SIGKILL when it first reaches POINT.
"""

import argparse
import os
import random
import signal
import socket
import threading
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx2
import uvicorn
from litestar import Litestar

from daiban_server.features.photos import grant as tickets
from daiban_server.features.photos.grant import Grant
from daiban_server.features.photos.port import Recorder
from daiban_server.features.photos.receiving import Receiving
from daiban_server.features.photos.store import LocalStore
from daiban_server.features.photos.tus import PATH, router
from daiban_sync import faults

SECRET = bytes(range(32))
NOW = 1_764_032_400_000  # 2025-11-25 09:00 in Hanbin
HOUR = 3_600_000
SHUANGLONG, HONGSHAN = b"\x01" * 16, b"\x02" * 16
AGENT_PHONE = b"\x0a" * 16
HOUSEHOLD_BOOK, IDENTITY_CARD = b"\x11" * 16, b"\x12" * 16


def noise(size: int) -> bytes:
    """Bytes that look like a JPEG's: no part of them is like another. Always the same ones."""
    return random.Random(1).randbytes(size)


def granted(
    photo: bytes,
    *,
    record: bytes = HOUSEHOLD_BOOK,
    centre: bytes = SHUANGLONG,
    size: int | None = None,
    expires: int = NOW + HOUR,
) -> Grant:
    """What the centre grants the agent's phone for `photo`."""
    return Grant(centre, record, AGENT_PHONE, sha256(photo).digest(), size or len(photo), expires)


class Notebook(Recorder):
    """Keeps what was signed for, in order, and can be told to fail."""

    def __init__(self) -> None:
        self.stored: list[Grant] = []
        self.failures = 0

    async def photo_stored(self, grant: Grant) -> None:
        if self.failures:
            self.failures -= 1
            raise RuntimeError("the database is away")
        self.stored.append(grant)


class Centre:
    """Serves while the block lasts; `clock` is the centre's time in Unix milliseconds."""

    def __init__(self, root: Path) -> None:
        self.root, self.notebook, self.now = root, Notebook(), NOW
        self.store = LocalStore(root)
        self._server = uvicorn.Server(_config(self.store, self.notebook, lambda: self.now))
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],))
        self.port: int = self._socket.getsockname()[1]

    def url(self, grant: Grant, port: int | None = None) -> str:
        """The upload's URL, by another port if it goes over a bad road."""
        return f"http://127.0.0.1:{port or self.port}{PATH}/{tickets.issue(SECRET, grant)}"

    def photo(self, grant: Grant) -> bytes | None:
        """The finished photo as it lies on the disk, if it does."""
        name = grant.digest.hex()
        file = self.root / grant.centre.hex() / name[:2] / name
        return file.read_bytes() if file.exists() else None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join(10)
        self._socket.close()


class Device:
    """A phone that speaks tus by hand, to ask for what no decent client would."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = httpx2.Client(headers={"Tus-Resumable": "1.0.0"}, trust_env=False)

    def create(self, length: int, **headers: str) -> httpx2.Response:
        return self.http.post(self.url, headers={"Upload-Length": str(length), **_named(headers)})

    def offset(self) -> int:
        answer = self.http.head(self.url)
        assert answer.status_code == 200, answer.status_code
        return int(answer.headers["upload-offset"])

    def send(self, offset: int, body: bytes, **headers: str) -> httpx2.Response:
        standard = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
        return self.http.patch(self.url, content=body, headers={**standard, **_named(headers)})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def _config(store: LocalStore, recorder: Recorder, clock: Callable[[], int]) -> uvicorn.Config:
    receiving = Receiving(store, recorder, SECRET, clock)
    app = Litestar([router(lambda: receiving)], openapi_config=None)
    return uvicorn.Config(app, log_level="error", lifespan="off", timeout_graceful_shutdown=2)


class _Receipts(Recorder):
    def __init__(self, file: Path) -> None:
        self._file = file

    async def photo_stored(self, grant: Grant) -> None:
        with self._file.open("a") as file:
            file.write(f"{grant.record.hex()} {grant.digest.hex()}\n")
            file.flush()
            os.fsync(file.fileno())


def _die_at(point: str) -> None:
    def hook(reached: str) -> None:
        if reached == point:
            os.kill(os.getpid(), signal.SIGKILL)

    assert point in faults.POINTS
    faults.install(hook)


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("point", nargs="?")
    arguments = parser.parse_args()
    if arguments.point:
        _die_at(arguments.point)
    store = LocalStore(arguments.folder)
    server = uvicorn.Server(_config(store, _Receipts(arguments.folder / "receipts"), lambda: NOW))
    listening = socket.create_server(("127.0.0.1", 0))
    print(f"port {listening.getsockname()[1]}", flush=True)
    server.run([listening])


if __name__ == "__main__":
    main()
