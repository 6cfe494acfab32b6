"""What every test may ask for."""

import os
import sys

import pytest

pytest_plugins = [
    "tests.support.node",
    "tests.support.chromium",
    "tests.support.faketime",
    "tests.support.no_skips",
    "tests.support.poppler",
    "tests.support.postgres",
    "tests.support.township",
    "tests.support.fire",
]

# A run starts a hundred processes, which would each compile everything anew where bytecode is forbidden; `make clean`
# takes it away again.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """How many tests run beside each other: more than there are cores, since stories wait for disks, links and pages as
    long as they compute."""
    return 2 * (os.cpu_count() or 1)


@pytest.fixture(autouse=True)
def streams_end_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stream of events ends with its first, so that whoever asks every route for its answer gets one."""
    monkeypatch.setattr("daiban_server.console.live.LASTS", 0)
