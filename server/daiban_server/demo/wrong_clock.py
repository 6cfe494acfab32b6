"""A phone whose clock is years off: a process under libfaketime (Debian package `faketime`)."""

from datetime import UTC, datetime
from pathlib import Path


def faketime_library() -> Path | None:
    """Where Debian keeps the library for threaded programs; None if it is not installed."""
    return next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)


def wrong_clock(shows: datetime, library: Path) -> dict[str, str]:
    """Environment variables under which a process believes that it is `shows` (aware) now.

    Its clock goes on from there at the true rate. Monotonic time stays true, as on a real phone: waits,
    time-outs and event loops do not care what year it is.
    """
    # An offset needs no time zone to be understood; a written time would be taken as local.
    offset = shows - datetime.now(UTC)
    return {
        "LD_PRELOAD": str(library),
        "FAKETIME": f"{offset.total_seconds():+.0f}",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
