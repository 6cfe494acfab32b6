"""A form as the agent will see it: the item's own questions, with what a phone says beside each."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from daiban_server.console.languages.spoken import say
from daiban_server.features.catalogue.words import FLAGS, QUESTION_TYPES

Question = Mapping[str, Any]
LONGEST = {"text": 200, "lines": 2000}
"""Characters of an answer, where its question does not say (see `daiban_schemas.forms`)."""


class Asked(NamedTuple):
    """A question as it is drawn: `of` is its type, `hints` what an answer has to be, `when` the answer that it waits
    for, in words, or ""."""

    id: str
    label: str
    of: str
    type: str
    required: bool
    choices: Sequence[str]
    hints: Sequence[str]
    when: str


def preview(form: Sequence[Question]) -> list[Asked]:
    """The questions in order."""
    labels = {str(one.get("id")): str(one.get("label", "")) for one in form}
    return [_asked(one, labels) for one in form]


def _asked(one: Question, labels: Mapping[str, str]) -> Asked:
    of = str(one.get("type"))
    return Asked(
        str(one.get("id")),
        str(one.get("label", "")),
        of,
        QUESTION_TYPES.get(of, of),
        bool(one.get("required")),
        [str(choice) for choice in one.get("choices") or ()],
        _hints(of, one),
        _when(one.get("when"), labels),
    )


def _hints(of: str, one: Question) -> list[str]:
    least, most = one.get("least"), one.get("most")
    if of == "integer" and least is not None and most is not None:
        return [say("填 {0} 到 {1} 的整数", least, most)]
    if of == "integer":
        return ["填整数", *([say("不小于 {0}", least)] if least is not None else ())] + (
            [say("不大于 {0}", most)] if most is not None else []
        )
    if of in LONGEST:
        return [say("最多 {0} 字", one.get("longest", LONGEST[of]))]
    said = {"money": "单位是元，可写两位小数", "phone": "手机或带区号的座机", "identity_number": "18 位，手机当场核对"}
    said |= {"choices": "可以选几个"}
    return [said[of]] if of in said else []


def _when(condition: Any, labels: Mapping[str, str]) -> str:
    if not isinstance(condition, dict):
        return ""
    value = condition.get("is")
    answer = FLAGS[value] if isinstance(value, bool) else str(value)
    on = str(condition.get("id"))
    return say("“{0}”答“{1}”时才问", labels.get(on, on), answer)
