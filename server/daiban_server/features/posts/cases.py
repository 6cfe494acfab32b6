"""Open cases change hands by name, in the handover that takes place and in the return from it."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from daiban_server.db import schema
from daiban_server.db.program import Program
from daiban_server.features.posts import open_work
from daiban_server.features.posts.open_work import OpenCase
from daiban_server.features.posts.words import TYPES
from daiban_server.kinship import relatives
from daiban_server.spine.ledger import Ledger, Record

Fields = Mapping[str, Any]
STANDING_IN, BACK = "顶岗", "返岗"
HANDLED = "handled"
"""In a handover's note, that the case came to the stand-in to handle: that is what goes back with the return."""
MOST = 50
"""Handovers that a case remembers."""
_ENDED = frozenset(
    {"completed", "refused", "not_accepted", "withdrawn", "delivered", "followed_up", "unreached", "archived"}
)


class Hands(NamedTuple):
    """In which handover, from whom to whom, by id and name; why, and who said so."""

    handover: bytes
    giver: str
    giver_name: str
    taker: str
    taker_name: str
    reason: str
    author: bytes


class Handed(NamedTuple):
    """Cases that change hands, and those that cannot, since the applicant is the other's relative."""

    over: list[OpenCase]
    kept: list[OpenCase]


def divided(ledger: Ledger, taker: bytes, found: Sequence[OpenCase]) -> Program[Handed]:
    """Which of these cases somebody may take over."""
    handed = Handed([], [])
    yield from ledger.load(case.id for case in found)
    for case in found:
        record = ledger.records[case.id]
        values = (yield from ledger.view(record)).values if record else {}
        (handed.kept if record is None or taker.hex() in relatives(values) else handed.over).append(case)
    return handed


def hand_over(ledger: Ledger, hands: Hands, found: Sequence[OpenCase], *, for_good: bool) -> Program[list[Fields]]:
    """Give open cases to the other. Whoever stands in handles what the absent one handled, and the owner stays the
    owner, but the stand-in knows of what he owns; for good he owns what the other owned. What has ended stays whose
    work it was: only who answers for it changes. Gives the note of them."""
    note: list[Fields] = []
    for case in found:
        record = ledger.records[case.id]
        if record is None:
            continue
        values = (yield from ledger.view(record)).values
        parts = ["owner"] * for_good + ["handler"] * (record.status not in _ENDED)
        if fields := _changed(values, hands, parts):
            _hand(ledger, record, values, fields, hands)
        note.append({**noted(ledger, hands.handover, case), **({HANDLED: True} if "handler" in fields else {})})
    return note


def noted(ledger: Ledger, handover: bytes, case: OpenCase) -> dict[str, Any]:
    """A case in a handover's note, and who it is where only the server looks."""
    ledger.add(schema.handed, (ledger.centre, handover, case.id), "ignore")
    return case.noted(handover)


def hand_back(
    ledger: Ledger, hands: Hands, told: Sequence[Fields], since: int, stayed: Mapping[str, Hands]
) -> Program[list[Fields]]:
    """What the stand-in was given to handle, and still handles, of a note's cases goes back; what he handled before
    stays his, and so does what turned out to be a relative's of the other. Gives those in which something happened
    since. `hands` names the stand-in as the giver; `stayed` those who stood in before him, each by the sign of what
    could not go on to the next."""
    meanwhile: list[Fields] = []
    named = yield from open_work.named(ledger.centre, hands.handover)
    yield from ledger.load(named.values())
    for one in told:
        record = ledger.records.get(named.get(one["sign"], b""))
        if record is None:
            continue
        values = (yield from ledger.view(record)).values
        if record.status != one.get("status") or int(values.get("status_at") or 0) > since:
            meanwhile.append({**one, "status": record.status or ""})
        of = stayed.get(one["sign"], hands)
        fields = _changed(values, of, ("handler",)) if one.get(HANDLED) else {}
        if fields and record.status not in _ENDED and hands.taker not in relatives(values):
            _hand(ledger, record, values, fields, of)
    return meanwhile


def pass_on(ledger: Ledger, hands: Hands, told: Sequence[Fields]) -> Program[list[Fields]]:
    """What one stand-in was given to handle, and still handles, goes to the next one. Gives those of the note that stay
    with him, since the applicant is the next one's relative."""
    kept: list[Fields] = []
    named = yield from open_work.named(ledger.centre, hands.handover)
    yield from ledger.load(named.values())
    for one in told:
        record = ledger.records.get(named.get(one["sign"], b""))
        if record is None or record.status in _ENDED or not one.get(HANDLED):
            continue
        values = (yield from ledger.view(record)).values
        fields = _changed(values, hands, ("handler",))
        if fields and hands.taker in relatives(values):
            kept.append(one)
        elif fields:
            _hand(ledger, record, values, fields, hands)
    return kept


def reason(arranged: Fields) -> str:
    """Why, as a case's page says it."""
    return STANDING_IN if arranged["type"] == "absence" else TYPES[arranged["type"]]


def _changed(values: Fields, hands: Hands, parts: Sequence[str]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for part in parts:
        if values.get(f"{part}_id") == hands.giver:
            fields |= {part: hands.taker_name, f"{part}_id": hands.taker}
    return fields


def _hand(ledger: Ledger, record: Record, values: Fields, fields: Fields, hands: Hands) -> None:
    """Write it into the case and into its story."""
    ids = {"from_id": hands.giver, "to_id": hands.taker, "by_id": hands.author.hex()}
    made = {"from": hands.giver_name, "to": hands.taker_name, **ids, "reason": hands.reason}
    handovers = [*(values.get("handovers") or ()), {**made, "at": ledger.now}]
    ledger.write_fields(record, {**fields, "handovers": handovers[-MOST:]})
    told, status = msgspec.json.encode({"to": hands.taker, "reason": hands.reason}), record.status or ""
    row = (ledger.centre, record.position, record.id, "hand_over", status, status, ledger.now, ledger.now)
    ledger.add(schema.case_event, (*row, hands.author, told))
