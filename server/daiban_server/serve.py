"""Serving: one Granian worker on SQLite, any number on PostgreSQL."""

import logging
import os
import signal
from pathlib import Path
from types import FrameType

from granian import Granian
from granian.constants import HTTPModes, Interfaces

from daiban_server import certificate

_logger = logging.getLogger(__name__)


def serve(
    data: Path, host: str, port: int, url: str, database: str = "", workers: int = 1, *, plain: bool = False
) -> None:
    """Serve until SIGTERM or SIGINT, then finish what was begun and return.

    `url` is how devices reach this server. With `plain` it speaks HTTP, for a proxy that does TLS in front;
    otherwise it has a
    certificate of its own under `data`. SQLite takes one worker.
    """
    if not database and workers != 1:
        raise ValueError("SQLite has one writer: use one worker, or a PostgreSQL database")
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    own = None if plain else certificate.load_or_make(data / "tls", ["localhost", "127.0.0.1", *_extra_names(url)])
    os.environ.update(
        DAIBAN_DATA=str(data), DAIBAN_URL=url, DAIBAN_DATABASE=database, DAIBAN_TLS_PIN=own.pin if own else ""
    )
    server = Granian(
        "daiban_server.app:from_environment",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        workers=workers,
        ssl_cert=own.chain if own else None,
        ssl_key=own.key if own else None,
        log_access=False,
        workers_kill_timeout=30,
    )
    _end_with_parent()
    server.serve()


def _extra_names(url: str) -> list[str]:
    host = url.partition("://")[2].partition("/")[0].rpartition(":")[0]
    return [] if host in ("", "localhost", "127.0.0.1") else [host]


def _end_with_parent() -> None:
    """Take SIGHUP, which a closed terminal sends, as the wish to end cleanly."""

    def end(number: int, frame: FrameType | None) -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    signal.signal(signal.SIGHUP, end)
