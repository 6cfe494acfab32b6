"""Giving a visit its time: proposed, promised at once, booked from an offer, agreed to, changed, taken on, called off.

Everything happens in the transaction of the command, under the centre's counter. What was offered is confirmed under
the version of the plan under which it was offered; under another it is looked at again. A unique constraint on an
agent's start stands behind both.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from daiban_server.db.program import Program
from daiban_server.features.visits import holds, keeping, telling
from daiban_server.features.visits.asking import Wanted, wanted_by
from daiban_server.features.visits.engine.answers import Offer, Parts
from daiban_server.features.visits.engine.model import Stop, Visit, Week, Window
from daiban_server.features.visits.engine.offers import offers
from daiban_server.features.visits.engine.validate import around, validate
from daiban_server.features.visits.holds import Kept
from daiban_server.features.visits.keeping import Change, Given, Slot
from daiban_server.features.visits.settings import SWAY
from daiban_server.features.visits.standing import Standing, load_week
from daiban_server.features.visits.terms import to_moment
from daiban_server.spine.effects import Asked
from daiban_server.spine.ledger import Ledger
from daiban_server.spine.refusal import Refusal

Fields = Mapping[str, Any]
_FREE_OF_COST = Parts(0, 0, 0, 0, 0, 0)


def propose(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """Keep the best time that is left; nobody told the resident yet. Raises `Refusal`: ``visit.nobody_free``,
    ``visit.place_unknown``, ``argument.invalid``."""
    return (yield from _best(ledger, asked, "proposed"))


def assign(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """Promise the best time that is left. Raises as `propose`."""
    return (yield from _best(ledger, asked, "assigned"))


def _best(ledger: Ledger, asked: Asked, status: str) -> Program[Fields]:
    wish = yield from wanted_by(ledger, asked.record)
    standing = yield from load_week(
        ledger.centre, ledger.now, without=[asked.record.id], household=wish.household, items=wish.items
    )
    found = offers(standing.week, wish.within(standing), 1).offers
    if not found:
        raise Refusal("visit.nobody_free", ("windows",))
    slot = holds.kept(wish.within(standing), found[0])
    return (yield from _take(ledger, asked, wish, slot, Change(status, asked.incoming.author), status))


def book(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """Promise the time that was offered, if it still is one. Raises `Refusal`: ``visit.slot_taken``,
    ``visit.outside_windows`` and as `propose`."""
    wish = yield from wanted_by(ledger, asked.record)
    slot, hold = yield from _slot(ledger, asked, wish)
    yield from holds.drop(ledger.centre, hold)
    return (yield from _take(ledger, asked, wish, slot, Change("booked", asked.incoming.author), "assigned"))


def confirm(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """The resident was told of the time, and agreed: from now on it is a promise. Raises `Refusal`: ``visit.gone_by``
    for a time that went by."""
    values = (yield from ledger.view(asked.record)).values
    if values["start"] < ledger.now:
        raise Refusal("visit.gone_by", ("start",))
    slot = Slot(
        keeping.crew_of(values),
        values["start"],
        values["end"],
        values["point"],
        values.get("why") or "",
        values.get("stand_in"),
    )
    change = Change("confirmed", asked.incoming.author, consent=asked.arguments["consent"])
    fields = yield from keeping.kept(ledger, asked.record, slot, change)
    yield from keeping.lay(ledger, [Given(asked.record, fields, "assigned")])
    yield from keeping.tell(ledger, asked.record, fields)
    return fields


def rebook(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """Another time or another agent, to which the household agreed; a quarter of an hour with the same agent needs no
    consent. Raises `Refusal`: ``visit.consent_missing`` and as `book`."""
    values = (yield from ledger.view(asked.record)).values
    consent, start = asked.arguments.get("consent"), int(asked.arguments["start"])
    near = abs(start - keeping.promised(values)) <= SWAY and asked.arguments["agent"] in keeping.crew_of(values)
    if not near and consent is None:
        raise Refusal("visit.consent_missing", ("consent",))
    wish = yield from wanted_by(ledger, asked.record)
    slot, hold = yield from _slot(ledger, asked, wish)
    if consent is None and set(slot.crew) != set(keeping.crew_of(values)):
        raise Refusal("visit.consent_missing", ("consent",))
    yield from holds.drop(ledger.centre, hold)
    first = None if consent else keeping.promised(values)
    change = Change("rebooked", asked.incoming.author, consent=consent)
    return (yield from _take(ledger, asked, wish, slot, change, "assigned", first=first))


def accept(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """The agent took it on: from now on nobody moves it. Raises `Refusal`: ``visit.not_yours``."""
    values = (yield from ledger.view(asked.record)).values
    if asked.incoming.author.hex() not in keeping.crew_of(values):
        raise Refusal("visit.not_yours", ("agent",))
    yield from keeping.lay(ledger, [Given(asked.record, {}, "accepted")])
    return {}


def cancel(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """It is called off: the agent's time is free again."""
    values = (yield from ledger.view(asked.record)).values
    # Of a time that nobody told the household nothing is told, unless it waits for a call that was announced to it.
    awaited = telling.awaited(values.get("changes") or ())
    code = "withdrawn" if asked.record.status == "proposed" and not awaited else "cancelled"
    change = Change(code, asked.incoming.author, str(asked.arguments["reason"]))
    fields = yield from keeping.freed(ledger, asked.record, change)
    yield from keeping.lay(ledger, [Given(asked.record, fields, "cancelled")])
    if values.get("start") or awaited:
        yield from keeping.tell(ledger, asked.record, fields)
    return fields


