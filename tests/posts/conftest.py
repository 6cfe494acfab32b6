"""A team for each story."""

from pathlib import Path

import pytest

from tests.posts.team import Team


@pytest.fixture
def team(tmp_path: Path) -> Team:
    """A centre on 24 November 2026: 王芳 answers for 青山村."""
    return Team(tmp_path)
