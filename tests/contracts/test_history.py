"""History in stretches: whatever is handed in, and however it is cut, every entry is found where its record says."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from daiban_server.spine import history
from daiban_server.spine.history import Stored

Step = tuple[int, int, int, bool, int]
_STEPS = st.lists(
    st.tuples(
        st.sampled_from([1, 1, 1, 1, 2]),  # positions on: a parked entry takes one and leaves no entry
        st.sampled_from([1, 1, 1, 1, 3, -2]),
        st.sampled_from([0, 0, 0, 0, 1]),
        st.booleans() | st.just(True),
        st.sampled_from([10, 10, 10, 1000, 30_000, 60_000]),
    ),
    max_size=120,
)


def written(steps: list[Step]) -> list[Stored]:
    """Entries in order of position."""
    entries, position, number = [], 2**40, 50
    for on, further, device, chained, size in steps:
        position, number = position + on, number + further
        who = bytes([device]) * 16
        entries.append(Stored(position, who, number, who, 1 + device, chained, position, 0, who, b"x" * size))
    return entries


@given(_STEPS)
def test_entries_come_back_as_they_were_written(steps: list[Step]) -> None:
    entries = written(steps)
    stretches = list(history.cut(entries))
    rows = [history.row(b"c" * 16, stretch) for stretch in stretches]
    found = [one for row in rows for one in history.entries_of(history.opened(row[1:]))]
    assert found == entries


@given(_STEPS)
def test_a_stretch_is_short_and_no_shorter_than_it_must_be(steps: list[Step]) -> None:
    stretches = list(history.cut(written(steps)))
    for stretch in stretches:
        assert 0 < len(stretch) <= history.LONGEST
        assert len(stretch) == 1 or sum(len(one.body) for one in stretch) <= history.LARGEST
    for before, after in pairwise(stretches):
        both = [*before, after[0]]
        assert (
            len(both) > history.LONGEST
            or sum(len(one.body) for one in both) > history.LARGEST
            or not history._follows(before[-1], after[0])
        )
