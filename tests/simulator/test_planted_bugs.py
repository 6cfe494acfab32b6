"""Bugs that were planted are found: a share of the list; ``python -m tests.simulator.bugs`` hunts them all."""

import pytest

from tests.simulator.bugs import hunted, listed

EVERY = 6
"""In CI every sixth bug is hunted, and of those only what is stated to be found within so many seeds:"""
SEEDS = 300


def test_the_list_fits_the_code_and_is_long_enough() -> None:
    bugs = listed()
    assert len(bugs) >= 40
    assert {bug.tier for bug in bugs} == {"rules", "stores"}
    assert len({bug.name for bug in bugs}) == len(bugs)


@pytest.mark.slow
def test_planted_bugs_are_found_within_their_seeds() -> None:
    some = [bug for bug in listed() if bug.seeds <= SEEDS][::EVERY]
    assert len(some) >= 5
    assert [found.bug.name for found in hunted(some) if found.seeds is None] == []
