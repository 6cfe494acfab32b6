"""One run of one seed, in one tier, and what was found."""

import traceback
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import NamedTuple

from tests.simulator.cast import Cast
from tests.simulator.decisions import Decision, draw
from tests.simulator.paper.cast import paper_cast
from tests.simulator.real.cast import real_cast
from tests.simulator.witness import Violation
from tests.simulator.world import World


class Tier(NamedTuple):
    """A cast, and how long its runs are."""

    name: str
    cast: Callable[[Random], Cast]
    longest: int
    more: Mapping[str, int] = {}
    """Kinds of work that only this cast knows, and how often."""


RULES = Tier("rules", paper_cast, 90)
STORES = Tier("stores", real_cast, 80, {"second_hand": 2, "photo": 2, "meanwhile": 3})
TIERS = {tier.name: tier for tier in (RULES, STORES)}


@dataclass
class Run:
    """What a run was like. `rule` is the invariant that did not hold, or the error that nobody expected; "" if all
    was well."""

    seed: int
    rule: str = ""
    words: str = ""
    operations: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)


def play(tier: Tier, seed: int, decisions: Sequence[Decision] | None = None, *, tell: bool = False) -> Run:
    """Play a seed's decisions, or a part of them."""
    cast = tier.cast(Random(seed))
    world = World(cast, tell)
    run = Run(seed)
    try:
        world.play(list(draw(seed, tier.more, tier.longest) if decisions is None else decisions))
    except Violation as violation:
        run.rule, run.words = violation.rule, str(violation)
    except Exception as error:  # whatever the code under test raises was not expected
        where = traceback.extract_tb(error.__traceback__)[-1]
        run.rule = type(error).__name__
        run.words = f"{run.rule}: {error} ({Path(where.filename).name}:{where.lineno})"
    finally:
        cast.end()
    road = {"lost": world.road.lost, "doubled": world.road.doubled, "late": world.road.late}
    run.operations, run.told = world.operations, world.told
    run.faults = world.counts + Counter(road)
    return run
