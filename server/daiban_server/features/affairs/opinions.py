"""Opinions: from the box, the hotline, the "cannot get it done" desk, complaints, bad ratings.

Each gets a number, a day and somebody who owes the answer, and that is never whom it is about.
"""

import datetime
from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, func, select

from daiban_schemas.kinds import KINDS
from daiban_server import days
from daiban_server.db import schema
from daiban_server.db.program import Program, first
from daiban_server.limits.calendar import local_day
from daiban_server.outbound import queue
from daiban_server.rating_secret import had_part, who_acted
from daiban_server.registers import OPINIONS, enter, numbered
from daiban_server.spine.effects import Asked, Effect, Effects
from daiban_server.spine.ledger import Incoming, Ledger, Record
from daiban_server.spine.refusal import Refusal
from daiban_server.staff import by, holders, person

Fields = Mapping[str, Any]
DAYS: Mapping[str, int] = {"rating": 1, "complaint": 5, "stuck": 3, "hotline": 5, "opinion_box": 5}
"""Working days until the answer, by channel: whoever gave a bad rating is called within one."""
DECIDING = ("accept", "decline", "finish", "complete", "refuse")
"""What whoever did it answers for, though another handles the case."""
MOST = 40
"""So many contacts and statements are kept, the latest."""
AN_HOUR = 60
"""More than that an hour and a centre's box is full for a while: a register that a machine filled would hide people."""
_l = schema.register_line.c
_LATELY = select(func.count()).where(
    _l.centre == bindparam("centre_id"), _l.register == OPINIONS, _l.at > bindparam("since")
)
_TOLD = ("channel", "text", "person", "phone", "application", "about", "came_at")


def limit_of(values: Fields) -> int:
    """Working days until an opinion is answered."""
    return DAYS.get(str(values.get("channel")), 5)


def lately(centre: bytes, now: int) -> Program[int]:
    """How many were registered within an hour."""
    row = yield from first(_LATELY, centre_id=centre, since=now - 3_600_000)
    return int(row[0]) if row else 0


def received(ledger: Ledger, record: Record, incoming: Incoming) -> Program[Fields]:
    """Somebody said something: who answers, and by when."""
    values = incoming.values
    number = yield from numbered(ledger, "YJ")
    yield from enter(ledger, OPINIONS, record.id, {"number": number, **{name: values.get(name) for name in _TOLD}})
    due = (yield from days.of(ledger)).due_day(local_day(ledger.now), limit_of(values), "working").day
    about = yield from concerned(ledger, values)
    fields = {"number": number, "due": due.isoformat(), "concerned": sorted(one.hex() for one in about)}
    for role in ("head", "leader", "chief"):
        for id_, name in (yield from holders(ledger.centre, role)):
            if id_ not in about:
                yield from _ask(ledger, record, id_, number, due)
                return {**fields, "answerer": id_.hex(), "answerer_name": name}
    return fields


def assign(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """The head names who answers. Raises `Refusal`: ``person.unknown`` or ``opinion.own``."""
    to = bytes.fromhex(asked.arguments["to"])
    chosen = yield from person(to)
    if chosen is None or not chosen.active or chosen.centre != ledger.centre:
        raise Refusal("person.unknown", ("to",))
    if chosen.role not in KINDS["opinion"].commands["answer"].roles:
        raise Refusal("command.not_your_role", ("to",))
    values = (yield from ledger.view(asked.record)).values
    if to in (yield from concerned(ledger, values)):
        raise Refusal("opinion.own", ("to",))
    due = datetime.date.fromisoformat(values["due"])
    yield from _ask(ledger, asked.record, to, str(values.get("number")), due)
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
    """Somebody spoke with whoever said it: who, with whom, when. It is no answer yet."""
    values = (yield from ledger.view(asked.record)).values
    spoke = {**asked.arguments, **(yield from by(ledger, asked)), "at": asked.incoming.effective}
    return {"contacts": [*(values.get("contacts") or ()), spoke][-MOST:]}


def reopen(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """Said again: the answer did not help, so another is owed by a new day."""
    values = (yield from ledger.view(asked.record)).values
    due = (yield from days.of(ledger)).due_day(local_day(ledger.now), limit_of(values), "working").day
    if answerer := values.get("answerer"):
        yield from _ask(ledger, asked.record, bytes.fromhex(answerer), str(values.get("number")), due)
    return {"due": due.isoformat(), "answer": None, "answered_at": None}


def _ask(ledger: Ledger, record: Record, who: bytes, number: str, due: datetime.date) -> Program[None]:
    text = f"{number} 号意见反映请最迟于{due.month}月{due.day}日答复。"
    key = f"opinion/{record.id.hex()}/{ledger.now}"
    yield from queue.tell(ledger.centre, who, "opinion.owed", text, ledger.now, key=key, record=record.id)


def concerned(ledger: Ledger, values: Fields) -> Program[set[bytes]]:
    """Whom it is about: those who are named, those who own or handle the case that it is about, or did before it was
    handed over, those who decided it, and whoever was so when it was registered; rewriting it does not help them."""
    found = {values.get("about"), *(values.get("concerned") or ())}
    if values.get("application"):
        case = bytes.fromhex(values["application"])
        yield from ledger.load([case])
        if (record := ledger.records[case]) is not None:
            view = yield from ledger.view(record)
            found |= had_part(view.values)
            found |= {one.hex() for one in (yield from who_acted(ledger.centre, case, *DECIDING))}
    return {bytes.fromhex(one) for one in found if one}


EFFECTS = Effects(
    commands={
        ("opinion", "assign"): assign,
        ("opinion", "answer"): by_another(answer),
        ("opinion", "reopen"): reopen,
        ("opinion", "close"): by_another(close),
    },
    reports={("opinion", "contacted"): contacted, ("opinion", "stated"): stated},
    made={"opinion": received},
)
