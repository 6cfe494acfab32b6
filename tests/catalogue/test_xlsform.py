"""Forms as XLSForms: what form builders make of them, and what ours cannot say."""

import io
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from pyxform.xls2xform import convert

from daiban_server.features.catalogue import publish
from daiban_server.features.catalogue.faults import FaultyError
from daiban_server.features.catalogue.xlsform_in import read_form
from daiban_server.features.catalogue.xlsform_out import write_form
from tests.catalogue.generated import forms

ITEMS = [fields for _, fields in publish.catalogue()]
HEADINGS = ["type", "name", "label", "required", "relevant", "constraint", "appearance"]


def book(*survey: list[Any], choices: list[list[Any]] | None = None, **sheets: list[list[Any]]) -> bytes:
    """A workbook of somebody's survey, its heading first if it has one of its own."""
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    rows = list(survey) if "name" in survey[0] else [HEADINGS, *survey]
    all_sheets = {"survey": rows, "choices": [["list_name", "name", "label"], *(choices or [])], **sheets}
    for name, lines in all_sheets.items():
        sheet = made.create_sheet(name)
        for line in lines:
            sheet.append(line)
    saved = io.BytesIO()
    made.save(saved)
    return saved.getvalue()


def read(data: bytes) -> list[dict[str, Any]]:
    return read_form(data, "MZ-01", 1)


def told(data: bytes) -> list[str]:
    with pytest.raises(FaultyError) as refused:
        read(data)
    return [fault.text for fault in refused.value.faults]


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item["code"])
def test_a_form_goes_out_as_an_xlsform_that_pyxform_takes_and_comes_in_again(item: dict[str, Any]) -> None:
    data = write_form(item["form"], item["name"], item["code"], 3)
    converted = convert(data, file_type=".xlsx")
    assert converted.warnings == []
    assert item["code"] in converted.xform
    assert read_form(data, item["code"], 3) == item["form"]


@settings(max_examples=60, deadline=None)
@given(forms())
def test_any_form_survives_the_way_through_an_xlsform(form: list[dict[str, Any]]) -> None:
    data = write_form(form, "事项", "MZ-01", 1)
    assert convert(data, file_type=".xlsx").warnings == []
    assert read(data) == form


def test_somebody_elses_form_is_understood() -> None:
    form = read(
        book(
            ["integer", "people", "家庭人口", "TRUE", None, "1 <= . and . < 31"],
            ["decimal", "income", "家庭年收入（元）", "true()"],
            ["select one yesno", "ill", "有无病人", "yes"],
            ["select_one yes_no", "moved", "是否搬迁"],
            ["select_multiple why", "why", "困难原因", "no", "${moved} = 'yes'"],
            ["select_one why", "main", "主要原因", None, "selected( ${ill}, 'a' )"],
            ["text", "note", "说明", None, "${people}=1", "string-length(.) < 100", "multiline"],
            ["text", "call", "电话", None, '${main} = "y"', None, "phone"],
            ["integer", "rooms", "间数", None, None, ". = 3"],
            choices=[
                *(["yesno", "a", "有"], ["yesno", "b", "无"], ["yes_no", "yes", "是"], ["yes_no", "no", "否"]),
                *(["why", "x", "因病"], ["why", "y", "因学"]),
            ],
            settings=[["form_title", "form_id"], ["家庭情况", "MZ-01"]],
        )
    )
    assert form == [
        {"type": "integer", "id": "people", "label": "家庭人口", "required": True, "least": 1, "most": 30},
        {"type": "money", "id": "income", "label": "家庭年收入（元）", "required": True},
        {"type": "choice", "id": "ill", "label": "有无病人", "choices": ["有", "无"], "required": True},
        {"type": "flag", "id": "moved", "label": "是否搬迁"},
        {
            "type": "choices",
            "id": "why",
            "label": "困难原因",
            "choices": ["因病", "因学"],
            "when": {"id": "moved", "is": True},
        },
        {
            "type": "choice",
            "id": "main",
            "label": "主要原因",
            "choices": ["因病", "因学"],
            "when": {"id": "ill", "is": "有"},
        },
        {"type": "lines", "id": "note", "label": "说明", "longest": 99, "when": {"id": "people", "is": 1}},
        {"type": "phone", "id": "call", "label": "电话", "when": {"id": "main", "is": "因学"}},
        {"type": "integer", "id": "rooms", "label": "间数", "least": 3, "most": 3},
    ]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (["geopoint", "a", "位置"], "type"),
        (["begin group", "a", "组"], "type"),
        (["calculate", "a", "算"], "type"),
        (["select_one nowhere", "a", "选"], "type"),
        (["select_one why or_other", "a", "选"], "type"),
        (["text", "a", "字", "maybe"], "required"),
        (["text", "a", "字", None, "${b} > 3"], "relevant"),
        (["text", "a", "字", None, "${later} = 'yes'"], "relevant"),
        (["text", "a", "字", None, "${n} = 1 or ${n} = 2"], "relevant"),
        (["text", "a", "字", None, "${c} = 'z'"], "relevant"),
        (["text", "a", "字", None, f"${{n}} = '{'9' * 5000}'"], "relevant"),
        (["text", "a", "字", None, None, "regex(., 'x')"], "constraint"),
        (["text", "a", "字", None, None, ". > 3"], "constraint"),
        (["integer", "a", "数", None, None, ". >= ${n}"], "constraint"),
        (["integer", "a", "数", None, None, ". >= 1 or . <= 3"], "constraint"),
        (["integer", "a", "数", None, None, ". >= 1 and . >= 3"], "constraint"),
        (["decimal", "a", "数", None, None, ". >= 1"], "constraint"),
        (["date", "a", "日", None, None, ". <= today()"], "constraint"),
        (["text", "a", "字", None, None, None, "w4"], "appearance"),
        (["integer", "a", "数", None, None, None, "multiline"], "appearance"),
    ],
)
def test_what_our_questions_cannot_say_is_told_with_its_cell(row: list[Any], column: str) -> None:
    data = book(
        ["integer", "n", "数"],
        ["select_one why", "c", "选"],
        row,
        ["select_one why", "later", "后"],
        choices=[["why", "x", "因病"], ["why", "y", "因学"]],
    )
    errors = told(data)
    assert errors[0].startswith(f"「survey」表第 4 行「{column}」列：本系统的表单表达不了"), errors


