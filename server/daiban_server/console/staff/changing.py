"""People are taken on, given villages, and leave with everything handed over in one act."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Template

from daiban_schemas import entry
from daiban_server.console import words
from daiban_server.console.languages.spoken import say
from daiban_server.console.pages import Asked, go, page, show, signed_form
from daiban_server.console.staff.one import whole
from daiban_server.console.words import ROLES
from daiban_server.db.program import Program
from daiban_server.features.posts import closing, territory
from daiban_server.features.posts.hiring import HIRES, HiredOut, HireIn, hire
from daiban_server.http.problems import ProblemError, checked_id
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.services import GivenServices, Services
from daiban_server.spine import desk, scope
from daiban_server.spine.refusal import Refusal
from daiban_sync import ids

HIRE = {"action": "person.hire", "csrf_in_form": True}
MOST_PLACES = 400
"""Villages that one form names; a centre has eight on average, the largest some dozens."""
WRONG = {"name": "请填姓名，前后不留空。", "phone": "请填手机或带区号的座机，也可以空着。", "role": "请选一个角色。"}
_AT = {"person.login_taken": "login", "person.badge_taken": "badge", "person.role": "role"}
"""At which field a refusal is told."""


@get("/people/new", opt={"action": "person.hire"})
async def hiring(session: GivenSession, services: GivenServices) -> Template:
    """The form for somebody new."""
    return await _form(session, services, {}, {})


async def _form(session: SignedIn, services: Services, given: Mapping[str, str], errors: Mapping[str, str]) -> Template:
    def nothing() -> Program[Mapping[str, Any]]:
        yield from ()
        return {}

    roles = [(role, name) for role, name in ROLES.items() if role in HIRES[session.role]]
    given = {"person": ids.uuid7(services.now(), secrets.token_bytes(10)).hex(), **given}
    frame = {"here": "people", "title": "录用新人", "given": given, "errors": errors, "hires": roles}
    return await show("staff/new", services, session, nothing(), 422 if errors else 200, **frame)


@post("/people", opt=HIRE)
async def take_on(request: Asked, session: GivenSession, services: GivenServices) -> Response[Any]:
    """Take somebody on; who works at a desk has a password, shown this once. The page brings his id along, so a form
    that is sent twice takes on one, and leads to him."""
    form = await signed_form(request, session)
    given = {name: form.get(name, "").strip() for name in ("name", "role", "phone", "badge", "login", "person")}
    if errors := _flaws(given, HIRES[session.role]):
        return await _form(session, services, given, errors)
    try:
        data = msgspec.convert(given, HireIn)
        hired: HiredOut = await hire.fn(data=data, session=session, services=services)
    except msgspec.ValidationError:
        return await _form(session, services, given, {"name": words.wrong("request.invalid")})
    except (Refusal, ProblemError) as error:
        if error.code in ("session.stale", "request.invalid"):
            raise
        return await _form(session, services, given, {_AT.get(error.code, "name"): words.wrong(error.code)})
    if not hired.password:
        said = "hired" if not hired.before else "hired-before" if not hired.login else "password-before"
        return go(f"/people/{hired.person}", said)
    return page("new_password", {"title": "新密码", "session": session, "here": "people", "given": hired}, 201)


def _flaws(given: Mapping[str, str], roles: frozenset[str]) -> dict[str, str]:
    """What is wrong with a form, by field."""
    errors = {} if given["role"] in roles else {"role": WRONG["role"]}
    for name in ("name", "phone"):
        try:
            msgspec.convert({"name": "某", "role": "agent", name: given[name]}, HireIn)
        except msgspec.ValidationError:
            errors[name] = WRONG[name]
    return errors


@post("/people/{person:str}/places", opt={"action": "territory.change", "csrf_in_form": True})
async def answer_for(
    person: FromPath[str], request: Asked, session: GivenSession, services: GivenServices
) -> Response[Any]:
    """Give and take villages: what differs from what the form showed, all at once."""
    form = await signed_form(request, session, MOST_PLACES)
    who, centre, now = checked_id(person, "person.unknown"), session.clerk.centre, services.now()
    had = {one for one in form.get("had", "").split(",") if one}
    wanted = {name.removeprefix("place-") for name in form if name.startswith("place-")}
    if not all(map(ids.is_id, had | wanted)):
        raise ProblemError("place.unknown")
    given, taken = sorted(wanted - had), sorted(had - wanted)
    await services.database.write(centre, lambda: _settle(centre, who, given, taken, now))
    return go(f"/people/{person}", "placed")


def _settle(centre: bytes, who: bytes, given: Sequence[str], taken: Sequence[str], now: int) -> Program[None]:
    for place in given:
        yield from scope.assign(centre, who, bytes.fromhex(place), "A", now)
    for place in taken:
        yield from scope.withdraw(centre, who, bytes.fromhex(place), now)


@post("/people/{person:str}/leave", opt=HIRE)
async def leave(person: FromPath[str], request: Asked, session: GivenSession, services: GivenServices) -> Response[Any]:
    """Somebody leaves for good, and another has everything, in one act; or nothing changes and it is said why."""
    form = await signed_form(request, session)
    checked_id(person, "person.unknown")
    to = form.get("to", "")
    if not ids.is_id(to):
        return await whole(person, session, services, error="请先选由谁接手。")
    now = services.now()
    record = ids.uuid7(now, secrets.token_bytes(10)).hex()
    bodies = _leaving(record, {"type": "leaving", "person": person, "to": to}, now, session.person)
    clerk, keys, secret = session.clerk, services.keys, secrets.token_bytes(32)

    def step() -> Program[None]:
        for outcome in (yield from desk.write(clerk, bodies, keys, services.effects, now, secret)):
            if outcome.outcome == "refused":
                raise Refusal(outcome.code or "argument.invalid", outcome.fields)

    try:
        await services.database.write(clerk.centre, step)
    except Refusal as refusal:
        if refusal.code == "person.unknown":
            return await _gone(person, session, services)
        error = say("没有办成，什么都没有变：{0}", words.wrong(refusal.code))
        return await whole(person, session, services, to=to, error=error)
    return go(f"/visits/away/{record}", "left")


async def _gone(person: str, session: SignedIn, services: Services) -> Response[Any]:
    """Somebody who does not work here: with a form that comes again, he left by the first, which is shown. Raises
    `ProblemError("person.unknown")`."""
    handovers = await services.database.read(territory.of_kind(session.clerk.centre, "handover"))
    for one in handovers:
        if one.values.get("type") == "leaving" and one.values.get("person") == person:
            return go(f"/visits/away/{one.record}", "left-before")
    raise ProblemError("person.unknown")


@post("/people/{person:str}/close", opt=HIRE)
async def close(person: FromPath[str], request: Asked, session: GivenSession, services: GivenServices) -> Response[Any]:
    """An account ends that has nothing to hand over; or it stays and it is said why."""
    form = await signed_form(request, session)
    reason = form.get("reason", "").strip()
    try:
        data = msgspec.convert({"reason": reason}, closing.CloseIn)
        await closing.close.fn(person=person, data=data, session=session, services=services)
    except msgspec.ValidationError:
        return await whole(person, session, services, error="请写明为什么停用，不超过 200 字。", reason=reason)
    except Refusal as refusal:
        if refusal.code != "person.unknown":
            return await whole(person, session, services, error=words.wrong(refusal.code), reason=reason)
        # The same form, pressed twice, came first.
        if not await services.database.read(closing.is_closed(session, bytes.fromhex(person))):
            raise
    return go("/people", "account-closed")


def _leaving(record: str, fields: Mapping[str, Any], at: int, by: str) -> list[bytes]:
    """The whole of a leaving: asked for, arranged and begun."""
    return [
        entry.change(record, "handover", dict(fields), seen=0, at=at, by=by),
        entry.command(record, "handover", "arrange", {"to": fields["to"]}, expected=None, at=at, by=by),
        entry.command(record, "handover", "begin", None, expected=None, at=at, by=by),
    ]


HANDLERS: list[Any] = [hiring, take_on, answer_for, leave, close]
