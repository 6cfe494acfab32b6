"""The people of the centre, for the head; who has lost a password or a telephone is helped here, by name."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy import bindparam, select

from daiban_server.accounts import factors, passwords, people_routes
from daiban_server.accounts.oidc import links
from daiban_server.accounts.sessions import SignedIn
from daiban_server.console.pages import Asked, go, page, said_in, show, signed_form
from daiban_server.console.words import MARKS, ROLES, Mark
from daiban_server.db import schema
from daiban_server.db.program import Program, rows
from daiban_server.features.posts import hiring
from daiban_server.http.session import GivenSession
from daiban_server.permissions import may
from daiban_server.services import GivenServices, Services

RESET = {"action": "account.reset", "csrf_in_form": True}

_p = schema.person.c
_COLUMNS = (_p.id, _p.name, _p.role, _p.login)
_SIGN_IN = (_p.active, _p.login.is_not(None), _p.password.is_not(None))
_OWN = select(*_COLUMNS, _p.centre).where(_p.centre == bindparam("centre_id"), _p.active).order_by(_p.name, _p.id)
_PLACES = (
    select(schema.territory.c.person, schema.place.c.name)
    .select_from(
        schema.territory.join(schema.person, _p.id == schema.territory.c.person).join(
            schema.place, schema.place.c.id == schema.territory.c.place
        )
    )
    .where(_p.centre == bindparam("centre_id"))
    .order_by(schema.territory.c.rank, schema.place.c.name)
)
_ORDER = list(ROLES)
_HEADS = (
    select(*_COLUMNS, schema.centre.c.name)
    .select_from(schema.person.join(schema.centre, schema.centre.c.id == _p.centre))
    .where(_p.role == "head", *_SIGN_IN)
    .order_by(schema.centre.c.name, _p.name)
)


class Line(NamedTuple):
    """Somebody; `login` is "" for who never signs in, `centre` where it is the reader's own."""

    id: str
    name: str
    role: str
    login: str
    centre: str
    factor: Mark
    first: bool
    linked: bool
    own: bool
    places: Sequence[str]


@get("/people", opt={"action": "account.reset"})
async def people(request: Asked, session: GivenSession, services: GivenServices) -> Template:
    """Everybody of the centre; for the district the heads of all centres too."""
    return await show(
        "people",
        services,
        session,
        _look(session, services),
        here="people",
        title="人员",
        said=said_in(request),
        may_hire=may(session.role, "person.hire"),
        provider=services.provider.settings.name if services.provider else "",
    )


def _look(session: SignedIn, services: Services) -> Program[Mapping[str, Any]]:
    found = [(*row[:4], "") for row in (yield from rows(_OWN, centre_id=session.clerk.centre))]
    found.sort(key=lambda row: _ORDER.index(row[2]))
    if session.role == "district":
        found += yield from rows(_HEADS)
    return {"people": (yield from _lines(found, session, services))}


def _lines(found: Sequence[Any], session: SignedIn, services: Services) -> Program[Sequence[Line]]:
    issuer, lines = services.provider.settings.issuer if services.provider else "", []
    places = yield from _places(session.clerk.centre)
    for id_, name, role, login, centre in found:
        has, first = (yield from factors.has_any(id_)), (yield from passwords.must_change(id_))
        linked = (yield from links.linked_since(issuer, id_)) if issuer else None
        mark = MARKS["on" if has else "off"]
        who = (id_.hex(), name, role, login or "", centre)
        own = id_.hex() == session.person
        lines.append(Line(*who, mark, first, linked is not None, own, places.get(id_, ())))
    return lines


def _places(centre: bytes) -> Program[Mapping[bytes, Sequence[str]]]:
    """The villages of each, those that he answers for before those where he stands in."""
    found: dict[bytes, list[str]] = {}
    for person, name in (yield from rows(_PLACES, centre_id=centre)):
        found.setdefault(person, []).append(name)
    return found


@post("/people/{person:str}/factor", opt=RESET)
async def reset_factor(
    person: FromPath[str], request: Asked, session: GivenSession, services: GivenServices
) -> Redirect:
    """Take away a lost second factor."""
    await signed_form(request, session)
    await people_routes.reset_factors.fn(person=person, session=session, services=services)
    return go("/people", "factor-gone")


@post("/people/{person:str}/provider", opt=RESET)
async def allow(person: FromPath[str], request: Asked, session: GivenSession, services: GivenServices) -> Redirect:
    """Leave to sign in at the provider."""
    await signed_form(request, session)
    await people_routes.allow_link.fn(person=person, session=session, services=services)
    return go("/people", "allowed")


@post("/people/{person:str}/password", opt={"action": "person.hire", "csrf_in_form": True}, status_code=200)
async def new_password(
    person: FromPath[str], request: Asked, session: GivenSession, services: GivenServices
) -> Response[Any]:
    """Another password, shown this once, to be changed at the next sign-in."""
    await signed_form(request, session)
    given: hiring.HiredOut = await hiring.new_password.fn(person=person, session=session, services=services)
    context = {"title": "新密码", "session": session, "here": "people", "given": given}
    return page("new_password", context)
