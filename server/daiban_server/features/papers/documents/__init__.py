"""Every printed form as plain display data: who gathers it decides what is shown, the templates only set it.

Texts are Chinese as they are to be read; days are dates; nothing is looked up, masked or counted here, except where a
paper would contradict itself (`Register`, `DailyReport`, `ResultList`).
"""

from .application import Answer, ApplicationForm, Correction, Signed, Withdrawal
from .archive import ArchiveContents, ArchiveCover, ClosingSheet, Leaf, filed, in_order
from .casework import DeliveryRecord, HandedCase, HandoverList, Step, WorkOrder
from .consents import InformationNotice, SeparateConsent
from .copies import HeldField, HeldRecord, PersonalCopy
from .mandates import Mandate, Signer, Suspension, Termination
from .notices import (
    AcceptanceNotice,
    CollectionSlip,
    ExtensionNotice,
    NonAcceptanceNotice,
    Notice,
    OneTimeNotice,
    PauseNotice,
    Receipt,
    Refusal,
    Remedy,
    ResultSlip,
)
from .parts import Agent, Document, Office, Paper, Party
from .registers import (
    CaseRow,
    CategoryRegister,
    DailyLine,
    DailyReport,
    OpinionRegister,
    OpinionRow,
    Register,
    VisitorRow,
)
from .visits import VisitSlip
from .walls import Badge, DeskPlate, DutyBoard, DutyDay, DutyPost, FlowStep, PublicResult, ResultList, WallSheet

__all__ = [
    "AcceptanceNotice",
    "Agent",
    "Answer",
    "ApplicationForm",
    "ArchiveContents",
    "ArchiveCover",
    "Badge",
    "CaseRow",
    "CategoryRegister",
    "ClosingSheet",
    "CollectionSlip",
    "Correction",
    "DailyLine",
    "DailyReport",
    "DeliveryRecord",
    "DeskPlate",
    "Document",
    "DutyBoard",
    "DutyDay",
    "DutyPost",
    "ExtensionNotice",
    "FlowStep",
    "HandedCase",
    "HandoverList",
    "HeldField",
    "HeldRecord",
    "InformationNotice",
    "Leaf",
    "Mandate",
    "NonAcceptanceNotice",
    "Notice",
    "Office",
    "OneTimeNotice",
    "OpinionRegister",
    "OpinionRow",
    "Paper",
    "Party",
    "PauseNotice",
    "PersonalCopy",
    "PublicResult",
    "Receipt",
    "Refusal",
    "Register",
    "Remedy",
    "ResultList",
    "ResultSlip",
    "SeparateConsent",
    "Signed",
    "Signer",
    "Step",
    "Suspension",
    "Termination",
    "VisitSlip",
    "VisitorRow",
    "WallSheet",
    "Withdrawal",
    "WorkOrder",
    "filed",
    "in_order",
]
