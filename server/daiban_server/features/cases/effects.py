"""What an application's commands do."""

import datetime
from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, select

from daiban_schemas.forms import answer_problems, missing_answers
from daiban_server.calendar_days import due_day, local_day
from daiban_server.db import schema
from daiban_server.db.program import Lookup, Program, Write, first, rows
from daiban_server.spine import views
from daiban_server.spine.effects import Asked, Effects
from daiban_server.spine.ledger import Ledger
from daiban_server.spine.refusal import Refusal
from daiban_sync.ids import NOBODY

_r = schema.record.c
_PHOTOS = select(_r.id).where(
    _r.centre == bindparam("centre_id"),
    _r.parent == bindparam("parent_id"),
    _r.kind == "photo",
    _r.deleted.is_(False),
)
_CENTRE = select(schema.centre.c.code).where(schema.centre.c.id == bindparam("centre_id"))
_SERIAL = select(schema.setting.c.value).where(schema.setting.c.name == bindparam("setting_name"))
_PERSON = select(schema.person.c.name).where(schema.person.c.id == bindparam("person_id"))


def submit(ledger: Ledger, asked: Asked) -> Program[Mapping[str, Any]]:
    """Hand the application to the centre: every required answer is there and fits the item's form. Whoever was asked
    first
    answers for it from now on."""
    view = yield from ledger.view(asked.record)
    item = yield from _item(view.values.get("item"))
    if expired(item, local_day(ledger.now)):
        raise Refusal("item.expired", ("item",))
    form = item.get("form") or []
    if missing := missing_answers(form, view.values):
        raise Refusal("answers.missing", tuple(missing))
    if wrong := answer_problems(form, view.values):
        raise Refusal("answers.invalid", tuple(wrong))
    if view.values.get("owner"):
        return {}
    row = yield from first(_PERSON, person_id=asked.incoming.author)
    return {"owner": row[0]} if row else {}


def expired(item: Mapping[str, Any], today: datetime.date) -> bool:
    """Whether nothing may be submitted on this edition of an item any more: its last day has passed. The day counts
    where the server learns of it: a phone that stayed without signal beyond the day has to change to the new edition,
    for nobody could honour the old one's promise."""
    until = item.get("usable_until")
    return isinstance(until, str) and until < today.isoformat()


def receive(ledger: Ledger, asked: Asked) -> Program[Mapping[str, Any]]:
    """Receipt of the papers, which is not acceptance: the case gets its number."""
    view = yield from ledger.view(asked.record)
    return (yield from _numbered(ledger, view.values))


def accept(ledger: Ledger, asked: Asked) -> Program[Mapping[str, Any]]:
    """Acceptance names the entries that it accepted and promises a day. Before every photo of the case arrived it
    needs a
    reason."""
    view = yield from ledger.view(asked.record)
    if not asked.arguments.get("reason") and (yield from _papers_arriving(ledger, asked.record.id)):
        raise Refusal("papers.arriving", ("reason",))
    item = yield from _item(view.values.get("item"))
    limit = item.get("promised_limit") or {"days": 0, "unit": "working"}
    days = asked.arguments.get("days", limit["days"])
    numbered = yield from _numbered(ledger, view.values)
    heads = ledger.heads(asked.record)
    return {
        **numbered,
        "due": due_day(local_day(ledger.now), days, limit["unit"]).isoformat(),
        "accepted": [[head.device.hex(), head.number] for head in heads if head.device != NOBODY],
        **_reason(asked),
    }


def end(ledger: Ledger, asked: Asked) -> Program[Mapping[str, Any]]:
    """Completed, refused or withdrawn: the result or the reason stands in the case."""
    yield from ()
    result = asked.arguments.get("result")
    return {"reason": result} if result else _reason(asked)


def _reason(asked: Asked) -> dict[str, Any]:
    reason = asked.arguments.get("reason")
    return {"reason": reason} if reason else {}


def _item(reference: Any) -> Program[Mapping[str, Any]]:
    if not isinstance(reference, str):
        raise Refusal("item.unknown", ("item",))
    found = yield from views.shown(views.BY_ID, NOBODY, record_id=bytes.fromhex(reference))
    if not found or found[0].view.kind != "item":
        raise Refusal("item.unknown", ("item",))
    return found[0].view.values


def _numbered(ledger: Ledger, values: Mapping[str, Any]) -> Program[dict[str, Any]]:
    """The case's number: centre, day, serial of the day; given once."""
    if values.get("number"):
        return {}
    centre = yield from first(_CENTRE, centre_id=ledger.centre)
    day = local_day(ledger.now).strftime("%Y%m%d")
    name = f"serial {ledger.centre.hex()} {day}"
    row = yield from first(_SERIAL, setting_name=name)
    serial = int(row[0]) + 1 if row else 1
    yield Write(schema.setting, [(name, str(serial))], "replace")
    return {"number": f"{centre[0] if centre else 'C'}-{day}-{serial:04d}"}


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


EFFECTS = Effects(
    commands={
        ("application", "submit"): submit,
        ("application", "receive"): receive,
        ("application", "accept"): accept,
        ("application", "complete"): end,
        ("application", "refuse"): end,
        ("application", "withdraw"): end,
    }
)
