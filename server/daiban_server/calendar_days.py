"""Time limits: counted from the day after, in working or calendar days as the item says.

Working days follow the State Council's notices (`chinesecalendar`), make-up working days included. For a year whose
notice is not
out the plain week counts, and the date is provisional.
"""

import datetime
from functools import lru_cache

import chinese_calendar

SHANGHAI = datetime.timezone(datetime.timedelta(hours=8))


def local_day(milliseconds: int) -> datetime.date:
    """The calendar day in China of a moment in Unix milliseconds."""
    return datetime.datetime.fromtimestamp(milliseconds / 1000, SHANGHAI).date()


def is_working_day(day: datetime.date) -> bool:
    """Whether offices work on `day`."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def due_day(start: datetime.date, days: int, unit: str) -> datetime.date:
    """The last day of a limit of `days` ``working`` or ``calendar`` days; zero days end the same day."""
    if unit == "calendar":
        return start + datetime.timedelta(days=days)
    day = start
    while days > 0:
        day += datetime.timedelta(days=1)
        days -= is_working_day(day)
    return day


@lru_cache(8192)
def working_days(start: datetime.date, end: datetime.date) -> int:
    """Working days from the day after `start` to `end`, which is among them; none where `end` is not later."""
    days = range(1, (end - start).days + 1)
    return sum(is_working_day(start + datetime.timedelta(days=day)) for day in days)
