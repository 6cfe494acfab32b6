"""Forms are data: an item's version lists its questions, and device and server check answers by this code.

A question is ``{"id", "label", "type", "required"?, "choices"?, "least"?, "most"?, "longest"?, "when"?}``; `type` is
one of ``text, lines, integer, money, date, flag, choice, choices, phone, identity_number``; ``when`` is
``{"id", "is"}``: asked only if another answer has that value. A money answer is in fen.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from daiban_schemas.types import Choice, Date, Flag, IdentityNumber, Integer, List, Phone, Plain, Text, Type

Question = Mapping[str, Any]

_TYPES: Mapping[str, Callable[[Question], Type]] = {
    "text": lambda q: Text(q.get("longest", 200)),
    "lines": lambda q: Text(q.get("longest", 2000), lines=True),
    "integer": lambda q: Integer(q.get("least", 0), q.get("most", 10**9)),
    "money": lambda q: Integer(0, 10**13),
    "date": lambda q: Date(),
    "flag": lambda q: Flag(),
    "choice": lambda q: Choice(*q.get("choices", ())),
    "choices": lambda q: List(Choice(*q.get("choices", ()))),
    "phone": lambda q: Phone(),
    "identity_number": lambda q: IdentityNumber(),
}
PREFIX = "answers."
_ID = re.compile(r"[a-z][a-z0-9_]{0,50}\Z")


class QuestionType(Plain):
    """A question of a form, as the district publishes it. An id that is no field's name could never be answered."""

    hint: Any = dict[str, Any]
    exact = False

    def problem(self, value: Any) -> str | None:
        if not isinstance(value, dict) or value.get("type") not in _TYPES:
            return "value.not_question"
        named = isinstance(value.get("id"), str) and _ID.match(value["id"]) and isinstance(value.get("label"), str)
        choices, condition = value.get("choices", []), value.get("when", {"id": "", "is": None})
        whole = all(isinstance(value.get(n, 0), int) for n in ("least", "most", "longest"))
        formed = isinstance(choices, list) and isinstance(condition, dict) and {"id", "is"} <= condition.keys()
        return None if named and whole and formed else "value.not_question"


def answer_problems(form: Sequence[Question], fields: Mapping[str, Any]) -> dict[str, str]:
    """Codes by field name for the answers among `fields` that do not fit their question.

    Answers to questions that this version does not ask are kept and are no problem.
    """
    questions = {PREFIX + question["id"]: question for question in form}
    found = {}
    for name, value in fields.items():
        question = questions.get(name)
        make = _TYPES.get(question["type"]) if question else None
        if make and question and value is not None and (problem := make(question).problem(value)):
            found[name] = problem
    return found


def missing_answers(form: Sequence[Question], values: Mapping[str, Any]) -> list[str]:
    """Field names of required questions that `values` leave open, in the form's order."""
    return [
        PREFIX + question["id"]
        for question in form
        if question.get("required")
        and _asked(question, values)
        and values.get(PREFIX + question["id"]) in (None, "", [])
    ]


def _asked(question: Question, values: Mapping[str, Any]) -> bool:
    condition = question.get("when")
    return condition is None or values.get(PREFIX + condition["id"]) == condition["is"]
