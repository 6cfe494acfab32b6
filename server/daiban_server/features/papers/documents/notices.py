"""What an applicant is handed or sent: slips and notices."""

import datetime
from typing import Literal

from msgspec import Struct

from .parts import Agent, Document, Paper

Size = Literal["roll", "a5"]
"""``roll`` is 80 mm of receipt paper, as long as the text; ``a5`` a sheet for an ordinary printer."""


class Remedy(Struct, frozen=True, kw_only=True):
    """Where an applicant may go against a decision on a licence (行政许可法 38): `review` decides on administrative
    review within 60 days (行政复议法 20), `court` hears a suit within six months (行政诉讼法 46)."""

    review: str
    court: str


class CollectionSlip(Document, frozen=True, kw_only=True):
    """收件凭证: papers were taken, which is not acceptance. `code` opens the look-up; `qr` is the text of the code's
    picture ("" prints none)."""

    code: str
    applicant: str
    item: str
    agent: Agent
    place: str = ""
    papers: tuple[Paper, ...] = ()
    missing: tuple[Paper, ...] = ()
    qr: str = ""
    size: Size = "roll"


class Receipt(Document, frozen=True, kw_only=True):
    """办件回执: an accepted case, its promise, and how to look it up."""

    code: str
    applicant: str
    item: str
    window: str
    accepted: datetime.date
    limit: str
    due: datetime.date | None = None
    qr: str = ""
    size: Size = "roll"


class ResultSlip(Document, frozen=True, kw_only=True):
    """办结回执: how a case ended, for the resident. `secret` rates it once (评价码); "" prints none, for whoever had a
    part in the case."""

    code: str
    applicant: str
    item: str
    accepted: datetime.date | None
    result: str
    ended: datetime.date
    handler: str
    secret: str = ""
    qr: str = ""
    size: Size = "roll"


class Notice(Document, frozen=True, kw_only=True):
    """A notice or decision, dated by the day of what it tells; `reprinted` is the later day of another print (补打)."""

    reprinted: datetime.date | None = None


class OneTimeNotice(Notice, frozen=True, kw_only=True):
    """一次性告知书: everything that is missing, at once. `until` is the last day to bring it."""

    applicant: str
    item: str
    received: datetime.date
    missing: tuple[Paper, ...]
    handler: str
    until: datetime.date | None = None
    note: str = ""


class AcceptanceNotice(Notice, frozen=True, kw_only=True):
    """受理通知书: what was accepted, the limit and day that were promised then, and what does not count towards it.
    `deemed` is the day from which the law had accepted a licence already, since nothing was said in time (行政许可法
    32): the limit runs from there. `papers_until` is the day by which the papers come where help came
    first (急难先办)."""

    applicant: str
    item: str
    received: datetime.date
    accepted: datetime.date
    papers: tuple[Paper, ...]
    limit: str
    handler: str
    due: datetime.date | None = None
    uncounted: tuple[str, ...] = ()
    deemed: datetime.date | None = None
    papers_until: datetime.date | None = None
    code: str = ""
    qr: str = ""


class ExtensionNotice(Notice, frozen=True, kw_only=True):
    """延期告知书 (行政许可法 42): by how much the limit was extended and why, who approved it, the promised day before
    it and after it."""

    applicant: str
    item: str
    accepted: datetime.date
    longer: str
    reason: str
    approved_by: str
    was: datetime.date | None
    due: datetime.date | None


class PauseNotice(Notice, frozen=True, kw_only=True):
    """特殊环节告知书 (行政许可法 45): a step whose days do not count begins on `issued`, and why. `length` is how long
    it is announced to take; `expected` is the promised day after a pause of that length."""

    applicant: str
    item: str
    accepted: datetime.date
    step: str
    reason: str
    handler: str
    length: str = ""
    was: datetime.date | None = None
    expected: datetime.date | None = None


class NonAcceptanceNotice(Notice, frozen=True, kw_only=True):
    """不予受理通知书: the reason, its basis, and where to go instead; `remedy` for licences only."""

    applicant: str
    item: str
    received: datetime.date
    reason: str
    elsewhere: str
    basis: str = ""
    remedy: Remedy | None = None


class Refusal(Notice, frozen=True, kw_only=True):
    """不予办理决定书; with a `remedy` it refuses a licence and is titled 不予许可决定书 (行政许可法 38). A case may be
    refused that was never `accepted`."""

    applicant: str
    item: str
    received: datetime.date
    reason: str
    elsewhere: str
    basis: str = ""
    remedy: Remedy | None = None
    accepted: datetime.date | None = None
