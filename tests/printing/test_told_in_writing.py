"""What moves a promise is told in writing, and a paper says the same whenever it is printed."""

import datetime
import secrets

import pytest
from msgspec.structs import replace

from daiban_schemas import entry
from daiban_server.app import EFFECTS
from daiban_server.features.papers import render
from daiban_server.features.papers.documents import (
    AcceptanceNotice,
    CollectionSlip,
    DeliveryRecord,
    Document,
    ExtensionNotice,
    Mandate,
    PauseNotice,
    Receipt,
    Refusal,
    WorkOrder,
)
from daiban_server.printing import case_papers
from daiban_server.printing.by_name import ONE
from daiban_server.printing.case_file import CaseFile, gather
from daiban_server.spine import desk, past
from daiban_server.spine.refusal import Refusal as Refused
from daiban_sync import ids
from tests.cases.bureau import Bureau
from tests.privacy.people import ZHANG
from tests.support.poppler import Poppler

ACCEPTED = (("赵敏", "submit", {}), ("赵敏", "accept", {}))
LONGER = ("李红", "extend", {"days": 5, "reason": "区里系统升级，暂时不能核定"})
NOTICED = ("赵敏", "pause", {"step": "村级公示", "days": 7, "reason": "依照规定公示"})


@pytest.fixture
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Bureau:
    """A centre on 24 November 2026, a Tuesday; ten working days from then end on 8 December."""
    return Bureau(tmp_path_factory.mktemp("bureau"))


def file_of(bureau: Bureau, case: bytes) -> CaseFile:
    file: CaseFile = bureau.run(gather(bureau.centre, case, bureau.now))
    return file


def mandate(file: CaseFile) -> Mandate:
    made = ONE["mandate"](file)
    assert isinstance(made, Mandate)
    return made


def paper(bureau: Bureau, case: bytes, name: str) -> Document:
    return ONE[name](file_of(bureau, case))


def test_an_extension_is_told_with_the_day_before_and_after_it(bureau: Bureau, poppler: Poppler) -> None:
    case = bureau.case()
    bureau.through(case, *ACCEPTED)
    bureau.later(1)
    bureau.through(case, LONGER)
    told = paper(bureau, case, "extension")
    assert isinstance(told, ExtensionNotice)
    assert (told.was, told.due) == (datetime.date(2026, 12, 8), datetime.date(2026, 12, 15))
    assert (told.issued, told.accepted) == (datetime.date(2026, 11, 25), datetime.date(2026, 11, 24))
    text = poppler.text(render(replace(told, office=replace(told.office, supervision="0915-3210001"))))
    for word in ("延期告知书", "5个工作日", "系统升级", "李红", "2026年12月8日", "2026年12月15日", "0915-3210001"):
        assert word in text, word
    assert "加盖公章" in text


def test_each_extension_has_its_own_paper_and_a_second_moves_the_first_ones_day_no_more(bureau: Bureau) -> None:
    case = bureau.case()
    bureau.through(case, *ACCEPTED, LONGER, ("李红", "extend", {"days": 2, "reason": "仍在升级"}))
    first, second = case_papers.extensions(file_of(bureau, case))
    assert isinstance(first, ExtensionNotice) and isinstance(second, ExtensionNotice)
    assert (first.was, first.due) == (datetime.date(2026, 12, 8), datetime.date(2026, 12, 15))
    assert (second.was, second.due) == (first.due, datetime.date(2026, 12, 17))
    assert paper(bureau, case, "extension") == second


def test_a_special_step_is_told_with_how_long_it_takes_and_until_when(bureau: Bureau, poppler: Poppler) -> None:
    case = bureau.case()
    bureau.through(case, *ACCEPTED)
    bureau.later(1)
    bureau.through(case, NOTICED)
    told = paper(bureau, case, "pause")
    assert isinstance(told, PauseNotice)
    assert (told.was, told.expected) == (datetime.date(2026, 12, 8), datetime.date(2026, 12, 15))
    text = poppler.text(render(told))
    for word in ("特殊环节告知书", "村级公示", "7个自然日", "不计入办理时限", "2026年11月25日起暂停计时"):
        assert word in text, word
    bureau.later(7)
    bureau.through(case, ("赵敏", "resume", {}))
    assert bureau.values(case)["due"] == told.expected.isoformat(), "what was announced came true"
    assert paper(bureau, case, "pause") == told


