"""Whatever clerks merge and separate, in any order: no ring, nothing lost, and the table says what the records say."""

import asyncio
import secrets
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from daiban_schemas import entry
from daiban_server import homes
from daiban_server.db.program import Program
from daiban_server.spine import desk, projections
from daiban_server.spine.ledger import Ledger
from tests.support.township import Township, new_id, open_township

COUNT = 4
ACTS = st.lists(st.tuples(st.sampled_from(("merge", "separate")), st.integers(0, COUNT - 1), st.integers(0, COUNT - 1)))


@settings(max_examples=15, deadline=None)
@given(acts=ACTS)
def test_whatever_is_merged_and_separated_every_household_leads_to_one_that_stays(
    acts: list[tuple[str, int, int]],
) -> None:
    asyncio.run(_play(acts))


async def _play(acts: list[tuple[str, int, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with open_township(Path(folder), rounds=False) as town:
            made = [new_id() for _ in range(COUNT)]
            fields = {"place": town.qingshan.hex(), "head": "张桂兰"}
            bodies = [entry.change(one.hex(), "household", fields, seen=0, at=town.clock()) for one in made]
            await _write(town, bodies)
            into: dict[bytes, bytes] = {}
            for name, one, other in acts:
                await _ask(town, name, made[one], made[other])
                _expect(into, name, made[one], made[other])
                await town.services.database.read(_holds(town, made, into))
            await town.services.database.write(
                town.centre, lambda: projections.rebuild(town.centre, town.services.effects, town.clock())
            )
            await town.services.database.read(_holds(town, made, into))


def _expect(into: dict[bytes, bytes], name: str, one: bytes, other: bytes) -> None:
    """What the act does to who went into whom, written down anew: what is refused does nothing."""
    if name == "separate":
        into.pop(one, None)
    elif one != other and one not in into and other not in into:
        into[one] = other


async def _ask(town: Township, name: str, one: bytes, other: bytes) -> None:
    arguments = {"reason": "核对过", **({"into": other.hex()} if name == "merge" else {})}
    await _write(town, [entry.command(one.hex(), "household", name, arguments, expected=None, at=town.clock())])


async def _write(town: Township, bodies: list[bytes]) -> None:
    services, clerk = town.services, desk.Clerk(town.people["赵敏"], "clerk", town.centre)
    now, secret = town.clock(), secrets.token_bytes(32)
    await services.database.write(
        town.centre, lambda: desk.write(clerk, bodies, services.keys, services.effects, now, secret)
    )


def _holds(town: Township, made: list[bytes], into: dict[bytes, bytes]) -> Program[None]:
    assert (yield from homes.merged(town.centre)) == into
    for one in made:
        stays = yield from homes.kept(town.centre, one)
        assert stays not in into
        assert (yield from homes.kept_in(Ledger(town.centre, town.clock(), 0), one)) == stays
        alike = {other for other in made if homes.last(other, into) == stays}
        assert set((yield from homes.all_of(town.centre, one))) == alike
