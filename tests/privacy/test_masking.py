"""First and last character, by what a field holds and not by its name."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daiban_schemas.identity import age_on
from daiban_schemas.kinds import KINDS
from daiban_schemas.kinds.application import ACCOUNT
from daiban_schemas.kinds.household import MEMBER
from daiban_schemas.masking import as_shown, differing, in_text, masked
from daiban_schemas.types import Account, IdentityNumber, List, Phone, Struct, Text, Type
from tests.privacy.people import CARD, ZHANG, number

PHONE = "13712345678"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (f"身份证{ZHANG}已核", f"身份证{masked(ZHANG)}已核"),
        ("612401 19491231 0029", "6******************9"),
        ("612401 1949 1231 0029", "6*******************9"),
        ("612401-1949-1231-002X", "6*******************X"),
        ("6217 0012 3456 7890 123", "6*********************3"),
        ("612401.1949.1231.002X", "6*******************X"),
        ("6217.0012.3456.7890.123", "6*********************3"),
        ("6217–0012–3456–7890–123", "6*********************3"),
        ("经度 139.81001234，纬度 33.25", "经度 139.81001234，纬度 33.25"),
        ("卡号６２１７００１２３４５６７８９０１２３。", "卡号６*****************３。"),
        ("车牌陕G12345，编号 JM-20261124-SB-0007", "车牌陕G12345，编号 JM-20261124-SB-0007"),
        ("2026-11-24 2026-11-25", "2026-11-24 2026-11-25"),
        ("共 1200000 元", "共 1200000 元"),
        ("0192f0c1a2b3c4d5e6f7089012345678", "0192f0c1a2b3c4d5e6f7089012345678"),
    ],
)
def test_what_is_written_like_a_number_is_hidden_in_any_text(written: str, shown: str) -> None:
    assert in_text(written, "handling") == in_text(written, "list") == shown


@pytest.mark.parametrize(
    "written", [PHONE, "137 1234 5678", "137-1234-5678", "137.1234.5678", "+86 13712345678", "0915-3212345"]
)
def test_a_telephone_is_hidden_in_lists_and_whole_for_who_has_to_call(written: str) -> None:
    text = f"请打{written}找她"
    assert in_text(text, "handling") == text
    assert in_text(text, "list") == f"请打{masked(written)}找她"


def test_a_type_says_what_is_hidden_wherever_it_stands() -> None:
    member = {"name": "张小宝", "identity_number": ZHANG, "phone": PHONE, "note": f"旧号{ZHANG}", "since": 2}
    assert as_shown([member], List(MEMBER)) == [
        {"name": "张小宝", "identity_number": masked(ZHANG), "phone": masked(PHONE), "note": f"旧号{masked(ZHANG)}"}
        | {"since": 2}
    ]
    card = {"bank": "信用社", "number": "62170012", "holder": "张桂兰"}
    assert as_shown(card, ACCOUNT, "handling") == {**card, "number": "6******2"}, "however short"
    assert as_shown({ZHANG: {"x": [ZHANG]}}, None) == {masked(ZHANG): {"x": [masked(ZHANG)]}}


def test_no_kind_hides_a_number_by_its_name_alone() -> None:
    """Whatever is written by people and is a number of theirs has a type that says so."""

    def leaves(of: Type, name: str) -> list[tuple[str, Type]]:
        if isinstance(of, List):
            return leaves(of.of, name)
        if isinstance(of, Struct):
            return [one for member, part in of.members.items() for one in leaves(part, member)]
        return [(name, of)]

    found = [one for kind in KINDS.values() for f in kind.fields.values() for one in leaves(f.type, f.name)]
    assert {type(of) for name, of in found if "identity" in name} == {IdentityNumber}
    assert {type(of) for name, of in found if name.endswith("phone")} <= {Phone, Text}
    assert any(isinstance(of, Account) for _, of in found)


def test_nobody_writes_a_mask_back() -> None:
    assert Account().problem("6******2") == "value.masked"
    assert IdentityNumber().problem(masked(ZHANG)) == "value.not_identity_number"
    assert Phone().problem(masked(PHONE)) == "value.not_phone"


def test_who_sees_two_masks_is_told_where_they_differ() -> None:
    other = ZHANG[:6] + "1" + ZHANG[7:15] + "9" + ZHANG[16:]
    assert differing([ZHANG, other]) == [place for place in (7, 16) if ZHANG[place - 1] != other[place - 1]]
    assert differing(["12", "123"]) == [3]
    assert differing([ZHANG, ZHANG]) == []


@given(st.text(max_size=20), st.sampled_from([ZHANG, CARD, PHONE]), st.text(max_size=20))
def test_whatever_stands_around_a_number_it_is_not_shown(before: str, hidden: str, after: str) -> None:
    assert hidden not in in_text(f"{before}，{hidden}，{after}")


@pytest.mark.parametrize(
    ("born", "day", "years"),
    [
        ("2012-11-27", "2026-11-26", 13),
        ("2012-11-27", "2026-11-27", 14),
        ("2012-02-29", "2026-02-28", 13),
        ("2012-02-29", "2026-03-01", 14),
        ("2026-11-27", "2026-11-26", None),
    ],
)
def test_an_age_is_completed_on_the_birthday(born: str, day: str, years: int | None) -> None:
    assert age_on(number(datetime.date.fromisoformat(born)), datetime.date.fromisoformat(day)) == years
    assert age_on("不是号码", datetime.date.fromisoformat(day)) is None