def _slot(ledger: Ledger, asked: Asked, wish: Wanted) -> Program[tuple[Kept, bytes]]:
    """The time that the arguments name, as it can be kept now, and the hold that keeps it (nothing where none does)."""
    agent, start = str(asked.arguments["agent"]), int(asked.arguments["start"])
    version, hold_id = (yield from holds.version(ledger.centre)), b""
    for hold in (yield from holds.live(ledger.centre, ledger.now)):
        for slot in hold.slots if hold.household == wish.household else ():
            if agent in slot.crew and slot.start == start:
                hold_id = hold.id
                if hold.version == version and _as_asked(slot, wish):
                    return slot, hold_id
    standing = yield from load_week(
        ledger.centre, ledger.now, without=[asked.record.id], household=wish.household, items=wish.items
    )
    return _fitting(standing, wish, agent, start), hold_id


def _as_asked(slot: Kept, wish: Wanted) -> bool:
    """Whether an offer was made for what the visit asks for, and not for another one of the same home."""
    same = slot.end - slot.start == wish.minutes * 60_000 and len(slot.crew) == wish.crew
    within = [one for one in wish.windows if one["from"] <= slot.start and slot.end <= one["to"]]
    return same and (not wish.windows or bool(within)) and (wish.deadline is None or slot.end <= wish.deadline)


def _fitting(standing: Standing, wish: Wanted, agent: str, start: int) -> Kept:
    """The time as it fits into the week as it stands."""
    visit, at = wish.within(standing), to_moment(start)
    if not any(first <= at <= last for first, last in visit.spans()):
        raise Refusal("visit.outside_windows", ("start",))
    narrow = replace(visit, windows=(Window(at, at + visit.service),))
    found = [one for one in offers(standing.week, narrow, 200).offers if agent in one.crew]
    if found:
        return holds.kept(visit, found[0])
    alone = Offer((agent,), at, at + visit.service, "chosen", "", 0, (), _FREE_OF_COST)
    if not fits(standing.week, visit, (agent,), at):
        raise Refusal("visit.slot_taken", ("start",))
    return holds.kept(visit, alone)


def fits(week: Week, visit: Visit, crew: Sequence[str], start: int) -> bool:
    """Whether a start that the rule of A and B would not offer keeps every other rule.

    It breaks none that stood before it: a day that somebody's absence broke already refuses no other booking.
    """
    known = {agent.id for agent in week.agents}
    if len(crew) != visit.crew or not known.issuperset(crew) or start < week.now + week.settings.notice:
        return False
    part, taken = around(week, crew), Stop(visit, tuple(crew), start, start)
    return set(validate(replace(part, stops=(*part.stops, taken)))) <= set(validate(part))


def _take(
    ledger: Ledger, asked: Asked, wish: Wanted, slot: Kept, change: Change, status: str, *, first: int | None = None
) -> Program[Fields]:
    """Keep the time, move the neighbours that make room for it, and tell whom it concerns."""
    record = asked.record
    fields = yield from keeping.kept(ledger, record, slot_of(slot, wish), change, first=first)
    swayed = yield from moved(ledger, slot.moves, Change("swayed", change.by))
    yield from keeping.lay(ledger, [*swayed, Given(record, fields, status)])
    for one in swayed:
        ledger.write_fields(one.record, one.fields)
        yield from keeping.tell(ledger, one.record, one.fields)
    yield from keeping.tell(ledger, record, fields)
    return fields


def slot_of(slot: Kept, wish: Wanted) -> Slot:
    """What was offered, as a visit keeps it."""
    code = slot.code if slot.code.startswith("stand_in_") else None
    return Slot(tuple(slot.crew), slot.start, slot.end, wish.point, slot.reason, code)


def moved(ledger: Ledger, moves: Collection[tuple[str, int, int]], change: Change) -> Program[list[Given]]:
    """Visits that move a little: the same agent, within a quarter of an hour of what was promised first."""
    ids = [bytes.fromhex(visit) for visit, _, _ in moves]
    yield from ledger.load(ids)
    given = []
    for id_, (_, _, new) in zip(ids, moves, strict=True):
        record = ledger.records[id_]
        if record is None:
            raise Refusal("visit.slot_taken", ("start",))
        values = (yield from ledger.view(record)).values
        end = new + values["end"] - values["start"]
        time = Slot(keeping.crew_of(values), new, end, values["point"], values.get("why") or "", values.get("stand_in"))
        fields = yield from keeping.kept(ledger, record, time, change, first=keeping.promised(values))
        given.append(Given(record, fields, record.status or ""))
    return given
