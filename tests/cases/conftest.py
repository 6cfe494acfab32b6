"""A bureau for each story."""

from pathlib import Path

import pytest

from tests.cases.bureau import Bureau


@pytest.fixture
def bureau(tmp_path: Path) -> Bureau:
    """A centre on 24 November 2026."""
    return Bureau(tmp_path)
