"""One telephone, however people wrote it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daiban_schemas.telephone import dialled, is_written_as_one, same

MOBILE = ("13800000000", "138-0000-0000", "138 0000 0000", "+8613800000000", "+86 138-0000-0000", "008613800000000")
FULL_WIDTH = ("１３８００００００００", "＋８６１３８００００００００", "１３８－００００－００００")
FIXED = ("0915-3212345", "09153212345", "(0915)3212345", "+86 915 3212345", "0086-915-3212345", "（0915）3212345")


def test_one_telephone_as_people_write_it() -> None:
    for written in (*MOBILE, *FULL_WIDTH, "8613800000000", "013800000000"):
        assert same(written, "13800000000"), written
    for written in FIXED:
        assert same(written, "0915-3212345"), written


@pytest.mark.parametrize(
    ("one", "other"), [("13800000000", "13800000001"), ("0915-3212345", "0916-3212345"), ("", ""), ("无", "无")]
)
def test_others_are_others(one: str, other: str) -> None:
    assert not same(one, other)


def test_a_number_that_only_begins_like_the_country_stays_whole() -> None:
    assert dialled("86123456") == "86123456"
    assert dialled("010-62345678") == "1062345678"


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.lists(st.sampled_from("- .()"), max_size=8), st.randoms())
def test_what_is_written_between_the_digits_does_not_matter(number: str, signs: list[str], dice: object) -> None:
    written = list(number)
    for sign in signs:
        written.insert(dice.randint(1, len(written)), sign)  # type: ignore[attr-defined]  # Hypothesis' own random
    assert dialled("".join(written)) == number


def test_what_looks_like_a_telephone() -> None:
    assert all(map(is_written_as_one, (*MOBILE, *FULL_WIDTH, *FIXED, "3212345")))
    assert not any(map(is_written_as_one, ("JM-20261124-MZ-0001", "张桂兰", "1380", "")))
