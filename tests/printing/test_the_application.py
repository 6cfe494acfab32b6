"""The file of a case holds the application itself: what was filled in, by whom it was signed, what was corrected."""

import datetime
import secrets
from typing import Any

import pytest

from daiban_schemas import entry
from daiban_server.app import EFFECTS
from daiban_server.features.papers.documents import Answer, ApplicationForm, Withdrawal, WorkOrder
from daiban_server.features.papers.render import render, render_many
from daiban_server.printing.archive import file_of
from daiban_server.printing.by_name import ONE
from daiban_server.printing.case_file import gather
from daiban_server.spine import desk
from daiban_server.spine.refusal import Refusal
from daiban_sync import ids
from tests.cases.bureau import Bureau
from tests.printing.test_the_file import contents_of
from tests.support.poppler import Poppler

NUMBER = "11010519491231002X"
FORM = [
    {"id": "reason", "label": "申请原因", "type": "lines", "required": True},
    {"id": "housing", "label": "住房情况", "type": "choice", "choices": ["自有住房", "租住", "借住"]},
    {"id": "income", "label": "家庭年收入", "type": "money"},
    {"id": "alone", "label": "是否独居", "type": "flag"},
    {"id": "since", "label": "困难开始日期", "type": "date"},
    {"id": "helped", "label": "已享受的政策", "type": "choices", "choices": ["低保", "临时救助", "残疾补贴"]},
    {"id": "guardian", "label": "监护人身份证号", "type": "identity_number"},
    {"id": "spouse", "label": "配偶姓名", "type": "text"},
]
ANSWERS = {
    "answers.reason": "房屋因山洪受损。\n现借住在女儿家。",
    "answers.housing": "借住",
    "answers.income": 1_234_550,
    "answers.alone": False,
    "answers.since": "2026-07-15",
    "answers.helped": ["低保", "残疾补贴"],
    "answers.guardian": NUMBER,
}


@pytest.fixture
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Bureau:
    """A centre on 24 November 2026."""
    return Bureau(tmp_path_factory.mktemp("bureau"))


def item(bureau: Bureau, form: list[dict[str, Any]]) -> str:
    """An item with a form, which the district publishes."""
    record = bureau.new()
    fields = {"code": "MZ-05", "edition": 3, "window": "民政救助", "name": "临时救助申请", "modes": ["limited"]}
    body = entry.change(record.hex(), "item", {**fields, "form": form}, seen=0, at=bureau.now)
    district = desk.Clerk(ids.NOBODY, "district", ids.NOBODY)
    (outcome,) = bureau.run(desk.write(district, [body], bureau.keys, EFFECTS, bureau.now, secrets.token_bytes(32)))
    assert outcome.outcome == "new", outcome
    return record.hex()


def change(bureau: Bureau, name: str, case: bytes, fields: dict[str, Any], seen: int | None = None) -> str:
    position = bureau.record_position(case) if seen is None else seen
    body = entry.change(case.hex(), "application", fields, seen=position, at=bureau.now, by=bureau.people[name].hex())
    return bureau.write(name, body).outcome


def form_of(bureau: Bureau, case: bytes) -> ApplicationForm:
    made = ONE["application"](bureau.run(gather(bureau.centre, case, bureau.now)))
    assert isinstance(made, ApplicationForm)
    return made


def submitted(bureau: Bureau, **fields: Any) -> bytes:
    account = {"bank": "农商银行", "number": "6217000012345678", "holder": "张桂兰"}
    own = {"identity_number": NUMBER, "account": account, "papers": ["居民身份证"], "entitled_from": "2026-11-01"}
    case = bureau.case("limited", "王芳", **{"item": item(bureau, FORM), **own, **ANSWERS, **fields})
    bureau.through(case, ("王芳", "submit", {}))
    return case


def test_the_form_shows_every_question_by_its_label_and_every_answer_in_words(bureau: Bureau) -> None:
    form = form_of(bureau, submitted(bureau))
    assert form.answers == (
        Answer(label="申请原因", value="房屋因山洪受损。\n现借住在女儿家。"),
        Answer(label="住房情况", value="借住"),
        Answer(label="家庭年收入", value="12,345.50 元"),
        Answer(label="是否独居", value="否"),
        Answer(label="困难开始日期", value="2026年7月15日"),
        Answer(label="已享受的政策", value="低保、残疾补贴"),
        Answer(label="监护人身份证号", value="1****************X"),
        Answer(label="配偶姓名", value=""),
    )
    assert (form.edition, form.written_by, form.entitled) == ("MZ-05（第 3 版）", "王芳", datetime.date(2026, 11, 1))
    assert [one.name for one in form.papers] == ["居民身份证"]


def test_no_number_that_is_private_leaves_the_system_on_paper(bureau: Bureau, poppler: Poppler) -> None:
    case = submitted(bureau, **{"answers.of_an_older_form": NUMBER})
    bureau.through(case, ("赵敏", "accept", {}))
    moved = {"account": {"bank": "信合", "number": "6230999900001111"}, "identity_number": "612401194911200022"}
    bureau.through(case, ("赵敏", "correct", {"values": moved, "reason": "换卡"}))
    text = poppler.text(render(form_of(bureau, case)))
    for whole in (NUMBER, "6217000012345678", "6230999900001111", "612401194911200022"):
        assert whole not in text
    for masked in ("1****************X", "农商银行6**************8（户名张桂兰）", "6****************2"):
        assert masked in text


