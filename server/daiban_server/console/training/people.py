"""Whom one may play on a training server, by role."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from litestar.response import Template
from sqlalchemy import or_, select

from daiban_server.console.pages import Asked, home_of, page, safe, said_in
from daiban_server.console.words import ROLES
from daiban_server.db import schema
from daiban_server.db.program import Program, rows
from daiban_server.features.affairs import board
from daiban_server.services import Services
from daiban_server.training.known import CENTRE
from daiban_sync.ids import NOBODY

_SHOWN = ("clerk", "head", "cadre", "district", "leader", "chief", "auditor")
"""In the order in which most people come. Agents practise on a phone."""
_p = schema.person.c
_PEOPLE = (
    select(_p.id, _p.name, _p.role)
    .where(_p.active, or_(_p.centre == CENTRE, _p.centre == NOBODY))
    .order_by(_p.badge, _p.name, _p.id)
)


class Played(NamedTuple):
    """Somebody whom one may play; `post` is where he sits, "" for what his role says already."""

    id: str
    name: str
    post: str


Groups = Sequence[tuple[str, Sequence[Played]]]


async def practice_door(request: Asked, services: Services) -> Template:
    """Everybody whom one may play, with a button each."""
    context = {"title": "进入", "groups": await services.database.read(_groups()), "said": said_in(request)}
    return page("training/door", {**context, "next": safe(request.query_params.get("next", ""))})


def _groups() -> Program[Groups]:
    posts: Mapping[str, str] = {one.name: one.window for one in (yield from board.duty(CENTRE))}
    people: dict[str, list[Played]] = {role: [] for role in _SHOWN}
    for person, name, role in (yield from rows(_PEOPLE)):
        if role in people and home_of(role):
            people[role].append(Played(person.hex(), name, posts.get(name, "") if role == "clerk" else ""))
    return [(ROLES[role], found) for role, found in people.items() if found]
