"""Dying on demand: a process kills itself when it reaches the point that a file names."""

import os
import signal
from pathlib import Path

from daiban_sync import faults

VARIABLE = "DAIBAN_TEST_KILL_FILE"


def install() -> None:
    """Read the file named by the environment at every point; at the point that stands in it, take it away and die."""
    path = Path(os.environ[VARIABLE])

    def reached(name: str) -> None:
        try:
            wanted = path.read_text()
        except FileNotFoundError:
            return
        if wanted == name:
            path.unlink()
            os.kill(os.getpid(), signal.SIGKILL)

    faults.install(reached)
