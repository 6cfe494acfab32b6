"""A bureau for each story."""

from pathlib import Path

import pytest

from tests.figures.desk import Desk


@pytest.fixture
def bureau(tmp_path: Path) -> Desk:
    """A centre on 24 November 2026, a Tuesday."""
    return Desk(tmp_path)
