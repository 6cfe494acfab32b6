"""A year as twelve small tables, each day with its word."""

import calendar as weeks
import datetime
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from daiban_schemas.labels import MONTHS
from daiban_server.console.languages.retelling import retold
from daiban_server.limits.calendar import Calendar

_ONE = datetime.timedelta(days=1)


class Day(NamedTuple):
    """A day in its table: `sort` is ``work``, ``rest``, ``holiday`` or ``makeup``; `word` stands beside the number;
    `why` says in full; `own` that the district laid it down."""

    day: datetime.date
    sort: str
    word: str
    why: str
    own: bool
    today: bool


class Month(NamedTuple):
    """A month in weeks from Monday on, None where a week reaches into another month; `working` days are counted."""

    name: str
    weeks: Sequence[Sequence[Day | None]]
    working: int


def months(year: int, days: Calendar, laid: Mapping[datetime.date, str], today: datetime.date) -> list[Month]:
    """The months of a year; `laid` are the district's days with their notes."""
    return [_month(year, number, days, laid, today) for number in range(1, 13)]


def _month(year: int, number: int, days: Calendar, laid: Mapping[datetime.date, str], today: datetime.date) -> Month:
    found = [
        [_day(one, days, laid, today) if one.month == number else None for one in week]
        for week in weeks.Calendar().monthdatescalendar(year, number)
    ]
    last = datetime.date(year, number, weeks.monthrange(year, number)[1])
    return Month(MONTHS[number - 1], found, days.count(last.replace(day=1), last))


def _day(day: datetime.date, days: Calendar, laid: Mapping[datetime.date, str], today: datetime.date) -> Day:
    own = day in laid
    if days.is_working(day):
        makeup = day.weekday() > 4
        why = laid.get(day) or ("调休上班" if makeup else "")
        return Day(day, "makeup" if makeup else "work", "班" if makeup or own else "", why, own, day == today)
    why = retold(days.day_off(day))
    return Day(day, "holiday" if why else "rest", "休" if why else "", why, own, day == today)


def stretches(year: int, days: Calendar) -> list[tuple[datetime.date, datetime.date, str]]:
    """The holidays of a year in words' order: first and last day of each, and its name."""
    found: list[tuple[datetime.date, datetime.date, str]] = []
    day = datetime.date(year, 1, 1)
    while day.year == year:
        if why := retold(days.day_off(day)):
            if found and found[-1][1] == day - _ONE and found[-1][2] == why:
                found[-1] = (found[-1][0], day, why)
            else:
                found.append((day, day, why))
        day += _ONE
    return found
