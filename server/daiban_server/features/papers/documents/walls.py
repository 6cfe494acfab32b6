"""What hangs on the wall, stands on the desk or is worn."""

import datetime
from typing import Literal

from msgspec import Struct

from ..problems import PaperError
from .parts import Document, Paper


class Badge(Document, frozen=True, kw_only=True):
    """胸牌, 90 × 55 mm: worn on a visit, so the badge number is there to be compared.

    The more `scope` (at most some 300 characters) and `promise` (120) say, the smaller they are set."""

    name: str
    post: str
    scope: str
    phone: str
    promise: str
    badge: str = ""


class DeskPlate(Document, frozen=True, kw_only=True):
    """座牌: two faces of 200 × 100 mm on a sheet of 200 × 200 mm, to be folded into a tent. Texts as on a `Badge`."""

    name: str
    post: str
    scope: str
    phone: str
    promise: str


class FlowStep(Struct, frozen=True, kw_only=True):
    """A box of the flow chart. A `special` step (特殊环节) that is not `counted` pauses the limit, drawn dashed."""

    name: str
    who: str = ""
    limit: str = ""
    special: bool = False
    counted: bool = True


class WallSheet(Document, frozen=True, kw_only=True):
    """办事指南 of one item, A3: the open affairs of the hall where there is no screen. Limits come with their unit."""

    item: str
    code: str
    type: str
    body: str
    audience: str
    basis: str
    conditions: str
    papers: tuple[Paper, ...]
    legal_limit: str
    promised_limit: str
    fee: str
    flow: tuple[FlowStep, ...]
    window: str
    hours: str = ""
    trips: str = ""
    modes: str = ""
    fee_basis: str = ""
    note: str = ""


class DutyPost(Struct, frozen=True, kw_only=True):
    """A window with its A and B posts (AB岗); `on_duty` says who is there."""

    window: str
    a: str
    a_phone: str = ""
    b: str = ""
    b_phone: str = ""
    on_duty: Literal["A", "B"] = "A"


class DutyDay(Struct, frozen=True, kw_only=True):
    """The leader of a day (带班领导)."""

    day: datetime.date
    leader: str
    phone: str = ""
    clerk: str = ""


class DutyBoard(Document, frozen=True, kw_only=True):
    """值班公示 for the days from `since` to `until`."""

    since: datetime.date
    until: datetime.date
    posts: tuple[DutyPost, ...]
    days: tuple[DutyDay, ...] = ()
    hours: str = ""


class PublicResult(Struct, frozen=True, kw_only=True):
    """Surname, village and result: no more may be made public (个人信息保护法 6, 28)."""

    surname: str
    village: str
    result: str


class ResultList(Document, frozen=True, kw_only=True):
    """公示 of results. Raises `PaperError` (papers.full_name) where a surname is longer than
    two characters, the longest common surname: that would be a whole name."""

    item: str
    since: datetime.date
    until: datetime.date
    rows: tuple[PublicResult, ...]

    def __post_init__(self) -> None:
        if any(len(row.surname) > 2 for row in self.rows):
            raise PaperError("papers.full_name")
