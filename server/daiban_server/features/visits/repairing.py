"""An agent will not be there: B stands in, only the visits that were hit move, and everybody is told.

A visit that somebody can make within a quarter of an hour of what was promised keeps its promise. One that needs
another time has one kept for it until the household agrees; one that nobody can make waits for somebody to ask.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from msgspec.structs import replace
from sqlalchemy import bindparam, or_, select

from daiban_server import todo
from daiban_server.db import schema
from daiban_server.db.program import Lookup, Program, rows
from daiban_server.features.visits import booking, keeping
from daiban_server.features.visits.asking import Wanted, wanted_by
from daiban_server.features.visits.engine.model import Promise, Stop, Window
from daiban_server.features.visits.engine.repair import Change as Put
from daiban_server.features.visits.engine.repair import Outcome, Repair, put_again
from daiban_server.features.visits.engine.words import when
from daiban_server.features.visits.keeping import Change, Given, Slot
from daiban_server.features.visits.standing import Away, Standing, load_week
from daiban_server.features.visits.terms import to_milliseconds, to_moment
from daiban_server.outbound import queue
from daiban_server.spine.effects import Asked
from daiban_server.spine.ledger import Ledger, Record
from daiban_server.spine.refusal import Refusal
from daiban_server.staff import holders

Fields = Mapping[str, Any]
FOREVER = 253_402_300_799_000
"""The end of what has no end in sight, as absences have it."""
LONGEST = 480 * 60_000
"""Milliseconds of the longest visit."""
MOST = 200
"""Visits that a handover lists, the latest."""
_OUTCOMES = {Outcome.SAME_TIME: "kept", Outcome.NEW_TIME: "to_ask", Outcome.NOBODY: "nobody"}
_TASKS = {Outcome.NEW_TIME: "visit.ask_household", Outcome.NOBODY: "visit.nobody_left"}

_s, _a, _p = schema.slot.c, schema.absence.c, schema.person.c
_slots = schema.slot.join(schema.person, _p.id == _s.agent).outerjoin(
    schema.absence, (_a.person == _s.agent) & (_a.start < _s.end) & (_a.end > _s.start) & (_a.start < _a.end)
)
_LOST = or_(_a.id.is_not(None), _p.active.is_(False))
_HIT = (
    select(_s.visit, _a.id)
    .select_from(_slots)
    .where(_s.centre == bindparam("centre_id"), _s.start > bindparam("now"), _LOST)
    .order_by(_s.start, _s.visit)
)
_OF = (
    select(_s.visit, _s.agent, _s.start, _s.end)
    .where(_s.centre == bindparam("centre_id"), _s.agent == bindparam("agent_id"), _s.start > bindparam("since"))
    .order_by(_s.start, _s.visit)
)
_CENTRES = select(_s.centre).select_from(_slots).where(_s.start > bindparam("now"), _LOST).distinct()


class Hit(NamedTuple):
    """A visit that was hit, what it asks for, and its fields."""

    record: Record
    wish: Wanted
    values: Fields


def waiting(now: int) -> Program[list[bytes]]:
    """The centres in which somebody will not be there who was to make a visit."""
    return [row[0] for row in (yield from rows(_CENTRES, now=now))]


def look(ledger: Ledger) -> Program[None]:
    """Find somebody for every visit whose agent will not be there."""
    found = yield from rows(_HIT, centre_id=ledger.centre, now=ledger.now)
    mended = yield from _mend(ledger, list(dict.fromkeys(visit for visit, _ in found)), [])
    yield from _list(ledger, {visit.hex(): handover for visit, handover in found if handover}, mended)


def _list(ledger: Ledger, handovers: Mapping[str, bytes], mended: Sequence[Fields]) -> Program[None]:
    """Each handover lists the visits that its absence hit."""
    yield from ledger.load(set(handovers.values()))
    for id_ in sorted(set(handovers.values())):
        its = [one for one in mended if handovers.get(one["visit"]) == id_]
        if its and (record := ledger.records[id_]) is not None:
            before = (yield from ledger.view(record)).values.get("visits") or []
            ledger.write_fields(record, {"visits": [*before, *its][-MOST:]})


def handed_over(ledger: Ledger, asked: Asked, fields: Fields) -> Program[Fields]:
    """Somebody will be away, or leaves: what he was to do is mended with the command that says so, and listed there."""
    arranged = fields.get("arranged") or (yield from ledger.view(asked.record)).values.get("arranged")
    if asked.name not in ("arrange", "begin", "prolong") or not arranged or arranged["type"] == "transfer":
        return {}
    since = ledger.now if asked.name == "begin" else arranged["since"]
    gone, to = bytes.fromhex(arranged["person"]), bytes.fromhex(arranged["to"])
    away = Away(gone, since, arranged["until"] or FOREVER, to)
    found = yield from rows(_OF, centre_id=ledger.centre, agent_id=gone, since=ledger.now - LONGEST)
    begun = [row[0] for row in found if row[2] <= ledger.now < row[3] and since <= ledger.now]
    hit = [row[0] for row in found if ledger.now < row[2] < away.end and row[3] > away.start]
    yield from _tell_of_begun(ledger, begun)
    mended = yield from _mend(ledger, hit, [away])
    before = (yield from ledger.view(asked.record)).values.get("visits") or []
    return {} if not mended else {"visits": [*before, *mended][-MOST:]}


def _tell_of_begun(ledger: Ledger, ids: Sequence[bytes]) -> Program[None]:
    """Whose time it is right now, and nobody said that he is there: he may be, without signal; the heads find out."""
    yield from ledger.load(ids)
    for record in filter(None, map(ledger.records.get, ids)):
        if record.status not in ("assigned", "accepted"):
            continue
        values = (yield from ledger.view(record)).values
        time = f"{when(to_moment(values['start']))}{values['agent_name']}的上门"
        text = f"{time}正在约好的时间里，还没有报到家，人却不在了；请马上打电话核实有没有人去。"
        key = f"visit.begun/{record.id.hex()}/{values['start']}"
        for head, _ in (yield from holders(ledger.centre, "head")):
            yield from queue.tell(ledger.centre, head, "visit.begun", text, ledger.now, key=key, record=record.id)


def foreseen(centre: bytes, now: int, away: Away) -> Program[list[Fields]]:
    """What would become now of the visits of somebody who were away then: nothing is changed by asking. Each with its
    `visit`, its `outcome` as in a handover's list, its old `start`, and `why`."""
    ledger = Ledger(centre, now, 0)
    found = yield from rows(_OF, centre_id=centre, agent_id=away.person, since=now - LONGEST)
    hit = [row[0] for row in found if now < row[2] < away.end and row[3] > away.start]
    _, repair = yield from _worked_out(ledger, hit, [away])
    return [
        {
            "visit": put.visit,
            "outcome": _OUTCOMES[put.outcome],
            "start": to_milliseconds(put.old_start),
            "why": put.reason,
        }
        for put in (repair.changes if repair else ())
    ]