def test_an_answer_that_nobody_gave_is_a_dash_and_not_a_gap(bureau: Bureau, poppler: Poppler) -> None:
    assert "8配偶姓名—" in poppler.text(render(form_of(bureau, submitted(bureau))))


def test_what_was_answered_to_another_edition_is_not_left_out(bureau: Bureau) -> None:
    case = submitted(bureau, **{"answers.former": "旧版的回答"})
    assert form_of(bureau, case).answers[-1] == Answer(label="former", value="旧版的回答")


def test_two_who_filled_in_different_things_both_stand_there(bureau: Bureau) -> None:
    case = bureau.case("limited", "王芳", item=item(bureau, FORM), **ANSWERS)
    seen = bureau.record_position(case)
    assert change(bureau, "赵敏", case, {"answers.housing": "租住"}, seen) == "merged"
    assert change(bureau, "王芳", case, {"answers.housing": "自有住房"}, seen) == "conflict"
    housing = form_of(bureau, case).answers[1]
    assert housing == Answer(label="住房情况", value="租住", note="填写不一致，另填：自有住房")


def test_the_form_stays_as_it_was_handed_in_and_tells_what_was_corrected(bureau: Bureau, poppler: Poppler) -> None:
    case = submitted(bureau, applicant="张贵兰")
    before = form_of(bureau, case)
    bureau.through(case, ("赵敏", "accept", {}))
    bureau.later(1)
    assert change(bureau, "赵敏", case, {"answers.income": 1_100_000}) == "merged"
    bureau.through(case, ("赵敏", "correct", {"reason": "收入核对银行流水"}))
    bureau.later(1)
    bureau.through(case, ("钱进", "correct", {"values": {"applicant": "张桂兰"}, "reason": "与身份证不符"}))
    after = form_of(bureau, case)
    assert (after.applicant, after.answers, after.issued) == ("张贵兰", before.answers, before.issued)
    assert before.corrections == ()
    assert [(str(one.day), one.label, one.was, one.now, one.by, one.reason) for one in after.corrections] == [
        ("2026-11-25", "家庭年收入", "12,345.50 元", "11,000.00 元", "赵敏", ""),
        ("2026-11-25", "更正说明", "", "", "赵敏", "收入核对银行流水"),
        ("2026-11-26", "申请人", "张贵兰", "张桂兰", "钱进", "与身份证不符"),
    ]
    text = poppler.text(render(after))
    for word in ("四、提交后的更正", "11,000.00元", "与身份证不符", "钱进"):
        assert word in text, word


def test_what_was_wished_and_not_taken_up_is_no_correction(bureau: Bureau) -> None:
    """After the acceptance a change moves nothing of what the centre promised about: it stands beside it, open."""
    case = submitted(bureau)
    bureau.through(case, ("赵敏", "accept", {}))
    assert change(bureau, "王芳", case, {"applicant": "张小军"}) == "conflict"
    assert form_of(bureau, case).corrections == ()


def test_the_form_says_who_signed_and_else_leaves_room_to_sign(bureau: Bureau, poppler: Poppler) -> None:
    case = submitted(bureau)
    assert "申请人（签名或捺印）：" in poppler.text(render(form_of(bureau, case)))
    signer = {"name": "张桂兰", "mark": "fingerprint", "at": bureau.now, "relation": "本人", "witness": "周德福"}
    body = entry.change(
        bureau.new().hex(), "mandate", {"application": case.hex(), "signers": [signer]}, seen=0, at=bureau.now
    )
    assert bureau.write("赵敏", body).outcome == "new"
    text = poppler.text(render(form_of(bureau, case)))
    assert "张桂兰本人捺印周德福2026年11月24日" in text
    assert "申请人（签名或捺印）：" not in text


def test_a_form_of_a_hundred_questions_goes_over_pages_with_its_head(bureau: Bureau, poppler: Poppler) -> None:
    form = [{"id": f"q{number}", "label": f"第{number}问", "type": "lines"} for number in range(100)]
    answers = {f"answers.q{number}": f"第{number}答。" + "同上。" * number for number in range(60)}
    case = bureau.case("limited", "王芳", item=item(bureau, form), **answers)
    made = form_of(bureau, case)
    pages = poppler.pages(render(made))
    assert len(pages) > 3
    whole = "".join(pages)
    assert all(f"第{number}问" in whole for number in range(100))
    assert sum("填写项目" in page for page in pages) >= 3
    assert whole.count("同") == sum(range(60))


