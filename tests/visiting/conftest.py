"""A township for each story."""

from pathlib import Path

import pytest

from tests.visiting.village import Village


@pytest.fixture
def village(tmp_path: Path) -> Village:
    """Two villages, two agents, on 24 November 2026."""
    return Village(tmp_path)