def _worked_out(ledger: Ledger, ids: Sequence[bytes], away: Sequence[Away]) -> Program[tuple[list[Hit], Repair | None]]:
    hit = yield from _read(ledger, ids)
    if not hit:
        return hit, None
    items = frozenset[str]().union(*(one.wish.items for one in hit))
    standing = yield from load_week(
        ledger.centre, ledger.now, without=[one.record.id for one in hit], items=items, away=away
    )
    names = yield from _names(hit)
    return hit, put_again(standing.week, [_stop(one, standing) for one in hit], names)


def _mend(ledger: Ledger, ids: Sequence[bytes], away: Sequence[Away]) -> Program[list[Fields]]:
    hit, repair = yield from _worked_out(ledger, ids, away)
    if repair is None:
        return []
    of = {one.record.id.hex(): one for one in hit}
    given = []
    for put in repair.changes:
        given.append((yield from _given(ledger, of[put.visit], put)))
    moves = [(move.visit, to_milliseconds(move.old), to_milliseconds(move.new)) for move in repair.moves]
    swayed = yield from booking.moved(ledger, moves, Change("swayed", b""))
    yield from keeping.give(ledger, [*given, *swayed])
    for one in (*given, *swayed):
        yield from keeping.tell(ledger, one.record, one.fields)
    told = [_listed(of[put.visit], put, one) for put, one in zip(repair.changes, given, strict=True)]
    yield from _tasks(ledger, of, repair.changes)
    yield from _tell_heads(ledger, told, repair.changes)
    return told


