"""Books of the centre: registers without gaps and the day's figures."""

import datetime
from collections.abc import Iterable

from msgspec import Struct

from ..problems import PaperError
from .parts import Document


class VisitorRow(Struct, frozen=True, kw_only=True):
    """Somebody came: a line of the register of everyone."""

    number: int
    came: datetime.date
    visitor: str
    village: str
    matter: str
    answer: str
    owner: str
    people: int = 1
    phone: str = ""
    source: str = ""


class CaseRow(Struct, frozen=True, kw_only=True):
    """A case: a line of a category's register."""

    number: int
    case: str
    accepted: datetime.date
    applicant: str
    village: str
    item: str
    mode: str
    handler: str
    due: datetime.date | None = None
    ended: datetime.date | None = None
    result: str = ""


def _without_gaps(numbers: Iterable[int]) -> None:
    given = list(numbers)
    if given and given != list(range(given[0], given[0] + len(given))):
        raise PaperError("papers.number_gap")


class Register(Document, frozen=True, kw_only=True):
    """办事登记册: everyone who came in a `period`, such as 2026年3月; without `rows` it says that nobody did.

    Raises `PaperError` (papers.number_gap) unless the numbers follow each other."""

    period: str
    rows: tuple[VisitorRow, ...]

    def __post_init__(self) -> None:
        _without_gaps(row.number for row in self.rows)


class CategoryRegister(Document, frozen=True, kw_only=True):
    """分类受理登记簿: the cases of one `category` in a `period`; numbers as in `Register`."""

    category: str
    period: str
    rows: tuple[CaseRow, ...]

    def __post_init__(self) -> None:
        _without_gaps(row.number for row in self.rows)


class OpinionRow(Struct, frozen=True, kw_only=True):
    """Somebody's opinion: a line of their register. `answerer` and `answered` are as they stand when it is printed, and
    `mending` says how the call and the mending of a bad rating stand."""

    number: int
    opinion: str
    came: datetime.date
    channel: str
    text: str
    person: str = ""
    phone: str = ""
    answerer: str = ""
    due: datetime.date | None = None
    answered: datetime.date | None = None
    mending: str = ""


class OpinionRegister(Document, frozen=True, kw_only=True):
    """意见反映登记簿: the opinions of a `period`; numbers as in `Register`."""

    period: str
    rows: tuple[OpinionRow, ...]

    def __post_init__(self) -> None:
        _without_gaps(row.number for row in self.rows)


class DailyLine(Struct, frozen=True, kw_only=True):
    """A window's day. `overdue` are those of `completed` that came late. Cases that were not accepted (不予受理), or
    withdrawn before it, are outside the balance, since they were never counted in."""

    window: str
    receptions: int = 0
    opening: int = 0
    direct: int = 0
    limited: int = 0
    proxy: int = 0
    home: int = 0
    completed: int = 0
    overdue: int = 0
    refused: int = 0
    withdrawn: int = 0
    closing: int = 0

    def balances(self) -> bool:
        """Opening + accepted − completed − refused − withdrawn = closing."""
        came = self.opening + self.direct + self.limited + self.proxy + self.home
        return came - self.completed - self.refused - self.withdrawn == self.closing and self.overdue <= self.completed


class DailyReport(Document, frozen=True, kw_only=True):
    """日报表: the windows' lines, whose sums the paper adds up, and the centre's other figures of the day. `ratings` go
    from 非常满意 to 非常不满意; `bad_ratings` stand open at the day's end: not mended, of them without a call,
    past a limit.
    Raises `PaperError` (papers.unbalanced) for a line that does not balance."""

    lines: tuple[DailyLine, ...]
    awaiting: int = 0
    sent_up: int = 0
    not_accepted: int = 0
    deliveries: int = 0
    follow_ups: int = 0
    complaints: int = 0
    ratings: tuple[int, int, int, int, int] = (0, 0, 0, 0, 0)
    bad_ratings: tuple[int, int, int] = (0, 0, 0)
    made_by: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        for line in self.lines:
            if not line.balances():
                raise PaperError("papers.unbalanced", line.window)
