"""What agents report from homes: it happened, whatever became of the visit meanwhile.

The rules for a report by somebody who is not, or no longer, of the visit's crew:

- *started*, *finished*: the visit is his, since he is there. Whoever was to come is free; he and the head are told.
- *nobody home*: the promise to the household stands, and whoever keeps it is told.
- *asked for another time*: so it is; whoever was to come is told.

A report of before the time that stands was agreed to is of an earlier one: the new promise stands, and who keeps it and
the heads are told. That it is *finished* counts all the same. Before and after are by the effective time, so a phone
that knew of the new time is never taken for one that did not.

A report that finds the visit over is kept, changes nothing, and everybody whom it concerns is told: nothing is done
twice unnoticed.
"""

from collections.abc import Mapping
from typing import Any

from daiban_server import todo
from daiban_server.db.program import Program
from daiban_server.features.visits import booking, keeping
from daiban_server.features.visits.asking import wanted
from daiban_server.features.visits.engine.offers import offers
from daiban_server.features.visits.holds import kept
from daiban_server.features.visits.keeping import Change, Given
from daiban_server.features.visits.standing import load_week
from daiban_server.outbound import queue
from daiban_server.spine.effects import Asked
from daiban_server.spine.ledger import Ledger
from daiban_server.spine.refusal import Refusal
from daiban_server.staff import holders, person

Fields = Mapping[str, Any]