def test_columns_that_we_do_not_know_matter_where_something_stands_in_them() -> None:
    heading = [*HEADINGS, "hint", "default"]
    plain = ["text", "a", "甲", None, None, None, None, None, None]
    assert read(book(heading, plain)) == [{"type": "text", "id": "a", "label": "甲"}]
    assert told(book(heading, plain, ["text", "b", "乙", None, None, None, None, "提示"])) == [
        "「survey」表第 3 行「hint」列：本系统的表单表达不了，请改用支持的写法"
    ]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (book(["text", "甲", "甲"]), "「survey」表第 2 行「name」列：题号写得不对"),
        (book(["text", "meta", "甲"]), "「survey」表第 2 行「name」列：题号写得不对"),
        (book(["text", "a", None]), "「survey」表第 2 行「label」列：没填完整"),
        (book(["text", "a", "甲${b}"]), "「survey」表第 2 行「label」列：有表格里写不了的字符"),
        (book(["text", "a", "甲"], ["text", "a", "乙"]), "「survey」表第 3 行「name」列：重复了"),
        (
            book(["integer", "a", "甲", None, None, ". > 5 and . < 5"]),
            "「survey」表第 2 行「constraint」列：限制写得不对",
        ),
        (book(["text", "a", "=1+1"]), "「survey」表第 2 行「label」列：这里是公式"),
        (book(["type", "name"], ["text", "a"]), "「survey」表第 1 行「label」列：缺这一列"),
        (book(["text", "a", "甲"], entities=[["x"]]), "「entities」表：多了这张表"),
        (
            book(["text", "a", "甲"], settings=[["form_id"], ["MZ-02"]]),
            "「settings」表第 2 行「form_id」列：这是别的事项",
        ),
        (book(["text", "a", "甲"], settings=[["version"], [2]]), "「settings」表第 2 行「version」列：事项版本已变"),
        (
            book(["text", "a", "甲"], settings=[["style"], ["pages"]]),
            "「settings」表第 2 行「style」列：本系统的表单表达不了",
        ),
        (
            book(["select_one l", "a", "甲"], choices=[["l", "x", "一"], ["l", "y", "一"]]),
            "「survey」表第 2 行「type」列：选项写得不对",
        ),
        (
            book(["select_one l", "a", "甲"], choices=[["l", "x", "一"], ["l", "x", "二"]]),
            "「survey」表：不是规范的 XLSForm",
        ),
    ],
)
def test_a_form_that_is_none_is_refused_with_the_place(data: bytes, said: str) -> None:
    errors = told(data)
    assert any(error.startswith(said) for error in errors), errors


def test_a_survey_without_questions_takes_the_form_away() -> None:
    assert read(write_form([], "事项", "MZ-01", 1)) == []


def test_a_hundred_and_one_questions_are_too_many() -> None:
    questions = [["text", f"q{n}", "问"] for n in range(101)]
    assert told(book(*questions)) == ["「survey」表第 102 行「name」列：太多了，请减少"]
