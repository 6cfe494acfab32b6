"""What goes along with a case inside the centre: work order, handover, delivery."""

import datetime

from msgspec import Struct

from .parts import Agent, Document


class Step(Struct, frozen=True, kw_only=True):
    """A step of a work order; what is not known yet stays empty for a pen."""

    name: str
    limit: str = ""
    opinion: str = ""
    signed_by: str = ""
    signed: datetime.date | None = None


class WorkOrder(Document, frozen=True, kw_only=True):
    """承办单: one for each case from its receipt on, with its lead window (主办窗口) and its own limit for sending up
    (上报时限). What is not known yet stays empty for a pen; `denied` is what ended without having been accepted:
    there is nothing left to fill in."""

    case: str
    applicant: str
    item: str
    source: str
    mode: str
    accepted: datetime.date | None
    lead_window: str
    owner: str
    handler: str
    limit: str
    steps: tuple[Step, ...]
    phone: str = ""
    village: str = ""
    due: datetime.date | None = None
    other_windows: tuple[str, ...] = ()
    sent_up_to: str = ""
    send_up_limit: str = ""
    result: str = ""
    denied: bool = False


class HandedCase(Struct, frozen=True, kw_only=True):
    """A case that changes hands."""

    number: str
    applicant: str
    item: str
    status: str
    due: datetime.date | None = None
    note: str = ""


class HandoverList(Document, frozen=True, kw_only=True):
    """工作交接清单: cases and things that go from one person to another, before a supervisor (监交人)."""

    giver: Agent
    taker: Agent
    post: str
    reason: str
    cases: tuple[HandedCase, ...]
    things: tuple[str, ...] = ()
    supervisor: str = ""


class DeliveryRecord(Document, frozen=True, kw_only=True):
    """送达回证: who received which paper, how, where and when. `signed` is empty on a form that goes along."""

    case: str
    item: str
    recipient: str
    document: str
    document_number: str
    how: str
    place: str = ""
    signed_by: str = ""
    relation: str = ""
    signed: datetime.date | None = None
    deliverers: tuple[Agent, ...] = ()
    note: str = ""
