"""When it suits the household, as a form says it: days, and mornings or afternoons, become windows of a visit."""

import datetime
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from daiban_schemas.kinds.visit import KIND
from daiban_schemas.zone import SHANGHAI
from daiban_server import days
from daiban_server.console import words
from daiban_server.console.languages.spoken import say, translated
from daiban_server.db.program import Program
from daiban_server.features.visits.settings import settings_of

SHOWN = 10
"""Working days that are offered for a tick."""
HALVES = {"": "上午下午都行", "am": "上午", "pm": "下午"}
_NOON = datetime.time(12, 30)
"""Where a morning ends: visits may run into the lunch break of offices that have a short one."""
_LIMITS = {"minutes": (5, 480)}


class Day(NamedTuple):
    """A day that can be ticked: 12月1日, and 周二 or 周二 明天 below it."""

    value: str
    date: str
    weekday: str


class Wishes(NamedTuple):
    """What a form says. `windows` is empty where no day and no half was chosen."""

    days: frozenset[str]
    half: str
    purpose: str
    minutes: int | None
    crew: int | None
    windows: list[dict[str, int]]
    errors: Mapping[str, str]


def open_days(centre: bytes, now: int) -> Program[list[Day]]:
    """The next days on which offices work, as far as times are offered."""
    calendar, settings = (yield from days.calendar()), (yield from settings_of(centre))
    today = words.local(now).date()
    ahead = [today + datetime.timedelta(days=n) for n in range(settings.horizon_days)]
    working = [one for one in ahead if calendar.is_working(one)][:SHOWN]
    return [_day(one, today) for one in working]


def _day(day: datetime.date, today: datetime.date) -> Day:
    near = translated(words.day_name(day, today))
    return Day(day.isoformat(), words.calendar_day(day, today), f"{words.weekday(day)} {near}".strip())


def read(form: Mapping[str, str], offered: Sequence[Day]) -> Wishes:
    """What a form says, and what is wrong with it by field."""
    chosen = [one.value for one in offered if form.get(f"day-{one.value}") == "yes" or form.get("day") == one.value]
    half = form.get("half", "") if form.get("half", "") in HALVES else ""
    errors, minutes = {}, form.get("minutes", "").strip()
    given = int(minutes) if minutes.isascii() and minutes.isdecimal() and len(minutes) < 5 else None
    if minutes and (given is None or KIND.fields["minutes"].type.problem(given)):
        errors["minutes"] = say("时长要是 {0} 到 {1} 的整数。", *_LIMITS["minutes"])
    purpose = form.get("purpose", "").strip()
    if purpose and KIND.fields["purpose"].type.problem(purpose):
        errors["purpose"] = "事由太长，请写在 200 字以内。"
    wanted = chosen or ([one.value for one in offered] if half else [])
    windows = [_window(datetime.date.fromisoformat(one), half) for one in wanted]
    crew = 2 if form.get("crew") == "2" else None
    return Wishes(frozenset(chosen), half, purpose, given, crew, windows, errors)


def _window(day: datetime.date, half: str) -> dict[str, int]:
    """A day, or a half of it, in Unix milliseconds."""
    start = _at(day, _NOON if half == "pm" else datetime.time())
    end = _at(day, _NOON) if half == "am" else _at(day + datetime.timedelta(days=1), datetime.time())
    return {"from": start, "to": end}


def _at(day: datetime.date, time: datetime.time) -> int:
    return round(datetime.datetime.combine(day, time, SHANGHAI).timestamp() * 1000)
