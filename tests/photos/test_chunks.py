"""How much of a photo to send next: the rule follows the link, and never leaves its bounds."""

from hypothesis import given
from hypothesis import strategies as st

from daiban_sync.chunks import ChunkPlan, Outcome

PLAN = ChunkPlan()
ARRIVED, CUT = Outcome.ARRIVED, Outcome.CUT


def settled(bytes_a_second: int) -> int:
    """The size that the rule comes to on a link of a steady rate."""
    size = PLAN.first
    for _ in range(20):
        size = PLAN.next_size(size, size * 1000 // bytes_a_second, ARRIVED)
    return size


def test_on_a_steady_link_a_chunk_takes_about_as_long_as_was_aimed_at() -> None:
    for rate in (8_000, 50_000, 300_000):
        assert 0.8 * PLAN.aim <= settled(rate) * 1000 / rate <= 1.01 * PLAN.aim


def test_a_bad_link_gets_small_chunks_and_a_good_one_large_ones() -> None:
    assert settled(100) == PLAN.smallest
    assert settled(10_000_000) == PLAN.largest


def test_a_cut_costs_more_than_one_good_chunk_wins() -> None:
    size = PLAN.next_size(256 * 1024, 10, ARRIVED)
    assert size == 512 * 1024
    assert PLAN.next_size(size, 10, CUT) == 128 * 1024


@given(st.integers(1, 2**40), st.integers(0, 2**40), st.sampled_from(Outcome))
def test_every_size_is_whole_pages_within_the_bounds(last: int, duration: int, outcome: Outcome) -> None:
    size = PLAN.next_size(last, duration, outcome)
    assert PLAN.smallest <= size <= PLAN.largest
    assert size % 4096 == 0


@given(st.integers(2**14, 2**22), st.integers(0, 2**20), st.integers(0, 2**20))
def test_a_slower_link_never_gets_more(last: int, one: int, other: int) -> None:
    fast, slow = sorted((one, other))
    assert PLAN.next_size(last, slow, ARRIVED) <= PLAN.next_size(last, fast, ARRIVED)
    assert PLAN.next_size(last, one, CUT) <= PLAN.next_size(last, one, ARRIVED)
