"""Messages that wait to go out, and those that went."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import bindparam, or_, select, update

from daiban_server.db import schema
from daiban_server.db.program import Program, Write, rows, run
from daiban_server.staff import stand_ins

_m = schema.message.c
FIRST_PAUSE = 60_000
"""Milliseconds before a second try; each further one waits twice as long."""
LONGEST_PAUSE = 6 * 3_600_000
PATIENCE = 3 * 86_400_000
"""Milliseconds after which a message that cannot be delivered is given up."""
AT_ONCE = 50
"""Messages carried out in one round."""
PERSONAL = ("post.", "handover.")
"""What begins so is about the one who is told, and nothing that anybody could do for him."""

_WAITING = (
    select(_m.id, _m.person, _m.phone, _m.code, _m.record, _m.text, _m.told, _m.at, _m.tries)
    .where(_m.state == "waiting", _m.next_at <= bindparam("now"))
    .order_by(_m.at, _m.id)
    .limit(AT_ONCE)
)
_WENT = update(schema.message).where(_m.id == bindparam("message_id")).values(state="sent", sent_at=bindparam("now"))
_LATER = (
    update(schema.message)
    .where(_m.id == bindparam("message_id"))
    .values(state=bindparam("new_state"), tries=bindparam("tried"), next_at=bindparam("again"), fault=bindparam("why"))
)
_MINE = (
    select(_m.id, _m.code, _m.record, _m.text, _m.at, _m.state, _m.read_at)
    .where(_m.person == bindparam("person_id"), or_(bindparam("all") == 1, _m.read_at.is_(None)))
    .order_by(_m.at.desc())
    .limit(200)
)
_READ = (
    update(schema.message)
    .where(_m.id == bindparam("message_id"), _m.person == bindparam("person_id"), _m.read_at.is_(None))
    .values(read_at=bindparam("now"))
)


class Message(NamedTuple):
    """A message to somebody: `code` says what kind it is, `text` is what people read, `told` the same as data."""

    id: bytes
    person: bytes | None
    phone: str
    code: str
    record: bytes | None
    text: str
    told: Mapping[str, Any]
    at: int
    tries: int


def tell(
    centre: bytes,
    person: bytes | None,
    code: str,
    text: str,
    now: int,
    *,
    key: str,
    record: bytes | None = None,
    phone: str = "",
    told: Mapping[str, Any] | None = None,
    without: Collection[bytes] = (),
) -> Program[None]:
    """Let somebody know, and who stands in for him, unless that is one of `without`. `key` names the reason: a second
    message for the same reason and person is not made. A resident has a `phone` and no person."""
    whom: list[tuple[bytes | None, str]] = [(person, text)]
    if person is not None and not code.startswith(PERSONAL):
        instead = [one for one in (yield from stand_ins(person, now)) if one.id not in without]
        whom += [(one.id, f"（代{one.absent}）{text}") for one in instead]
    data, made = msgspec.json.encode(told or {}), []
    for one, words in whom:
        id_ = hashlib.sha256(b"\x00".join((centre, one or phone.encode(), key.encode()))).digest()[:16]
        made.append((id_, centre, one, phone, code, record, words, data, now, "waiting", 0, now, None, None, ""))
    yield Write(schema.message, made, "ignore")


def waiting(now: int) -> Program[list[Message]]:
    """What is to go out now, oldest first."""
    found = yield from rows(_WAITING, now=now)
    return [Message(*row)._replace(told=msgspec.json.decode(row[6])) for row in found]


def went(message: Message, now: int) -> Program[None]:
    """It went out."""
    yield from run(_WENT, message_id=message.id, now=now)


def failed(message: Message, why: str, now: int) -> Program[None]:
    """It did not: try again later, until patience ends."""
    pause = min(FIRST_PAUSE << min(message.tries, 20), LONGEST_PAUSE)
    state = "waiting" if now - message.at < PATIENCE else "failed"
    tried = message.tries + 1
    yield from run(_LATER, message_id=message.id, new_state=state, tried=tried, again=now + pause, why=why[:200])


def mine(person: bytes, *, everything: bool = False) -> Program[Sequence[Any]]:
    """Somebody's messages, newest first: those not read yet, or the last 200."""
    return (yield from rows(_MINE, person_id=person, all=int(everything)))


def read(person: bytes, message: bytes, now: int) -> Program[None]:
    """Somebody has read it."""
    yield from run(_READ, person_id=person, message_id=message, now=now)
