"""What a field may hold: identity numbers, phones, texts, and values that only make sense together."""

import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daiban_schemas import identity, types
from daiban_schemas.identity import identity_number_problem
from daiban_schemas.masking import masked
from daiban_schemas.types import (
    Anything,
    Choice,
    Date,
    Digest,
    Flag,
    IdentityNumber,
    Instant,
    Integer,
    List,
    Phone,
    Point,
    Reference,
    Struct,
    Text,
    Type,
)

# Identity numbers ----------------------------------------------------------------------------------------------


def made_up(area: str, born: str, order: str) -> str:
    """A number that nobody was given, with its check digit reckoned as GB 11643 (ISO 7064, MOD 11-2) says."""
    remainder = 0
    for digit in area + born + order:
        remainder = (remainder + int(digit)) * 2 % 11
    check = (12 - remainder) % 11
    return area + born + order + ("X" if check == 10 else str(check))


areas = st.integers(0, 999_999).map("{:06d}".format)
births = st.dates(datetime.date(1880, 1, 1), datetime.date(2199, 12, 31)).map("{:%Y%m%d}".format)
orders = st.integers(0, 999).map("{:03d}".format)
people = st.builds(made_up, areas, births, orders)


@given(people)
def test_a_number_with_its_check_digit_and_a_date_is_taken_whatever_its_area(number: str) -> None:
    """Areas are renamed and merged, and the numbers of those born before stay."""
    assert identity_number_problem(number) is None
    assert f"{identity.birthday(number):%Y%m%d}" == number[6:14]


@pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014", made_up("612401", "19491001", "001")])
def test_the_standards_own_examples_and_a_district_that_has_another_code_today(number: str) -> None:
    assert IdentityNumber().problem(number) is None


@given(people, st.integers(0, 16), st.integers(1, 9))
def test_one_digit_mistyped_is_always_noticed(number: str, at: int, off: int) -> None:
    wrong = number[:at] + str((int(number[at]) + off) % 10) + number[at + 1 :]
    assert identity_number_problem(wrong) == "value.identity_check_digit"


@given(people, st.integers(0, 15))
def test_two_neighbours_exchanged_are_always_noticed(number: str, at: int) -> None:
    wrong = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    assert wrong == number or identity_number_problem(wrong) == "value.identity_check_digit"


@pytest.mark.parametrize("born", ["19000229", "20230229", "19901301", "19900100", "19900431", "00000000", "18791231"])
def test_a_date_that_never_was_is_refused(born: str) -> None:
    assert identity_number_problem(made_up("612401", born, "123")) == "value.identity_date"


def test_a_leap_day_is_a_birthday() -> None:
    assert identity_number_problem(made_up("612401", "20000229", "123")) is None


@pytest.mark.parametrize(
    "number",
    [
        "",
        "61240119900101123",
        "6124011990010112300",
        "11010519491231002x",
        " 11010519491231002X",
        "11010519491231002X\n",
        "１１０１０５１９４９１２３１００２X",
        "1101051949123100²X",
        "130503670401001",
        "X" * 18,
    ],
)
def test_what_is_not_eighteen_characters_of_a_number_is_refused(number: str) -> None:
    """A lowercase x too: one number has one spelling, or a person would be found under one of them only."""
    assert IdentityNumber().problem(number) == "value.not_identity_number"


def test_a_mask_leaves_the_first_and_the_last_character() -> None:
    assert masked("11010519491231002X") == "1" + "*" * 16 + "X"
    assert [masked(short) for short in ("", "1", "12", "123")] == ["", "*", "**", "1*3"]


# Phones --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "number",
    ["13909150001", "19999999999", "0915-3212345", "09153212345", "010-12345678", "0915-3212345-801", "12345", "10086",
     "400-123-4567", "8008201234"],
)  # fmt: skip
def test_numbers_that_people_give(number: str) -> None:
    assert Phone().problem(number) is None


@pytest.mark.parametrize(
    "number",
    ["", "1390915000", "139091500011", "12909150001", "+8613909150001", "139 0915 0001", "3212345", "13909150001\n",
     "１３９０９１５０００１", "110", "tel", "0915--3212345"],
)  # fmt: skip
def test_numbers_that_nobody_could_ring(number: str) -> None:
    assert Phone().problem(number) == "value.not_phone"


# The types one by one ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "good"),
    [
        (Text(3), ["", "一二三", "a b"]),
        (Text(9, lines=True), ["一\n二", "一\r\n二"]),
        (Integer(1, 5), [1, 5]),
        (Integer(), [0, 2**53 - 1]),
        (Flag(), [True, False]),
        (Date(), ["2026-01-31", "2024-02-29", "1880-01-01"]),
        (Instant(), [0, types.LONG_AGO, types.FAR_OFF]),
        (Choice("home", "counter"), ["home", "counter"]),
        (Reference("place"), ["0190" * 8]),
        (Digest(), ["ab" * 32]),
        (Point(), [{"lon": 109_029_000, "lat": 32_685_000}, {"lon": -180_000_000, "lat": 90_000_000}]),
        (List(Integer(0, 9), 3), [[], [1, 2, 3]]),
        (Anything(), [None, {"a": [1, "x", None]}, 0.5]),
    ],
)
def test_values_that_fit(kind: Type, good: list[Any]) -> None:
    assert [kind.problem(value) for value in good] == [None] * len(good)


