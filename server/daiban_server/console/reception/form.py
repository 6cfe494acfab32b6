"""The form of a reception: who came, the item's own questions, the papers that lie on the counter, and when it was."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from daiban_schemas.forms import PREFIX, answer_problems, missing_answers
from daiban_schemas.kinds import KINDS
from daiban_schemas.labels import MODES
from daiban_schemas.types import List
from daiban_server.console import words
from daiban_server.console.asking import told_moment
from daiban_server.console.languages.spoken import say
from daiban_server.console.meaning import Meaning, meaning, read, typed
from daiban_server.console.words import full_width

Item = Mapping[str, Any]
Given = Mapping[str, str]
PEOPLE, LONG, SHORT = 500, 1000, 60
HOUSEHOLD = ("head", "phone", "address", "identity_number")
PERSONAL = ("applicant", "identity_number", "phone")


class Question(NamedTuple):
    """A question of the item's form: `several` are the choices of which any number may be ticked; `asked` says when it
    is asked at all, "" for always."""

    what: Meaning
    several: tuple[str, ...]
    required: bool
    asked: str


def questions(item: Item) -> list[Question]:
    """The item's form."""
    form = [one for one in item.get("form") or () if isinstance(one, dict)]
    names = {str(one.get("id")): str(one.get("label") or one.get("id")) for one in form}
    found = []
    for one in form:
        what = meaning("application", PREFIX + str(one.get("id")), form)
        several = tuple(one.get("choices") or ()) if isinstance(what.of, List) else ()
        when = one.get("when")
        asked = ""
        if isinstance(when, dict):
            told = (
                {True: "是", False: "否"}.get(bool(when["is"])) if isinstance(when.get("is"), bool) else when.get("is")
            )
            asked = say("“{0}”是“{1}”才填", names.get(str(when.get("id")), ""), told)
        found.append(Question(what, several, bool(one.get("required")) and not asked, asked))
    return found


def modes(item: Item) -> list[tuple[str, str]]:
    """How the item may be handled."""
    allowed = [mode for mode in item.get("modes") or MODES if mode in MODES and mode != "home"]
    return [(mode, MODES[mode]) for mode in allowed or ["limited"]]


def papers(item: Item) -> list[tuple[str, str]]:
    """The item's papers with what is said of them."""
    return [
        (str(one.get("name")), str(one.get("note") or "")) for one in item.get("papers") or () if isinstance(one, dict)
    ]


def application(item: Item, given: Given) -> tuple[dict[str, Any], dict[str, str]]:
    """What the form says of the application, and what is wrong with it by field."""
    fields, errors = _personal(given), dict[str, str]()
    for name, value in fields.items():
        if problem := KINDS["application"].fields[name].type.problem(value):
            errors[name] = words.wrong(problem)
    for one in questions(item):
        value, wrong = _answer(one, given)
        if wrong:
            errors[one.what.field] = wrong
        elif value is not None:
            fields[one.what.field] = value
    form = item.get("form") or []
    errors |= {name: words.wrong(code) for name, code in answer_problems(form, fields).items() if name not in errors}
    errors |= {name: "这一项要填。" for name in missing_answers(form, fields) if name not in errors}
    if not fields.get("applicant"):
        errors["applicant"] = "请填写申请人。"
    mode = given.get("mode", "")
    fields["mode"] = mode if mode in dict(modes(item)) else modes(item)[0][0]
    fields["papers"] = [name for name, _ in papers(item) if given.get(f"paper-{name}") == "yes"]
    return {**fields, **({"urgent": True} if given.get("urgent") == "yes" else {})}, errors


def _personal(given: Given) -> dict[str, Any]:
    types = KINDS["application"].fields
    told = {name: typed(types[name].type, full_width(given.get(name, "").strip())) for name in PERSONAL}
    return {name: value for name, value in told.items() if value}


def _answer(one: Question, given: Given) -> tuple[Any, str]:
    if one.several:
        chosen = [choice for choice in one.several if given.get(f"{one.what.field}:{choice}") == "yes"]
        return chosen or None, ""
    text = given.get(one.what.field, "").strip()
    if not text:
        return None, ""
    value, code = read(one.what, text)
    return value, words.wrong(code) if code else ""


def household(given: Given, places: Sequence[str]) -> tuple[dict[str, Any], dict[str, str]]:
    """What the form says of a new household, and what is wrong with it."""
    types = KINDS["household"].fields
    fields = {name: typed(types[name].type, given.get(f"home-{name}", "").strip()) for name in HOUSEHOLD}
    fields = {name: value for name, value in fields.items() if value}
    errors = {
        f"home-{name}": words.wrong(problem)
        for name, value in fields.items()
        if (problem := types[name].type.problem(value))
    }
    if not fields.get("head"):
        errors["home-head"] = "请填写户主姓名。"
    place = given.get("home-place", "")
    if place not in places:
        errors["home-place"] = "请选所在的村（社区）。"
    return {**fields, "place": place}, errors


def reception(given: Given, now: int) -> tuple[dict[str, Any], dict[str, str]]:
    """What the form says of the visit, and what is wrong with it."""
    about, answer = (given.get(name, "").strip() for name in ("about", "answer"))
    people, visitor = given.get("people", "").strip() or "1", given.get("visitor", "").strip()
    errors = {}
    if not (people.isascii() and people.isdecimal() and len(people) < 7 and 0 < int(people) <= PEOPLE):
        errors["people"] = say("人数要是 1 到 {0} 的整数。", PEOPLE)
    for name, text in (("about", about), ("answer", answer)):
        if len(text) > LONG:
            errors[name] = say("最多写 {0} 个字。", LONG)
    if len(visitor) > SHORT // 2:
        errors["visitor"] = say("最多写 {0} 个字。", SHORT // 2)
    at, wrong = told_moment(given, now)
    if wrong:
        errors["day"] = wrong
    told = {"visitor": visitor, "about": about, "answer": answer, "phone": given.get("visitor_phone", "").strip()}
    if told["phone"] and (problem := KINDS["reception"].fields["phone"].type.problem(told["phone"])):
        errors["visitor_phone"] = words.wrong(problem)
    fields: dict[str, Any] = {name: text for name, text in told.items() if text}
    return {**fields, "people": int(people) if "people" not in errors else 1, "came_at": at}, errors
