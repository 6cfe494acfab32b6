"""A form as an XLSForm, the workbook that form builders such as ODK's read: sheets survey, choices and settings.

========================= ============================================================
text, lines               ``text``; ``lines`` with the appearance ``multiline``
phone, identity_number    ``text`` with an appearance of that name, which other programs pass over
integer                   ``integer``, its limits as a constraint
money                     ``decimal``, in yuan
date                      ``date``
flag                      ``select_one yes_no``: 是 and 否
choice, choices           ``select_one`` or ``select_multiple`` of a list of its own
longest                   a constraint on ``string-length(.)``
when                      ``relevant``
========================= ============================================================
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from daiban_server.features.catalogue.catalogue import Fields
from daiban_server.features.catalogue.workbook_out import Grid, write_book

SURVEY = ("type", "name", "label", "required", "relevant", "constraint", "appearance")
CHOICES = ("list_name", "name", "label")
SETTINGS = ("form_title", "form_id", "version")
APPEARANCES: Mapping[str, str] = {"multiline": "lines", "phone": "phone", "identity_number": "identity_number"}
"""Our type of a ``text`` question by its appearance."""
PLAIN: Mapping[str, str] = {"text": "text", "integer": "integer", "decimal": "money", "date": "date"}
"""Our type by an XLSForm type that needs no list."""
FLAGS = {"yes": True, "no": False}
"""Names of the choices that make a ``select_one`` a flag, with 是 and 否 as their labels."""


def write_form(form: Sequence[Fields], title: str, code: str, edition: int, mark: str = "") -> bytes:
    """A workbook; the settings name the item and the edition that the form was taken from. `mark`: see `write_book`."""
    grids: dict[str, tuple[list[int], Grid]] = {
        "survey": ([24, 16, 36, 10, 24, 28, 16], [SURVEY, *(_question(one, form) for one in form)]),
        "choices": ([20, 10, 36], [CHOICES, *_choices(form)]),
        "settings": ([36, 12, 10], [SETTINGS, (title, code, str(edition))]),
    }
    return write_book(grids, mark)


def _question(question: Fields, form: Sequence[Fields]) -> tuple[str | None, ...]:
    type_, appearance = _type(question)
    required = "yes" if question.get("required") else None
    relevant = _relevant(question["when"], form) if "when" in question else None
    return type_, question["id"], question["label"], required, relevant, _constraint(question), appearance


def _type(question: Fields) -> tuple[str, str | None]:
    type_ = question["type"]
    if type_ in PLAIN.values():
        return next(name for name, ours in PLAIN.items() if ours == type_), None
    if type_ in APPEARANCES.values():
        return "text", next(name for name, ours in APPEARANCES.items() if ours == type_)
    if type_ == "flag":
        return "select_one yes_no", None
    return f"select_{'one' if type_ == 'choice' else 'multiple'} {_list(question)}", None


def _list(question: Fields) -> str:
    return f"list_{question['id']}"


def _choices(form: Sequence[Fields]) -> Iterator[tuple[str, str, str]]:
    if any(question["type"] == "flag" for question in form):
        yield from (("yes_no", "yes", "是"), ("yes_no", "no", "否"))
    for question in form:
        for number, choice in enumerate(question.get("choices", []), 1):
            yield _list(question), f"c{number}", choice


def _constraint(question: Fields) -> str | None:
    parts = []
    if "least" in question:
        parts.append(f". >= {question['least']}")
    if "most" in question:
        parts.append(f". <= {question['most']}")
    if "longest" in question:
        parts.append(f"string-length(.) <= {question['longest']}")
    return " and ".join(parts) or None


def _relevant(when: Mapping[str, Any], form: Sequence[Fields]) -> str:
    on = next(question for question in form if question["id"] == when["id"])
    value = when["is"]
    if isinstance(value, bool):
        return f"${{{when['id']}}} = '{'yes' if value else 'no'}'"
    if on["type"] == "choice":
        return f"${{{when['id']}}} = 'c{on['choices'].index(value) + 1}'"
    return f"${{{when['id']}}} = {value}"
