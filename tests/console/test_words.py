"""Words of the console: what people read of moments, values and waits, and what they may write."""

import datetime

import pytest

from daiban_schemas.types import Choice, Flag, List, Text
from daiban_schemas.zone import SHANGHAI
from daiban_server.console import words
from daiban_server.console.meaning import Money, meaning, read
from daiban_server.console.templates import breakable
from daiban_server.console.values import safe_text, told
from daiban_server.features.replies.meeting import judged

FORM = [
    {"id": "income", "label": "家庭月收入", "type": "money"},
    {"id": "people", "label": "共同生活人数", "type": "integer", "least": 1, "most": 30},
    {"id": "reason", "label": "困难原因", "type": "choices", "choices": ["因病", "因残"]},
    {"id": "grade", "label": "残疾等级", "type": "choice", "choices": ["一级", "二级"]},
    {"id": "born", "label": "出生日期", "type": "date"},
]


def at(day: int, hour: int, minute: int = 0, *, month: int = 11, year: int = 2026) -> int:
    return round(datetime.datetime(year, month, day, hour, minute, tzinfo=SHANGHAI).timestamp() * 1000)


NOW = at(25, 10)


@pytest.mark.parametrize(
    ("moment", "said", "exact"),
    [
        (at(25, 9, 10), "今天 09:10", "11月25日 周三"),
        (at(24, 23, 59), "昨天 23:59", "11月24日 周二"),
        (at(25, 0), "今天 00:00", "11月25日 周三"),
        (at(27, 14), "后天 14:00", "11月27日 周五"),
        (at(30, 8), "11月30日 周一 08:00", "11月30日 周一"),
        (at(1, 8, month=1, year=2027), "2027年1月1日 周五 08:00", "2027年1月1日 周五"),
    ],
)
def test_moments_are_told_as_people_say_them_with_the_date_beside(moment: int, said: str, exact: str) -> None:
    assert words.moment(moment, NOW)[:2] == (said, exact)


def test_a_day_begins_at_midnight_in_china() -> None:
    assert words.day_start(at(25, 7, 59)) == at(25, 0)
    assert words.local(words.day_start(at(25, 0))).hour == 0


@pytest.mark.parametrize(
    ("offset", "told_as"),
    [(None, ""), (90_000, ""), (-250_000, "手机时间快 4 分钟"), (7 * 365 * 86_400_000, "手机时间慢 7 年")],
)
def test_a_wrong_clock_is_told_from_two_minutes_on(offset: int | None, told_as: str) -> None:
    assert words.wrong_clock(offset).partition("，")[0] == told_as


@pytest.mark.parametrize(("seconds", "text"), [(1, "1 秒"), (60, "1 分钟"), (125, "2 分 5 秒"), (300, "5 分钟")])
def test_waits_are_told_in_full(seconds: int, text: str) -> None:
    assert words.wait(seconds) == text


@pytest.mark.parametrize(
    ("written", "received", "word", "urgent"),
    [
        (NOW - 5, NOW - 5, "已回复", False),
        (NOW - 5, NOW + 5, "按时回复、晚收到", False),
        (NOW + 3, NOW + 5, "超期后已回复", False),
    ],
)
def test_replies_are_judged_in_words(written: int, received: int, word: str, urgent: bool) -> None:
    mark = words.answered(judged(NOW, written, received), NOW, NOW + 10, True)
    assert (mark.word, mark.urgent) == (word, urgent)


def test_an_open_reply_says_how_long_is_left_or_how_long_it_is_over() -> None:
    spoken = [words.answered("due", due, NOW, False) for due in (at(30, 9), at(26, 9), at(25, 18), at(23, 10))]
    assert [mark.word for mark in spoken] == ["还有 5 天", "明天到期", "今天到期", "超期 2 天"]
    assert [mark.urgent for mark in spoken] == [False, False, False, True]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("11010519491231002X", "1****************X"),
        ("卡号 6217000010012345678。", "卡号 6*****************8。"),
        ("残疾证 61240119500101002042", "残疾证 6******************2"),
        ("电话 13509150001", "电话 13509150001"),
        ("0915-3212345-123456", "0915-3212345-123456"),
    ],
)
def test_long_numbers_are_masked_in_every_text(text: str, shown: str) -> None:
    assert safe_text(text) == shown


def nobody(_: str) -> str:
    return ""


def test_values_are_told_in_words() -> None:
    account = {"bank": "农商行", "number": "6217000010012345678", "holder": "张桂兰"}
    kinds = meaning("application", "account", ())
    assert told(account, kinds.of, nobody, NOW) == "银行 农商行，账号 6*****************8，户名 张桂兰"
    assert told(32_050, Money(), nobody, NOW) == "320.50 元"
    assert told(True, Flag(), nobody, NOW) == "是"
    assert told(None, Text(), nobody, NOW) == "（清空）"
    assert told(["因病", "因残"], List(Choice("因病", "因残")), nobody, NOW) == "因病、因残"
    assert told({"to": [1, {"x": "110105194912310021"}]}, None, nobody, NOW) == "to 1、x 1****************1"
    assert told(NOW, meaning("reply", "replied_at", ()).of, nobody, NOW) == "11月25日 周三 10:00"


@pytest.mark.parametrize(
    ("field", "text", "value", "code"),
    [
        ("answers.income", "320", 32_000, None),
        ("answers.income", "320.5", 32_050, None),
        ("answers.income", "三百", None, "value.out_of_range"),
        ("answers.people", "3", 3, None),
        ("answers.people", "31", 31, "value.out_of_range"),
        ("answers.people", "3.5", None, "value.not_integer"),
        ("answers.grade", "二级", "二级", None),
        ("answers.grade", "五级", "五级", "value.not_a_choice"),
        ("answers.born", "1966-11-25", "1966-11-25", None),
        ("answers.born", "1966.11.25", "1966.11.25", "value.not_date"),
        ("answers.reason", "因病", None, "value.not_a_choice"),
        ("phone", "13509150001", "13509150001", None),
        ("phone", "1350", "1350", "value.not_phone"),
        ("identity_number", "110105194912310021", "110105194912310021", "value.identity_check_digit"),
        ("urgent", "true", True, None),
        ("urgent", "maybe", None, "value.not_flag"),
        ("account", "农商行", None, "value.not_a_choice"),
        ("of_a_newer_version", "x", None, "value.not_a_choice"),
    ],
)
def test_what_is_written_at_the_desk_is_read_by_the_fields_type(
    field: str, text: str, value: object, code: str | None
) -> None:
    assert read(meaning("application", field, FORM), text) == (value, code)


def test_labels_come_from_the_field_or_from_the_items_form() -> None:
    assert meaning("application", "phone", FORM).label == "联系电话"
    assert meaning("application", "answers.income", FORM).label == "家庭月收入"
    assert meaning("application", "answers.gone", FORM)[2:5] == ("gone", None, "none")


def test_addresses_break_after_parts_that_mean_something() -> None:
    assert breakable("安康市<汉滨区>建民镇") == "安康市<wbr>&lt;汉滨区<wbr>&gt;建民镇"
    assert breakable("买买提·吐尔逊") == "买买提·<wbr>吐尔逊"