def test_a_step_of_unknown_length_promises_no_day(bureau: Bureau, poppler: Poppler) -> None:
    case = bureau.case()
    bureau.through(case, *ACCEPTED, ("赵敏", "pause", {"step": "听证", "reason": "申请人要求听证"}))
    told = paper(bureau, case, "pause")
    assert isinstance(told, PauseNotice)
    assert told.expected is None
    assert "以实际办理为准" in poppler.text(render(told))


def test_the_acceptance_says_what_was_promised_then_however_late_it_is_printed(
    bureau: Bureau, poppler: Poppler
) -> None:
    case = bureau.case()
    bureau.through(case, *ACCEPTED)
    at_once = paper(bureau, case, "acceptance")
    bureau.later(1)
    bureau.through(case, LONGER)
    again = paper(bureau, case, "acceptance")
    assert isinstance(again, AcceptanceNotice)
    assert again == at_once
    assert again.due == datetime.date(2026, 12, 8)
    receipt, order = paper(bureau, case, "receipt"), paper(bureau, case, "work-order")
    assert isinstance(receipt, Receipt) and isinstance(order, WorkOrder)
    assert receipt.due == again.due
    assert order.due == datetime.date(2026, 12, 15), "the work order goes by what holds now"
    today = file_of(bureau, case).today
    assert case_papers.as_reprint(at_once, at_once.issued) == at_once
    assert "补打日期：2026年11月25日" in poppler.text(render(case_papers.as_reprint(again, today)))


def licence(bureau: Bureau) -> bytes:
    """A case of a licence, whose papers came on 24 November."""
    fields = {"code": "XF-03", "window": "行政审批", "name": "食品小作坊登记", "type": "permit", "modes": ["limited"]}
    promised = {"promised_limit": {"days": 10, "unit": "working"}}
    item = bureau.new()
    body = entry.change(item.hex(), "item", fields | promised, seen=0, at=bureau.now)
    district = desk.Clerk(ids.NOBODY, "district", ids.NOBODY)
    (outcome,) = bureau.run(desk.write(district, [body], bureau.keys, EFFECTS, bureau.now, secrets.token_bytes(32)))
    assert outcome.outcome == "new", outcome
    return bureau.case(item=item.hex())


def test_a_licence_that_silence_accepted_is_said_to_be_accepted_from_that_day(bureau: Bureau, poppler: Poppler) -> None:
    case = licence(bureau)
    bureau.through(case, ("赵敏", "submit", {}))
    bureau.later(15)
    bureau.through(case, ("赵敏", "accept", {}))
    text = poppler.text(render(paper(bureau, case, "acceptance")))
    for word in ("第三十二条", "自2026年11月24日收到申请材料之日起即为受理", "于2026年12月9日补办受理登记"):
        assert word in text, word
    assert "办理时限为10个工作日，自2026年11月24日的次日起算，承诺最迟于2026年12月8日办结" in text
    receipt, order = paper(bureau, case, "receipt"), paper(bureau, case, "work-order")
    assert isinstance(receipt, Receipt) and isinstance(order, WorkOrder)
    assert receipt.accepted == order.accepted == datetime.date(2026, 11, 24)


def test_a_licence_that_was_accepted_in_time_needs_no_law(bureau: Bureau, poppler: Poppler) -> None:
    case = licence(bureau)
    bureau.through(case, *ACCEPTED)
    bureau.later(15)
    text = poppler.text(render(paper(bureau, case, "acceptance")))
    assert "本中心于2026年11月24日予以受理" in text and "第三十二条" not in text


