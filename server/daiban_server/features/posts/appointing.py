"""Who holds a post and who stands in, as the head appoints."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, select

from daiban_server.db import schema
from daiban_server.db.program import Program, first
from daiban_server.features.posts import territory
from daiban_server.outbound import queue
from daiban_server.spine.effects import Asked
from daiban_server.spine.ledger import Ledger, Record
from daiban_server.spine.refusal import Refusal

Fields = Mapping[str, Any]
_p = schema.person.c
_PERSON = select(_p.name, _p.phone, _p.badge, _p.role, _p.centre, _p.active).where(_p.id == bindparam("person_id"))


def appoint(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """Name A and B, and the places: both have them on their phones, so that B can stand in with no signal.

    Raises `Refusal`: ``person.unknown``, ``post.role``, ``post.pair``, ``place.unknown``.
    """
    values = (yield from ledger.view(asked.record)).values
    named = asked.arguments
    if named["a"] == named.get("b"):
        raise Refusal("post.pair", ("b",))
    a = yield from holder(ledger, named["a"], values.get("role"), "a")
    b = (yield from holder(ledger, named["b"], values.get("role"), "b")) if named.get("b") else None
    places = list(dict.fromkeys(named.get("places", values.get("places") or [])))
    yield from territory.check(ledger.centre, map(bytes.fromhex, places))
    fields: dict[str, Any] = {"a": a, "b": b, "places": places}
    yield from _settle(ledger, asked.record, values, {**values, **fields})
    if (values.get("a") or {}).get("person") != named["a"]:
        # Who stood in did so for the one before.
        fields |= {"on_duty": None, "on_duty_until": None}
    for one in filter(None, (a, b)):
        yield from _tell(ledger, asked.record, one, a, b, str(values.get("title") or "岗位"))
    return fields


def close(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """The post is no more; what it brought to phones goes from them."""
    values = (yield from ledger.view(asked.record)).values
    yield from _settle(ledger, asked.record, values, {})
    return {"on_duty": None, "on_duty_until": None}


def holder(ledger: Ledger, person: str, role: Any, field: str) -> Program[dict[str, str]]:
    """A holder's name and badge facts, as the board shows them."""
    row = yield from first(_PERSON, person_id=bytes.fromhex(person))
    if row is None or row[4] != ledger.centre or not row[5]:
        raise Refusal("person.unknown", (field,))
    if role and row[3] != role:
        raise Refusal("post.role", (field,))
    return {"person": person, "name": row[0], **({"phone": row[1]} if row[1] else {}), "badge": row[2]}


def _settle(ledger: Ledger, record: Record, before: Fields, after: Fields) -> Program[None]:
    given, wanted = territory.of_post(before), territory.of_post(after)
    yield from territory.settle(ledger, given, wanted, {record.id.hex()})


def _tell(
    ledger: Ledger, record: Record, to: Mapping[str, str], a: Mapping[str, str], b: Mapping[str, str] | None, title: str
) -> Program[None]:
    pair = f"A岗{a['name']}" + (f"，B岗{b['name']}" if b else "，暂无B岗")
    text = f"您的岗位有调整：{title}，{pair}。"
    key = f"post/{record.id.hex()}/{ledger.now}"
    yield from queue.tell(
        ledger.centre, bytes.fromhex(to["person"]), "post.appointed", text, ledger.now, key=key, record=record.id
    )
