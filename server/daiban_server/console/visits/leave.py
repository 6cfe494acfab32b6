"""What is done about absences: asked for by anybody, arranged by the head, prolonged, ended."""

import datetime
import secrets
from collections.abc import Mapping
from typing import Any

from litestar import Response, post
from litestar.params import FromPath

from daiban_schemas import entry
from daiban_schemas.kinds import KINDS
from daiban_schemas.zone import SHANGHAI
from daiban_server.console import words
from daiban_server.console.languages.spoken import say
from daiban_server.console.pages import Asked, go, signed_form
from daiban_server.console.visits import away
from daiban_server.db.program import Program
from daiban_server.features.posts import territory
from daiban_server.features.posts.arranging import FOREVER
from daiban_server.http.problems import ProblemError, checked_id
from daiban_server.http.records import hand_in
from daiban_server.http.session import GivenSession
from daiban_server.services import GivenServices
from daiban_sync import ids

KIND = KINDS["handover"]
REASON_LENGTH = 100
LAST_YEAR = 2199
STANDING = ("asked", "arranged", "begun")
SAID = {
    "arrange": "arranged",
    "begin": "begun",
    "prolong": "prolonged",
    "replace": "replaced",
    "return": "returned",
    "cancel": "called-off",
}
"""What is said once it was done, by the command."""


@post("/visits/away", opt={"action": "record.write", "csrf_in_form": True})
async def ask(request: Asked, session: GivenSession, services: GivenServices) -> Response[Any]:
    """Somebody will be away; the heads are told."""
    form = await signed_form(request, session)
    fields, errors = _told(form, services.now())
    errors = errors or await services.database.read(_told_before(fields, session.clerk.centre, services.now()))
    record = ids.uuid7(services.now(), secrets.token_bytes(10)).hex()
    if not errors:
        body = entry.change(record, "handover", fields, seen=0, at=services.now(), by=session.person)
        try:
            await hand_in(body, record, session, services)
        except ProblemError as error:
            errors = {"person": words.wrong(error.code)}
    if errors:
        return await away.listed(session, services, errors=errors, given=form)
    return go(f"/visits/away/{record}", "asked-leave")


def _told(form: Mapping[str, str], now: int) -> tuple[dict[str, Any], dict[str, str]]:
    """What a form says of an absence, and what is wrong with it by field. Days are whole and both counted."""
    since, until = _day(form.get("since", "")), _day(form.get("until", ""))
    reason = form.get("reason", "").strip()
    errors = {} if ids.is_id(form.get("person", "")) else {"person": "请选是谁请假。"}
    errors |= _wrong_days(form, since, until, words.local(now).date())
    if len(reason) > REASON_LENGTH:
        errors["reason"] = say("事由请写在 {0} 字以内。", REASON_LENGTH)
    if errors or since is None:
        return {}, errors
    fields: dict[str, Any] = {"type": "absence", "person": form["person"]}
    fields["since"] = max(_midnight(since), now)
    fields |= {"until": _after(until)} if until else {}
    return {**fields, **({"reason": reason} if reason else {})}, {}


def _told_before(fields: Mapping[str, Any], centre: bytes, now: int) -> Program[dict[str, str]]:
    """What is wrong where he is away on some of these days already: nobody is away twice. A phone's request is kept all
    the same, since it could not know; then the arranging refuses it."""
    for one in (yield from territory.of_kind(centre, "handover")):
        told, state = one.values.get("arranged") or one.values, away.STATES.get(one.status)
        if one.status not in STANDING or state is None or told.get("person") != fields["person"]:
            continue
        kind = told.get("type") or "absence"
        if kind != "transfer" and _meets(told, fields, now if one.status == "begun" else 0):
            what, span = away.TYPES.get(kind, ""), away.span(told, now)
            return {
                "since": say(
                    "这几天里已经报过{0}：{1}，{2}。请打开那一次延长或取消，不用再报。", what, span, state.word
                )
            }
    return {}


def _meets(told: Mapping[str, Any], fields: Mapping[str, Any], still: int) -> bool:
    """Whether one absence has a day of another; what began is not over by itself, so it lasts `still`."""
    ends = max(int(told.get("until") or FOREVER), still)
    return int(told.get("since") or 0) < int(fields.get("until") or FOREVER) and ends > int(fields["since"])


def _wrong_days(
    form: Mapping[str, str], since: datetime.date | None, until: datetime.date | None, today: datetime.date
) -> dict[str, str]:
    """What is wrong with the first and the last day of a form, by field."""
    days = {"since": since, "until": until}
    errors = {name: _no_day() for name, day in days.items() if day is None and form.get(name, "").strip()}
    if "since" not in errors and (since is None or since < today):
        errors["since"] = "请填从哪天起，不能早于今天。"
    if until and until < (since or today):
        errors["until"] = "最后一天不能早于第一天；不知道就空着。"
    return errors


def _no_day() -> str:
    return say("请填一个日期，最晚到 {0} 年。", LAST_YEAR)


def _day(text: str) -> datetime.date | None:
    """A day of these times; None for what is none."""
    try:
        day = datetime.date.fromisoformat(text.strip())
    except ValueError:
        return None
    return day if 2000 < day.year <= LAST_YEAR else None


def _midnight(day: datetime.date) -> int:
    return round(datetime.datetime.combine(day, datetime.time(), SHANGHAI).timestamp() * 1000)


def _after(day: datetime.date) -> int:
    """The end of a day, Unix milliseconds."""
    return _midnight(day + datetime.timedelta(days=1))


@post("/visits/away/{record:str}/{name:str}", opt={"action": "record.command", "csrf_in_form": True})
async def act(
    record: FromPath[str], name: FromPath[str], request: Asked, session: GivenSession, services: GivenServices
) -> Response[Any]:
    """Arrange it, begin or prolong it, name another, end it or call it off."""
    form = await signed_form(request, session)
    if name not in SAID:
        raise ProblemError("request.not_found")
    # A command for what is not there would wait for it, as a phone's does.
    await services.database.read(away.handover(checked_id(record, "record.unknown"), session.clerk.centre))
    arguments, wrong = _arguments(name, form)
    if not wrong:
        seen = form.get("expected", "")
        expected = int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 9 else None
        at, by = services.now(), session.person
        body = entry.command(record, "handover", name, arguments, expected=expected, at=at, by=by)
        try:
            await hand_in(body, record, session, services)
        except ProblemError as error:
            wrong = words.wrong(error.code)
    if wrong:
        to = form.get("to", "")
        return await away.whole(record, session, services, to=to, failed=name, error=wrong, given=form)
    return go(f"/visits/away/{record}", SAID[name])


def _arguments(name: str, form: Mapping[str, str]) -> tuple[dict[str, Any], str]:
    """What a command takes of a form, and what is wrong with it."""
    to, until = form.get("to", ""), _day(form.get("until", ""))
    if name == "arrange":
        return ({"to": to} if ids.is_id(to) else {}), ""
    if name == "replace":
        return {"to": to}, "" if ids.is_id(to) else "请先选由谁接着顶岗。"
    if name == "prolong" and until is None:
        return {}, _no_day() if form.get("until", "").strip() else "请填到哪天为止。"
    if name == "prolong" and until:
        return {"until": _after(until)}, ""
    return {}, ""


HANDLERS: list[Any] = [ask, act]
