"""Days that are counted together. They are China's, from midnight to midnight."""

import datetime
from collections.abc import Iterator
from typing import Literal, NamedTuple

from daiban_schemas.zone import SHANGHAI

LONGEST = 400
"""Days in a span: a year, and some to look back on. It bounds what one question reads."""
EARLIEST, LATEST = datetime.date(2000, 1, 1), datetime.date(2199, 12, 31)
Step = Literal["day", "week", "month"]
_ONE = datetime.timedelta(days=1)


class Span(NamedTuple):
    """From one day to another, both among them."""

    first: datetime.date
    last: datetime.date

    @property
    def since(self) -> int:
        """Its first moment, in Unix milliseconds."""
        return _midnight(self.first)

    @property
    def until(self) -> int:
        """The moment after its last."""
        return _midnight(self.last + _ONE)

    @property
    def sound(self) -> bool:
        """Whether it may be asked about."""
        return EARLIEST <= self.first <= self.last <= LATEST and (self.last - self.first).days < LONGEST

    def parts(self, step: Step) -> Iterator["Span"]:
        """The days, weeks (from Monday) or months in it, cut where it begins and ends."""
        first = self.first
        while first <= self.last:
            last = min(_end(first, step), self.last)
            yield Span(first, last)
            first = last + _ONE


def _midnight(day: datetime.date) -> int:
    return int(datetime.datetime.combine(day, datetime.time(), SHANGHAI).timestamp() * 1000)


def _end(day: datetime.date, step: Step) -> datetime.date:
    if step == "day":
        return day
    if step == "week":
        return day + datetime.timedelta(days=6 - day.weekday())
    return (day.replace(day=1) + datetime.timedelta(days=31)).replace(day=1) - _ONE
