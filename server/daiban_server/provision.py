"""Setting up a district: centres with their desks, places, people, territories. Programs, so a set-up is all or
nothing."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select

from daiban_schemas import entry
from daiban_server.db import schema
from daiban_server.db.program import Program, Write, first
from daiban_server.keystore import ServerKeys
from daiban_sync.ids import NOBODY


class Place(NamedTuple):
    """A place of a centre; `under` is another place; a point in millionths of a degree, WGS-84."""

    id: bytes
    centre: bytes
    under: bytes | None
    type: str
    name: str
    lon: int | None = None
    lat: int | None = None


class Person(NamedTuple):
    """Somebody who works for a centre; `password` is a hash, or None for who does not sign in."""

    id: bytes
    centre: bytes
    name: str
    phone: str
    badge: str
    role: str
    login: str | None = None
    password: str | None = None


_COUNTER = select(schema.counter.c.position).where(schema.counter.c.centre == bindparam("centre_id"))


def add_centre(id_: bytes, name: str, code: str, keys: ServerKeys, now: int) -> Program[None]:
    """A centre with its counter and its desk; a centre that is there stays as it is."""
    if (yield from first(_COUNTER, centre_id=id_)) is not None:
        return
    yield Write(schema.centre, [(id_, name, code)], "replace")
    yield Write(schema.counter, [(id_, 0, 0, b"", None)])
    desk = keys.desk_device(id_)
    row = (desk, id_, NOBODY, "窗口", keys.desk.public_key, "desk", now, now, None, None, None, "", None)
    yield Write(schema.device, [row], "ignore")


def add_places(places: Sequence[Place]) -> Program[None]:
    """Places; one that is there is replaced."""
    yield Write(schema.place, places, "replace")


def add_people(people: Sequence[Person]) -> Program[None]:
    """People; one that is there is replaced."""
    yield Write(schema.person, [(*person, True) for person in people], "replace")


def add_territory(rows: Sequence[tuple[bytes, bytes, str]]) -> Program[None]:
    """(person, place, rank A or B): who answers for a place, and who stands in."""
    yield Write(schema.territory, rows, "replace")


PLACES = {"centre": "便民服务中心", "station": "便民服务站", "point": "便民服务点"}
"""What a place of each type is called."""


def place_record(place: Place, now: int) -> bytes:
    """A place as the district publishes it, so that phones know it by name."""
    told: dict[str, Any] = {"name": place.name, "type": place.type, "type_label": PLACES[place.type]}
    told["centre"] = place.centre.hex()
    if place.lon is not None and place.lat is not None:
        told["point"] = {"lon": place.lon, "lat": place.lat}
    if place.under:
        told["under"] = place.under.hex()
    return entry.change(place.id.hex(), "place", told, seen=0, at=now)
