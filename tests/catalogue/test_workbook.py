"""The catalogue as a workbook: what goes out comes in again, and what is wrong is told with its place."""

import io
from typing import Any

import openpyxl
import pytest

from daiban_schemas.kinds import KINDS
from daiban_server.features.catalogue.catalogue import Catalogue
from daiban_server.features.catalogue.difference import compare, differences
from tests.catalogue.workbooks import CENTRES, demo, edited, read, row_of, told, with_cells, written


def test_an_export_says_on_import_what_stands() -> None:
    assert read(written()) == demo()
    assert {change.what for change in compare(demo(), read(written()), CENTRES)} == {"unchanged"}


def test_the_same_catalogue_is_the_same_file() -> None:
    assert written(demo()) == written(demo())


def test_the_headings_are_the_labels_that_people_know() -> None:
    book = openpyxl.load_workbook(io.BytesIO(written()))
    assert book.sheetnames == ["事项", "材料", "流程", "特殊环节", "窗口", "表单"]
    headings = [cell.value for cell in book["事项"][1]]
    assert headings[:4] == ["事项编码", "版本", "窗口", "排序"]
    assert "承诺办结时限" in headings and "到场人数" in headings


@pytest.mark.parametrize("text", ["=1+1", '=HYPERLINK("http://x","y")', "+86", "-3", "@SUM(A1)", "http://x.cn/a"])
def test_a_text_that_looks_like_a_formula_stays_a_text(text: str) -> None:
    catalogue = demo()
    first = {**catalogue.items[0], "note": text, "audience": text}
    changed = catalogue._replace(items=(first, *catalogue.items[1:]))
    data = written(changed)
    book = openpyxl.load_workbook(io.BytesIO(data))
    cells = [cell for row in book["事项"].iter_rows() for cell in row if cell.value == text]
    assert [cell.data_type for cell in cells] == ["s", "s"]
    assert all(cell.hyperlink is None for cell in cells)
    assert all(cell.quotePrefix for cell in cells) == (text[0] in "=+-@")
    assert read(data) == changed


def test_a_spreadsheets_own_numbers_days_and_ticks_are_understood() -> None:
    """Somebody typed 15 where we write a text, TRUE where we write 是, and left blank lines."""

    def edit(book: openpyxl.Workbook) -> None:
        book["事项"].insert_rows(3, 2)

    row = row_of(written(), "材料", "居民户口簿")
    data = edited(with_cells(written(), ("材料", row, "可共享免交", True), ("事项", 2, "说明", 15)), edit)
    catalogue = read(data)
    assert catalogue.items[0]["note"] == "15"
    assert [paper.get("shared") for paper in catalogue.items[0]["papers"]][1] is True


def test_a_special_step_that_is_there_twice_is_refused() -> None:
    """A pause names its step: of two with one name nobody knows which one is counted."""
    row = row_of(written(), "特殊环节", "MZ-01")
    errors = told(with_cells(written(), ("特殊环节", row, "环节名称", "入户核实")))
    assert any(error.startswith(f"「特殊环节」表第 {row + 1} 行「环节名称」列：重复了") for error in errors), errors


@pytest.mark.parametrize(
    ("sheet", "text", "heading", "value", "said"),
    [
        ("事项", "MZ-01", "承诺办结时限", 25, "时限写得不对，请写成 15工作日 或 30自然日"),
        ("事项", "MZ-01", "承诺办结时限", "25天", "时限写得不对"),
        ("事项", "MZ-01", "承诺办结时限", None, "没填完整"),
        ("事项", "MZ-01", "承诺办结时限", "999工作日", "超出范围"),
        ("事项", "MZ-01", "办理方式", "限时办理、代办", "不在可选项里"),
        ("事项", "MZ-01", "办理方式", "限时办理、限时办理", "重复了"),
        ("事项", "MZ-01", "事项类型", "许可证", "不在可选项里"),
        ("事项", "MZ-01", "到场人数", 3, "超出范围"),
        ("事项", "MZ-01", "到场人数", "两人", "应是整数"),
        ("事项", "MZ-01", "到场人数", 1.5, "应是整数"),
        ("事项", "MZ-01", "须本人到场", "对", "应是是或否"),
        ("事项", "MZ-01", "窗口", "民政", "没有这个窗口"),
        ("事项", "MZ-01", "版本", 2, "事项版本已变（现行第 1 版）"),
        ("事项", "MZ-01", "版本", None, "事项版本已变（现行第 1 版）"),
        ("事项", "MZ-01", "事项编码", "HN-01", "重复了"),
        ("事项", "MZ-01", "事项名称", "低保\n申请", "不能换行"),
        ("事项", "MZ-01", "事项名称", "低" * 101, "太长了"),
        ("事项", "MZ-01", "说明", "=NOW()", "这里是公式"),
        ("事项", "MZ-01", "说明", "a\tb", "有表格里写不了的字符"),
        ("材料", "MZ-01", "材料名称", None, "没填完整"),
        ("材料", "MZ-01", "事项编码", "QQ-01", "没有这个事项"),
        ("材料", "MZ-01", "原件或复印件", "扫描件", "不在可选项里"),
        ("特殊环节", "MZ-01", "计入时限", None, "没填完整"),
        ("窗口", "问询岗", "设在", "长安镇", "没有这个中心，或有重名（长安镇）"),
        ("窗口", "问询岗", "设在", None, "没写窗口设在哪里"),
        ("窗口", "问询岗", "窗口编码", "HN", "重复了"),
        ("表单", "MZ-01", "题号", "人数", "题号写得不对"),
        ("表单", "MZ-01", "题型", "打分", "不在可选项里"),
        ("表单", "MZ-01", "选项", "一\n二", "选项写得不对"),
        ("表单", "MZ-01", "最多字数", 5, "限制写得不对"),
        ("表单", "MZ-01", "最大值", 0, "限制写得不对"),
    ],
)
def test_a_wrong_cell_is_named_by_sheet_row_and_column(
    sheet: str, text: str, heading: str, value: Any, said: str
) -> None:
    row = row_of(written(), sheet, text)
    errors = told(with_cells(written(), (sheet, row, heading, value)))
    assert any(error.startswith(f"「{sheet}」表第 {row} 行「{heading}」列：{said}") for error in errors), errors