def test_where_help_came_first_no_paper_says_that_all_was_there(bureau: Bureau, poppler: Poppler) -> None:
    case = bureau.case(urgent=True, papers=["居民身份证"])
    bureau.through(case, ("赵敏", "submit", {}), ("赵敏", "accept", {"papers_days": 10, "reason": "火灾"}))
    bureau.later(3)
    bureau.through(case, ("王芳", "brought", {"papers": ["居民户口簿"]}))
    text = poppler.text(render(paper(bureau, case, "acceptance")))
    assert "情况紧急，本中心于2026年11月24日予以受理，先行办理，尚缺的材料请最迟于2026年12月4日补交。" in text
    assert "材料齐全" not in text + poppler.text(render(paper(bureau, case, "work-order")))
    assert "居民户口簿" not in text, "it came after the acceptance"


@pytest.mark.parametrize("said", [{"papers": ["居民户口簿"]}, {}])
def test_what_was_brought_stands_among_what_was_accepted(bureau: Bureau, said: dict[str, list[str]]) -> None:
    case = bureau.case(papers=["居民身份证"])
    missing = {"missing": [{"name": "居民户口簿"}]}
    bureau.through(case, ("赵敏", "submit", {}), ("赵敏", "notify", missing), ("赵敏", "complement", said))
    bureau.through(case, ("赵敏", "accept", {}))
    told = paper(bureau, case, "acceptance")
    assert isinstance(told, AcceptanceNotice)
    assert [one.name for one in told.papers] == ["居民身份证", "居民户口簿"]


def test_the_slip_names_what_was_missing_at_the_home_and_nothing_that_was_said_later(bureau: Bureau) -> None:
    case = bureau.case("limited", "王芳", source="home", papers=["居民身份证"])
    bureau.through(case, ("王芳", "collected", {"papers": ["居民身份证"]}))
    bureau.through(case, ("王芳", "notified", {"missing": [{"name": "居民户口簿"}]}), ("王芳", "submit", {}))
    bureau.later(1)
    again = {"missing": [{"name": "收入证明"}], "reason": "告知时遗漏"}
    bureau.through(case, ("赵敏", "notify", again), ("赵敏", "complement", {}))
    slip = paper(bureau, case, "slip")
    assert isinstance(slip, CollectionSlip)
    assert [one.name for one in slip.papers] == ["居民身份证"]
    assert [one.name for one in slip.missing] == ["居民户口簿"]


def test_what_was_withdrawn_is_not_said_to_be_done_and_has_nothing_to_deliver(bureau: Bureau, poppler: Poppler) -> None:
    case = bureau.case()
    bureau.through(case, *ACCEPTED, ("赵敏", "withdraw", {"reason": "不办了"}))
    text = poppler.text(render(case_papers.result(file_of(bureau, case), "")))
    assert "申请人撤回" in text and "已办结" not in text
    with pytest.raises(Refused):
        paper(bureau, case, "delivery")


def test_what_was_done_at_once_is_promised_for_no_later_day(bureau: Bureau, poppler: Poppler) -> None:
    case = bureau.case("direct")
    bureau.through(case, ("赵敏", "submit", {}), ("赵敏", "finish", {"result": "已登记"}))
    text = poppler.text(render(paper(bureau, case, "acceptance")))
    assert "予以受理。本事项当场办结。代办不收费" in text


def test_an_address_names_its_village_once(bureau: Bureau) -> None:
    case, home = bureau.case(), bureau.household("张桂兰", address="青山村三组")
    other = bureau.case(household=home.hex())
    assert [given.principal.address for given in map(mandate, (file_of(bureau, case), file_of(bureau, other)))] == [
        "青山村",
        "青山村三组",
    ]


