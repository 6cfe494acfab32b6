"""Which days a page of figures is about, and how its address says so."""

import datetime
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from daiban_server.console import words
from daiban_server.features.figures.asking import Asked, take_asked
from daiban_server.features.figures.facts import FACETS, By
from daiban_server.features.figures.span import LONGEST, Step
from daiban_server.features.figures.tables import HEADS
from daiban_server.http.problems import ProblemError
from daiban_server.http.session import SignedIn
from daiban_server.services import Services
from daiban_sync.ids import is_id

BYS: Mapping[By, str] = {by: HEADS[by] for by in FACETS}
_DAY = datetime.timedelta(days=1)
_NARROWING = ("window", "mode", "item", "place", "person", "owner")
_LONGEST_KEY = 100


class Stretch(NamedTuple):
    """Days that people ask about, by name, with the address that shows them."""

    label: str
    path: str
    chosen: bool


def asked_in(query: Mapping[str, str], session: SignedIn, services: Services) -> tuple[Asked, str]:
    """What an address asks about, and what of it was not understood; then it is today."""
    given = {name: query[name][:_LONGEST_KEY] for name in ("day", "first", "last") if query.get(name)}
    narrowed = {name: query[name][:_LONGEST_KEY] for name in _NARROWING if name in query and "\x00" not in query[name]}
    centre = query.get("centre", "")
    where = {"centre": centre if is_id(centre) else ""}
    if given.get("last") and not given.get("first"):
        given["first"] = given["last"]
    try:
        return take_asked(session, services, **given, **narrowed, **where), ""
    except ProblemError as error:
        return take_asked(session, services, **narrowed, **where), words.wrong(error.code)


def address(path: str, asked: Asked, **changed: str) -> str:
    """The address that asks the same of another page, or something `changed`."""
    query: dict[str, Any] = {"first": asked.span.first.isoformat(), "last": asked.span.last.isoformat()}
    query |= {**asked.filters, **changed}
    return f"{path}?{urlencode(query)}"


def stretches(asked: Asked, by: str) -> list[Stretch]:
    """Today, this week, this month, the last one, this year."""
    today = words.local(asked.now).date()
    month = today.replace(day=1)
    before = (month - _DAY).replace(day=1)
    named = [
        ("今天", today, today),
        ("本周", today - today.weekday() * _DAY, today),
        ("本月", month, today),
        ("上月", before, month - _DAY),
        ("今年", today.replace(month=1, day=1), today),
    ]
    return [
        Stretch(
            label,
            address("/figures", asked, first=first.isoformat(), last=last.isoformat(), by=by),
            (first, last) == tuple(asked.span),
        )
        for label, first, last in named
    ]


def step_of(asked: Asked) -> Step:
    """The parts of a chart: as many as an eye can tell apart."""
    days = (asked.span.last - asked.span.first).days + 1
    return "day" if days <= 45 else "week" if days <= LONGEST // 2 else "month"
