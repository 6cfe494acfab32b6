"""The demo's year: 365 days before 24 November 2026, with their office hours and seasons."""

import datetime
import random
from collections.abc import Mapping

from daiban_schemas.zone import SHANGHAI
from daiban_server.limits.calendar import OFFICIAL, Unit

FIRST = datetime.date(2025, 11, 24)
AFTER = datetime.date(2026, 11, 24)
"""The day after the last."""
ONE = datetime.timedelta(days=1)
YEAR = tuple(FIRST + ONE * n for n in range((AFTER - FIRST).days))
WORKING = tuple(day for day in YEAR if OFFICIAL.is_working(day))
OPEN = frozenset(WORKING)

DESK_HOURS = (11 * 60 + 40, 16 * 60 + 40)
"""In minutes after midnight."""

_SEASONS: Mapping[str, Mapping[int, float]] = {
    "MZ-10": {11: 5, 12: 8, 1: 6, 2: 3},
    "MZ-04": {12: 2, 1: 2, 7: 2, 8: 2},
    "MZ-01": {11: 1.5, 12: 1.5, 3: 1.3},
    "HN-01": {3: 5, 4: 8, 5: 6, 6: 2},
    "HN-02": {3: 3, 4: 3, 9: 2},
    "HN-03": {4: 2, 9: 4, 10: 3},
    "HN-05": {4: 2, 5: 3, 6: 3},
    "HN-06": {5: 2, 7: 4, 8: 3},
    "SB-05": {9: 5, 10: 6, 11: 6, 12: 4},
    "SB-03": {3: 2, 4: 2, 9: 2},
    "MZ-11": {3: 3, 4: 3},
    "XS-05": {10: 2, 11: 3, 12: 3, 1: 2},
    "XF-02": {2: 2, 3: 2},
}
"""What comes in which month more often than once as often: winter relief before and in winter, subsidies when the
fields are sown, medical insurance when it is paid for."""
_OFF_SEASON = 0.25
"""How often a seasonal item comes in its other months."""


def season(code: str, day: datetime.date) -> float:
    """The weight of an item on a day."""
    months = _SEASONS.get(code)
    return 1.0 if months is None else months.get(day.month, _OFF_SEASON)


def moment(day: datetime.date, minutes: float) -> int:
    """Unix milliseconds of a time of a day in China, in minutes after midnight."""
    midnight = datetime.datetime.combine(day, datetime.time(), SHANGHAI)
    return int(midnight.timestamp() * 1000) + int(minutes * 60_000)


OPENING, CLOSING = moment(FIRST, 0), moment(AFTER, 0)
"""The first moment of the year, and the first after it."""


def at_the_counter(day: datetime.date, dice: random.Random) -> int:
    """A moment of office hours: rather in the morning."""
    if dice.random() < 0.62:
        return moment(day, 515 + dice.random() * 195)
    return moment(day, 845 + dice.random() * 150)


def at_the_desk(day: datetime.date, dice: random.Random) -> int:
    """One of the two hours of a day at which clerks do what waits on their desks."""
    return moment(day, dice.choice(DESK_HOURS))


def in_the_field(day: datetime.date, dice: random.Random) -> int:
    """A moment at which an agent is on the road."""
    return moment(day, 540 + dice.random() * 450)


def at_leisure(day: datetime.date, dice: random.Random) -> int:
    """A moment at which a resident has time."""
    return moment(day, 8 * 60 + dice.random() * 13 * 60)


def working_after(day: datetime.date, days: int) -> datetime.date:
    """The `days`-th working day after a day; none: the day itself, or the next working day."""
    if days > 0:
        return OFFICIAL.add(day, days)
    return day if OFFICIAL.is_working(day) else OFFICIAL.add(day, 1)


def working_before(day: datetime.date, days: int) -> datetime.date:
    """The `days`-th working day before a day."""
    return OFFICIAL.subtract(day, days)


def within(day: datetime.date, days: float, unit: Unit) -> datetime.date:
    """A working day about `days` of a limit after a day."""
    if unit == "working":
        return working_after(day, max(0, round(days)))
    return working_after(day + ONE * max(0, round(days)), 0)
