"""发出的消息: to whom, how it went, and what somebody did where it did not go."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Template

from daiban_server.console import words
from daiban_server.console.languages.spoken import say
from daiban_server.console.pages import Asked, go, said_in, show, signed_form
from daiban_server.console.paging import PAGE, address_of, before, page_in
from daiban_server.console.reading.tasks import PAGES
from daiban_server.console.words import Mark, Moment
from daiban_server.db.program import Program
from daiban_server.http.problems import ProblemError, checked_id
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.outbound import sent
from daiban_server.outbound.sent import UNREACHED, SentOut
from daiban_server.services import GivenServices
from daiban_server.spine.ledger import Ledger

STATES = {
    "waiting": Mark("等着发", "half"),
    "sent": Mark("已发出", "check"),
    "failed": Mark("没有发成", "cross", urgent=True),
    "told": Mark("已电话告知", "check"),
}
_FAULTS = {"NoGatewayError": "没有接短信通道", "HTTPStatusError": "短信通道没有收下"}
_CONNECTING = "连不上短信通道"
ACTS = {"again": "再发一次", "told": "已电话告知"}
WORDS = 200
PATH = "/messages"


class Line(NamedTuple):
    """A message as people read it; `why` is why it was not delivered, `where` the page of what it is about."""

    id: str
    to: str
    phone: str
    text: str
    at: Moment
    mark: Mark
    went: Moment | None
    why: str
    where: str
    open: bool
    failed: bool
    acts: list[tuple[str, str, str, Moment]]


@get("/messages", opt={"action": "message.sent"})
async def messages(request: Asked, session: GivenSession, services: GivenServices) -> Template:
    """All, or those of one state."""
    state, at = _state_in(request), page_in(request)
    return await show(
        "messages",
        services,
        session,
        _read(state, at, session, services.now()),
        here="messages",
        title="发出的消息",
        said=said_in(request),
        state=state,
        states=STATES.items(),
        at=at,
        link=lambda page: _address(state, page),
        query=_address(state, at).removeprefix(PATH),
        words_longest=WORDS,
    )


def _state_in(request: Asked) -> str:
    """The state that an address asks for; "" for all."""
    state = request.query_params.get("state", "")
    return state if state in STATES else ""


def _address(state: str, at: int) -> str:
    return address_of(PATH, {"state": state}, at)


def _read(state: str, at: int, session: SignedIn, now: int) -> Program[Mapping[str, Any]]:
    found, more = yield from sent.sent_by(session.clerk, state, now, PAGE, before(at))
    ledger = Ledger(session.clerk.centre, now, 0)
    yield from ledger.load(bytes.fromhex(one.record) for one in found if one.record)
    return {
        "lines": [_line(one, ledger, now) for one in found],
        "unreached": (yield from sent.unreached(session.clerk)),
        "more": more,
    }


def _line(one: SentOut, ledger: Ledger, now: int) -> Line:
    record = ledger.records.get(bytes.fromhex(one.record)) if one.record else None
    where = f"/{PAGES[record.kind]}/{one.record}" if record is not None and record.kind in PAGES else ""
    return Line(
        one.id,
        one.to,
        one.phone,
        one.text,
        words.moment(one.at, now),
        STATES.get(one.state, Mark(one.state, "empty")),
        words.moment(one.sent_at, now) if one.sent_at else None,
        _why(one) if one.state in UNREACHED and one.fault else "",
        where,
        one.state in UNREACHED and not one.to,
        one.state == "failed",
        [(ACTS.get(act.act, act.act), act.by, act.text, words.moment(act.at, now)) for act in one.acts],
    )


def _why(one: SentOut) -> str:
    """Why it was not delivered: an error's name is for whoever looks after the server, so it is said in words."""
    why = _FAULTS.get(one.fault.partition(":")[0], _CONNECTING)
    return say("{0}，试了 {1} 次", why, one.tries)


@post("/messages/{message:str}/{name:str}", opt={"action": "message.sent", "csrf_in_form": True})
async def act(
    message: FromPath[str], name: FromPath[str], request: Asked, session: GivenSession, services: GivenServices
) -> Response[Any]:
    """Send it once more, or say that it was read out by telephone; the address tells the page to go back to."""
    form = await signed_form(request, session)
    id_, clerk, now = checked_id(message, "record.unknown"), session.clerk, services.now()
    text, back = form.get("text", "").strip()[:WORDS], _address(_state_in(request), page_in(request))
    try:
        if name == "again":
            await services.database.write(clerk.centre, lambda: sent.send_again(clerk, id_, now))
        elif name == "told":
            await services.database.write(clerk.centre, lambda: sent.told_by_telephone(clerk, id_, text, now))
        else:
            raise ProblemError("request.not_found")
    except ProblemError as error:
        if error.code not in ("message.not_failed", "message.reached"):
            raise
        return go(back, "done-before")
    return go(back, "message-again" if name == "again" else "message-told")


HANDLERS: list[Any] = [messages, act]
