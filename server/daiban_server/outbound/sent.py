"""发出的消息: what a centre sent to whom, what waits and what failed; sending once more, and telling by telephone.

The window sees what residents were to be told, the head also what went to the house. Whom an opinion is about sees no
message about it.
"""

from collections.abc import Sequence
from typing import Annotated

from litestar import get, post
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import Meta, Struct
from sqlalchemy import bindparam, func, or_, select, update

from daiban_schemas.masking import in_text, masked
from daiban_server.concerned import concerned
from daiban_server.db import schema
from daiban_server.db.program import Lookup, Program, Row, Write, first, rows
from daiban_server.http.people import names_of
from daiban_server.http.problems import ProblemError, checked_id
from daiban_server.http.session import GivenSession
from daiban_server.services import GivenServices
from daiban_server.spine.desk import Clerk
from daiban_server.spine.ledger import Ledger

MOST = 200
STATES = ("waiting", "sent", "failed", "told")
UNREACHED = ("waiting", "failed")
_m, _a = schema.message.c, schema.message_act.c
_MINE = _m.centre == bindparam("centre_id")
_SEEN = or_(bindparam("staff_too") == 1, _m.person.is_(None))
_SENT = (
    select(_m.id, _m.person, _m.phone, _m.code, _m.record, _m.text, _m.at, _m.state, _m.tries, _m.sent_at, _m.fault)
    .where(_MINE, _SEEN)
    .order_by(_m.at.desc(), _m.id)
    .limit(bindparam("page"))
    .offset(bindparam("skipped"))
)
_OF_STATE = _SENT.where(_m.state == bindparam("wanted_state"))
_UNREACHED = (
    select(_m.state, func.count())
    .where(_MINE, _SEEN, or_(*(_m.state == state for state in UNREACHED)))
    .group_by(_m.state)
)
_STATE = (
    update(schema.message)
    .where(_MINE, _SEEN, _m.id == bindparam("message_id"), or_(_m.state == "failed", _m.state == bindparam("or_state")))
    .values(state=bindparam("becomes"), next_at=bindparam("now"))
    .returning(_m.id)
)
_ONE = select(_m.record).where(_MINE, _SEEN, _m.id == bindparam("message_id"))
_ACTS = select(func.count()).where(_a.centre == bindparam("centre_id"), _a.message == bindparam("message_id"))


class MessageAct(Struct, frozen=True):
    """What somebody did about a message: ``again`` or ``told``, with his word; `at` in Unix milliseconds."""

    act: str
    by: str
    text: str
    at: int


class SentOut(Struct, frozen=True):
    """A message of the centre. `to` is somebody of the house, or "" and `phone` a resident's, masked; `state` is one of
    ``waiting``, ``sent``, ``failed`` and ``told``; `fault` is why the last try failed."""

    id: str
    to: str
    phone: str
    code: str
    record: str | None
    text: str
    at: int
    state: str
    tries: int
    sent_at: int | None
    fault: str
    acts: Sequence[MessageAct] = ()


class Telling(Struct, frozen=True):
    """Whom somebody spoke with, or what he said."""

    text: Annotated[str, Meta(max_length=200)] = ""


@get("/v1/messages/sent", opt={"action": "message.sent"})
async def sent(session: GivenSession, services: GivenServices, status: FromQuery[str] = "") -> list[SentOut]:
    """The centre's last 200 messages, newest first, of one `status` or of all."""
    if status and status not in STATES:
        raise ProblemError("request.invalid")
    return (await services.database.read(sent_by(session.clerk, status, services.now())))[0]


@post("/v1/messages/{message:str}/again", opt={"action": "message.sent"}, status_code=204)
async def again(message: FromPath[str], session: GivenSession, services: GivenServices) -> None:
    """Try once more to deliver one that failed."""
    id_, clerk, now = checked_id(message, "record.unknown"), session.clerk, services.now()
    await services.database.write(clerk.centre, lambda: send_again(clerk, id_, now))


@post("/v1/messages/{message:str}/told", opt={"action": "message.sent"}, status_code=204)
async def told(message: FromPath[str], data: JSONBody[Telling], session: GivenSession, services: GivenServices) -> None:
    """Somebody read it out by telephone, so it is not sent any more."""
    id_, clerk, now = checked_id(message, "record.unknown"), session.clerk, services.now()
    await services.database.write(clerk.centre, lambda: told_by_telephone(clerk, id_, data.text.strip(), now))


