"""A case arrives: it is submitted, received, completed by what was missing, and accepted or not.

Receipt is not acceptance (收件不等于受理): with the one the papers are in the centre's hands, with the other begins
what is promised.
"""

import datetime
from typing import Any

from sqlalchemy import bindparam, select

from daiban_schemas.forms import answer_problems, missing_answers
from daiban_schemas.slip import code_of
from daiban_server.db import schema
from daiban_server.db.program import Lookup, Program, rows
from daiban_server.features.cases.asking import Fields, received
from daiban_server.features.cases.conditions import fulfilled
from daiban_server.items import item_of
from daiban_server.limits.calendar import local_day
from daiban_server.spine.effects import Asked
from daiban_server.spine.ledger import Ledger
from daiban_server.spine.refusal import Refusal
from daiban_server.staff import by
from daiban_sync.ids import NOBODY

_r = schema.record.c
_PHOTOS = select(_r.id).where(
    _r.centre == bindparam("centre_id"),
    _r.parent == bindparam("parent_id"),
    _r.kind == "photo",
    _r.deleted.is_(False),
)
TIME_TO_BRING = 15
"""Calendar days that a resident has to bring what is missing, unless the clerk says otherwise."""


def submit(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """Hand the application to the centre: every required answer is there and fits the item's form."""
    view = yield from ledger.view(asked.record)
    values = view.values
    item = yield from item_of(ledger, values.get("item"))
    if expired(item, local_day(ledger.now)):
        raise Refusal("item.expired", ("item",))
    form = item.get("form") or []
    if missing := missing_answers(form, values):
        raise Refusal("answers.missing", tuple(missing))
    if wrong := answer_problems(form, values):
        raise Refusal("answers.invalid", tuple(wrong))
    return {
        "submitted_at": ledger.came(asked.incoming),
        "code": code_of(asked.record.id),
        "window": item.get("window"),
    }


def expired(item: Fields, today: datetime.date) -> bool:
    """Whether nothing may be submitted on this edition of an item any more: its last day has passed. The day counts
    where the server learns of it: a phone that stayed without signal beyond the day has to change to the new edition,
    for nobody could honour the old one's promise."""
    until = item.get("usable_until")
    return isinstance(until, str) and until < today.isoformat()


def receive(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """The papers are in the centre's hands: the case gets its number, and a line in the register of its window."""
    view = yield from ledger.view(asked.record)
    return (yield from received(ledger, asked, view.values))


def notify(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """Tell at once everything that is missing (一次性告知). Telling a second time needs a reason: what was forgotten
    the first time is the centre's fault, and is counted."""
    view = yield from ledger.view(asked.record)
    before = view.values.get("notice")
    if before and not asked.arguments.get("reason"):
        raise Refusal("notice.again", ("reason",))
    numbered = yield from received(ledger, asked, view.values)
    days = asked.arguments.get("days", TIME_TO_BRING)
    notice = {
        "missing": asked.arguments["missing"],
        "until": (local_day(ledger.now) + datetime.timedelta(days=days)).isoformat(),
        "times": (before or {}).get("times", 0) + 1,
        **_reason(asked),
        **(yield from by(ledger, asked)),
    }
    return {**numbered, "notice": notice}


def complement(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """What was missing is there."""
    yield from ()
    return {"complemented_at": ledger.now}


def accept(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """Acceptance names the entries that it accepted and promises a day. Before every photo of the case arrived it needs
    a reason. With `papers_days` help comes first, and the papers within so many calendar days (急难先办)."""
    view = yield from ledger.view(asked.record)
    values = view.values
    if not asked.arguments.get("reason") and (yield from _papers_arriving(ledger, asked.record.id)):
        raise Refusal("papers.arriving", ("reason",))
    item = yield from item_of(ledger, values.get("item"))
    yield from fulfilled(ledger, asked.record, values, item)
    limit = item.get("promised_limit") or {"days": 0, "unit": "working"}
    days = _promised(asked, limit["days"])
    today = local_day(ledger.now)
    heads = ledger.heads(asked.record)
    fields = {
        **(yield from received(ledger, asked, values)),
        "accepted_at": ledger.now,
        "accepted": [[head.device.hex(), head.number] for head in heads if head.device != NOBODY],
        "promised": {"days": days, "unit": limit["unit"]},
        **_reason(asked),
    }
    if papers_days := asked.arguments.get("papers_days"):
        fields["papers_due"] = (today + datetime.timedelta(days=papers_days)).isoformat()
    return fields


def _promised(asked: Asked, usual: int) -> int:
    """The days that are promised: more than the item's own need the head, or a reason."""
    days: int = asked.arguments.get("days", usual)
    if days > usual and asked.incoming.role != "head" and not asked.arguments.get("reason"):
        raise Refusal("promise.longer", ("days", "reason"))
    return days


def decline(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """Not accepted, by notice, with the reason and where to go instead."""
    view = yield from ledger.view(asked.record)
    return {
        **(yield from received(ledger, asked, view.values)),
        "ended_at": ledger.now,
        "end": "not_accepted",
        **_reason(asked),
    }


def finish(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """A matter that can be done on the spot is received, accepted and completed in one step (当场办结)."""
    view = yield from ledger.view(asked.record)
    item = yield from item_of(ledger, view.values.get("item"))
    if "direct" not in (item.get("modes") or ()):
        raise Refusal("item.not_direct", ("item",))
    yield from fulfilled(ledger, asked.record, view.values, item)
    numbered = yield from received(ledger, asked, view.values)
    done = {"accepted_at": ledger.now, "promised": {"days": 0, "unit": "working"}, "ended_at": ledger.now}
    return {**numbered, **done, "end": "completed", "result": asked.arguments["result"]}


def _reason(asked: Asked) -> dict[str, Any]:
    reason = asked.arguments.get("reason")
    return {"reason": reason} if reason else {}


def _papers_arriving(ledger: Ledger, application: bytes) -> Program[bool]:
    """Whether a photo of this case has no verified bytes yet."""
    photos = yield from rows(_PHOTOS, centre_id=ledger.centre, parent_id=application)
    yield from ledger.load(row[0] for row in photos)
    wanted = []
    for (id_,) in photos:
        record = ledger.records[id_]
        if record is not None:
            digest = (yield from ledger.view(record)).values.get("sha256")
            wanted.append((ledger.centre, id_, bytes.fromhex(digest) if digest else b""))
    arrived = yield Lookup(schema.photo_file, ("centre", "record", "digest"), ("record",), wanted)
    return len({row[0] for row in arrived}) < len(wanted)
