"""What somebody applied for, and how it was taken back."""

import datetime

from msgspec import Struct

from .parts import Document, Paper


class Answer(Struct, frozen=True, kw_only=True):
    """A line of a form by its own label; "" is an answer that nobody gave, `note` what stands beside it in conflict."""

    label: str
    value: str
    note: str = ""


class Signed(Struct, frozen=True, kw_only=True):
    """Who signed for the application, in words: as what of the applicant's, how, before which witness."""

    name: str
    relation: str = ""
    how: str = ""
    witness: str = ""
    signed: datetime.date | None = None


class Correction(Struct, frozen=True, kw_only=True):
    """A value that was written over after the application was handed in: what stood there, what stands there now."""

    day: datetime.date
    label: str
    was: str
    now: str
    by: str
    reason: str = ""


class ApplicationForm(Document, frozen=True, kw_only=True):
    """申请表: what the applicant filled in, as it was handed in, and below what was corrected since. Who gathers the
    data has masked `identity`, `account`, and each answer that holds an identity number. Without `signers` there is a
    place to sign. `came` is None for what was not handed in yet."""

    item: str
    edition: str
    applicant: str
    answers: tuple[Answer, ...]
    identity: str = ""
    phone: str = ""
    address: str = ""
    source: str = ""
    account: str = ""
    came: datetime.date | None = None
    entitled: datetime.date | None = None
    papers: tuple[Paper, ...] = ()
    kin: str = ""
    note: str = ""
    urgent: bool = False
    written_by: str = ""
    signers: tuple[Signed, ...] = ()
    corrections: tuple[Correction, ...] = ()


class Withdrawal(Document, frozen=True, kw_only=True):
    """撤回申请登记单: who took the application back, when, in which `state`, why, and which papers the centre has."""

    case: str
    applicant: str
    item: str
    state: str
    reason: str
    taken_by: str
    came: datetime.date | None = None
    papers: tuple[Paper, ...] = ()
