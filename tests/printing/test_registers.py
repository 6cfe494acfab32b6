"""A register is printed day after day, and a day on which nobody came is a page that says so."""

import datetime
from typing import Any

import pytest

from daiban_schemas import entry
from daiban_server.features.papers.documents import CategoryRegister, OpinionRegister, Register
from daiban_server.limits.calendar import local_day
from daiban_server.printing import register_pages
from daiban_server.printing.register_pages import pages
from daiban_server.spine.refusal import Refusal
from tests.cases.bureau import Bureau

TUESDAY = datetime.date(2026, 11, 24)


@pytest.fixture
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Bureau:
    """A centre on 24 November 2026, a Tuesday."""
    return Bureau(tmp_path_factory.mktemp("bureau"))


def printed(bureau: Bureau, name: str, since: datetime.date, until: datetime.date) -> list[Any]:
    found: list[Any] = bureau.run(pages(bureau.centre, name, since, until, local_day(bureau.now)))
    return found


def came(bureau: Bureau, visitor: str, **fields: Any) -> None:
    about = {"place": bureau.place.hex(), "visitor": visitor, "about": "问医保报销", "source": "counter", **fields}
    body = entry.change(bureau.new().hex(), "reception", about, seen=0, at=bureau.now)
    assert bureau.write("赵敏", body).outcome == "new"


def test_working_days_without_anybody_have_a_page_and_days_off_have_none(bureau: Bureau) -> None:
    came(bureau, "陈福来", people=2)
    bureau.later(4)  # a Saturday, on which somebody sat there all the same
    came(bureau, "周玉梅")
    bureau.later(2)
    found = printed(bureau, "来访", TUESDAY, local_day(bureau.now))
    assert [type(one) for one in found] == [Register] * 6
    told = [(one.period, [row.visitor for row in one.rows]) for one in found]
    assert told == [
        ("2026年11月24日", ["陈福来"]),
        ("2026年11月25日", []),
        ("2026年11月26日", []),
        ("2026年11月27日", []),
        ("2026年11月28日", ["周玉梅"]),
        ("2026年11月30日", []),
    ]
    assert {one.issued for one in found} == {local_day(bureau.now)}, "printed today, whichever day it shows"


def test_a_register_says_nothing_of_days_before_its_first_line_nor_of_days_to_come(bureau: Bureau) -> None:
    assert printed(bureau, "来访", TUESDAY, TUESDAY) == []
    came(bureau, "陈福来")
    year = datetime.timedelta(days=365)
    found = printed(bureau, "来访", TUESDAY - year, TUESDAY + year)
    assert [one.period for one in found] == ["2026年11月24日"]
    assert printed(bureau, "没有这本", TUESDAY - year, TUESDAY + year) == []


def test_each_category_has_its_own(bureau: Bureau) -> None:
    case = bureau.case("limited", "王芳", source="home")
    bureau.through(case, ("王芳", "submit", {}), ("赵敏", "decline", {"reason": "户籍不在本镇"}))
    (found,) = printed(bureau, "民政救助", TUESDAY, TUESDAY)
    assert isinstance(found, CategoryRegister)
    (row,) = found.rows
    assert (row.number, row.applicant, row.village, row.mode) == (1, "张桂兰", "青山村", "上门办理")
    assert (row.result, row.ended) == ("不予受理", TUESDAY)


def test_a_line_says_how_the_case_was_to_be_handled_when_it_was_written(bureau: Bureau) -> None:
    case = bureau.case("proxy")
    bureau.through(case, ("赵敏", "submit", {}), ("赵敏", "receive", {}), ("赵敏", "accept", {}))
    (before,) = printed(bureau, "民政救助", TUESDAY, TUESDAY)
    bureau.through(case, ("赵敏", "correct", {"values": {"mode": "limited"}, "reason": "不必上报"}))
    (after,) = printed(bureau, "民政救助", TUESDAY, TUESDAY)
    assert before.rows[0].mode == after.rows[0].mode == "代为办理"


def test_opinions_are_printed_with_what_was_said_and_who_answers(bureau: Bureau) -> None:
    said = {"place": bureau.place.hex(), "channel": "opinion_box", "text": "希望中午也能有人值班", "person": "刘建国"}
    body = entry.change(bureau.new().hex(), "opinion", said, seen=0, at=bureau.now)
    assert bureau.write("赵敏", body).outcome == "new"
    (found,) = printed(bureau, "意见反映", TUESDAY, TUESDAY)
    assert isinstance(found, OpinionRegister)
    (row,) = found.rows
    assert (row.channel, row.text, row.person) == ("意见箱", said["text"], "已留名")
    assert (row.answerer, row.answered) == ("李红", None)
    assert row.due == datetime.date(2026, 12, 1)


def test_a_bad_rating_is_printed_with_how_the_call_and_the_mending_stand(bureau: Bureau) -> None:
    said = {"place": bureau.place.hex(), "channel": "rating", "text": "来了三趟"}
    opinion = bureau.new()
    assert bureau.write("赵敏", entry.change(opinion.hex(), "opinion", said, seen=0, at=bureau.now)).outcome == "new"
    called = entry.report(opinion.hex(), "opinion", "contacted", {}, at=bureau.now, by=bureau.people["李红"].hex())
    assert bureau.write("李红", called).outcome == "merged"
    (found,) = printed(bureau, "意见反映", TUESDAY, TUESDAY)
    assert isinstance(found, OpinionRegister)
    call, mending = found.rows[0].mending.split("；")
    assert call == "差评联系时限：已于 11月24日（周二）联系，未超期"
    assert mending == "差评整改时限：最迟 12月1日（周二），还剩 5 个工作日"


def test_a_register_that_would_lose_lines_is_not_printed(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    came(bureau, "陈福来")
    monkeypatch.setattr(register_pages, "MOST_LINES", 1)
    (whole,) = printed(bureau, "来访", TUESDAY, TUESDAY)
    assert [row.visitor for row in whole.rows] == ["陈福来"], "exactly as many as there may be"
    came(bureau, "周玉梅")
    with pytest.raises(Refusal) as caught:
        printed(bureau, "来访", TUESDAY, TUESDAY)
    assert caught.value.code == "papers.too_many"
