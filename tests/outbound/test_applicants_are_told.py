"""An applicant hears of an extension and of a step that does not count when it is decided, not when he asks."""

from typing import Any

import pytest
from sqlalchemy import select

from daiban_server import offices
from daiban_server.db import schema
from daiban_server.outbound import queue
from tests.cases.bureau import Bureau

ACCEPTED = (("赵敏", "submit", {}), ("赵敏", "accept", {}))
LONGER = {"days": 5, "reason": "区里系统升级，暂时不能核定。"}
_m = schema.message.c
_TO_PHONES = select(_m.phone, _m.code, _m.text).where(_m.person.is_(None)).order_by(_m.at)


@pytest.fixture
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Bureau:
    """A centre that says how it can be reached."""
    bureau = Bureau(tmp_path_factory.mktemp("bureau"))
    bureau.run(offices.keep(bureau.centre, offices.Reached(phone="0915-3210000", supervision="0915-3210001")))
    return bureau


def accepted(bureau: Bureau, **fields: Any) -> bytes:
    case = bureau.case(**fields)
    bureau.through(case, *ACCEPTED)
    return case


def own_list(bureau: Bureau, name: str) -> list[str]:
    return [row[3] for row in bureau.run(queue.mine(bureau.people[name]))]


def test_an_extension_goes_to_the_applicants_telephone_with_both_days(bureau: Bureau) -> None:
    case = accepted(bureau, phone="13700000000")
    assert bureau.look(_TO_PHONES) == []
    bureau.through(case, ("李红", "extend", LONGER))
    ((phone, code, text),) = bureau.look(_TO_PHONES)
    assert (phone, code) == ("13700000000", "case.extended")
    number = bureau.values(case)["number"]
    for word in ("建民办事处", "最低生活保障申请", number, "5 个工作日", "12月8日", "12月15日", "系统升级"):
        assert word in text, word
    assert "咨询 0915-3210000，监督 0915-3210001" in text
    assert "。。" not in text


def test_a_second_extension_is_another_message(bureau: Bureau) -> None:
    case = accepted(bureau, phone="13700000000")
    bureau.through(case, ("李红", "extend", LONGER), ("李红", "extend", LONGER))
    assert len(bureau.look(_TO_PHONES)) == 2


def test_a_step_that_does_not_count_is_told_when_it_begins(bureau: Bureau) -> None:
    case = accepted(bureau, phone="13700000000")
    bureau.through(case, ("赵敏", "pause", {"step": "村级公示", "days": 7, "reason": "依照规定公示"}))
    ((_, code, text),) = bureau.look(_TO_PHONES)
    assert code == "case.paused"
    for word in ("村级公示", "7 个自然日", "不计入办理时限", "12月8日", "依照规定公示"):
        assert word in text, word


def test_who_answers_for_the_case_hands_the_paper_over_and_goes_there_where_no_telephone_is(bureau: Bureau) -> None:
    with_phone, without = accepted(bureau, phone="13700000000"), accepted(bureau)
    bureau.through(with_phone, ("李红", "extend", LONGER))
    (text,) = own_list(bureau, "赵敏")
    assert "《延期告知书》" in text and "张桂兰" in text and "当面" not in text
    bureau.through(without, ("李红", "extend", LONGER))
    assert len(bureau.look(_TO_PHONES)) == 1
    assert sum("没有留电话，请当面告知" in text for text in own_list(bureau, "赵敏")) == 1


def test_a_refused_extension_tells_nobody(bureau: Bureau) -> None:
    case = accepted(bureau, phone="13700000000")
    assert bureau.ask("赵敏", case, "extend", **LONGER) == "command.not_your_role"
    assert bureau.look(_TO_PHONES) == []
    assert own_list(bureau, "赵敏") == []
