"""Who works in the district, as rules ask for it: who somebody is, who did something, who holds a post."""

from typing import Any, NamedTuple

from sqlalchemy import bindparam, select

from daiban_server.db import schema
from daiban_server.db.program import Program, first, rows
from daiban_server.spine.effects import Asked
from daiban_server.spine.ledger import Ledger

_p = schema.person.c
_PERSON = select(_p.name, _p.centre, _p.active, _p.role).where(schema.person.c.id == bindparam("person_id"))


class Person(NamedTuple):
    """Somebody of the district."""

    name: str
    centre: bytes
    active: bool
    role: str


def person(id_: bytes) -> Program[Person | None]:
    """Who somebody is."""
    row = yield from first(_PERSON, person_id=id_)
    return Person(*row) if row else None


def by(ledger: Ledger, asked: Asked) -> Program[dict[str, Any]]:
    """Who did it, and when: for what is kept of an act."""
    author = yield from person(asked.incoming.author)
    who = {"by": author.name, "by_id": asked.incoming.author.hex()} if author else {}
    return {**who, "at": ledger.now}


_HOLDERS = (
    select(_p.id, _p.name)
    .where(_p.centre == bindparam("centre_id"), _p.role == bindparam("wanted_role"), _p.active)
    .order_by(_p.id)
)


def holders(centre: bytes, role: str) -> Program[list[tuple[bytes, str]]]:
    """Everybody of a centre with a role: id and name."""
    return [(row[0], row[1]) for row in (yield from rows(_HOLDERS, centre_id=centre, wanted_role=role))]


class StandIn(NamedTuple):
    """Who stands in for somebody, and that one's name."""

    id: bytes
    name: str
    absent: str


_absent = schema.person.alias("absent")
_STAND_INS = (
    select(_p.id, _p.name, _absent.c.name)
    .select_from(
        schema.absence.join(schema.person, _p.id == schema.absence.c.stand_in).join(
            _absent, _absent.c.id == schema.absence.c.person
        )
    )
    .where(
        schema.absence.c.person == bindparam("person_id"),
        schema.absence.c.start <= bindparam("now"),
        schema.absence.c.end > bindparam("now"),
        _p.active,
    )
    .order_by(_p.id)
)


_LEFT_TO = (
    select(schema.absence.c.stand_in)
    .where(
        schema.absence.c.person == bindparam("person_id"),
        schema.absence.c.start <= bindparam("now"),
        schema.absence.c.end > bindparam("now"),
    )
    .order_by(schema.absence.c.end.desc())
    .limit(1)
)


def stand_ins(of: bytes, now: int) -> Program[list[StandIn]]:
    """Who stands in for somebody now, mostly one or nobody."""
    return [StandIn(*row) for row in (yield from rows(_STAND_INS, person_id=of, now=now))]


def successor(of: bytes, now: int) -> Program[bytes | None]:
    """Who works here now for somebody who left, or for whom he left it to; None where that is nobody, or he himself."""
    gone, seen = of, {of}
    while (who := (yield from person(gone))) is not None and not who.active:
        row = yield from first(_LEFT_TO, person_id=gone, now=now)
        if row is None or row[0] in seen:
            return None
        gone = bytes(row[0])
        seen.add(gone)
    return gone if who is not None and gone != of else None