def test_what_was_refused_unaccepted_is_not_said_to_have_been_accepted(bureau: Bureau, poppler: Poppler) -> None:
    reason = {"reason": "不符合条件"}
    never, later, declined = bureau.case(), bureau.case(), bureau.case()
    bureau.through(never, ("赵敏", "submit", {}), ("赵敏", "refuse", reason))
    bureau.through(later, *ACCEPTED, ("赵敏", "refuse", reason))
    bureau.through(declined, ("赵敏", "submit", {}), ("赵敏", "decline", reason))
    text = poppler.text(render(paper(bureau, never, "refusal")))
    assert "不予办理决定书" in text and "受理" not in text
    assert "本中心于2026年11月24日受理" in poppler.text(render(paper(bureau, later, "refusal")))
    text = poppler.text(render(paper(bureau, declined, "non-acceptance")))
    assert "不予受理通知书" in text and "不予办理" not in text
    names = {never: "不予办理决定书", declined: "不予受理通知书"}
    for case, name in names.items():
        record = paper(bureau, case, "delivery")
        assert isinstance(record, DeliveryRecord)
        assert record.document == name


def test_a_refused_licence_is_delivered_under_the_name_that_it_carries(bureau: Bureau) -> None:
    case = bureau.case()
    bureau.through(case, *ACCEPTED, ("赵敏", "refuse", {"reason": "不符合规划"}))
    file = file_of(bureau, case)
    licence = file._replace(item={**file.item, "type": "permit"})
    refusal, record = ONE["refusal"](licence), ONE["delivery"](licence)
    assert isinstance(refusal, Refusal) and isinstance(record, DeliveryRecord)
    assert refusal.remedy is not None
    assert record.document == "不予许可决定书"


def renamed(bureau: Bureau, case: bytes, **values: str) -> None:
    """The centre corrects what it took in hand, some days later."""
    bureau.later(2)
    bureau.through(case, ("赵敏", "correct", {"values": values, "reason": "姓名登记有误"}))


def test_a_notice_printed_again_after_a_correction_says_what_was_told_then(bureau: Bureau) -> None:
    case = bureau.case(applicant="张贵兰")
    bureau.through(case, ("赵敏", "submit", {}), ("赵敏", "notify", {"missing": [{"name": "居民户口簿"}]}))
    bureau.through(case, ("赵敏", "complement", {}), ("赵敏", "accept", {}), LONGER, NOTICED)
    names = ("slip", "notice", "acceptance", "receipt", "extension", "pause")
    at_once = {name: paper(bureau, case, name) for name in names}
    other = bureau.household("张桂兰", place=bureau.place.hex())
    renamed(
        bureau, case, applicant="张桂兰", item=bureau.items["elsewhere"].hex(), household=other.hex(), source="home"
    )
    assert bureau.values(case)["window"] == "社会保障"
    assert {name: paper(bureau, case, name) for name in names} == at_once
    order = paper(bureau, case, "work-order")
    assert isinstance(order, WorkOrder)
    assert (order.applicant, order.lead_window) == ("张桂兰", "社会保障"), "the work order goes by what holds now"


@pytest.mark.parametrize(("act", "name"), [("decline", "non-acceptance"), ("refuse", "refusal")])
def test_a_refusal_printed_again_after_a_correction_says_what_was_told_then(
    bureau: Bureau, act: str, name: str
) -> None:
    case = bureau.case(applicant="张贵兰")
    bureau.through(case, ("赵敏", "submit", {}), ("赵敏", act, {"reason": "不符合条件"}))
    at_once, result = paper(bureau, case, name), case_papers.result(file_of(bureau, case), "")
    renamed(bureau, case, applicant="张桂兰")
    assert paper(bureau, case, name) == at_once
    assert case_papers.result(file_of(bureau, case), "") == result
    assert "张贵兰" in str(at_once)


