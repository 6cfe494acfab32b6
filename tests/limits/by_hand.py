"""What limits are held against: the year 2026 as the State Council announced it, and counting day by day.

Shares nothing with the code that is tested: the days off were typed in from the notice, and a limit is counted as one
does on a wall calendar.
"""

import datetime
from collections.abc import Callable, Collection

from daiban_schemas.zone import SHANGHAI
from daiban_server.limits.calendar import Span, Unit

DAY = datetime.timedelta(days=1)


def day(month: int, number: int, year: int = 2026) -> datetime.date:
    return datetime.date(year, month, number)


def at(month: int, number: int, hour: int = 10, year: int = 2026) -> int:
    """Unix milliseconds of an hour in China."""
    return round(datetime.datetime(year, month, number, hour, tzinfo=SHANGHAI).timestamp() * 1000)


HOLIDAYS_2026 = {
    "元旦": (day(1, 1), day(1, 3)),
    "春节": (day(2, 15), day(2, 23)),
    "清明": (day(4, 4), day(4, 6)),
    "劳动节": (day(5, 1), day(5, 5)),
    "端午": (day(6, 19), day(6, 21)),
    "中秋": (day(9, 25), day(9, 27)),
    "国庆": (day(10, 1), day(10, 7)),
}
"""国务院办公厅关于2026年部分节假日安排的通知: first and last day off of each."""
MADE_UP_2026 = {day(1, 4), day(2, 14), day(2, 28), day(5, 9), day(9, 20), day(10, 10)}
"""The weekend days of the same notice on which people work."""


def works(one: datetime.date) -> bool:
    """Whether offices work: the notice for 2026, the plain week for any other year."""
    if one in MADE_UP_2026:
        return True
    return one.weekday() < 5 and not any(first <= one <= last for first, last in HOLIDAYS_2026.values())


def counted_by_hand(
    start: datetime.date,
    days: int,
    unit: Unit,
    uncounted: Collection[datetime.date] = (),
    working: Callable[[datetime.date], bool] = works,
) -> datetime.date:
    """The last day of a limit of at least one day, found by crossing off one day after the other."""
    one = start
    while days:
        one += DAY
        if one not in uncounted and (unit == "calendar" or working(one)):
            days -= 1
    while not working(one) or one in uncounted:
        one += DAY
    return one


def all_days(*spans: Span) -> set[datetime.date]:
    return {span.first + DAY * n for span in spans for n in range((span.last - span.first).days + 1)}
