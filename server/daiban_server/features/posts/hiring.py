"""Somebody begins to work in a centre, or forgot his password. The password that he is given is good for choosing his
own."""

import secrets
import uuid
from collections.abc import Mapping
from typing import Annotated

from litestar import post
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct
from sqlalchemy import bindparam, func, select, update

from daiban_server import audit, provision
from daiban_server.accounts import events, passwords
from daiban_server.accounts.session_routes import check_fresh
from daiban_server.db import schema
from daiban_server.db.program import Program, first, run
from daiban_server.http.problems import ProblemError, checked_id
from daiban_server.http.session import GivenSession
from daiban_server.provision import Person
from daiban_server.services import GivenServices
from daiban_server.spine.desk import Clerk
from daiban_server.spine.refusal import Refusal
from daiban_sync import ids

HIRES: Mapping[str, frozenset[str]] = {
    "head": frozenset({"agent", "clerk", "cadre", "head", "leader", "chief"}),
    "district": frozenset({"district", "auditor"}),
}
"""Whom each takes on, in his own centre: the head writes in too who stands above him, whom others named."""

_p = schema.person.c
_BEFORE = select(_p.centre, _p.active, _p.badge, _p.login).where(_p.id == bindparam("person_id"))
_LOGIN = select(_p.id).where(_p.login == bindparam("wanted_login"))
_BADGE = select(_p.id).where(_p.centre == bindparam("centre_id"), _p.badge == bindparam("wanted_badge"), _p.active)
_COUNT = select(func.count()).where(_p.centre == bindparam("centre_id"))
_ONE = select(_p.login).where(_p.id == bindparam("person_id"), _p.centre == bindparam("centre_id"), _p.active)
_PASSWORD = update(schema.person).where(_p.id == bindparam("person_id")).values(password=bindparam("hashed"))

Name = Annotated[str, Meta(min_length=1, max_length=30, pattern=r"^\S(.*\S)?$")]


class HireIn(Struct, forbid_unknown_fields=True):
    """Who begins. Whoever works at a desk gets a `login`, his name unless another is given; an agent needs none.
    `badge` is the next number where none is given. `person` is his id, a UUIDv7 of whoever asks:
    what comes twice with it takes nobody on twice."""

    name: Name
    role: str
    phone: Annotated[str, Meta(pattern=r"^(1[3-9][0-9]{9}|0[0-9]{2,3}-?[0-9]{7,8})?$")] = ""
    badge: Annotated[str, Meta(max_length=20)] = ""
    login: Annotated[str, Meta(max_length=64)] = ""
    person: str = ""


class HiredOut(Struct, frozen=True):
    """Who began. The `password` is shown this once: there is none where he was taken on `before`, by the same `person`
    of `HireIn`."""

    person: str
    badge: str
    login: str
    password: str
    before: bool = False


@post("/v1/people", opt={"action": "person.hire"})
async def hire(data: JSONBody[HireIn], session: GivenSession, services: GivenServices) -> HiredOut:
    """Take somebody on in one's own centre: whoever sits at a desk that stands open makes no account for himself.
    Raises `ProblemError`: ``session.stale``, ``person.role``, ``person.login_taken``, ``person.badge_taken``,
    ``request.invalid``, for an id that is none or somebody else's too."""
    check_fresh(session, services)
    if data.role not in HIRES[session.role] or "\x00" in data.login + data.name + data.badge:
        raise ProblemError("person.role")
    login = data.login.strip() or ("" if data.role == "agent" else data.name)
    password, now = secrets.token_urlsafe(9) if login else "", services.now()
    hashed = await services.hashing.hash(password) if login else None
    id_ = _new_id(data.person) if data.person else ids.uuid7(now, secrets.token_bytes(10))
    one = Person(id_, session.clerk.centre, data.name, data.phone, data.badge.strip(), data.role, login or None, hashed)
    return await services.database.write("people", lambda: _take_on(one, password, session.clerk.person, now))


@post("/v1/people/{person:str}/password", opt={"action": "person.hire"}, status_code=200)
async def new_password(person: FromPath[str], session: GivenSession, services: GivenServices) -> HiredOut:
    """Give somebody else of one's own centre another password; he is signed out everywhere. Raises `ProblemError`:
    ``session.stale``, ``factor.own``, ``person.unknown``, for who has no login too."""
    check_fresh(session, services)
    id_, password = checked_id(person, "person.unknown"), secrets.token_urlsafe(9)
    if id_ == session.clerk.person:
        raise ProblemError("factor.own")
    hashed = await services.hashing.hash(password)
    clerk, now = session.clerk, services.now()
    login = await services.database.write("people", lambda: _change(clerk, id_, hashed, now))
    return HiredOut(person, "", login, password)


def _new_id(text: str) -> bytes:
    """An id as one is made: no other shape, since some mean the system or the district."""
    id_ = checked_id(text, "request.invalid")
    if uuid.UUID(bytes=id_).version != 7:
        raise ProblemError("request.invalid")
    return id_


def _take_on(one: Person, password: str, by: bytes, now: int) -> Program[HiredOut]:
    if before := (yield from _before(one)):
        return before
    if one.login and (yield from first(_LOGIN, wanted_login=one.login)):
        raise Refusal("person.login_taken")
    badge = one.badge or (yield from _next_badge(one.centre))
    if (yield from first(_BADGE, centre_id=one.centre, wanted_badge=badge)):
        raise Refusal("person.badge_taken")
    yield from provision.add_people([one._replace(badge=badge)])
    if one.login:
        yield from passwords.given(one.id, by, now)
    return HiredOut(one.id.hex(), badge, one.login or "", password)


def _before(one: Person) -> Program[HiredOut | None]:
    """Looked up in the same step as he is entered, so that a double tap finds him. Whoever has the id and does not work
    here is nobody's business, and stays as he is."""
    row = yield from first(_BEFORE, person_id=one.id)
    if row is None:
        return None
    centre, active, badge, login = row
    if centre != one.centre or not active:
        raise Refusal("request.invalid")
    return HiredOut(one.id.hex(), badge, login or "", "", before=True)


def _next_badge(centre: bytes) -> Program[str]:
    row = yield from first(_COUNT, centre_id=centre)
    number = (row[0] if row else 0) + 1
    while (yield from first(_BADGE, centre_id=centre, wanted_badge=f"{number:03}")):
        number += 1
    return f"{number:03}"


def _change(clerk: Clerk, person: bytes, hashed: str, now: int) -> Program[str]:
    row = yield from first(_ONE, person_id=person, centre_id=clerk.centre)
    if row is None or not row[0]:
        raise Refusal("person.unknown")
    yield from run(_PASSWORD, person_id=person, hashed=hashed)
    yield from passwords.given(person, clerk.person, now)
    yield from events.note(person, clerk.person, "password.set", now)
    yield from audit.note(clerk.centre, clerk.person, "password.reset", person, "", now, told=f"账号 {row[0]}")
    return str(row[0])