def _read(ledger: Ledger, ids: Sequence[bytes]) -> Program[list[Hit]]:
    yield from ledger.load(ids)
    hit = []
    for record in filter(None, map(ledger.records.get, ids)):
        values = (yield from ledger.view(record)).values
        if record.status in ("proposed", "assigned", "accepted") and values.get("start"):
            try:
                hit.append(Hit(record, (yield from wanted_by(ledger, record)), values))
            except Refusal:
                continue  # a household without a place cannot be planned; its visit stands until somebody looks
    return hit


def _names(hit: Sequence[Hit]) -> Program[dict[str, str]]:
    crew = {bytes.fromhex(agent) for one in hit for agent in keeping.crew_of(one.values)}
    found = yield Lookup(schema.person, ("id",), ("id", "name"), [(id_,) for id_ in sorted(crew)])
    return {id_.hex(): name for id_, name in found}


def _stop(one: Hit, standing: Standing) -> Stop:
    """The visit as it stood. The time that was promised suits the household, whatever its windows say."""
    visit, sway = one.wish.within(standing), standing.settings.sway_minutes * 60
    start, first = to_moment(one.values["start"]), to_moment(keeping.promised(one.values))
    agreed = Window(min(start, first - sway), max(start, first + sway) + visit.service)
    visit = replace(visit, windows=(*visit.windows, agreed))
    return Stop(visit, keeping.crew_of(one.values), start, first, Promise.PROMISED)


def _given(ledger: Ledger, one: Hit, put: Put) -> Program[Given]:
    known = one.record.status != "proposed"
    if put.new_start is None or put.new_crew is None:
        change = Change("lost" if known else "proposed", b"", "原来的代办员不在")
        fields = yield from keeping.freed(ledger, one.record, change)
        return Given(one.record, {**fields, "again": True}, "requested")
    start, service = to_milliseconds(put.new_start), one.values["end"] - one.values["start"]
    slot = Slot(put.new_crew, start, start + service, one.wish.point, put.reason, "stand_in_absent")
    kept = put.outcome is Outcome.SAME_TIME
    code = ("repaired" if kept else "held") if known else "proposed"
    first = keeping.promised(one.values) if kept else None
    fields = yield from keeping.kept(ledger, one.record, slot, Change(code, b"", "原来的代办员不在"), first=first)
    return Given(one.record, fields, "assigned" if kept and known else "proposed")


def _listed(one: Hit, put: Put, given: Given) -> Fields:
    """A visit in the handover's list: where, the old and the new time, and what is left to do."""
    place = one.record.place.hex() if one.record.place else ""
    change = given.fields["changes"][-1]
    return {
        "visit": one.record.id.hex(),
        "place": place,
        "start": one.values["start"],
        "end": one.values["end"],
        "outcome": _OUTCOMES[put.outcome],
        "was": change["was"],
        "now": change["now"],
        "why": put.reason,
    }


def _tasks(ledger: Ledger, of: Mapping[str, Hit], puts: Sequence[Put]) -> Program[None]:
    for put in puts:
        one = of[put.visit]
        if code := _TASKS.get(put.outcome):
            yield from todo.look_at(ledger, one.record.id, code, f"{code}/{ledger.now}")


def _tell_heads(ledger: Ledger, told: Sequence[Fields], puts: Sequence[Put]) -> Program[None]:
    """One message with every visit that was hit, its old and its new time."""
    counts = [sum(put.outcome is outcome for put in puts) for outcome in Outcome]
    kinds = zip(counts, ("次按原时间由人顶上", "次须征得住户同意改期", "次没有人能去"), strict=True)
    summary = "，".join(f"{count}{what}" for count, what in kinds if count)
    lines = "；".join(put.reason for put in puts[:10]) + ("等" if len(puts) > 10 else "")
    text = f"有代办员不在，{len(puts)}次上门重新安排：{summary}。{lines}。"
    key = f"visit.repaired/{ledger.now}/{told[0]['visit']}"
    for head, _ in (yield from holders(ledger.centre, "head")):
        yield from queue.tell(
            ledger.centre, head, "visit.repaired", text, ledger.now, key=key, told={"visits": list(told)}
        )
