"""Opinions: from the box, the hotline, the "cannot get it done" desk, complaints, bad ratings.

Each gets a number, a day and somebody who owes the answer, and that is never whom it is about.
"""

import datetime
from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, func, select

from daiban_schemas.kinds import KINDS
from daiban_server import days, todo
from daiban_server.concerned import answerer as nearest
from daiban_server.concerned import concerned
from daiban_server.db import schema
from daiban_server.db.program import Program, first
from daiban_server.limits.calendar import local_day
from daiban_server.limits.opinions import CONTACT, limit_of
from daiban_server.outbound import queue
from daiban_server.registers import OPINIONS, enter, numbered
from daiban_server.spine.effects import Asked, Effect, Effects
from daiban_server.spine.ledger import Incoming, Ledger, Record
from daiban_server.spine.refusal import Refusal
from daiban_server.staff import by, person
from daiban_sync.merge import Head
from daiban_sync.view import View

Fields = Mapping[str, Any]
MOST = 40
"""So many contacts and statements are kept, the latest."""
AN_HOUR = 60
"""More than that an hour and a centre's box is full for a while: a register that a machine filled would hide people."""
RATED = "opinion.rated"
"""The code of the task that a bad rating is, until it is answered."""
_l = schema.register_line.c
_LATELY = select(func.count()).where(
    _l.centre == bindparam("centre_id"), _l.register == OPINIONS, _l.at > bindparam("since")
)
_TOLD = ("channel", "text", "person", "phone", "application", "about", "came_at")


def lately(centre: bytes, now: int) -> Program[int]:
    """How many were registered within an hour."""
    row = yield from first(_LATELY, centre_id=centre, since=now - 3_600_000)
    return int(row[0]) if row else 0


def received(ledger: Ledger, record: Record, incoming: Incoming) -> Program[Fields]:
    """Somebody said something: who answers, and by when."""
    values = incoming.values
    number = yield from numbered(ledger, "YJ")
    yield from enter(ledger, OPINIONS, record.id, {"number": number, **{name: values.get(name) for name in _TOLD}})
    about = yield from concerned(ledger, values)
    fields: dict[str, Any] = {"number": number, "concerned": sorted(one.hex() for one in about)}
    fields |= {"said_at": ledger.now, "counted_at": ledger.now}
    fields["due"] = yield from _last_day(ledger, ledger.now, limit_of(values))
    if values.get("channel") == "rating":
        fields["contact_due"] = yield from _last_day(ledger, ledger.now, CONTACT)
    chosen = yield from nearest(ledger, about)
    if values.get("channel") == "rating":
        whose, reason = chosen[0] if chosen else None, f"rated {record.id.hex()}"
        yield from todo.for_head(ledger.centre, record.id, RATED, reason, ledger.now, whose)
    if chosen is None:
        return fields
    yield from _ask(ledger, record, chosen[0], {**values, **fields}, about)
    return {**fields, "answerer": chosen[0].hex(), "answerer_name": chosen[1]}


