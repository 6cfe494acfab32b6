"""Keeping time for a visit: its fields, its slots, its story, and who is told.

Slots follow from the visit as it stands. They are laid where the visit changes, so that the next command of the same
batch sees them, and once more with the other projections.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete

from daiban_schemas.kinds.visit import TIMED
from daiban_server.db import schema
from daiban_server.db.program import Lookup, Program, Row, Write, run
from daiban_server.features.visits import holds, telling
from daiban_server.features.visits.settings import SWAY
from daiban_server.spine.ledger import Ledger, Record
from daiban_server.staff import person

Fields = Mapping[str, Any]
_NO_TIME: Fields = dict.fromkeys(("start", "end", "promised", "stand_in"))
MOST = 50
"""Changes that a visit remembers."""
_FREE = delete(schema.slot).where(schema.slot.c.visit == bindparam("visit_id"))
_KEEP = TIMED | {"started", "finished"}
"""States in which slots stand; those of what is over say what was promised."""


class Slot(NamedTuple):
    """Time that is kept: who comes, from when to when (Unix milliseconds), where, and why it is they and then."""

    crew: tuple[str, ...]
    start: int
    end: int
    point: Mapping[str, int]
    why: str
    stand_in: str | None


class Change(NamedTuple):
    """Why a visit's time changes: a code, in whose name (nobody is the server), and who of the household agreed."""

    code: str
    by: bytes
    why: str = ""
    consent: Fields | None = None


class Given(NamedTuple):
    """Fields that a visit is about to get, and the state that it is about to be in."""

    record: Record
    fields: Fields
    status: str


def kept(
    ledger: Ledger,
    record: Record,
    slot: Slot,
    change: Change,
    *,
    first: int | None = None,
    story: Sequence[Fields] | None = None,
) -> Program[Fields]:
    """The fields of a visit for which this time is kept. With `first` the household was told another start first; with
    `story` its time was freed just before."""
    before = (yield from ledger.view(record)).values
    if story is not None:
        before = {**before, **_NO_TIME, "changes": story}
    people = yield Lookup(schema.person, ("id",), ("id", "name", "phone"), [(bytes.fromhex(one),) for one in slot.crew])
    named = {id_.hex(): (name, phone) for id_, name, phone in people}
    fields = {
        "agent": slot.crew[0],
        "agents": list(slot.crew),
        "agent_name": "、".join(named[one][0] for one in slot.crew),
        "agent_phone": named[slot.crew[0]][1] or None,
        "start": slot.start,
        "end": slot.end,
        "promised": slot.start if first is None else first,
        "point": dict(slot.point),
        "why": slot.why[:200],
        "stand_in": slot.stand_in,
        "again": None,
    }
    return {**fields, "changes": (yield from _story(ledger, before, fields, change))}


def freed(ledger: Ledger, record: Record, change: Change) -> Program[Fields]:
    """The fields of a visit for which no time is kept any more; what was kept stays in its story."""
    before = (yield from ledger.view(record)).values
    return {**_NO_TIME, "changes": (yield from _story(ledger, before, _NO_TIME, change))}


def told_too(ledger: Ledger, record: Record, change: Change) -> Program[Fields]:
    """What somebody else said of a visit that is over: a line of its story, which says whose visit it was."""
    before = (yield from ledger.view(record)).values
    *story, last = yield from _story(ledger, {"changes": before.get("changes")}, {}, change)
    return {"changes": [*story, {**last, "of": list(crew_of(before))}]}


def crew_of(values: Fields) -> tuple[str, ...]:
    """Who comes: before crews were written down, one."""
    return tuple(values.get("agents") or [values["agent"]])


def promised(values: Fields) -> int:
    """The start that was promised first."""
    return int(values.get("promised") or values["start"])


def agreed_at(values: Fields) -> int:
    """When the time that stands was given or agreed to, Unix milliseconds; small moves of it are no other time."""
    for change in reversed(values.get("changes") or ()):
        was, now = change["was"], change["now"]
        if now and (was is None or change.get("consent") or abs(now["start"] - was["start"]) > SWAY):
            return int(change["at"])
    return 0


def _story(ledger: Ledger, before: Fields, after: Fields, change: Change) -> Program[list[Fields]]:
    author = yield from person(change.by)
    told = {
        "at": ledger.now,
        "what": change.code,
        "by": author.name if author else "",
        "why": change.why,
        "was": _time(before),
        "now": _time({**before, **after}) if after.get("start") else None,
        **({"consent": change.consent} if change.consent else {}),
    }
    return [*(before.get("changes") or ()), told][-MOST:]


def _time(values: Fields) -> Fields | None:
    if not values.get("start"):
        return None
    return {
        "agents": list(crew_of(values)),
        "agent_name": values.get("agent_name"),
        "start": values["start"],
        "end": values.get("end"),
    }


def lay(ledger: Ledger, given: Sequence[Given]) -> Program[None]:
    """Lay the slots of visits that are about to change, all of them at once: two may change places."""
    rows = []
    for one in given:
        values = {**(yield from ledger.view(one.record)).values, **one.fields}
        if not _without_a_place(values, one.status):
            yield from run(_FREE, visit_id=one.record.id)
            rows += _rows(ledger, one.record, values, one.status)
    yield Write(schema.slot, rows)
    yield from holds.count_up(ledger.centre)


def give(ledger: Ledger, given: Sequence[Given]) -> Program[None]:
    """Change visits beside the one that a command is about: their slots and their fields."""
    yield from lay(ledger, given)
    for one in given:
        changed = one.status if one.status != one.record.status else None
        ledger.write_fields(one.record, one.fields, changed)


def project(ledger: Ledger, record: Record) -> Program[None]:
    """Bring the slots into step with a visit."""
    values = (yield from ledger.view(record)).values
    if _without_a_place(values, record.status or ""):
        return
    yield from run(_FREE, visit_id=record.id)
    if rows := _rows(ledger, record, values, record.status or ""):
        yield Write(schema.slot, rows)


def _without_a_place(values: Fields, status: str) -> bool:
    """Whether a visit got its time before visits said where: it keeps the slots that it has."""
    return status in _KEEP and bool(values.get("start")) and not values.get("point")


def _rows(ledger: Ledger, record: Record, values: Fields, status: str) -> list[Row]:
    if status not in _KEEP or not values.get("start") or record.deleted:
        return []
    where, start, end = values["point"], values["start"], values["end"]
    first = promised(values)
    low, high = _sway(values, start, end, first)
    firm, told = status in ("accepted", "started", "finished"), status != "proposed"
    kept_time = (ledger.centre, record.place, where["lon"], where["lat"], start, end, firm, first, low, high, told)
    return [(record.id, bytes.fromhex(agent), *kept_time) for agent in crew_of(values)]


def _sway(values: Fields, start: int, end: int, first: int) -> tuple[int, int]:
    """The first and last start to which it may be moved: near what was promised, in the window that it stands in."""
    low, high = min(start, first - SWAY), max(start, first + SWAY)
    for window in values.get("windows") or ():
        if window["from"] <= start and end <= window["to"]:
            return max(low, window["from"]), min(high, window["to"] - (end - start))
    # A time outside of the windows was agreed to by word of mouth: it stands as it is.
    return (start, start) if values.get("windows") else (low, high)


def tell(ledger: Ledger, record: Record, fields: Fields) -> Program[None]:
    """Tell the household and the agents what changed, if they are to know: the last part of the visit's story."""
    yield from telling.tell(ledger, record, {**(yield from ledger.view(record)).values, **fields})
