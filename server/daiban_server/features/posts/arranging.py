"""A handover before it begins: asked for, arranged by the head, prolonged, cancelled."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from daiban_server.db import schema
from daiban_server.db.program import Program
from daiban_server.features.posts import territory
from daiban_server.features.posts.words import TYPES, span
from daiban_server.outbound import queue
from daiban_server.spine.effects import Asked
from daiban_server.spine.ledger import Incoming, Ledger, Record
from daiban_server.spine.refusal import Refusal
from daiban_server.staff import Person, holders, person

Fields = Mapping[str, Any]
FOREVER = 253_402_300_799_000
"""The end of what has no end in sight: the last second of the year 9999."""


def asked_for(ledger: Ledger, record: Record, incoming: Incoming) -> Program[Fields]:
    """Somebody asks to be stood in for, or says who leaves: the heads are told, and by whom where that is another."""
    values = incoming.values
    away = yield from person(bytes.fromhex(values["person"])) if values.get("person") else _nobody()
    if away is not None:
        writer = yield from person(incoming.author)
        by = f"{writer.name}替" if writer and incoming.author.hex() != values["person"] else ""
        text = f"{by}{away.name}申请{TYPES.get(values.get('type', ''), '交接')}，{_what_to_do(ledger, values)}"
        yield from tell_heads(ledger, record, "handover.asked", text, without=incoming.author)
    return {}


def _what_to_do(ledger: Ledger, values: Fields) -> str:
    """A request may come from the hills after its days are over: then there is nobody to arrange, and much to look
    after."""
    until = values.get("until")
    if values.get("type", "absence") != "absence" or not until or until > ledger.now:
        return "请安排接手的人。"
    return f"但上报时日子已过（{span(values.get('since') or until, until)}）：不用再安排，请核对其间有没有耽误的事。"


def arrange(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """Freeze who hands over to whom, from when to when. Without a name the post's B stands in.

    Raises `Refusal`: ``person.unknown``, ``handover.nobody``, ``handover.role``, ``handover.time``,
    ``handover.twice``, ``handover.away``, ``handover.stands_in``, ``handover.last_head``, ``place.unknown``.
    """
    values = {**(yield from ledger.view(asked.record)).values, **asked.arguments}
    away = yield from of_here(ledger, values.get("person"), "person")
    to = values.get("to") or (yield from _stand_in(ledger, values["person"]))
    if not to:
        raise Refusal("handover.nobody", ("to",))
    taker = yield from of_here(ledger, to, "to")
    if to == values["person"] or taker.role != away.role:
        raise Refusal("handover.role", ("to",))
    kind, places = values.get("type") or "absence", values.get("places") or []
    since, until = max(int(values.get("since") or 0), ledger.now), int(values.get("until") or FOREVER)
    if kind != "absence":
        until = FOREVER
    if until <= since:
        raise Refusal("handover.time", ("until",))
    yield from territory.check(ledger.centre, map(bytes.fromhex, places))
    yield from check_free(ledger, asked.record, kind, values["person"], to, since, until)
    if kind != "transfer":
        yield from check_stands_in(ledger, asked.record, values["person"], since, until)
    if kind == "leaving" and away.role == "head" and len((yield from holders(ledger.centre, "head"))) < 2:
        raise Refusal("handover.last_head", ("person",))
    arranged = {
        "type": kind,
        "person": values["person"],
        "person_name": away.name,
        "to": to,
        "to_name": taker.name,
        "since": since,
        "until": None if until == FOREVER else until,
        "places": places,
    }
    yield from _tell_both(ledger, asked.record, arranged)
    yield from _tell_replaced(ledger, asked.record, values.get("arranged") or arranged, arranged)
    return {"arranged": arranged}


def prolong(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """He comes back later than was thought."""
    values = (yield from ledger.view(asked.record)).values
    until = int(asked.arguments.get("until") or FOREVER)
    if until <= ledger.now:
        raise Refusal("handover.time", ("until",))
    arranged = {**values["arranged"], "until": None if until == FOREVER else until}
    if arranged["type"] != "absence":
        raise Refusal("handover.final", ("type",))
    yield from check_stands_in(ledger, asked.record, arranged["person"], ledger.now, until)
    yield from check_free(ledger, asked.record, "absence", arranged["person"], arranged["to"], ledger.now, until)
    yield from show_until(ledger, values, arranged)
    yield from _tell_both(ledger, asked.record, arranged)
    return {"arranged": arranged}


def show_until(ledger: Ledger, values: Fields, arranged: Fields) -> Program[None]:
    """The posts where somebody stands in by a handover say until when."""
    for id_ in map(bytes.fromhex, values.get("posts") or ()):
        yield from ledger.load([id_])
        post = ledger.records[id_]
        if post and ((yield from ledger.view(post)).values.get("on_duty") or {}).get("person") == arranged["to"]:
            ledger.write_fields(post, {"on_duty_until": arranged["until"]})


def cancel(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """It does not come to that; by the head, or by whom it is about."""
    values = (yield from ledger.view(asked.record)).values
    # Once arranged, what was arranged says whom it is about: the request can be written over by anybody.
    check_own(asked, (values.get("arranged") or values).get("person"))
    if arranged := values.get("arranged"):
        text = f"{arranged['person_name']}的{TYPES[arranged['type']]}已取消，不用接手了。"
        yield from tell(ledger, asked.record, "handover.cancelled", text, arranged["to"])
    return {}


def check_stands_in(ledger: Ledger, record: Record, whom: str, since: int, until: int) -> Program[None]:
    """Raises `Refusal("handover.stands_in")` where who would go stands in for another then: who is there?"""
    for one in (yield from _standing(ledger, record)):
        if one.type == "absence" and one.to == whom and one.meets(since, until):
            raise Refusal("handover.stands_in", ("person",))


def check_here(ledger: Ledger, record: Record, arranged: Fields) -> Program[None]:
    """That both are here when it begins: an absence goes on beyond its last day until somebody returns, so what was
    free of it when it was arranged need not be now. Raises `Refusal`: ``handover.twice``, ``handover.away``."""
    for one in (yield from _standing(ledger, record)):
        if one.begun and one.person == arranged["person"]:
            raise Refusal("handover.twice", ("person",))
        if one.begun and one.person == arranged["to"]:
            raise Refusal("handover.away", ("to",))


class _Gone(NamedTuple):
    """An absence, or a leaving, that is arranged or has begun."""

    type: str
    person: str
    to: str
    start: int
    end: int
    begun: bool

    def meets(self, since: int, until: int) -> bool:
        """Whether it overlaps a span."""
        return self.start < until and self.end > since


def _standing(ledger: Ledger, without: Record) -> Program[list[_Gone]]:
    """Who goes or has gone, one handover apart; what began is not over by itself."""
    found = []
    for one in (yield from territory.of_kind(ledger.centre, "handover", ledger)):
        arranged = one.values.get("arranged")
        if one.status not in ("arranged", "begun") or not arranged or arranged["type"] == "transfer":
            continue
        begun, end = one.status == "begun", arranged.get("until") or FOREVER
        start = one.values.get("begun_at") or arranged.get("since", 0)
        people = arranged["type"], arranged["person"], arranged["to"]
        if one.record != without.id.hex():
            found.append(_Gone(*people, start, max(end, ledger.now + 1) if begun else end, begun))
    return found


def check_own(asked: Asked, whom: Any) -> None:
    """Raises `Refusal("handover.not_yours")` unless the head asks, or he whom it is about."""
    if asked.incoming.role != "head" and asked.incoming.author.hex() != whom:
        raise Refusal("handover.not_yours")


def away(ledger: Ledger, record: Record) -> Program[None]:
    """Keep the span in which somebody is away, for everybody who has to know."""
    values = (yield from ledger.view(record)).values
    arranged = values.get("arranged")
    if not arranged or arranged["type"] == "transfer":
        return
    start = values.get("begun_at") or arranged["since"]
    end = values.get("ended_at") if arranged["type"] == "absence" else None
    end = start if record.status == "cancelled" else end or arranged["until"] or FOREVER
    who = bytes.fromhex(arranged["person"]), bytes.fromhex(arranged["to"])
    ledger.add(schema.absence, (record.id, ledger.centre, *who, start, end), "replace")


def tell(ledger: Ledger, record: Record, code: str, text: str, *people: str) -> Program[None]:
    """Let people know of a handover."""
    for one in dict.fromkeys(people):
        key = f"{code}/{record.id.hex()}/{ledger.now}"
        yield from queue.tell(ledger.centre, bytes.fromhex(one), code, text, ledger.now, key=key, record=record.id)


def tell_heads(ledger: Ledger, record: Record, code: str, text: str, *, without: bytes = b"") -> Program[None]:
    """Let the heads of the centre know."""
    heads = yield from holders(ledger.centre, "head")
    yield from tell(ledger, record, code, text, *(id_.hex() for id_, _ in heads if id_ != without))


def _tell_both(ledger: Ledger, record: Record, arranged: Fields) -> Program[None]:
    when = span(arranged["since"], arranged["until"])
    text = f"{arranged['person_name']}{when}{TYPES[arranged['type']]}，由{arranged['to_name']}接手。"
    yield from tell(ledger, record, "handover.arranged", text, arranged["person"], arranged["to"])


def _tell_replaced(ledger: Ledger, record: Record, before: Fields, after: Fields) -> Program[None]:
    """Who was to take over hears that another does."""
    if before["to"] != after["to"]:
        text = f"{before['person_name']}的{TYPES[before['type']]}改由{after['to_name']}接手，您不用接手了。"
        yield from tell(ledger, record, "handover.replaced", text, before["to"])


def _stand_in(ledger: Ledger, whom: str) -> Program[str]:
    """The B of the posts that somebody holds; nobody where the posts have different ones."""
    named = {
        (post.values.get("b") or {}).get("person")
        for post in (yield from territory.of_kind(ledger.centre, "post", ledger))
        if post.status == "held" and (post.values.get("a") or {}).get("person") == whom
    }
    return named.pop() or "" if len(named) == 1 else ""


def of_here(ledger: Ledger, whom: Any, field: str) -> Program[Person]:
    """Somebody who works in this centre. Raises `Refusal("person.unknown")`."""
    found = yield from person(bytes.fromhex(whom)) if whom else _nobody()
    if found is None or not found.active or found.centre != ledger.centre:
        raise Refusal("person.unknown", (field,))
    return found


def _nobody() -> Program[None]:
    yield from ()


def check_free(ledger: Ledger, record: Record, kind: str, whom: str, to: str, since: int, until: int) -> Program[None]:
    for one in (yield from _standing(ledger, record)):
        if kind != "transfer" and one.person == whom and one.meets(since, until):
            raise Refusal("handover.twice", ("since",))
        if one.person == to and one.meets(since, until):
            raise Refusal("handover.away", ("to",))