def started(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """The agent is there, or was for an earlier time."""
    values = (yield from ledger.view(asked.record)).values
    if _before_the_promise(asked, values):
        return {"status": asked.record.status}
    return (yield from _there(ledger, asked, "started"))


def finished(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """It is done. Of one that was called off the head is told."""
    if asked.record.status == "cancelled":
        yield from _tell_heads(ledger, asked, "这次上门已经取消，还是去办了，请核对。")
    return (yield from _there(ledger, asked, "finished"))


def _there(ledger: Ledger, asked: Asked, status: str) -> Program[Fields]:
    values = (yield from ledger.view(asked.record)).values
    fields = {} if _comes(asked, values) else (yield from _by_another(ledger, asked, values))
    yield from keeping.lay(ledger, [Given(asked.record, fields, status)])
    return fields


def _by_another(ledger: Ledger, asked: Asked, values: Fields) -> Program[Fields]:
    """Who is there makes the visit; the time that was kept for it with others is free."""
    author = asked.incoming.author
    who = yield from person(author)
    name = who.name if who else ""
    fields = yield from keeping.freed(ledger, asked.record, Change("done_by_another", author, f"{name}已上门"))
    yield from keeping.tell(ledger, asked.record, fields)
    if values.get("start"):
        yield from _tell_heads(ledger, asked, f"安排{values['agent_name']}去的上门，{name}已经去了。")
    return {**fields, "agent": author.hex(), "agents": [author.hex()], "agent_name": name}


def nobody_home(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """Nobody was at home: the time is free again, and somebody has to ask for another."""
    values = (yield from ledger.view(asked.record)).values
    before = _before_the_promise(asked, values)
    if before or (values.get("start") and not _comes(asked, values)):
        return (yield from _stands(ledger, asked, values, "去过一次，家里没有人；约好的时间不变。", heads=before))
    return (yield from _freed(ledger, asked, "nobody_home"))


def asked_other_time(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """The household asks for another time: the old one is free, and the best that suits it is kept until it is told.
    Where there is none the visit waits for somebody to ask again. What suits the household now is what the visit asks
    for from now on, so that no plan goes back to what it declined."""
    values, windows = (yield from ledger.view(asked.record)).values, asked.arguments.get("windows")
    if _before_the_promise(asked, values):
        text = "报来住户曾要求改约，后来已另约；约好的时间不变，请与住户核对。"
        return (yield from _stands(ledger, asked, values, text, heads=True))
    fields = {**(yield from _freed(ledger, asked, "requested")), "again": True}
    if not windows:
        return fields
    fields |= {"windows": windows}
    values = {**values, "windows": windows}
    try:
        return (yield from _proposed(ledger, asked, values, fields))
    except Refusal:
        return fields


def _proposed(ledger: Ledger, asked: Asked, values: Fields, fields: Fields) -> Program[Fields]:
    record = asked.record
    wish = yield from wanted(ledger, record.id.hex(), record.parent or b"", record.place or b"", values)
    standing = yield from load_week(ledger.centre, ledger.now, without=[record.id], items=wish.items)
    visit = wish.within(standing)
    found = offers(standing.week, visit, 1).offers
    if not found or found[0].moves:
        return fields
    change = Change("proposed", asked.incoming.author)
    slot = booking.slot_of(kept(visit, found[0]), wish)
    given = yield from keeping.kept(ledger, record, slot, change, story=fields["changes"])
    yield from keeping.lay(ledger, [Given(record, given, "proposed")])
    yield from keeping.tell(ledger, record, given)
    return {**fields, **given, "status": "proposed"}


def too_late(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """A report that finds the visit over: it is kept, and everybody whom it concerns is told."""
    incoming, values = asked.incoming, (yield from ledger.view(asked.record)).values
    code, reason = f"visit.{asked.name}", f"{incoming.device.hex()}/{incoming.number}"
    yield from todo.look_at(ledger, asked.record.id, code, reason)
    if values.get("agent") and not _comes(asked, values):
        who = yield from person(incoming.author)
        name = who.name if who else ""
        yield from _tell_crew(ledger, asked, values, f"{name}也报来了这次上门，请核对有没有办重。")
        text = f"这次上门{values['agent_name']}已经办了，请核对有没有办重。"
        yield from _note(ledger, asked, incoming.author, text)
        story = yield from keeping.told_too(ledger, asked.record, Change("also_reported", incoming.author, asked.name))
        ledger.write_fields(asked.record, story)
    return {}


def _freed(ledger: Ledger, asked: Asked, status: str) -> Program[Fields]:
    values = (yield from ledger.view(asked.record)).values
    fields = yield from keeping.freed(ledger, asked.record, Change(asked.name, asked.incoming.author))
    yield from keeping.lay(ledger, [Given(asked.record, fields, status)])
    if values.get("start") and not _comes(asked, values):
        yield from keeping.tell(ledger, asked.record, fields)
    return fields


def _comes(asked: Asked, values: Fields) -> bool:
    """Whether who reports is of the crew, or nobody was to come yet."""
    return not values.get("agent") or asked.incoming.author.hex() in keeping.crew_of(values)


def _before_the_promise(asked: Asked, values: Fields) -> bool:
    """Whether what is told was before the time that stands was agreed to."""
    return bool(values.get("start")) and asked.incoming.effective < keeping.agreed_at(values)


def _stands(ledger: Ledger, asked: Asked, values: Fields, text: str, *, heads: bool) -> Program[Fields]:
    """The promise stands; who keeps it is told what somebody found, and the heads where it was for an earlier time."""
    who = yield from person(asked.incoming.author)
    text = f"{who.name if who else ''}{text}"
    yield from _tell_crew(ledger, asked, values, text)
    if heads:
        yield from _tell_heads(ledger, asked, text)
    return {"status": asked.record.status}


def _tell_crew(ledger: Ledger, asked: Asked, values: Fields, text: str) -> Program[None]:
    for agent in keeping.crew_of(values):
        yield from _note(ledger, asked, bytes.fromhex(agent), text)


def _tell_heads(ledger: Ledger, asked: Asked, text: str) -> Program[None]:
    for head, _ in (yield from holders(ledger.centre, "head")):
        yield from _note(ledger, asked, head, text)


def _note(ledger: Ledger, asked: Asked, whom: bytes, text: str) -> Program[None]:
    key = f"visit.reported/{asked.record.id.hex()}/{asked.position}"
    yield from queue.tell(ledger.centre, whom, "visit.reported", text, ledger.now, key=key, record=asked.record.id)
