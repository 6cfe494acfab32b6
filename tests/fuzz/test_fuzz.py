"""A share of `make fuzz` in every run of the tests."""

from tests.fuzz.run import fuzz
from tests.support.township import Township


async def test_nothing_that_comes_breaks_the_server_or_changes_anything(township: Township) -> None:
    told = await fuzz(township, 1_200, seed=20_261_127)
    assert sum(told.values()) >= 1_200
    assert {name.partition(":")[0] for name in told} >= {"sync, its frames", "bundle, its inside", "spool, its inside"}