def unreached(clerk: Clerk) -> Program[dict[str, int]]:
    """How many messages reached nobody yet, by their state. What arrived is not counted: it only grows."""
    return {**dict.fromkeys(UNREACHED, 0), **dict((yield from rows(_UNREACHED, **_seen(clerk))))}


def sent_by(
    clerk: Clerk, state: str, now: int, limit: int = MOST, skip: int = 0
) -> Program[tuple[list[SentOut], bool]]:
    """What whoever asks may see, newest first, and whether more follows. Of `limit` messages, what is about himself is
    left out: the rest stands on the page on which it would stand for anybody."""
    asked = {**_seen(clerk), "page": limit + 1, "skipped": skip}
    read = yield from rows(_OF_STATE, **asked, wanted_state=state) if state else rows(_SENT, **asked)
    found = read[:limit]
    kept = yield from _kept_from(clerk, [row[4] for row in found if row[4]], now)
    found = [row for row in found if row[4] not in kept]
    acts: dict[bytes, list[Row]] = {row[0]: [] for row in found}
    columns = ("message", "number", "act", "author", "text", "at")
    done = yield Lookup(schema.message_act, ("centre", "message"), columns, [(clerk.centre, id_) for id_ in acts])
    for row in sorted(done, key=lambda row: row[1]):
        acts[row[0]].append(row)
    people = {row[1] for row in found if row[1]} | {row[3] for told in acts.values() for row in told}
    names = yield from names_of({who.hex() for who in people})
    return [_out(row, names, acts[row[0]]) for row in found], len(read) > limit


def send_again(clerk: Clerk, message: bytes, now: int) -> Program[None]:
    """Raises `ProblemError`: ``record.unknown``, ``message.not_failed``."""
    yield from _change(clerk, message, "again", "waiting", "failed", "message.not_failed", "", now)


def told_by_telephone(clerk: Clerk, message: bytes, text: str, now: int) -> Program[None]:
    """Raises `ProblemError`: ``record.unknown``, ``message.reached``."""
    yield from _change(clerk, message, "told", "told", "waiting", "message.reached", text, now)


def _change(
    clerk: Clerk, message: bytes, act: str, becomes: str, or_state: str, refusal: str, text: str, now: int
) -> Program[None]:
    one = yield from first(_ONE, **_seen(clerk), message_id=message)
    if one is None or (one[0] and (yield from _kept_from(clerk, [one[0]], now))):
        raise ProblemError("record.unknown")
    moved = yield from first(_STATE, **_seen(clerk), message_id=message, becomes=becomes, or_state=or_state, now=now)
    if moved is None:
        raise ProblemError(refusal)
    count = yield from first(_ACTS, centre_id=clerk.centre, message_id=message)
    number = (count[0] if count else 0) + 1
    yield Write(schema.message_act, [(clerk.centre, message, number, clerk.person, act, text, now)])


def _seen(clerk: Clerk) -> dict[str, object]:
    return {"centre_id": clerk.centre, "staff_too": int(clerk.role == "head")}


def _kept_from(clerk: Clerk, records: Sequence[bytes], now: int) -> Program[set[bytes]]:
    """The opinions among these that are about whoever reads."""
    ledger, found = Ledger(clerk.centre, now, 0), set[bytes]()
    yield from ledger.load(records)
    for id_ in dict.fromkeys(records):
        record = ledger.records.get(id_)
        if record is None or record.kind != "opinion":
            continue
        if clerk.person in (yield from concerned(ledger, (yield from ledger.view(record)).values)):
            found.add(id_)
    return found


def _out(row: Row, names: dict[str, str], acts: Sequence[Row]) -> SentOut:
    id_, person, phone, code, record, text, at, state, tries, sent_at, fault = row
    return SentOut(
        id_.hex(),
        names.get(person.hex(), "") if person else "",
        masked(phone) if phone else "",
        code,
        record.hex() if record else None,
        in_text(text),
        at,
        state,
        tries,
        sent_at,
        fault,
        [MessageAct(act, names.get(by.hex(), ""), said, then) for _, _, act, by, said, then in acts],
    )
