"""Processes whose clock is wrong, for tests of phones that live in another year."""

from collections.abc import Callable
from datetime import datetime

import pytest

from daiban_server.demo.wrong_clock import faketime_library, wrong_clock


@pytest.fixture(scope="session")
def clock_at() -> Callable[[datetime], dict[str, str]]:
    """Give the environment in which a child process believes that it is the given (aware) time."""
    library = faketime_library()
    if library is None:
        pytest.skip("libfaketime is not installed: apt-get install faketime")
    return lambda shows: wrong_clock(shows, library)
