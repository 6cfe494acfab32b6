"""An archived case is one file, bound in order, with contents that say on which page each paper stands."""

import re
from typing import Any

import pytest

from daiban_schemas import entry
from daiban_server.features.papers.documents import (
    AcceptanceNotice,
    ArchiveContents,
    ArchiveCover,
    ClosingSheet,
    CollectionSlip,
    HandoverList,
    OneTimeNotice,
    ResultSlip,
    WorkOrder,
)
from daiban_server.features.papers.render import render_many
from daiban_server.printing import case_papers
from daiban_server.printing.archive import Volume, file_of
from daiban_server.printing.by_name import ONE
from daiban_server.printing.case_file import CaseFile, gather
from daiban_server.spine.refusal import Refusal
from daiban_sync.outcome import Outcome
from tests.cases.bureau import DAY, Bureau
from tests.cases.test_modes import ASKED, DELIVERED, MISSED
from tests.support.poppler import Poppler


@pytest.fixture
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Bureau:
    """A centre."""
    return Bureau(tmp_path_factory.mktemp("bureau"))


def gathered(bureau: Bureau, case: bytes) -> CaseFile:
    file: CaseFile = bureau.run(gather(bureau.centre, case, bureau.now))
    return file


def eventful(bureau: Bureau, reason: str = "依照规定公示") -> bytes:
    """A proxied case to which everything happened: collected at home, sent up twice, extended, paused, handed over."""
    case = bureau.case("proxy", "王芳", source="home", slip={"number": "S-3F9A2C-117", "code": "ABCD2345"})
    bureau.through(case, ("王芳", "collected", {"papers": ["居民身份证"]}), ("王芳", "submit", {}))
    bureau.through(case, ("赵敏", "notify", {"missing": [{"name": "居民户口簿"}]}), ("王芳", "brought", {}))
    bureau.through(case, ("赵敏", "accept", {}), ("赵敏", "send_up", {"to": "区残联", "days": 10}))
    bureau.later(1)
    bureau.through(case, ("赵敏", "answered", {"note": "退回补充"}), ("赵敏", "send_up", {"to": "市残联", "days": 5}))
    bureau.later(1)
    bureau.through(case, ("赵敏", "pause", {"step": "残疾评定", "days": 7, "reason": reason}))
    bureau.later(1)
    bureau.through(case, ("李红", "extend", {"days": 5, "reason": "等候评定"}))
    bureau.later(1)
    bureau.through(case, ("赵敏", "hand_over", {"to": bureau.people["钱进"].hex(), "reason": "赵敏外出培训"}))
    bureau.through(case, ("钱进", "answered", {}), ("钱进", "complete", {"result": "已核发"}), DELIVERED, ASKED)
    return case


def archived(bureau: Bureau, reason: str = "依照规定公示") -> Volume:
    case = eventful(bureau, reason)
    bureau.through(case, ("钱进", "archive", {}))
    return file_of(gathered(bureau, case))


def contents_of(volume: Volume) -> ArchiveContents:
    contents = volume.documents[1]
    assert isinstance(contents, ArchiveContents)
    return contents


def test_nothing_is_bound_before_the_archive(bureau: Bureau) -> None:
    with pytest.raises(Refusal) as caught:
        file_of(gathered(bureau, eventful(bureau)))
    assert caught.value.code == "print.not_yet"


def test_an_archived_case_is_bound_in_order_with_all_that_happened(bureau: Bureau) -> None:
    volume = archived(bureau)
    assert [type(one).__name__ for one in volume.documents] == [
        *("ArchiveCover", "ArchiveContents", "AcceptanceNotice", "OneTimeNotice"),
        *("ApplicationForm", "CollectionSlip", "WorkOrder"),
        *("PauseNotice", "ExtensionNotice", "HandoverList", "DeliveryRecord", "ClosingSheet"),
    ]
    assert [(leaf.title, leaf.pages) for leaf in contents_of(volume).leaves] == [
        ("受理通知书", "1"),
        ("一次性告知书", "2"),
        ("补正材料", ""),
        ("申请表", "3"),
        ("收件凭证", "4"),
        ("承办单", "5"),
        ("报区残联", ""),
        ("报市残联", ""),
        ("特殊环节告知书", "6"),
        ("延期告知书", "7"),
        ("工作交接清单", "8"),
        ("送达回证", "9"),
        ("回访记录", ""),
    ]


