"""A share of `make fuzz` in every run of the tests."""

from pathlib import Path

from tests.fuzz.run import fuzz
from tests.support.township import open_township


async def test_nothing_that_comes_breaks_the_server_or_changes_anything(database_url: str, tmp_path: Path) -> None:
    async with open_township(tmp_path, database_url) as town:
        told = await fuzz(town, 1_200, seed=20_261_127)
    assert sum(told.values()) >= 1_200
    assert {name.partition(":")[0] for name in told} >= {"sync, its frames", "bundle, its inside", "spool, its inside"}
