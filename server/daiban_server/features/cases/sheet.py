"""The sheet of a case: what lists show of it, kept in step with the record."""

from typing import Any

from daiban_schemas.telephone import dialled
from daiban_server.db import schema
from daiban_server.db.program import Program
from daiban_server.features.cases.asking import Fields
from daiban_server.items import item_if_any
from daiban_server.spelling import spelt
from daiban_server.spine.ledger import Ledger, Record
from daiban_sync.ids import NOBODY

BEFORE = frozenset({"draft", "collected"})
"""A case that the centre was not handed yet is in no list of its cases."""


def keep(ledger: Ledger, record: Record) -> Program[None]:
    """Write the sheet of a case that was submitted."""
    if record.status in BEFORE or record.parent is None or record.place is None:
        return
    values = (yield from ledger.view(record)).values
    ledger.add(
        schema.case_sheet, _row(ledger, record, values, (yield from item_if_any(ledger, values.get("item")))), "replace"
    )


def _row(ledger: Ledger, record: Record, values: Fields, item: Fields) -> tuple[Any, ...]:
    number, applicant = values.get("number") or "", values.get("applicant") or ""
    archive, slip = values.get("archive") or {}, (values.get("slip") or {}).get("number") or ""
    return (
        *(ledger.centre, record.id, number, slip.upper()),
        *(_id(values.get("item")), item.get("name") or "", values.get("window") or item.get("window") or ""),
        *(label(values), values.get("source") or "counter", record.parent, record.place),
        *(applicant, searched(f"{number} {slip}", applicant, values.get("phone")), record.status),
        *(_id(values.get("owner_id")), _id(values.get("handler_id"))),
        *(values.get("submitted_at") or 0, values.get("received_at"), values.get("accepted_at")),
        *(values.get("due"), values.get("ended_at"), values.get("end"), archive.get("at")),
        *(bool(values.get("urgent")), bool(values.get("kin") or values.get("kin_of")), _kept_from(record, values)),
    )


def _kept_from(record: Record, values: Fields) -> int | None:
    """Since when it is over and only kept. What was withdrawn or not taken up is never filed."""
    if "erased" in values:
        return None
    if record.status in ("withdrawn", "not_accepted"):
        return values.get("ended_at")
    return (values.get("archive") or {}).get("at")


def label(values: Fields) -> str:
    """The mode of the statistics: what was collected at the home counts as a home visit however it is handled."""
    return "home" if values.get("source") == "home" else str(values.get("mode") or "limited")


def searched(number: str, applicant: str, phone: Any) -> str:
    """What a search looks through."""
    written = str(phone or "")
    return " ".join((number.lower(), applicant, *spelt(applicant), written, dialled(written)))


def _id(text: Any) -> bytes:
    return bytes.fromhex(text) if isinstance(text, str) and len(text) == 32 else NOBODY
