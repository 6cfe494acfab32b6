"""The centre's posts, and one of them."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from litestar import get
from litestar.params import FromPath
from litestar.response import Template
from sqlalchemy import bindparam, select

from daiban_server.console import words
from daiban_server.console.pages import Asked, said_in, show
from daiban_server.console.words import ROLES, Mark, Moment
from daiban_server.db import schema
from daiban_server.db.program import Program, rows
from daiban_server.features.catalogue.editions import standing as catalogue
from daiban_server.features.posts import routes, territory
from daiban_server.features.posts.routes import PostOut
from daiban_server.http.problems import ProblemError, checked_id
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.permissions import may
from daiban_server.services import GivenServices, Services
from daiban_server.spine import views
from daiban_server.spine.views import Shown
from daiban_sync import ids

_l = schema.place.c
_PLACES = select(_l.id, _l.name).where(_l.centre == bindparam("centre_id"), _l.id != _l.centre).order_by(_l.name, _l.id)
HOLDING = ("agent", "clerk", "cadre", "head")
"""Roles that a post may have."""
GAPS = {
    "": Mark("都有人", "full"),
    "nobody": Mark("没有人", "cross", urgent=True),
    "no_b": Mark("没有B岗", "half"),
    "a_away": Mark("A岗不在，没有人顶岗", "late", urgent=True),
}


class Line(NamedTuple):
    """A post as it hangs on the wall."""

    of: PostOut
    role: str
    promise: str
    places: Sequence[str]
    mark: Mark
    until: Moment | None


@get("/posts", opt={"action": "post.read"})
async def posts(request: Asked, session: GivenSession, services: GivenServices) -> Template:
    """Every post, those with a gap first."""
    return await listed(session, services, said=said_in(request))


async def listed(
    session: SignedIn,
    services: Services,
    *,
    said: str = "",
    given: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> Template:
    """The list, with what is wrong with the form for a new one."""
    fresh = ids.uuid7(services.now(), secrets.token_bytes(10)).hex()
    return await show(
        "posts/list",
        services,
        session,
        _list(session, services),
        422 if errors else 200,
        here="posts",
        title="岗位",
        said=said,
        given={"record": fresh, **(given or {})},
        errors=errors or {},
        holding=[(role, ROLES[role]) for role in HOLDING],
        may_change=may(session.role, "post.change"),
    )


def _list(session: SignedIn, services: Services) -> Program[Mapping[str, Any]]:
    centre, now = session.clerk.centre, services.now()
    named: dict[bytes, str] = dict((yield from rows(_PLACES, centre_id=centre)))
    kept = {one.record: one.values for one in (yield from territory.of_kind(centre, "post"))}
    lines = [
        _line(one, str(kept[one.record].get("promise") or ""), named, now)
        for one in (yield from routes.standing(centre, now))
    ]
    return {"lines": lines, "windows": (yield from _windows())}


def _line(one: PostOut, promise: str, named: Mapping[bytes, str], now: int) -> Line:
    places = [named.get(bytes.fromhex(place), "") for place in one.places]
    until = words.moment(one.on_duty_until, now) if one.on_duty_until else None
    return Line(one, ROLES.get(one.role, ""), promise, places, GAPS[one.gap], until)


def _windows() -> Program[list[str]]:
    return [str(one["name"]) for one in (yield from catalogue()).catalogue.windows]


@get("/posts/{record:str}", opt={"action": "post.read"})
async def one(record: FromPath[str], request: Asked, session: GivenSession, services: GivenServices) -> Template:
    """One post, and for the head what may be done with it."""
    return await whole(record, session, services, said=said_in(request))


async def whole(
    record: str,
    session: SignedIn,
    services: Services,
    *,
    said: str = "",
    given: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> Template:
    """The page, with what was written and what is wrong with it."""
    id_ = checked_id(record, "record.unknown")
    return await show(
        "posts/one",
        services,
        session,
        _one(id_, session, services),
        422 if errors else 200,
        here="posts",
        said=said,
        given=given,
        errors=errors or {},
        holding=[(role, ROLES[role]) for role in HOLDING],
        may_change=may(session.role, "post.change"),
        may_print=may(session.role, "paper.print"),
    )


def post_of(id_: bytes, centre: bytes) -> Program[Shown]:
    """A post of a centre. Raises `ProblemError`: ``record.unknown``."""
    found = yield from views.shown(views.BY_ID, centre, record_id=id_)
    if not found or found[0].view.kind != "post" or found[0].deleted:
        raise ProblemError("record.unknown")
    return found[0]


def _one(id_: bytes, session: SignedIn, services: Services) -> Program[Mapping[str, Any]]:
    centre, now = session.clerk.centre, services.now()
    shown = yield from post_of(id_, centre)
    values = shown.view.values
    found = [one for one in (yield from routes.standing(centre, now)) if one.record == id_.hex()]
    places = yield from rows(_PLACES, centre_id=centre)
    people = yield from routes.everybody(centre, now)
    role = str(values.get("role") or "")
    return {
        "title": str(values.get("title") or "没有名称的岗位"),
        "record": id_.hex(),
        "line": _line(found[0], str(values.get("promise") or ""), dict(places), now) if found else None,
        "facts": {name: str(values.get(name) or "") for name in ("title", "role", "window", "promise")},
        "seen": shown.view.position,
        "version": values.get("version"),
        "people": [(one.person, one.name) for one in people if one.role == role or (not role and one.role in HOLDING)],
        "places": [(place.hex(), name) for place, name in places],
        "windows": (yield from _windows()),
    }


HANDLERS: list[Any] = [posts, one]
