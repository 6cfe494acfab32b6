"""An item's form: the same answers are judged alike on the phone and at the centre, question by question."""

import json
from pathlib import Path
from typing import Any

import pytest

from daiban_schemas.forms import answer_problems, missing_answers

FORM: list[dict[str, Any]] = [
    {"id": "area", "label": "申报面积", "type": "integer", "required": True, "least": 1, "most": 1000},
    {"id": "change", "label": "是否变更", "type": "flag"},
    {
        "id": "why",
        "label": "变更原因",
        "type": "text",
        "required": True,
        "longest": 5,
        "when": {"id": "change", "is": True},
    },
    {"id": "reason", "label": "困难原因", "type": "choices", "choices": ["因病", "因灾"], "required": True},
    {"id": "grade", "label": "等级", "type": "choice", "choices": ["一级", "二级"]},
    {"id": "grade_note", "label": "说明", "type": "lines", "required": True, "when": {"id": "grade", "is": "二级"}},
    {"id": "income", "label": "收入", "type": "money"},
    {"id": "day", "label": "日期", "type": "date"},
    {"id": "who", "label": "监护人", "type": "identity_number"},
    {"id": "call", "label": "电话", "type": "phone"},
]


def missing(**answers: Any) -> list[str]:
    return [name.removeprefix("answers.") for name in missing_answers(FORM, named(answers))]


def problems(**answers: Any) -> dict[str, str]:
    return {name.removeprefix("answers."): code for name, code in answer_problems(FORM, named(answers)).items()}


def named(answers: dict[str, Any]) -> dict[str, Any]:
    return {f"answers.{name}": value for name, value in answers.items()}


def test_a_form_filled_in_wholly_misses_nothing_and_has_no_problems() -> None:
    whole = {
        "area": 300,
        "change": True,
        "why": "迁建",
        "reason": ["因病", "因灾"],
        "grade": "二级",
        "grade_note": "一\n二",
        "income": 120_000,
        "day": "2026-01-31",
        "who": "11010519491231002X",
        "call": "13909150001",
    }
    assert missing(**whole) == []
    assert problems(**whole) == {}


def test_an_empty_form_misses_what_is_asked_without_condition_in_the_forms_order() -> None:
    assert missing() == ["area", "reason"]


@pytest.mark.parametrize(
    ("answers", "left"),
    [
        ({"change": True}, ["why"]),
        ({"change": False}, []),
        ({"change": None}, []),
        ({"change": True, "why": ""}, ["why"]),
        ({"change": True, "why": None}, ["why"]),
        ({"change": True, "why": "迁建"}, []),
        ({"change": False, "why": "迁建"}, []),
        ({"grade": "一级"}, []),
        ({"grade": "二级"}, ["grade_note"]),
        ({"grade": "二级", "change": True}, ["why", "grade_note"]),
        ({"area": 0, "grade": "一级"}, []),
        ({"reason": []}, ["reason"]),
    ],
)
def test_a_conditional_question_is_asked_only_where_its_condition_holds(
    answers: dict[str, Any], left: list[str]
) -> None:
    assert missing(**{"area": 5, "reason": ["因病"], **answers}) == left


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("area", 0, "value.out_of_range"),
        ("area", 1001, "value.out_of_range"),
        ("area", "5", "value.not_integer"),
        ("change", "yes", "value.not_flag"),
        ("why", "一二三四五六", "value.too_long"),
        ("why", "一\n二", "value.line_break"),
        ("why", "  ", "value.incomplete"),
        ("reason", ["因病", "因懒"], "value.not_a_choice"),
        ("reason", "因病", "value.not_list"),
        ("grade", "三级", "value.not_a_choice"),
        ("income", -1, "value.out_of_range"),
        ("income", 1.5, "value.not_integer"),
        ("day", "2026-02-30", "value.not_date"),
        ("who", "110105194912310021", "value.identity_check_digit"),
        ("call", "12", "value.not_phone"),
    ],
)
def test_an_answer_that_does_not_fit_its_question_is_named(name: str, value: Any, code: str) -> None:
    assert problems(**{name: value, "call" if name != "call" else "day": None}) == {name: code}


def test_an_answer_to_a_question_that_is_not_asked_now_is_still_checked() -> None:
    """It was typed before the condition changed, and is kept with the record."""
    assert problems(change=False, why="一二三四五六") == {"why": "value.too_long"}


def test_answers_to_questions_of_a_newer_version_and_cleared_answers_are_no_problem() -> None:
    assert problems(newer={"anything": 1}, area=None) == {}
    assert answer_problems(FORM, {"note": 5, "answersarea": "x"}) == {}


def test_a_question_of_a_newer_type_is_kept_unjudged() -> None:
    assert answer_problems([{"id": "a", "label": "新", "type": "signature"}], {"answers.a": [1]}) == {}


def test_every_form_of_the_catalogue_asks_what_this_code_can_judge() -> None:
    """Known types, choices where they are chosen from, and conditions on questions that come before."""
    folder = Path("server/daiban_server/features/catalogue/demo")
    items = [item for path in folder.glob("items_*.json") for item in json.loads(path.read_text(encoding="utf-8"))]
    assert len(items) == 42
    for code, form in ((item["code"], item["form"]) for item in items):
        before: set[str] = set()
        for question in form:
            name = f"{code}: {question['id']}"
            assert answer_problems([question], {f"answers.{question['id']}": object()}), name
            assert question["label"], name
            assert bool(question.get("choices")) == (question["type"] in ("choice", "choices")), name
            assert question.get("when", {"id": None})["id"] in {None, *before}, name
            assert question["id"] not in before, name
            before.add(question["id"])