def test_each_paper_is_by_whoever_did_what_it_tells_of(bureau: Bureau) -> None:
    volume = archived(bureau)
    authors = {leaf.title: leaf.author for leaf in contents_of(volume).leaves}
    assert authors["受理通知书"] == authors["特殊环节告知书"] == authors["工作交接清单"] == "赵敏"
    assert (authors["收件凭证"], authors["延期告知书"], authors["送达回证"]) == ("王芳", "李红", "王芳")
    (acceptance,) = (one for one in volume.documents if isinstance(one, AcceptanceNotice))
    (slip,) = (one for one in volume.documents if isinstance(one, CollectionSlip))
    assert (acceptance.handler, slip.agent.name) == ("赵敏", "王芳"), "though another has the case today"


def test_the_work_order_names_every_sending_up_with_its_answer(bureau: Bureau) -> None:
    (order,) = (one for one in archived(bureau).documents if isinstance(one, WorkOrder))
    assert order.sent_up_to == "区残联、市残联"
    assert [(step.name, step.opinion) for step in order.steps][:7] == [
        ("一次性告知", "缺居民户口簿"),
        ("补交材料", ""),
        ("受理", "材料齐全，予以受理"),
        ("上报", "报区残联"),
        ("上级答复", "退回补充"),
        ("上报", "报市残联"),
        ("残疾评定", "依照规定公示"),
    ]
    assert [step.name for step in order.steps].count("办结") == 1


def test_a_verification_stands_in_the_contents_with_both_who_made_it(bureau: Bureau) -> None:
    case = bureau.case("limited", "王芳", source="home")
    bureau.through(case, ("王芳", "verified", {"met": "张桂兰", "with": "孙亮"}), ("王芳", "submit", {}))
    bureau.through(case, ("赵敏", "accept", {}), ("赵敏", "complete", {"result": "符合条件"}))
    bureau.through(case, ("赵敏", "archive", {"reason": "联系不上"}))
    leaves = contents_of(file_of(gathered(bureau, case))).leaves
    (found,) = (leaf for leaf in leaves if leaf.part == "verification")
    assert (found.title, found.author, found.note) == ("入户核验记录", "王芳、孙亮", "存于系统")
    assert [leaf.title for leaf in leaves] == ["受理通知书", "申请表", "入户核验记录", "承办单"]


def test_an_ended_case_leaves_no_step_for_a_pen(bureau: Bureau) -> None:
    case = eventful(bureau)
    file = gathered(bureau, case)
    steps = [{"name": "公示", "counted": False}]
    order = ONE["work-order"](file._replace(item={**file.item, "special_steps": steps}))
    assert isinstance(order, WorkOrder)
    assert [step.name for step in order.steps if step.signed is None] == []
    running = file._replace(values={**file.values, "ended_at": None}, item={**file.item, "special_steps": steps})
    order = ONE["work-order"](running)
    assert isinstance(order, WorkOrder)
    assert [step.name for step in order.steps if step.signed is None] == ["公示", "办结"]


def test_a_file_that_is_printed_again_later_is_the_file_that_was_closed(bureau: Bureau) -> None:
    case = eventful(bureau)
    bureau.through(case, ("钱进", "archive", {}))
    closed = file_of(gathered(bureau, case))
    bureau.later(100)
    assert file_of(gathered(bureau, case)) == closed


