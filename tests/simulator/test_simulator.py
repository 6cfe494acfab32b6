"""Townships from seeds: nothing is lost, nothing counts twice, and everybody ends up seeing the same."""

import os

import pytest

from tests.simulator.decisions import draw
from tests.simulator.fleet import summed
from tests.simulator.run import RULES, TIERS, play
from tests.simulator.shrink import shrink, story

SEEDS = {"rules": 2000, "stores": 200}
"""Seeds of each tier in CI; a tenth of them otherwise."""
FAULTS_OF = {"stores": ("servers cut off", "phones cut off", "disks full", "two programs", "written while read")}


@pytest.mark.parametrize("tier", SEEDS)
def test_townships_lose_nothing(tier: str) -> None:
    seeds = SEEDS[tier] if os.environ.get("CI") == "true" else SEEDS[tier] // 10
    total = summed(tier, range(seeds))
    assert [f"seed {run.seed}: {run.words}" for run in total.violations] == []
    assert total.seeds == seeds
    if seeds < 100:
        return  # too few to say what is rare
    for fault in ("lost", "doubled", "late", "carried", "clock jumps", "phones died", "servers died", "reassigned"):
        assert total.faults[fault] > seeds / 10, f"{fault} hardly ever happens"
    for fault in ("revoked", "phones restored", "servers restored", *FAULTS_OF.get(tier, ())):
        assert total.faults[fault] > seeds / 70, f"{fault} hardly ever happens"


@pytest.mark.parametrize("tier", SEEDS)
def test_a_seed_is_the_same_run_every_time(tier: str) -> None:
    one, other = (play(TIERS[tier], 11, tell=True) for _ in range(2))
    assert one.told == other.told
    assert len(one.told) > 20
    assert play(TIERS[tier], 12, tell=True).told != one.told


@pytest.mark.slow
def test_real_processes_that_are_killed_lose_nothing() -> None:
    total = summed("kills", range(4), processes=2)
    assert [f"seed {run.seed}: {run.words}" for run in total.violations] == []
    assert total.faults["processes killed"] > 4


def test_a_story_shrinks_to_what_matters() -> None:
    whole = draw(3)
    wanted = {whole[4], whole[17]}
    assert shrink(whole, lambda part: wanted <= set(part)) == [whole[4], whole[17]]


def test_a_failing_run_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a merge that takes everything away, the story ends with two people who wrote one field."""
    monkeypatch.setattr("daiban_sync.merge.replaces", lambda change, head, name: True)
    seed = next(seed for seed in range(50) if play(RULES, seed).rule == "merge")
    told = story(RULES, seed)
    assert told.rule == "merge"
    assert "went that nobody meant to replace" in told.words
    saves = [line for line in told.told if " saves " in line or " settles " in line]
    assert 2 <= len(saves) <= 4
    assert len(told.told) < 30