@pytest.mark.parametrize(
    ("kind", "bad", "code"),
    [
        (Text(3), "一二三四", "value.too_long"),
        (Text(3), "一\n二", "value.line_break"),
        (Text(3), "一\r", "value.line_break"),
        (Text(3), "  ", "value.incomplete"),
        (Text(3), "\u3000", "value.incomplete"),
        (Text(3), 5, "value.not_text"),
        (Text(3), ["a"], "value.not_text"),
        (Integer(1, 5), 0, "value.out_of_range"),
        (Integer(1, 5), 6, "value.out_of_range"),
        (Integer(1, 5), True, "value.not_integer"),
        (Integer(1, 5), 1.0, "value.not_integer"),
        (Integer(1, 5), "1", "value.not_integer"),
        (Integer(), 10**30, "value.out_of_range"),
        (Flag(), 1, "value.not_flag"),
        (Flag(), "true", "value.not_flag"),
        (Date(), "2026-02-30", "value.not_date"),
        (Date(), "20260131", "value.not_date"),
        (Date(), "2026-W05-1", "value.not_date"),
        (Date(), "2026-1-31", "value.not_date"),
        (Date(), " 2026-01-31", "value.not_date"),
        (Date(), 20260131, "value.not_date"),
        (Instant(), types.FAR_OFF + 1, "value.out_of_range"),
        (Instant(), types.LONG_AGO - 1, "value.out_of_range"),
        (Choice("home"), "HOME", "value.not_a_choice"),
        (Choice("home"), ["home"], "value.not_a_choice"),
        (Choice("home"), {"home": 1}, "value.not_a_choice"),
        (Reference("place"), "0190", "value.not_reference"),
        (Reference("place"), "019A" * 8, "value.not_reference"),
        (Reference("place"), "0190" * 8 + "\n", "value.not_reference"),
        (Digest(), "AB" * 32, "value.not_digest"),
        (Digest(), "ab" * 31, "value.not_digest"),
        (Point(), {"lon": 1}, "value.not_point"),
        (Point(), {"lon": 1, "lat": 1, "alt": 1}, "value.not_point"),
        (Point(), {"lon": 180_000_001, "lat": 0}, "value.not_point"),
        (Point(), {"lon": 0, "lat": -90_000_001}, "value.not_point"),
        (Point(), {"lon": 109.029, "lat": 32.685}, "value.not_point"),
        (Point(), [109, 32], "value.not_point"),
        (List(Integer(0, 9), 3), [1, 2, 3, 4], "value.too_many"),
        (List(Integer(0, 9), 3), [1, "2"], "value.not_integer"),
        (List(Integer(0, 9), 3), [None], "value.not_integer"),
        (List(Integer(0, 9), 3), "123", "value.not_list"),
        (Anything(), 10**30, "value.out_of_range"),
        (Anything(), {"a": ["字" * 20_001]}, "value.out_of_range"),
        (IdentityNumber(), 612401199001011232, "value.not_text"),
        (Phone(), 13909150001, "value.not_phone"),
    ],
)
def test_values_that_do_not_fit_are_named_by_what_is_wrong(kind: Type, bad: Any, code: str) -> None:
    assert kind.problem(bad) == code


# Values that only make sense together --------------------------------------------------------------------------

ACCOUNT = Struct({"bank": Text(40), "number": Text(30)}, {"holder": Text(30)})


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ({"bank": "农商行", "number": "62"}, None),
        ({"bank": "农商行", "number": "62", "holder": None}, None),
        ({"bank": "农商行", "number": "62", "newer": {"deep": [1, True, None, "x"]}}, None),
        ({"bank": "农商行"}, "value.incomplete"),
        ({"bank": "农商行", "number": None}, "value.incomplete"),
        ({"bank": "农商行", "number": ""}, "value.incomplete"),
        ({"bank": "农商行", "number": " "}, "value.incomplete"),
        ({"bank": "农商行", "number": 62}, "value.not_text"),
        ({"bank": "农商行", "number": "62", "holder": 1}, "value.not_text"),
        ({"bank": "农商行", "number": "62", "newer": 10**30}, "value.out_of_range"),
        ([], "value.not_object"),
        (None, "value.not_object"),
    ],
)
def test_an_account_is_bank_and_number_or_nothing(value: Any, code: str | None) -> None:
    assert ACCOUNT.problem(value) == code


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


@given(json_values)
def test_no_type_breaks_on_any_value(value: Any) -> None:
    every: list[Type] = [
        Text(3),
        Integer(),
        Flag(),
        Date(),
        Instant(),
        Choice("a"),
        IdentityNumber(),
        Phone(),
        Digest(),
    ]
    every += [Reference("place"), Point(), ACCOUNT, List(ACCOUNT, 2), Anything()]
    for kind in every:
        code = kind.problem(value)
        assert code is None or code.startswith("value.")