def test_a_condition_asks_an_earlier_question_for_an_answer_that_it_can_have() -> None:
    row = row_of(written(), "表单", "change_reason")
    for cell in (("条件题号", "change_reason"), ("条件题号", "later"), ("条件答案", "有"), ("条件答案", None)):
        errors = told(with_cells(written(), ("表单", row, *cell)))
        assert errors == [f"「表单」表第 {row} 行「条件答案」列：条件写得不对，条件只能看前面的是否、单选或整数题"]


@pytest.mark.parametrize("answer", ["二", "2.5", "31", "9" * 5000])
def test_a_condition_on_a_number_waits_for_one_that_can_be_answered(answer: str) -> None:
    catalogue = demo()
    people = {"id": "people", "label": "人数", "type": "integer", "least": 1, "most": 30}
    form = [people, {"id": "why", "label": "原因", "type": "text", "when": {"id": "people", "is": 2}}]
    changed = catalogue._replace(items=({**catalogue.items[0], "form": form}, *catalogue.items[1:]))
    assert read(written(changed)) == changed
    errors = told(with_cells(written(changed), ("表单", 3, "条件答案", answer)))
    assert [error.split("，")[0] for error in errors] == ["「表单」表第 3 行「条件答案」列：条件写得不对"]


def test_all_faults_are_told_at_once_but_no_more_than_a_hundred() -> None:
    wrong = with_cells(
        written(), ("事项", 3, "到场人数", 9), ("材料", 5, "可共享免交", "嗯"), ("表单", 2, "题型", "画")
    )
    assert len(told(wrong)) == 3
    everywhere = [("材料", row, "原件或复印件", "正本") for row in range(2, 160)]
    assert len(told(with_cells(written(), *everywhere))) == 100


def test_sheets_and_columns_that_nobody_would_read_are_told() -> None:
    def edit(book: openpyxl.Workbook) -> None:
        del book["流程"]
        book.create_sheet("备注")["A1"] = "x"
        book["材料"]["F1"] = "份数"
        book["窗口"]["A1"] = "编码"
        book["特殊环节"]["H3"] = "?"

    errors = told(edited(written(), edit))
    for said in (
        "「流程」表：缺这张表，请用导出的文件作模板",
        "「备注」表：多了这张表，请删去这张表",
        "「材料」表第 1 行「份数」列：多了这一列，请删去这一列",
        "「窗口」表第 1 行「编码」列：多了这一列，请删去这一列",
        "「窗口」表第 1 行「窗口编码」列：缺这一列，请补上这一列",
        "「特殊环节」表第 3 行「H」列：表头之外有内容，请删去这些内容",
    ):
        assert said in errors, said


def test_the_order_of_columns_is_free() -> None:
    def edit(book: openpyxl.Workbook) -> None:
        book["材料"].move_range("B1:B400", cols=8)

    assert read(edited(written(), edit)) == demo()


# Differences ----------------------------------------------------------------------------------------------------


def test_two_editions_differ_field_by_field_in_words() -> None:
    old = next(item for item in demo().items if item["code"] == "MZ-01")
    papers = [paper for paper in old["papers"] if paper["name"] != "居民户口簿"]
    papers[0] = {**papers[0], "form": "copy"}
    new = {**old, "promised_limit": {"days": 20, "unit": "working"}, "modes": ["home", "proxy"], "papers": papers}
    new = {**new, "form": [*old["form"], {"id": "pets", "label": "家畜", "type": "text"}], "paper_mandate_only": True}
    new.pop("note")
    found = {difference.label: difference.text for difference in differences(KINDS["item"], old, new)}
    assert found == {
        "办理方式": "新增「代为办理」；删去「限时办理」",
        "申请材料": "「申请表（书面申请）」原件或复印件由「原件」改为「复印件」；删去「居民户口簿」",
        "承诺办结时限": "由「25工作日」改为「20工作日」",
        "说明": f"删去「{old['note']}」",
        "须纸质委托书": "填写「是」",
        "表单": "新增「家畜」",
    }


def test_a_question_that_appears_otherwise_and_another_order_are_told() -> None:
    old = next(item for item in demo().items if item["code"] == "HN-01")
    first, second, third = old["form"]
    asked = {name: value for name, value in third.items() if name != "when"}
    (found,) = differences(KINDS["item"], old, {**old, "form": [second, first, asked]})
    assert found.text == "「变更原因」出现条件删去「change = 是」；顺序有变"


def test_an_upload_adds_changes_ends_and_leaves_alone() -> None:
    before = demo()
    added = {**before.items[0], "code": "HN-99", "name": "新事项"}
    changed = {**before.items[1], "fee": "工本费五元"}
    wanted = Catalogue(before.windows[1:], (added, changed, *before.items[2:]), before.based)
    changes = {(one.kind, one.code): one for one in compare(before, wanted, CENTRES) if one.what != "unchanged"}
    assert {key: one.what for key, one in changes.items()} == {
        ("window", "HN"): "ended",
        ("item", "HN-99"): "added",
        ("item", "HN-02"): "changed",
        ("item", "HN-01"): "ended",
    }
    assert changes["item", "HN-02"].differences[0].text == "由「不收费」改为「工本费五元」"
