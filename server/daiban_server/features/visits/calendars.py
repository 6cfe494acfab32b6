"""Each agent's visits as a calendar (iCalendar, RFC 5545), at an address that only who has it knows.

The address holds a secret of 160 bits, of which the server keeps the digest alone; another one can be issued at any
time, which ends the one before. A calendar programme keeps what it has read, often with a company far away: so an entry
says the village and the family's surname, and neither address nor telephone, which are on the agent's phone.

A visit has one UID for ever. Whoever was to make it and no longer is sees it cancelled.
"""

import datetime
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, delete, select, update

from daiban_schemas.kinds import KINDS
from daiban_server.db import schema
from daiban_server.db.program import Lookup, Program, Write, first, rows, run
from daiban_server.features.visits import keeping
from daiban_server.spine.ledger import Ledger, Record

BACK = 30 * 86_400_000
"""Milliseconds for which what is over stays in a calendar."""
SHANGHAI = ZoneInfo("Asia/Shanghai")
_STANDS = frozenset({"proposed", "assigned", "accepted", "started", "finished"})
_STATUS = {"proposed": "TENTATIVE", "cancelled": "CANCELLED"}

_f, _c, _p, _l = schema.calendar_feed.c, schema.calendar_entry.c, schema.person.c, schema.place.c
_DROP = delete(schema.calendar_entry).where(_c.visit == bindparam("visit_id"))
_WHOSE = (
    select(_f.person, _f.centre, _p.name)
    .select_from(schema.calendar_feed.join(schema.person, _p.id == _f.person))
    .where(_f.digest == bindparam("digest_hex"), _f.revoked.is_(None), _p.active)
)
_END = (
    update(schema.calendar_feed)
    .where(_f.person == bindparam("person_id"), _f.centre == bindparam("centre_id"), _f.revoked.is_(None))
    .values(revoked=bindparam("now"))
)
_ENTRIES = (
    select(_c.visit, _c.household, _c.start, _c.end, _c.sequence, _c.state, _c.at)
    .where(_c.agent == bindparam("agent_id"), _c.centre == bindparam("centre_id"), _c.end > bindparam("since"))
    .order_by(_c.start, _c.visit)
)


class Entry(NamedTuple):
    """One visit in somebody's calendar; times in Unix milliseconds."""

    visit: bytes
    household: bytes
    start: int
    end: int
    sequence: int
    state: str
    at: int


def project(ledger: Ledger, record: Record) -> Program[None]:
    """Keep the calendars of everybody who ever was to make a visit in step with it."""
    values = (yield from ledger.view(record)).values
    yield from run(_DROP, visit_id=record.id)
    times = _times(values, "" if record.deleted or record.status not in _STANDS else str(record.status))
    at = max([int(change["at"]) for change in values.get("changes") or ()], default=0)
    at = max(at, int(values.get("status_at") or 0))
    about = (ledger.centre, record.parent)
    made = [
        (record.id, bytes.fromhex(agent), *about, *span, record.position, stands or "cancelled", at)
        for agent, (span, stands) in times.items()
    ]
    if made:
        yield Write(schema.calendar_entry, made)


def _times(values: Mapping[str, Any], stands: str) -> dict[str, tuple[tuple[int, int], str]]:
    """By agent, the last time that was kept with him, and the state in which it stands, if it does."""
    found: dict[str, tuple[tuple[int, int], str]] = {}
    for change in values.get("changes") or ():
        for side in ("was", "now"):
            for agent in (change.get(side) or {}).get("agents") or ():
                found[agent] = ((change[side]["start"], change[side]["end"]), "")
    if stands and values.get("start"):
        for agent in keeping.crew_of(values):
            found[agent] = ((values["start"], values["end"]), stands)
    return found


def issue(centre: bytes, person: bytes, secret: str, now: int) -> Program[None]:
    """Let somebody's calendar stand at an address; the one before ends."""
    yield from revoke(centre, person, now)
    yield Write(schema.calendar_feed, [(_digest(secret), person, centre, now, None)])


def revoke(centre: bytes, person: bytes, now: int) -> Program[None]:
    """End the address of somebody's calendar."""
    yield from run(_END, person_id=person, centre_id=centre, now=now)


def read(secret: str, now: int) -> Program[bytes | None]:
    """The calendar at an address; None where there is none, or where it has ended."""
    whose = yield from first(_WHOSE, digest_hex=_digest(secret))
    if whose is None:
        return None
    person, centre, name = whose
    found = yield from rows(_ENTRIES, agent_id=person, centre_id=centre, since=now - BACK)
    entries = [Entry(*row) for row in found]
    at = yield from _where(centre, entries)
    return _calendar(name, entries, at)


def _where(centre: bytes, entries: Sequence[Entry]) -> Program[dict[bytes, str]]:
    """The families by household: village and surname."""
    ledger = Ledger(centre, 0, 0)
    yield from ledger.load({entry.household for entry in entries})
    homes = [record for record in ledger.records.values() if record is not None]
    places = {record.place for record in homes if record.place}
    found = yield Lookup(schema.place, ("id",), ("id", "name"), [(place,) for place in sorted(places)])
    names = dict(found)
    told = {}
    for record in homes:
        head = (yield from ledger.view(record)).values.get("head") or ""
        told[record.id] = f"{names.get(record.place, '')}{head[:1]}家" if head else names.get(record.place, "")
    return told


def _calendar(name: str, entries: Sequence[Entry], at: Mapping[bytes, str]) -> bytes:
    # Loaded here: it is some megabytes that a server without calendars need not carry.
    from icalendar import Calendar

    calendar = Calendar()
    for key, value in (
        ("prodid", "-//daiban//visits//ZH"),
        ("version", "2.0"),
        ("method", "PUBLISH"),
        ("x-wr-calname", f"{name}的上门"),
        ("x-wr-timezone", "Asia/Shanghai"),
    ):
        calendar.add(key, value)
    calendar.add("refresh-interval", datetime.timedelta(minutes=15), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT15M")
    for entry in entries:
        calendar.add_component(_event(entry, at.get(entry.household, "")))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _event(entry: Entry, where: str) -> Any:
    from icalendar import Event

    event = Event()
    event.add("uid", f"{entry.visit.hex()}@daiban")
    event.add("sequence", entry.sequence)
    event.add("dtstamp", _utc(entry.at))
    event.add("last-modified", _utc(entry.at))
    event.add("dtstart", _local(entry.start))
    event.add("dtend", _local(entry.end))
    event.add("summary", f"上门：{where}")
    event.add("location", where)
    event.add("status", _STATUS.get(entry.state, "CONFIRMED"))
    event.add("description", f"{KINDS['visit'].states.get(entry.state, '')}。地址、电话和材料以手机上的为准。")
    return event


def _utc(milliseconds: int) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(milliseconds // 1000, datetime.UTC)


def _local(milliseconds: int) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(milliseconds // 1000, SHANGHAI)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