def test_the_visit_and_the_cadres_reply_stand_in_the_contents(bureau: Bureau) -> None:
    bureau.connection.execute("UPDATE place SET lon = 109000000, lat = 32700000")  # where the agent is to go
    case = eventful(bureau)
    visit, reply, about = bureau.new(), bureau.new(), {"household": bureau.home.hex(), "application": case.hex()}
    soon = bureau.now + 46 * 3_600_000  # on Monday at ten
    bureau.write("赵敏", entry.change(visit.hex(), "visit", {**about, "purpose": "核实"}, seen=0, at=bureau.now))
    book = {"agent": bureau.people["王芳"].hex(), "start": soon}
    booked = bureau.write("赵敏", entry.command(visit.hex(), "visit", "book", book, expected=None, at=bureau.now))
    assert booked.outcome == "merged", booked
    bureau.write("王芳", entry.report(visit.hex(), "visit", "finished", {"outcome": "done"}, at=bureau.now))
    said = {"text": "告知已核发", "outcome": "satisfied", "replied_at": bureau.now}
    bureau.write("孙亮", entry.change(reply.hex(), "reply", {**about, **said}, seen=0, at=bureau.now))
    behalf = {**about, **said, "on_behalf": True, "on_behalf_of": bureau.people["孙亮"].hex()}
    bureau.write("王芳", entry.change(bureau.new().hex(), "reply", behalf, seen=0, at=bureau.now))
    other = bureau.case()
    bureau.write(
        "孙亮",
        entry.change(bureau.new().hex(), "reply", {**about, **said, "application": other.hex()}, seen=0, at=bureau.now),
    )
    bureau.through(case, ("钱进", "archive", {}))
    leaves = contents_of(file_of(gathered(bureau, case))).leaves
    titles = [leaf.title for leaf in leaves]
    assert titles.index("收件凭证") < titles.index("上门办理记录") < titles.index("承办单")
    authors = [leaf.author for leaf in leaves if leaf.title == "定期回复"]
    assert authors == ["孙亮", "王芳（代孙亮）"], "what was replied about another case is filed there"


def test_what_was_told_twice_to_be_missing_is_filed_twice(bureau: Bureau, poppler: Poppler) -> None:
    case = bureau.case()
    bureau.through(case, ("赵敏", "submit", {}), ("赵敏", "notify", {"missing": [{"name": "居民户口簿"}], "days": 5}))
    bureau.later(1)
    again = {"missing": [{"name": "收入证明"}], "reason": "上次漏列"}
    bureau.through(case, ("赵敏", "complement", {}), ("钱进", "notify", again), ("赵敏", "complement", {}))
    first, second = case_papers.notices(gathered(bureau, case))
    assert isinstance(first, OneTimeNotice) and isinstance(second, OneTimeNotice)
    assert [paper.name for paper in (*first.missing, *second.missing)] == ["居民户口簿", "收入证明"]
    assert (str(first.until), str(second.until)) == ("2026-11-29", "2026-12-10")
    assert (first.handler, second.handler) == ("赵敏", "钱进")
    assert ONE["notice"](gathered(bureau, case)) == second


def test_a_handover_is_filed_with_who_gave_who_took_and_why(bureau: Bureau) -> None:
    (handover,) = (one for one in archived(bureau).documents if isinstance(one, HandoverList))
    assert (handover.giver.name, handover.taker.name, handover.reason) == ("王芳", "钱进", "赵敏外出培训")
    assert [(case.applicant, case.status) for case in handover.cases] == [("张桂兰", "已上报")]