def test_what_is_written_over_a_slip_later_moves_nothing_of_it(bureau: Bureau) -> None:
    """Before the acceptance a value needs no correction: a plain change moves it."""
    case = bureau.case("limited", "王芳", source="home", applicant="张贵兰", papers=["居民身份证"])
    bureau.through(case, ("王芳", "collected", {}))
    at_once = paper(bureau, case, "slip")
    later = {"applicant": "张桂兰", "papers": ["居民身份证", "居民户口簿"]}
    change = entry.change(
        case.hex(),
        "application",
        later,
        seen=bureau.record_position(case),
        at=bureau.now,
        by=bureau.people["王芳"].hex(),
    )
    assert bureau.write("王芳", change).outcome == "merged"
    bureau.through(case, ("王芳", "submit", {}))
    assert paper(bureau, case, "slip") == at_once
    assert isinstance(at_once, CollectionSlip) and [one.name for one in at_once.papers] == ["居民身份证"]


def test_however_much_came_between_a_record_has_its_whole_past(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    case = bureau.case(applicant="张贵兰")
    for _ in range(5):
        bureau.through(bureau.case(applicant="陈福来"), *ACCEPTED)
    bureau.through(case, *ACCEPTED)
    renamed(bureau, case, applicant="张桂兰")
    whole = file_of(bureau, case).past
    monkeypatch.setattr(past, "PAGE", 2)
    assert file_of(bureau, case).past == whole
    assert whole.ever("applicant") == ["张贵兰", "张桂兰"]
    assert {whole.names[one.author] for one in whole.entries if one.author != ids.NOBODY} == {"赵敏"}


def test_a_mandate_begins_when_it_was_signed_where_it_says_nothing_else(bureau: Bureau) -> None:
    case = bureau.case("limited", "王芳", source="home")
    signer = {"name": "张桂兰", "mark": "drawn", "at": bureau.now}
    given = {"application": case.hex(), "signers": [signer]}
    body = entry.change(bureau.new().hex(), "mandate", given, seen=0, at=bureau.now)
    assert bureau.write("赵敏", body).outcome == "new"
    bureau.later(40)
    made = mandate(file_of(bureau, case))
    assert (str(made.valid_from), str(made.issued), str(made.valid_until)) == ("2026-11-24", "2026-11-24", "2027-11-24")


def test_under_a_signature_stands_what_was_signed_whatever_the_case_says_today(bureau: Bureau) -> None:
    case = bureau.case("limited", "王芳", source="home", identity_number=ZHANG)
    signer = {"name": "张桂兰", "mark": "drawn", "at": bureau.now}
    given = {"application": case.hex(), "agent": "刘强", "principal": {"name": "张桂兰"}, "signers": [signer]}
    body = entry.change(bureau.new().hex(), "mandate", given, seen=0, at=bureau.now)
    assert bureau.write("赵敏", body).outcome == "new"
    bureau.through(case, ("赵敏", "submit", {}), ("赵敏", "accept", {}))
    made = mandate(file_of(bureau, case))
    assert made.agent.name == "刘强", "whoever answers for the case today"
    assert (made.matter, made.powers, made.principal.identity) == ("", (), "")


def test_a_mandate_from_the_last_day_that_there_is_can_be_printed(bureau: Bureau) -> None:
    case = bureau.case("limited", "王芳", source="home")
    body = entry.change(
        bureau.new().hex(), "mandate", {"application": case.hex(), "valid_from": "9999-12-31"}, seen=0, at=bureau.now
    )
    assert bureau.write("赵敏", body).outcome == "new"
    assert mandate(file_of(bureau, case)).valid_until == datetime.date.max


def test_a_slip_names_who_took_the_papers_though_another_answers_for_them_today(
    bureau: Bureau, poppler: Poppler
) -> None:
    case = bureau.case("limited", "王芳")
    bureau.through(case, ("王芳", "submit", {}), ("赵敏", "receive", {}))
    bureau.through(case, ("李红", "hand_over", {"to": bureau.people["钱进"].hex(), "reason": "赵敏外出培训"}))
    slip = paper(bureau, case, "slip")
    assert isinstance(slip, CollectionSlip)
    assert slip.agent.name == "赵敏"
    assert "收件人员赵敏" in poppler.text(render(slip)), "she is no proxy agent"
