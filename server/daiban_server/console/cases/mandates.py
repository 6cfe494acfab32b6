"""委托书: who empowered whom, for what, until when, and by which sign."""

import datetime
from collections.abc import Mapping
from typing import Any, NamedTuple

from daiban_schemas import mandate
from daiban_server.console import words
from daiban_server.console.reading.book import Book
from daiban_server.console.values import CHOICES
from daiban_server.console.words import Mark, Moment
from daiban_server.db.program import Program
from daiban_server.limits.calendar import local_day
from daiban_server.spine import views
from daiban_server.spine.views import Shown
from daiban_sync.ids import is_id


class Sign(NamedTuple):
    """A sign under a mandate: `mark` says how it was made, `photo` is the id of its photo, "" for none."""

    who: str
    relation: str
    mark: str
    at: Moment | None
    witness: str
    place: str
    photo: str


class Mandate(NamedTuple):
    """A mandate as it stands today. Days are ``YYYY-MM-DD``; without `until` it lasts until somebody ends it."""

    mark: Mark
    principal: str
    agent: str
    matter: str
    powers: list[str]
    since: str
    until: str
    signs: list[Sign]


def mandates_of(case: bytes, book: Book) -> Program[list[Mandate]]:
    """The mandates under a case, the newest first."""
    found = yield from views.shown(views.OF_PARENT, book.centre, parent_id=case, kind_name="mandate")
    return [_mandate(one, book.now) for one in reversed(found)]


def _mandate(one: Shown, now: int) -> Mandate:
    values, principal = one.view.values, one.view.values.get("principal") or {}
    return Mandate(
        _mark(one.status, values, local_day(now)),
        str(principal.get("name") or ""),
        str(values.get("agent") or ""),
        str(values.get("matter") or ""),
        [str(power) for power in values.get("powers") or ()],
        str(values.get("valid_from") or ""),
        _until(values),
        [_sign(given, now) for given in values.get("signers") or ()],
    )


def _until(values: Mapping[str, Any]) -> str:
    return max(str(values.get("valid_until") or ""), str(values.get("renewed_until") or ""))


def _mark(status: str | None, values: Mapping[str, Any], today: datetime.date) -> Mark:
    """Whether it empowers anybody today, and if not, why."""
    if mandate.stands(status, values, today.isoformat()):
        return Mark("有效", "check")
    if status == "ended":
        return Mark("已终止", "cross")
    if status == "suspended":
        return Mark("已暂停", "half")
    if not values.get("signers"):
        return Mark("还没有签", "empty")
    return Mark("还没有生效" if str(values.get("valid_from") or "") > today.isoformat() else "已到期", "cross")


def _sign(given: Mapping[str, Any], now: int) -> Sign:
    photo = given.get("photo")
    return Sign(
        str(given.get("name") or ""),
        str(given.get("relation") or ""),
        CHOICES.get(str(given.get("mark") or ""), ""),
        words.moment(given["at"], now) if isinstance(given.get("at"), int) else None,
        str(given.get("witness") or ""),
        str(given.get("place") or ""),
        photo if isinstance(photo, str) and is_id(photo) else "",
    )
