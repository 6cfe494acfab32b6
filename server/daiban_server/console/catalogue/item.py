"""One item: everything that is promised, its papers and steps, its form as the phone shows it, and its editions."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from litestar import get
from litestar.params import FromPath
from litestar.response import Template

from daiban_schemas.kinds import KINDS
from daiban_schemas.labels import MODES, PAPER_FORMS
from daiban_server.console import words
from daiban_server.console.catalogue.preview import preview
from daiban_server.console.languages.retelling import retold
from daiban_server.console.languages.spoken import listed, say, translated
from daiban_server.console.pages import Asked, said_in, show
from daiban_server.db.program import Program
from daiban_server.features.catalogue.check import canonical
from daiban_server.features.catalogue.difference import Difference, differences, in_words
from daiban_server.features.catalogue.editions import Edition, history
from daiban_server.http.problems import ProblemError
from daiban_server.http.session import GivenSession
from daiban_server.limits.sentences import length_words
from daiban_server.permissions import may
from daiban_server.services import GivenServices

Fields = Mapping[str, Any]
KIND = KINDS["item"]
PROMISED: tuple[str, ...] = (
    *("modes", "promised_limit", "legal_limit", "accept_limit", "notice_limit", "send_up_limit"),
    *("fee", "fee_basis", "trips", "audience", "conditions", "note"),
)
BEHIND: tuple[str, ...] = (
    *("code", "window", "type", "body", "basis", "crew", "minutes"),
    *("person_must_come", "paper_mandate_only", "reply_every", "ages"),
)
"""What the office has to know, and a resident need not."""
_BETWEEN = re.compile(r"(?<=[」变])[;,]|(?<=[\u4e00-\u9fff」])[;,](?=[\u4e00-\u9fff「])")


class Fact(NamedTuple):
    """Something that an item says, in words."""

    label: str
    text: str


class Paper(NamedTuple):
    """A paper of an application."""

    name: str
    form: str
    shared: bool
    note: str


class Step(NamedTuple):
    """A step of the flow, or a special step with whether it is counted and how long it takes."""

    name: str
    who: str
    note: str


class Version(NamedTuple):
    """An edition; `found` are its differences from the one before, None for the first."""

    number: int
    day: str
    until: str
    found: Sequence[Fact] | None


@get("/catalogue/items/{code:str}", opt={"action": "catalogue.read"})
async def item(code: FromPath[str], request: Asked, session: GivenSession, services: GivenServices) -> Template:
    """The newest edition of an item, and those before."""
    return await show(
        "catalogue/item",
        services,
        session,
        _read(code),
        here="catalogue",
        said=said_in(request),
        may_change=may(session.role, "catalogue.change"),
    )


def _read(code: str) -> Program[Mapping[str, Any]]:
    editions = yield from history(code)
    if not editions:
        raise ProblemError("catalogue.item")
    newest = editions[0]
    values = canonical(newest.values)
    return {
        "title": values.get("name", code),
        "item": values,
        "edition": newest.number,
        "day": str(newest.values.get("published_on") or ""),
        "ended": str(newest.values.get("usable_until") or ""),
        "promised": facts(values, PROMISED),
        "behind": facts(values, BEHIND),
        "papers": [_paper(one) for one in values.get("papers", ())],
        "steps": [Step(one.get("name", ""), one.get("who", ""), one.get("note", "")) for one in values.get("flow", ())],
        "special": [_special(one) for one in values.get("special_steps", ())],
        "form": preview(values.get("form", ())),
        "versions": [_version(n, editions) for n in range(len(editions))],
    }


def facts(values: Fields, names: Sequence[str]) -> list[Fact]:
    """Some fields of an item in words; those that say nothing are left out."""
    return [Fact(KIND.label_of(name), _text(name, values[name])) for name in names if name in values]


def _text(name: str, value: Any) -> str:
    if name == "modes":
        return listed(translated(MODES.get(one, one)) for one in value)
    if isinstance(value, dict) and value.keys() == {"days", "unit"}:
        return retold(length_words(value["days"], value["unit"]))
    return listed(str(one) for one in value) if isinstance(value, list) else in_words(name, value)


def _paper(one: Fields) -> Paper:
    form = PAPER_FORMS.get(one.get("form", ""), "")
    return Paper(one.get("name", ""), form, bool(one.get("shared")), one.get("note", ""))


def _special(one: Fields) -> Step:
    counted = "计入时限" if one.get("counted") else "不计入时限"
    limit = retold(length_words(**one["limit"])) if one.get("limit") else ""
    return Step(one.get("name", ""), say("{0}，{1}", counted, limit) if limit else counted, one.get("note", ""))


def _version(n: int, editions: Sequence[Edition]) -> Version:
    one, before = editions[n], editions[n + 1] if n + 1 < len(editions) else None
    day, until = (str(one.values.get(name) or "") for name in ("published_on", "usable_until"))
    if before is None:
        return Version(one.number, day, until, None)
    return Version(one.number, day, until, told(differences(KIND, canonical(before.values), canonical(one.values))))


def told(found: Any) -> list[Fact]:
    """Differences as a page sets them."""
    each: Sequence[Difference] = list(found)
    return [Fact(one.label, wide(one.text)) for one in each]


def wide(text: str) -> str:
    """A difference with commas and semicolons as wide as its characters."""
    return words.full_width(_BETWEEN.sub(lambda sign: {";": "；", ",": "，"}[sign[0]], text))
