"""Serving: one Granian worker on SQLite, any number on PostgreSQL."""

import contextlib
import ctypes
import gc
import multiprocessing
import os
import signal
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces

from daiban_server import certificate, logs
from daiban_server.db.sqlite import DatabaseInUseError, hold_lock

Handler = Callable[[int, FrameType | None], Any] | int | None
APP = "daiban_server.app:from_environment"
_M_ARENA_MAX = -8
_PR_SET_PDEATHSIG = 1


def serve(
    data: Path,
    host: str,
    port: int,
    url: str,
    database: str = "",
    workers: int = 1,
    *,
    plain: bool = False,
    app: str = APP,
) -> None:
    """Serve until SIGTERM or SIGINT, then finish what was begun and return.

    `url` is how devices reach this server. With `plain` it speaks HTTP, for a proxy that does TLS in front; otherwise
    it has a certificate of its own under `data`. `app` makes the application in a worker. SQLite takes one worker.
    Raises `ValueError` for what cannot be served.
    """
    if not database and workers != 1:
        raise ValueError("SQLite has one writer: use one worker, or a PostgreSQL database")
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not database:
        _refuse_second(data / "daiban.db")
    own = None if plain else certificate.load_or_make(data / "tls", ["localhost", "127.0.0.1", *_extra_names(url)])
    os.environ.update(
        DAIBAN_DATA=str(data), DAIBAN_URL=url, DAIBAN_DATABASE=database, DAIBAN_TLS_PIN=own.pin if own else ""
    )
    server = Granian(
        app,
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        workers=workers,
        ssl_cert=own.chain if own else None,
        ssl_key=own.key if own else None,
        log_access=False,
        log_dictconfig=logs.CONFIG,
        workers_kill_timeout=30,
    )
    logs.configure()
    _take_hangup()
    server.on_startup(_tell_workers_first)
    server.serve()


def _refuse_second(path: Path) -> None:
    """SQLite has one process. Raises `ValueError` where another has it, before a worker would fail over it."""
    try:
        hold_lock(path).close()
    except DatabaseInUseError:
        raise ValueError(f"{path} is open in another process: 服务器已经在运行") from None


def _extra_names(url: str) -> list[str]:
    host = url.partition("://")[2].partition("/")[0].rpartition(":")[0]
    return [] if host in ("", "localhost", "127.0.0.1") else [host]


def _take_hangup() -> None:
    """Take SIGHUP, which a closed terminal sends, as the wish to end cleanly."""

    def end(number: int, frame: FrameType | None) -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    signal.signal(signal.SIGHUP, end)


STOPPING = signal.SIGUSR1
"""Tells a worker that it is going to be asked to stop: streams end then (`app`). It would wait for them otherwise, and
never hear of the end itself, since Granian keeps SIGTERM."""


def _tell_workers_first() -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _telling(signal.getsignal(number)))


def _telling(then: Handler) -> Handler:
    def end(number: int, frame: FrameType | None) -> None:
        for worker in multiprocessing.active_children():
            if worker.pid is not None:
                os.kill(worker.pid, STOPPING)
        if callable(then):
            then(number, frame)

    return end


def few_arenas() -> None:
    """Let the C library keep memory in two places, not in one for each thread: what a thread frees stays with its
    place, some megabytes in all. Linux only; elsewhere nothing happens."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 2)


def calm_collector() -> None:
    """Look for cycles less often: a push makes many objects and no cycles, and the usual pace cost it a tenth."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def end_with_parent() -> None:
    """Ask the kernel for SIGTERM when the process that began this one dies.

    Linux only; elsewhere nothing happens.
    """
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def end_with_supervisor() -> None:
    """As `end_with_parent`, for a worker: an orphan would hold port and database for ever. A supervisor that died while
    the worker was still starting has nobody told, so this ends then with SystemExit."""
    end_with_parent()
    supervisor = multiprocessing.parent_process()
    if supervisor is not None and os.getppid() != supervisor.pid:
        raise SystemExit("the supervisor is gone: 主进程已经不在")
