"""The people of a centre, its posts, and what somebody has on his hands; what is changed goes the way of every record
(see `http.records`)."""

from collections.abc import Mapping
from typing import Any

from litestar import get
from litestar.params import FromPath
from msgspec import Struct
from sqlalchemy import bindparam, select

from daiban_server.db import schema
from daiban_server.db.program import Program, first, rows
from daiban_server.features.posts import open_work, territory
from daiban_server.features.posts.arranging import FOREVER
from daiban_server.features.posts.territory import Kept
from daiban_server.http.problems import ProblemError, checked_id
from daiban_server.http.session import GivenSession
from daiban_server.services import GivenServices

_p, _t, _a = schema.person.c, schema.territory.c, schema.absence.c
_PEOPLE = (
    select(_p.id, _p.name, _p.role, _p.phone, _p.badge).where(_p.centre == bindparam("centre_id"), _p.active)
).order_by(_p.role, _p.name, _p.id)
_PLACES = (
    select(_t.person, _t.place, _t.rank)
    .select_from(schema.territory.join(schema.person, _p.id == _t.person))
    .where(_p.centre == bindparam("centre_id"), _p.active)
    .order_by(_t.place)
)
_AWAY = (
    select(_a.person, _a.end, _a.stand_in)
    .where(_a.centre == bindparam("centre_id"), _a.start <= bindparam("now"), _a.end > bindparam("now"))
    .order_by(_a.end)
)
_ONE = select(_p.id).where(_p.id == bindparam("person_id"), _p.centre == bindparam("centre_id"))


class PersonOut(Struct, frozen=True):
    """Somebody of the centre. `places` are those that he has now, with ``A`` or ``B``; who is away has `stand_in`, and
    `away_until` (Unix milliseconds) where an end is in sight."""

    person: str
    name: str
    role: str
    phone: str
    badge: str
    places: dict[str, str]
    away: bool
    away_until: int | None
    stand_in: str


class PostOut(Struct, frozen=True):
    """A post. `gap` says what is wrong with it: ``nobody`` is there, ``no_b`` (nobody would stand in), or ``a_away``
    and nobody stands in."""

    record: str
    title: str
    role: str
    window: str
    status: str
    places: list[str]
    a: dict[str, Any] | None
    b: dict[str, Any] | None
    on_duty: dict[str, Any] | None
    on_duty_until: int | None
    gap: str


class WorkOut(Struct, frozen=True):
    """What somebody has on his hands, as it would be handed over now."""

    cases: list[dict[str, Any]]
    visits: list[Mapping[str, Any]]
    owed: list[Mapping[str, Any]]
    receptions: list[Mapping[str, Any]]
    opinions: list[Mapping[str, Any]]
    places: dict[str, str]
    devices: list[Mapping[str, Any]]


@get("/v1/people", opt={"action": "post.read"})
async def people(session: GivenSession, services: GivenServices) -> list[PersonOut]:
    """Everybody who works in the centre."""
    return await services.database.read(everybody(session.clerk.centre, services.now()))


@get("/v1/posts", opt={"action": "post.read"})
async def posts(session: GivenSession, services: GivenServices) -> list[PostOut]:
    """The centre's posts that were not closed, those with a gap first."""
    return await services.database.read(standing(session.clerk.centre, services.now()))


@get("/v1/people/{person:str}/work", opt={"action": "post.read"})
async def work(person: FromPath[str], session: GivenSession, services: GivenServices) -> WorkOut:
    """What somebody would hand over."""
    id_ = checked_id(person, "person.unknown")
    return await services.database.read(on_hand(session.clerk.centre, id_, services.now()))


def everybody(centre: bytes, now: int) -> Program[list[PersonOut]]:
    """Who works in a centre."""
    found = yield from rows(_PEOPLE, centre_id=centre)
    places: dict[bytes, dict[str, str]] = {}
    for person, place, rank in (yield from rows(_PLACES, centre_id=centre)):
        places.setdefault(person, {})[place.hex()] = rank
    names = {row[0]: row[1] for row in found}
    away = {row[0]: row for row in (yield from rows(_AWAY, centre_id=centre, now=now))}
    return [
        PersonOut(id_.hex(), name, role, phone, badge, places.get(id_, {}), *_away(away.get(id_), names))
        for id_, name, role, phone, badge in found
    ]


def _away(row: tuple[Any, ...] | None, names: Mapping[bytes, str]) -> tuple[bool, int | None, str]:
    if row is None:
        return False, None, ""
    return True, row[1] if row[1] < FOREVER else None, names.get(row[2], "")


def standing(centre: bytes, now: int) -> Program[list[PostOut]]:
    """A centre's posts that were not closed, those with a gap first."""
    away = {row[0].hex() for row in (yield from rows(_AWAY, centre_id=centre, now=now))}
    kept = yield from territory.of_kind(centre, "post")
    shown = [_post(one, away) for one in kept if one.status != "closed"]
    return sorted(shown, key=lambda one: (not one.gap, one.title, one.record))


def _post(one: Kept, away: set[str]) -> PostOut:
    values = one.values
    a, b, on_duty = (values.get(name) for name in ("a", "b", "on_duty"))
    gap = "" if a and b else "no_b" if a else "nobody"
    if a and a["person"] in away and not on_duty:
        gap = "a_away"
    title, role, window = (str(values.get(name) or "") for name in ("title", "role", "window"))
    places, until = list(values.get("places") or ()), values.get("on_duty_until")
    return PostOut(one.record, title, role, window, one.status, places, a, b, on_duty, until, gap)


def on_hand(centre: bytes, person: bytes, now: int) -> Program[WorkOut]:
    """What somebody would hand over. Raises `ProblemError("person.unknown")`."""
    if (yield from first(_ONE, person_id=person, centre_id=centre)) is None:
        raise ProblemError("person.unknown")
    held = yield from territory.held(person)
    return WorkOut(
        [one.told() for one in (yield from open_work.cases(centre, person))][: open_work.MOST],
        (yield from open_work.visits(centre, person, now, FOREVER)),
        (yield from open_work.owed(centre, person)),
        [one.told() for one in (yield from open_work.receptions(centre, person))],
        [one.told() for one in (yield from open_work.opinions(centre, person))],
        {place.hex(): rank for place, rank in held.items()},
        (yield from open_work.devices(person)),
    )