def test_the_application_is_bound_after_what_was_missing_and_before_the_work_order(
    bureau: Bureau, poppler: Poppler
) -> None:
    case = submitted(bureau)
    bureau.through(case, ("赵敏", "notify", {"missing": [{"name": "居民户口簿"}]}), ("赵敏", "complement", {}))
    bureau.through(case, ("赵敏", "accept", {}), ("赵敏", "complete", {"result": "已核发"}))
    bureau.through(case, ("赵敏", "archive", {"reason": "电话告知"}))
    volume = file_of(bureau.run(gather(bureau.centre, case, bureau.now)))
    leaves = {leaf.title: leaf for leaf in contents_of(volume).leaves}
    assert list(leaves) == ["受理通知书", "一次性告知书", "补正材料", "申请表", "承办单"]
    assert (leaves["申请表"].author, leaves["申请表"].pages) == ("张桂兰", "3")
    pages = poppler.pages(render_many(volume.documents, through=volume.first))
    (page,) = (page for page in pages if "卷内第3页" in page)
    assert "申请表" in page and "房屋因山洪受损" in page


def test_what_is_corrected_after_the_archive_moves_nothing_in_the_closed_file(bureau: Bureau) -> None:
    case = submitted(bureau, applicant="张贵兰")
    bureau.through(case, ("赵敏", "accept", {}), ("赵敏", "complete", {"result": "已核发"}))
    bureau.through(case, ("赵敏", "archive", {"reason": "电话告知"}))
    closed = file_of(bureau.run(gather(bureau.centre, case, bureau.now)))
    bureau.later(3)
    moved = {"applicant": "张桂兰", "item": bureau.items["elsewhere"].hex()}
    bureau.through(case, ("赵敏", "correct", {"values": moved, "reason": "与身份证不符"}))
    assert file_of(bureau.run(gather(bureau.centre, case, bureau.now))) == closed
    assert [one.label for one in form_of(bureau, case).corrections] == ["事项", "申请人"], "printed alone it is told"


def test_what_was_withdrawn_before_the_acceptance_has_a_true_file(bureau: Bureau, poppler: Poppler) -> None:
    case = submitted(bureau, source="home")
    bureau.through(case, ("赵敏", "receive", {}))
    bureau.later(1)
    bureau.through(case, ("钱进", "withdraw", {"reason": "子女接去外地居住"}))
    bureau.later(1)
    bureau.through(case, ("赵敏", "archive", {"reason": "申请人撤回"}))
    volume = file_of(bureau.run(gather(bureau.centre, case, bureau.now)))
    leaves = contents_of(volume).leaves
    assert [leaf.title for leaf in leaves] == ["申请表", "收件凭证", "承办单", "撤回申请登记单"]
    assert (leaves[-1].author, leaves[-1].dated) == ("钱进", datetime.date(2026, 11, 25))
    (note,) = (one for one in volume.documents if isinstance(one, Withdrawal))
    assert (note.state, note.reason, note.taken_by) == ("已收件", "子女接去外地居住", "钱进")
    text = poppler.text(render(note))
    for word in ("撤回申请登记单", "子女接去外地居住", "居民身份证", "2026年11月25日", "2026年11月24日"):
        assert word in text, word


def test_what_was_not_withdrawn_has_no_such_note(bureau: Bureau) -> None:
    with pytest.raises(Refusal) as caught:
        ONE["withdrawal"](bureau.run(gather(bureau.centre, submitted(bureau), bureau.now)))
    assert caught.value.code == "print.not_yet"


@pytest.mark.parametrize("act", ["decline", "refuse"])
def test_a_case_that_was_never_accepted_has_its_work_order(bureau: Bureau, poppler: Poppler, act: str) -> None:
    case = submitted(bureau)
    bureau.through(case, ("赵敏", act, {"reason": "户籍不在本镇"}), ("赵敏", "archive", {"reason": "邮寄退回"}))
    volume = file_of(bureau.run(gather(bureau.centre, case, bureau.now)))
    assert "承办单" in [leaf.title for leaf in contents_of(volume).leaves]
    (order,) = (one for one in volume.documents if isinstance(one, WorkOrder))
    label = {"decline": "不予受理", "refuse": "不予办理"}[act]
    assert [step.name for step in order.steps] == [label], "nothing is left for a pen"
    assert (order.accepted, order.due, order.result) == (None, None, f"{label}：户籍不在本镇")
    text = poppler.text(render(order))
    assert "受理日期未受理" in text and "承诺办结日—" in text


def test_a_work_order_goes_along_from_the_receipt_on(bureau: Bureau, poppler: Poppler) -> None:
    case = submitted(bureau)
    with pytest.raises(Refusal):
        ONE["work-order"](bureau.run(gather(bureau.centre, case, bureau.now)))
    bureau.through(case, ("赵敏", "receive", {}), ("赵敏", "notify", {"missing": [{"name": "居民户口簿"}]}))
    order = ONE["work-order"](bureau.run(gather(bureau.centre, case, bureau.now)))
    assert isinstance(order, WorkOrder)
    assert [(step.name, step.opinion, step.signed is None) for step in order.steps] == [
        ("收件登记", "", False),
        ("一次性告知", "缺居民户口簿", False),
        ("受理", "", True),
        ("办结", "", True),
    ]
    assert "受理日期年月日" in poppler.text(render(order)), "room for a pen"
