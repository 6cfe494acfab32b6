"""The watch over handovers: what was arranged begins when its time comes, nobody is left without a stand-in because a
day that was only expected went by, and the phones of those who left are awaited."""

from sqlalchemy import bindparam, or_, select

from daiban_schemas.problem import words
from daiban_server.db import schema
from daiban_server.db.program import Program, rows
from daiban_server.features.posts import handing, leaving
from daiban_server.features.posts.arranging import show_until, tell, tell_heads
from daiban_server.features.posts.words import TYPES, day
from daiban_server.limits.calendar import local_day
from daiban_server.outbound import queue
from daiban_server.spine.ledger import Ledger, Record
from daiban_server.spine.refusal import Refusal
from daiban_server.staff import holders
from daiban_sync.ids import NOBODY

DAY = 86_400_000
_r = schema.record.c
_OPEN = (
    select(_r.centre, _r.id)
    .where(_r.kind == "handover", or_(_r.status == "arranged", _r.status == "begun"))
    .order_by(_r.centre, _r.id)
)
_OF_CENTRE = select(_r.id).where(
    _r.centre == bindparam("centre_id"), _r.kind == "handover", or_(_r.status == "arranged", _r.status == "begun")
)


def centres() -> Program[list[bytes]]:
    """The centres that have a handover which is not over."""
    return list(dict.fromkeys(row[0] for row in (yield from rows(_OPEN))))


def look(ledger: Ledger) -> Program[None]:
    """Look at every handover of a centre that is not over."""
    ids = [row[0] for row in (yield from rows(_OF_CENTRE, centre_id=ledger.centre))]
    yield from ledger.load(ids)
    for record in filter(None, map(ledger.records.get, ids)):
        if record.status == "arranged":
            yield from _begin(ledger, record)
        else:
            yield from _go_on(ledger, record)


def _begin(ledger: Ledger, record: Record) -> Program[None]:
    arranged = (yield from ledger.view(record)).values["arranged"]
    if arranged["since"] > ledger.now:
        return
    try:
        fields = yield from handing.take_over(ledger, record, NOBODY)
    except Refusal as refusal:
        what = f"{arranged['person_name']}的{TYPES[arranged['type']]}"
        text = f"{what}到时间了，但不能开始：{words(refusal.code, 'zh')[0]}，请另行安排。"
        yield from _once_a_day(ledger, record, text)
    else:
        ledger.write_fields(record, fields, "begun")


def _go_on(ledger: Ledger, record: Record) -> Program[None]:
    values = (yield from ledger.view(record)).values
    arranged = values["arranged"]
    if arranged["type"] == "transfer":
        ledger.write_fields(record, {"ended_at": ledger.now}, "ended")
    elif arranged["type"] == "leaving":
        yield from _await_phones(ledger, record)
    elif arranged["until"] and arranged["until"] <= ledger.now:
        later = arranged["until"] + DAY * ((ledger.now - arranged["until"]) // DAY + 1)
        longer = {**arranged, "until": later}
        ledger.write_fields(record, {"arranged": longer})
        yield from show_until(ledger, values, longer)
        text = f"{arranged['person_name']}原定{day(arranged['until'])}返岗，还没有登记返岗，顶岗先延长一天。"
        yield from tell(ledger, record, "handover.overdue", text, arranged["person"], arranged["to"])
        yield from tell_heads(ledger, record, "handover.overdue", text)


def _await_phones(ledger: Ledger, record: Record) -> Program[None]:
    values = (yield from ledger.view(record)).values
    left_at, arranged = values["begun_at"], values["arranged"]
    awaited = yield from leaving.hand_in(bytes.fromhex(arranged["person"]), left_at, ledger.now)
    devices = [one["device"] for one in awaited]
    if not awaited:
        ledger.write_fields(record, {"devices": [], "ended_at": ledger.now}, "ended")
    elif devices != values.get("devices"):
        ledger.write_fields(record, {"devices": devices})
    elif ledger.now - left_at > leaving.SILENT:
        text = f"{arranged['person_name']}已离岗，还有{len(awaited)}部手机没有交清："
        yield from _once_a_day(ledger, record, text + "".join(one["warning"] for one in awaited))


def _once_a_day(ledger: Ledger, record: Record, text: str) -> Program[None]:
    heads = yield from holders(ledger.centre, "head")
    for id_, _ in heads:
        key = f"handover.waits/{record.id.hex()}/{local_day(ledger.now)}"
        yield from queue.tell(ledger.centre, id_, "handover.waits", text, ledger.now, key=key, record=record.id)
