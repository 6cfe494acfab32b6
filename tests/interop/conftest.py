"""The JavaScript client in the townships of the stories."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.interop.javascript import Node, running
from tests.support.township import Township


@pytest.fixture
async def node(township: Township, tmp_path: Path) -> AsyncIterator[Node]:
    """JavaScript devices of a township on each database in turn."""
    async with running(township, tmp_path / "javascript") as process:
        yield process


@pytest.fixture
async def sqlite_node(sqlite_township: Township, tmp_path: Path) -> AsyncIterator[Node]:
    """JavaScript devices, for stories in which the database does not matter."""
    async with running(sqlite_township, tmp_path / "javascript") as process:
        yield process
