"""Working days: the State Council's notices, over them what the district lays down, past them the plain week.

Days are those of China, moments are Unix milliseconds. A limit is counted from the day after its start (民法典 201).
"""

import datetime
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from chinese_calendar.constants import holidays, workdays

from daiban_schemas.zone import SHANGHAI
from daiban_server.spine.refusal import Refusal

Unit = Literal["working", "calendar"]
MOST_DAYS = 10_000
"""The longest limit: one of 400 days with twenty extensions of as many, rounded up."""

_YEARS = range(min(holidays).year, max(holidays).year + 1)
"""The years whose notice `chinesecalendar` knows."""
_NEW_YEAR_TOUCHES = (12, 29)
"""The earliest day, as month and day, that the notice of the year after has ever changed (2007 and 2018)."""
_ONE = datetime.timedelta(days=1)
_NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午",
    "Mid-autumn Festival": "中秋",
    "National Day": "国庆",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}


class Override(NamedTuple):
    """What the district lays down for one day; `note` says why (大雪封山停办)."""

    working: bool
    note: str = ""


class Due(NamedTuple):
    """The last day of a limit; `provisional` while a day that it was counted over has no official notice."""

    day: datetime.date
    provisional: bool


class Span(NamedTuple):
    """Days from `first` to `last`, both in it."""

    first: datetime.date
    last: datetime.date


def local_day(milliseconds: int) -> datetime.date:
    """The calendar day in China of a moment in Unix milliseconds."""
    return datetime.datetime.fromtimestamp(milliseconds / 1000, SHANGHAI).date()


def _plainly_working(day: datetime.date) -> bool:
    return day in workdays or (day.weekday() < 5 and day not in holidays)


def _days_of(year: int) -> Iterator[datetime.date]:
    first = datetime.date(year, 1, 1).toordinal()
    return map(datetime.date.fromordinal, range(first, datetime.date(year, 12, 31).toordinal() + 1))


@lru_cache(64)
def _official(year: int) -> tuple[int, ...]:
    """Ordinals of the year's working days, where no district says otherwise."""
    return tuple(day.toordinal() for day in _days_of(year) if _plainly_working(day))


class Calendar:
    """One district's calendar; never changes. `overrides` lie over the notices; `announced` are years later than
    `chinesecalendar` knows whose notice the district has entered whole, as overrides."""

    __slots__ = ("_announced", "_overrides", "_years")

    def __init__(
        self, overrides: Mapping[datetime.date, Override] | None = None, announced: frozenset[int] = frozenset()
    ) -> None:
        self._overrides = dict(overrides or {})
        self._announced = announced
        years = {day.year for day in self._overrides}
        self._years = {year: tuple(day.toordinal() for day in _days_of(year) if self.is_working(day)) for year in years}

    def is_working(self, day: datetime.date) -> bool:
        """Whether offices work on `day`."""
        laid_down = self._overrides.get(day)
        return _plainly_working(day) if laid_down is None else laid_down.working

    def is_known(self, day: datetime.date) -> bool:
        """Whether it is settled officially, or by the district, if `day` is a working day."""
        return not self._missing(day)

    def awaited(self, first: datetime.date, last: datetime.date) -> tuple[int, ...]:
        """The years whose notice is still missing for the days from `first` to `last`, in order."""
        if first.year in _YEARS and last < datetime.date(_YEARS[-1], *_NEW_YEAR_TOUCHES):
            return ()
        days = (first + _ONE * n for n in range((last - first).days + 1))
        return tuple(sorted({year for day in days for year in self._missing(day)}))

    def _missing(self, day: datetime.date) -> list[int]:
        if day in self._overrides:
            return []
        notices = [day.year, day.year + 1] if (day.month, day.day) >= _NEW_YEAR_TOUCHES else [day.year]
        return [year for year in notices if year not in _YEARS and year not in self._announced]

    def day_off(self, day: datetime.date) -> str:
        """Why nobody works on `day`: 国庆假期, or the district's note; "" for a working day or a plain weekend."""
        laid_down = self._overrides.get(day)
        if laid_down is not None:
            return "" if laid_down.working else laid_down.note or "区里安排的休息日"
        return f"{_NAMES.get(holidays[day], '法定')}假期" if day in holidays else ""

    def count(self, first: datetime.date, last: datetime.date, unit: Unit = "working") -> int:
        """How many days there are from `first` to `last`, both counted; none where `last` is earlier."""
        if last < first:
            return 0
        if unit == "calendar":
            return (last - first).days + 1
        low, high = first.toordinal(), last.toordinal()
        years = (self._year(year) for year in range(first.year, last.year + 1))
        return sum(bisect_right(days, high) - bisect_left(days, low) for days in years)

    def add(self, day: datetime.date, days: int) -> datetime.date:
        """The `days`-th working day after `day`; `day` itself for none."""
        _check(days, "working")
        if days == 0:
            return day
        year = day.year
        at = bisect_right(self._year(year), day.toordinal()) + days - 1
        while at >= len(self._year(year)):
            at -= len(self._year(year))
            year += 1
        return datetime.date.fromordinal(self._year(year)[at])

    def subtract(self, day: datetime.date, days: int) -> datetime.date:
        """The `days`-th working day before `day`; `day` itself for none."""
        _check(days, "working")
        if days == 0:
            return day
        year = day.year
        at = bisect_left(self._year(year), day.toordinal()) - days
        while at < 0:
            year -= 1
            at += len(self._year(year))
        return datetime.date.fromordinal(self._year(year)[at])

    def due_day(self, start: datetime.date, days: int, unit: Unit, without: Sequence[Span] = ()) -> Due:
        """The last day of a limit that `start` sets off; zero days end the same day.

        `without` are spans that are not counted, in order, none overlapping another. A limit in calendar days that ends
        on a day off ends on the working day after (民法典 203; where this holds stands in DESIGN.md).
        """
        _check(days, unit)
        last = self._after(start, days, unit)
        for span in without if days else ():
            first = max(span.first, start + _ONE)
            if first > last:
                break
            days += self.count(first, span.last, unit)
            last = self._after(start, days, unit)
        due = last
        while (days and not self.is_working(due)) or any(span.first <= due <= span.last for span in without):
            due += _ONE
        if days == 0:
            return Due(due, False)
        counted_from = last if unit == "calendar" else start + _ONE
        return Due(due, bool(self.awaited(counted_from, due)))

    def days_left(self, today: datetime.date, due: datetime.date, unit: Unit) -> int:
        """Days after today until `due`, with it; negative once it is past. Zero on the day, and on the days off right
        after it."""
        if due < today:
            return -self.count(due + _ONE, today, unit)
        return self.count(today + _ONE, due, unit)

    def _after(self, start: datetime.date, days: int, unit: Unit) -> datetime.date:
        return self.add(start, days) if unit == "working" else start + _ONE * days

    def _year(self, year: int) -> tuple[int, ...]:
        days = self._years.get(year)
        return _official(year) if days is None else days


def _check(days: int, unit: str) -> None:
    if isinstance(days, bool) or not isinstance(days, int) or not 0 <= days <= MOST_DAYS:
        raise Refusal("limit.invalid", ("days",))
    if unit not in ("working", "calendar"):
        raise Refusal("limit.invalid", ("unit",))


OFFICIAL = Calendar()
"""The notices alone, for whoever has no district at hand."""