def test_a_long_paper_counts_all_its_pages_and_each_bears_its_number(bureau: Bureau, poppler: Poppler) -> None:
    volume = archived(bureau, "公示理由须写明。" * 110)
    leaves = {leaf.title: leaf.pages for leaf in contents_of(volume).leaves}
    pages = poppler.pages(render_many(volume.documents, through=volume.first))
    cover, closing = volume.documents[0], volume.documents[-1]
    assert isinstance(cover, ArchiveCover) and isinstance(closing, ClosingSheet)
    assert cover.pages == closing.pages == len(pages) - 3, "neither cover nor contents nor closing sheet are counted"
    assert cover.pieces == closing.pieces == len(volume.documents) - 3
    first, _, last = leaves["特殊环节告知书"].partition("-")
    assert int(last) > int(first)
    numbered = {found[1]: page for page in pages if (found := re.search(r"卷内第(\d+)页", page))}
    assert list(numbered) == [str(number) for number in range(1, cover.pages + 1)]
    for title in ("受理通知书", "收件凭证", "承办单", "延期告知书", "工作交接清单", "送达回证"):
        assert title in numbered[leaves[title].partition("-")[0]], title
    assert "备考表" in pages[-1] and "卷内第" not in pages[-1]


@pytest.mark.parametrize("letter", ["鑫", "W", "\n一"])
def test_the_cover_is_one_page_whatever_the_case_came_to(bureau: Bureau, poppler: Poppler, letter: str) -> None:
    case = bureau.case(applicant="鑫" * 30)
    result = "开始" + letter * (1980 // len(letter)) + "末尾"
    bureau.through(case, ("赵敏", "submit", {}), ("赵敏", "accept", {}))
    bureau.through(case, ("赵敏", "complete", {"result": result[:1000]}), ("赵敏", "archive", {"reason": "电话告知"}))
    file = gathered(bureau, case)
    longest = file._replace(item={**file.item, "name": "鑫" * 100}, values={**file.values, "result": result})
    for told in (file, longest):
        volume = file_of(told)
        (cover,) = poppler.pages(render_many(volume.documents[:1]))
        assert "开始" in cover and "……（全文见承办单）" in cover
        whole = "".join(poppler.pages(render_many(volume.documents)))
        assert told.values["result"][-2:].strip() in whole


def test_a_short_result_stands_whole_on_the_cover(bureau: Bureau) -> None:
    cover = archived(bureau).documents[0]
    assert isinstance(cover, ArchiveCover)
    assert cover.result == "已核发"


def test_a_case_that_was_never_accepted_has_a_file_too(bureau: Bureau, poppler: Poppler) -> None:
    case = bureau.case()
    bureau.through(case, ("赵敏", "submit", {}), ("赵敏", "decline", {"reason": "户籍不在本镇"}))
    bureau.through(case, ("赵敏", "archive", {"reason": "邮寄退回"}))
    volume = file_of(gathered(bureau, case))
    titles = [leaf.title for leaf in contents_of(volume).leaves]
    assert titles == ["不予受理通知书", "申请表", "收件凭证", "承办单"]
    text = poppler.text(render_many(volume.documents, through=volume.first))
    assert "邮寄退回" in text


def test_a_case_that_was_withdrawn_before_it_was_handed_in_has_a_true_file(bureau: Bureau, poppler: Poppler) -> None:
    case = bureau.case()
    bureau.through(
        case, ("赵敏", "withdraw", {"reason": "不想办了。" * 100}), ("赵敏", "archive", {"reason": "没有材料"})
    )
    volume = file_of(gathered(bureau, case))
    assert [leaf.title for leaf in contents_of(volume).leaves] == ["申请表", "撤回申请登记单"]
    cover = volume.documents[0]
    assert isinstance(cover, ArchiveCover)
    assert cover.result.endswith("……（全文见撤回申请登记单）")
    assert "没有材料" in poppler.text(render_many(volume.documents, through=volume.first))


def test_a_reply_that_was_counted_for_the_case_stands_in_the_contents_though_it_names_none(bureau: Bureau) -> None:
    """It is dated by what is believed of when it was given, not by what its writer says."""
    case = bureau.case("limited", "王芳", source="home")
    bureau.through(case, ("王芳", "submit", {}), ("赵敏", "accept", {}))
    bureau.later(1)
    said = {"text": "已入户", "outcome": "progressing", "replied_at": bureau.now - 20 * DAY}
    assert _replies(bureau, **said).outcome == "new"
    bureau.through(case, ("赵敏", "complete", {"result": "符合条件"}), DELIVERED, ("赵敏", "archive", {}))
    leaves = contents_of(file_of(gathered(bureau, case))).leaves
    assert [str(leaf.dated) for leaf in leaves if leaf.title == "定期回复"] == ["2026-11-25"]


def test_what_a_cadre_says_after_the_file_was_closed_is_not_in_it(bureau: Bureau) -> None:
    case = bureau.case("limited", "王芳", source="home")
    bureau.through(case, ("王芳", "submit", {}), ("赵敏", "accept", {}), ("赵敏", "complete", {"result": "符合条件"}))
    bureau.through(case, DELIVERED, ("赵敏", "archive", {}))
    before = contents_of(file_of(gathered(bureau, case)))
    bureau.later(1)
    said = {"text": "早就回复过", "outcome": "satisfied", "application": case.hex(), "replied_at": bureau.now - 2 * DAY}
    assert _replies(bureau, **said).outcome == "new"
    assert contents_of(file_of(gathered(bureau, case))) == before


def _replies(bureau: Bureau, **said: Any) -> Outcome:
    body = entry.change(bureau.new().hex(), "reply", {"household": bureau.home.hex(), **said}, seen=0, at=bureau.now)
    return bureau.write("孙亮", body)


def test_what_one_did_on_the_spot_is_hers_though_another_has_it_today(bureau: Bureau) -> None:
    case = bureau.case("direct")
    bureau.through(case, ("赵敏", "submit", {}), ("赵敏", "finish", {"result": "补贴已登记"}))
    bureau.through(case, ("赵敏", "hand_over", {"to": bureau.people["钱进"].hex(), "reason": "赵敏外出培训"}))
    slip = case_papers.result(gathered(bureau, case), "")
    bureau.through(case, DELIVERED, ASKED, ("钱进", "archive", {}))
    volume = file_of(gathered(bureau, case))
    (acceptance,) = (one for one in volume.documents if isinstance(one, AcceptanceNotice))
    (leaf,) = (one for one in contents_of(volume).leaves if one.title == "受理通知书")
    assert isinstance(slip, ResultSlip)
    assert (acceptance.handler, leaf.author, slip.handler) == ("赵敏", "赵敏", "赵敏")


def test_the_cover_of_what_was_withdrawn_says_so_and_its_work_order_promises_nothing(bureau: Bureau) -> None:
    case = bureau.case("limited")
    bureau.through(
        case, ("赵敏", "submit", {}), ("赵敏", "receive", {}), ("赵敏", "withdraw", {"reason": "改到县里办"})
    )
    bureau.through(case, ("赵敏", "archive", {"reason": "申请人撤回"}))
    volume = file_of(gathered(bureau, case))
    cover, order = volume.documents[0], next(one for one in volume.documents if isinstance(one, WorkOrder))
    assert isinstance(cover, ArchiveCover)
    assert (cover.result, order.limit) == ("申请人撤回：改到县里办", "")


def test_each_day_on_which_nobody_was_reached_stands_in_the_contents(bureau: Bureau) -> None:
    case = bureau.case("direct")
    bureau.through(
        case, ("赵敏", "submit", {}), ("赵敏", "finish", {"result": "补贴已登记"}), DELIVERED, MISSED, MISSED
    )
    bureau.later(1)
    bureau.through(case, MISSED, ASKED, ("赵敏", "archive", {}))
    leaves = contents_of(file_of(gathered(bureau, case))).leaves
    followed = [(leaf.title, str(leaf.dated), leaf.author) for leaf in leaves if "回访" in leaf.title]
    assert followed == [
        ("回访记录（未联系上）", "2026-11-24", "孙亮"),
        ("回访记录（未联系上）", "2026-11-25", "孙亮"),
        ("回访记录", "2026-11-25", "孙亮"),
    ]