def assign(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """The head names who answers. Raises `Refusal`: ``person.unknown`` or ``opinion.own``."""
    to = bytes.fromhex(asked.arguments["to"])
    chosen = yield from person(to)
    if chosen is None or not chosen.active or chosen.centre != ledger.centre:
        raise Refusal("person.unknown", ("to",))
    if chosen.role not in KINDS["opinion"].commands["answer"].roles:
        raise Refusal("command.not_your_role", ("to",))
    values = (yield from ledger.view(asked.record)).values
    about = yield from concerned(ledger, values)
    if to in about:
        raise Refusal("opinion.own", ("to",))
    yield from _ask(ledger, asked.record, to, values, about)
    return {"answerer": to.hex(), "answerer_name": chosen.name}


def by_another(effect: Effect) -> Effect:
    """A command that nobody gives whom the opinion is about. Raises `Refusal`: ``opinion.own``."""

    def given(ledger: Ledger, asked: Asked) -> Program[Fields]:
        values = (yield from ledger.view(asked.record)).values
        if asked.incoming.author in (yield from concerned(ledger, values)):
            raise Refusal("opinion.own", ("about",))
        return (yield from effect(ledger, asked))

    return given


def answer(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """The answer."""
    author = yield from by(ledger, asked)
    yield from todo.met(ledger, asked.record.id, RATED, asked.incoming.author, asked.arguments["text"])
    answered = {"answer": asked.arguments["text"], "answered_at": ledger.now}
    return {**answered, "answerer": author.get("by_id"), "answerer_name": author.get("by")}


def close(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """It is settled."""
    yield from ()
    return {}


def stated(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """What somebody knows of it, also whom it is about. It is no answer."""
    values = (yield from ledger.view(asked.record)).values
    said = {**asked.arguments, **(yield from by(ledger, asked)), "at": asked.incoming.effective}
    return {"statements": [*(values.get("statements") or ()), said][-MOST:]}


def contacted(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """Somebody spoke with whoever said it: who, with whom, when. It is no answer yet. Who was not reached was tried;
    and whom it is about may call, but another still has to."""
    values = (yield from ledger.view(asked.record)).values
    spoke = {**asked.arguments, **(yield from by(ledger, asked)), "at": asked.incoming.effective}
    kept = {"contacts": [*(values.get("contacts") or ()), spoke][-MOST:]}
    reached = asked.arguments.get("outcome") != "not_reached"
    if not reached or values.get("contacted_at") or asked.incoming.author in (yield from concerned(ledger, values)):
        return kept
    return {**kept, "contacted_at": asked.incoming.effective}


def reopen(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """Said again: the answer did not help, so another is owed by a new day."""
    values = (yield from ledger.view(asked.record)).values
    about = yield from concerned(ledger, values)
    due = yield from _last_day(ledger, ledger.now, limit_of(values))
    again = {"due": due, "counted_at": ledger.now, "answer": None, "answered_at": None}
    chosen = yield from _still(ledger, values.get("answerer"), about)
    if chosen is None:
        return again
    yield from _ask(ledger, asked.record, chosen[0], {**values, **again}, about)
    return {**again, "answerer": chosen[0].hex(), "answerer_name": chosen[1]}


def _still(ledger: Ledger, before: str | None, about: set[bytes]) -> Program[tuple[bytes, str] | None]:
    """Who answered before, if he works here still; for one who left, whoever is named for a new opinion."""
    who = (yield from person(bytes.fromhex(before))) if before else None
    if before and who and who.active and who.centre == ledger.centre:
        return bytes.fromhex(before), who.name
    return (yield from nearest(ledger, about))


def prolong(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """A bad rating needs longer to mend: once, before its day is over, to so many working days in all from when it was
    said, with a reason, by somebody other than who mends it. Raises `Refusal`: ``opinion.not_rated``,
    ``opinion.prolonged``, ``opinion.late`` or ``opinion.approver``."""
    values = (yield from ledger.view(asked.record)).values
    if unfit := unfit_to_prolong(values, asked.incoming.author.hex(), ledger.now):
        raise Refusal(unfit)
    due = yield from _last_day(ledger, values.get("counted_at") or ledger.now, asked.arguments["days"])
    fields = {"due": due, "prolonged": {**asked.arguments, **(yield from by(ledger, asked))}}
    if answerer := values.get("answerer"):
        about = yield from concerned(ledger, values)
        yield from _ask(ledger, asked.record, bytes.fromhex(answerer), {**values, **fields}, about)
    return fields


def unfit_to_prolong(values: Fields, author: str, now: int) -> str | None:
    """The code of why somebody may not prolong it now; None where he may."""
    if values.get("channel") != "rating":
        return "opinion.not_rated"
    if values.get("prolonged"):
        return "opinion.prolonged"
    if values["due"] < local_day(now).isoformat():
        return "opinion.late"
    return "opinion.approver" if author == values.get("answerer") else None


def found_out(ledger: Ledger, record: Record, incoming: Incoming, before: tuple[Head, ...]) -> Program[Fields]:
    """It turns out whom it is about. Nobody writes himself out of it; and who owes the answer, and is meant himself, is
    relieved by the nearest above."""
    if not {"about", "application"} & incoming.values.keys():
        return {}
    yield from ledger.load_entries(head.position for head in before)
    was = View(record.id.hex(), record.kind, record.position, [ledger.written(head) for head in before]).values
    values = (yield from ledger.view(record)).values
    about, fields = (yield from concerned(ledger, values)), dict[str, Any]()
    if incoming.author in (yield from concerned(ledger, was)):
        about.add(incoming.author)
        fields["concerned"] = sorted({*(values.get("concerned") or ()), incoming.author.hex()})
    chosen = (yield from nearest(ledger, about)) if _owes(values, about) else None
    if chosen is None:
        return fields
    yield from _ask(ledger, record, chosen[0], values, about)
    return {**fields, "answerer": chosen[0].hex(), "answerer_name": chosen[1]}


def _owes(values: Fields, about: set[bytes]) -> bool:
    answerer = values.get("answerer")
    return answerer is not None and not values.get("answered_at") and bytes.fromhex(answerer) in about


def _last_day(ledger: Ledger, since: int, length: int) -> Program[str]:
    return (yield from days.of(ledger)).due_day(local_day(since), length, "working").day.isoformat()


def _ask(ledger: Ledger, record: Record, who: bytes, values: Fields, about: set[bytes]) -> Program[None]:
    """Whom it is about is not told of it, though he stand in for the one who owes the answer."""
    due = _date(values["due"])
    text = f"{values.get('number')} 号意见反映请最迟于{due}答复。"
    if values.get("channel") == "rating":
        owed = values.get("contact_due") and not values.get("contacted_at")
        call = f"最迟于{_date(values['contact_due'])}联系评价人，" if owed else ""
        text = f"{values.get('number')} 号差评请{call}最迟于{due}整改并答复。"
    key = f"opinion/{record.id.hex()}/{ledger.now}"
    yield from queue.tell(
        ledger.centre, who, "opinion.owed", text, ledger.now, key=key, record=record.id, without=about
    )


def _date(day: str) -> str:
    one = datetime.date.fromisoformat(day)
    return f"{one.month}月{one.day}日"


EFFECTS = Effects(
    commands={
        ("opinion", "assign"): by_another(assign),
        ("opinion", "answer"): by_another(answer),
        ("opinion", "prolong"): by_another(prolong),
        ("opinion", "reopen"): reopen,
        ("opinion", "close"): by_another(close),
    },
    reports={("opinion", "contacted"): contacted, ("opinion", "stated"): stated},
    made={"opinion": received},
    changed={"opinion": (found_out,)},
)
