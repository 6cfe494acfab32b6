"""Whatever clerks merge and separate, in any order: no ring, nothing lost, and the table says what the records say."""

import random
from pathlib import Path

import pytest

from daiban_schemas import entry
from daiban_server import homes
from daiban_server.app import EFFECTS
from daiban_server.spine import projections
from daiban_server.spine.ledger import Ledger
from tests.cases.bureau import Bureau


def ask(bureau: Bureau, home: bytes, name: str, **arguments: str) -> None:
    """A clerk gives a command on a household, which may be refused."""
    told = {"reason": "核对过", **arguments}
    bureau.write("赵敏", entry.command(home.hex(), "household", name, told, expected=None, at=bureau.now))


def expect(into: dict[bytes, bytes], name: str, one: bytes, other: bytes) -> None:
    """What that does to who went into whom, written down anew: what is refused does nothing."""
    if name == "separate":
        into.pop(one, None)
    elif one != other and one not in into and other not in into:
        into[one] = other


def check(bureau: Bureau, made: list[bytes], into: dict[bytes, bytes]) -> None:
    """Every household leads to one that stays, by the table and by the records."""
    assert bureau.run(homes.merged(bureau.centre)) == into
    for one in made:
        stays = bureau.run(homes.kept(bureau.centre, one))
        assert stays not in into
        assert bureau.run(homes.kept_in(Ledger(bureau.centre, bureau.now, 0), one)) == stays
        alike = {other for other in made if homes.last(other, into) == stays}
        found = bureau.run(homes.all_of(bureau.centre, one))
        assert found[0] == stays
        assert set(found) == alike
        assert len(found) == len(alike)


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_merged_and_separated_every_household_leads_to_one_that_stays(tmp_path: Path, seed: int) -> None:
    bureau, dice = Bureau(tmp_path), random.Random(seed)
    made = [bureau.home, *(bureau.household("张桂兰") for _ in range(3))]
    into: dict[bytes, bytes] = {}
    for _ in range(20):
        name, one, other = dice.choice(("merge", "merge", "separate")), dice.choice(made), dice.choice(made)
        ask(bureau, one, name, **({"into": other.hex()} if name == "merge" else {}))
        expect(into, name, one, other)
        check(bureau, made, into)
    bureau.run(projections.rebuild(bureau.centre, EFFECTS, bureau.now))
    check(bureau, made, into)
