"""What several stories about devices begin with."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.township import Township, open_township


@pytest.fixture
async def town(database_url: str, tmp_path: Path) -> AsyncIterator[Township]:
    """A township that browsers reach by a name: an address in numbers has no passkeys."""
    async with open_township(tmp_path, database_url, host="localhost") as town:
        yield town
