"""What the simulator found in Daiban, each as a story of its own."""

from random import Random

from daiban_client_sdk import Client
from tests.simulator.decisions import DAY
from tests.simulator.real.cast import real_cast
from tests.simulator.world import World
from tests.support.township import Township

YEAR = 365 * DAY


def test_own_work_that_fills_the_last_page_to_the_brim_is_shown_as_it_was_pulled() -> None:
    """The page after it is empty: a complete pull all the same."""
    cast = real_cast(Random(0))
    try:
        world = World(cast)
        for centre in cast.centres:
            centre.server.page = 1
        world.new(0, Random(1))
        world.sync(0, Random(2), smooth=True)
        world.road.drain()
        assert cast.holders[0].phone.receipted()
        assert not cast.holders[0].phone.unmirrored()
    finally:
        cast.end()


async def test_a_phone_whose_clock_falls_back_by_more_than_a_century_still_syncs(sqlite_township: Township) -> None:
    """It learnt its offset while its clock stood in 2096; then the battery died, and the clock began in 1970."""
    town, ahead = sqlite_township, [70 * YEAR]
    wang: Client = await town.device("王芳", now=lambda: town.clock() + ahead[0])
    await wang.sync()
    await town.household(wang)
    ahead[0] = -56 * YEAR
    status = await wang.sync()
    assert status.may_be_given_back


def test_a_phone_that_found_no_room_saves_again() -> None:
    """A commit that failed and left its transaction open must not stand in the way of the next save."""
    cast = real_cast(Random(0))
    try:
        world, wang = World(cast), cast.holders[0]
        wang.phone.disk.full_commits, wang.phone.disk.stays_open = 1, True
        world.new(0, Random(1))
        assert not wang.saved
        world.new(0, Random(2))
        assert len(wang.saved) == 1
    finally:
        cast.end()
