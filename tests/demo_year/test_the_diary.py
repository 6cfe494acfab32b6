"""The diary hands out what lies ahead in order, in steps of the clock, and one batch for a worker's step."""

from hypothesis import given
from hypothesis import strategies as st

from daiban_server.demo.year.days import CLOSING, OPENING
from daiban_server.demo.year.diary import STEP, Diary, Errand, step_after

_MOMENTS = st.integers(OPENING, CLOSING - 2 * STEP)


@given(_MOMENTS, _MOMENTS)
def test_the_clock_never_goes_before_what_happened_and_keeps_its_order(one: int, other: int) -> None:
    assert one <= step_after(one) <= one + STEP + STEP // 4
    assert (step_after(one) <= step_after(other)) or one > other


def test_what_a_worker_writes_in_one_step_is_one_batch_and_others_keep_their_turn() -> None:
    diary, at = Diary(), OPENING + 10 * STEP
    diary.note(at + 3, 0, 7, b"third")
    diary.note(at + 1, 0, 7, b"first")
    diary.note(at + 1, 0, 7, b"second")
    diary.note(at + 2, 1, 7, b"elsewhere")
    diary.note(at + 4, 0, 9, b"after them")
    diary.plan(at + 5, 0, Errand("rate", {}))
    (step,) = diary.steps(CLOSING)
    assert [due.bodies for due in step.due[0]] == [(b"first", b"second", b"third"), (b"after them",), ()]
    assert [due.bodies for due in step.due[1]] == [(b"elsewhere",)]
    assert step.due[0][2].errand == Errand("rate", {})


def test_what_falls_behind_the_years_end_is_left_out() -> None:
    diary = Diary()
    diary.note(CLOSING, 0, 0, b"too late")
    assert list(diary.steps(CLOSING + 2 * STEP)) == []
