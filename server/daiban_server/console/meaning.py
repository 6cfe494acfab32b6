"""What a field is to the person at the desk: its label, its type, and how another value for it is written."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from daiban_schemas.forms import PREFIX, answer_problems
from daiban_schemas.kinds import KINDS
from daiban_schemas.types import (
    Choice,
    Date,
    Flag,
    IdentityNumber,
    Instant,
    Integer,
    List,
    Phone,
    Text,
    Type,
)
from daiban_server.spine.apply import blank

Question = Mapping[str, Any]


class Money(Integer):
    """A sum in fen, written and shown in yuan."""


class Meaning(NamedTuple):
    """A field. `editor` is ``line``, ``lines``, ``number``, ``money``, ``date``, ``flag``, ``choice``, or ``none``
    where another value cannot be written at a desk yet; `choices` are the codes of ``choice``."""

    kind: str
    field: str
    label: str
    of: Type | None
    editor: str
    choices: tuple[str, ...] = ()
    question: Question | None = None


_ASKED: Mapping[str, Callable[[Question], Type]] = {
    "text": lambda q: Text(q.get("longest", 200)),
    "lines": lambda q: Text(q.get("longest", 2000), lines=True),
    "integer": lambda q: Integer(),
    "money": lambda q: Money(),
    "date": lambda q: Date(),
    "flag": lambda q: Flag(),
    "choice": lambda q: Choice(*q.get("choices", ())),
    "choices": lambda q: List(Choice(*q.get("choices", ()))),
    "phone": lambda q: Phone(),
    "identity_number": lambda q: IdentityNumber(),
}
_WHOLE = re.compile(r"-?[0-9]{1,15}\Z")
_YUAN = re.compile(r"([0-9]{1,12})(?:\.([0-9]{1,2}))?\Z")


def meaning(kind: str, field: str, form: Sequence[Question]) -> Meaning:
    """What `field` of a record kind is; `form` holds the questions of an application's item."""
    if field.startswith(PREFIX):
        question = next((q for q in form if PREFIX + str(q.get("id")) == field), None)
        make = _ASKED.get(str(question.get("type"))) if question else None
        of: Type | None = make(question) if make and question else None
        label = str(question.get("label")) if question and question.get("label") else field.removeprefix(PREFIX)
        return Meaning(kind, field, label, of, _editor(of), _choices(of), question)
    known = KINDS[kind].fields.get(field)
    of = known.type if known else None
    return Meaning(kind, field, known.label if known else field, of, _editor(of), _choices(of))


def _editor(of: Type | None) -> str:
    match of:
        case Text(lines=True):
            return "lines"
        case Text() | Phone() | IdentityNumber():
            return "line"
        case Money():
            return "money"
        case Instant():
            return "none"
        case Integer():
            return "number"
        case Date():
            return "date"
        case Flag():
            return "flag"
        case Choice():
            return "choice"
    return "none"


def _choices(of: Type | None) -> tuple[str, ...]:
    return tuple(of.codes) if isinstance(of, Choice) else ()


def typed(of: Type | None, text: str) -> str:
    """What somebody typed, as values of its type are written: an identity number in narrow digits without space, its X
    a capital."""
    if not isinstance(of, IdentityNumber):
        return text
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).upper() if not blank(sign))


def read(what: Meaning, text: str) -> tuple[Any, str | None]:
    """The value that somebody wrote, and the code of what is wrong with it."""
    value: Any = typed(what.of, text)
    if what.editor == "number":
        if not _WHOLE.match(text):
            return None, "value.not_integer"
        value = int(text)
    elif what.editor == "money":
        yuan = _YUAN.match(text)
        if yuan is None:
            return None, "value.out_of_range"
        value = int(yuan[1]) * 100 + int((yuan[2] or "").ljust(2, "0"))
    elif what.editor == "flag":
        if text not in ("true", "false"):
            return None, "value.not_flag"
        value = text == "true"
    elif what.editor == "none":
        return None, "value.not_a_choice"
    if what.question is not None:
        return value, answer_problems([what.question], {what.field: value}).get(what.field)
    return value, what.of.problem(value) if what.of else "value.not_a_choice"
