"""What somebody has on his hands: open cases, promised visits, replies owed, phones."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, literal, or_, select

from daiban_schemas.handed import sign_of
from daiban_server.db import schema
from daiban_server.db.program import Program, rows
from daiban_server.features.cases.sheet import BEFORE
from daiban_server.features.posts.words import not_handed_in
from daiban_server.spine import views
from daiban_sync.ids import NOBODY

MOST = 500
"""What one list of somebody's work shows; a handover moves all cases, and its note names so many."""
MOST_WAITING = 5000
"""Drafts of a centre that one question reads."""
_s, _v, _o, _d = schema.case_sheet.c, schema.slot.c, schema.obligation.c, schema.device.c
_f = schema.case_sheet.alias("unfiled").c
# SQLite reads the whole centre for what it can find by an index, unless the index holds all that is asked of it.
_UNFILED = select(_f.id).where(_f.centre == bindparam("centre_id"), _f.archived.is_(None))
_CASES = (
    select(_s.id, _s.number, _s.item_name, _s.status, _s.due, _s.place, _s.owner, _s.handler)
    .where(
        _s.centre == bindparam("centre_id"),
        _s.id.in_(_UNFILED),
        or_(_s.owner == bindparam("person_id"), _s.handler == bindparam("person_id")),
    )
    .order_by(_s.due.is_(None), _s.due, _s.id)
)
_VISITS = (
    select(_v.visit, _v.place, _v.start, _v.end, _v.accepted)
    .where(
        _v.centre == bindparam("centre_id"),
        _v.agent == bindparam("person_id"),
        and_(_v.start < bindparam("until"), _v.end > bindparam("since")),
    )
    .order_by(_v.start)
    .limit(200)
)
_OWED = (
    select(_o.id, _o.application, _o.household, _o.due, _o.state)
    .where(
        _o.centre == bindparam("centre_id"),
        _o.cadre == bindparam("person_id"),
        _o.reply.is_(None),
        or_(_o.state == "due", _o.state == "late"),
    )
    # Not by the index of the days: that would read all that the centre ever owed.
    .order_by(_o.due + 0)
    .limit(MOST)
)
_i = schema.opinion_sheet.c
_OPINIONS = (
    select(_i.id, _i.number, _i.due, _i.place)
    .where(_i.centre == bindparam("centre_id"), _i.answerer == bindparam("person_id"), _i.answered.is_(None))
    .order_by(_i.due, _i.id)
)
_w = schema.reception_sheet.c
_RECEPTIONS = (
    select(_w.id, _w.number, literal(""), _w.place)
    .where(_w.centre == bindparam("centre_id"), _w.owner == bindparam("person_id"))
    .order_by(_w.id.desc())
)
_DEVICES = (
    select(_d.id, _d.name, _d.synced_at, _d.state)
    .where(_d.person == bindparam("person_id"), _d.state != "revoked", _d.state != "desk")
    .order_by(_d.id)
)


class Answer(NamedTuple):
    """A reception or an opinion that is owed an answer; `due` is its day, empty for a reception."""

    id: bytes
    number: str
    due: str
    place: bytes

    def told(self) -> dict[str, Any]:
        """As the desk sees it."""
        return {"record": self.id.hex(), **self.noted()}

    def noted(self) -> dict[str, Any]:
        """As a handover's note keeps it."""
        return {"number": self.number, **({"due": self.due} if self.due else {})}


class OpenCase(NamedTuple):
    """An open case; `due` is the promised day. It says nothing about the applicant, for a handover's note is read by
    the whole centre: whoever takes over has the case itself."""

    id: bytes
    number: str
    item: str
    status: str
    due: str | None
    place: bytes
    owner: bytes
    handler: bytes

    def told(self) -> dict[str, Any]:
        """As the desk sees it."""
        return {"case": self.id.hex(), **self._known()}

    def noted(self, handover: bytes) -> dict[str, Any]:
        """As a handover's note keeps it, which everybody of the centre reads."""
        return {"sign": sign_of(handover, self.id), **self._known()}

    def _known(self) -> dict[str, Any]:
        kept = {"number": self.number, "item": self.item, "status": self.status, "due": self.due}
        return {name: value for name, value in kept.items() if value}


def cases(centre: bytes, person: bytes) -> Program[list[OpenCase]]:
    """The open cases that somebody owns or handles, those due first before others; last those that the centre was not
    handed yet. Open is what was not filed yet, though it ended or was withdrawn."""
    handed_in = [OpenCase(*row) for row in (yield from rows(_CASES, centre_id=centre, person_id=person))]
    return handed_in + (yield from _not_handed_in(centre, person))


def _not_handed_in(centre: bytes, person: bytes) -> Program[list[OpenCase]]:
    """Cases that somebody owns and that have no sheet yet; their number is that of their slip."""
    found = []
    for status in sorted(BEFORE):
        wanted = {"kind_name": "application", "wanted_status": status, "page": MOST_WAITING}
        for one in (yield from views.shown(views.BY_STATUS, centre, **wanted)):
            values = one.view.values
            if values.get("owner_id") == person.hex() and one.place is not None:
                number, item = (values.get("slip") or {}).get("number") or "", (yield from _item(values.get("item")))
                id_ = bytes.fromhex(one.view.record)
                found.append(OpenCase(id_, number, item, status, None, one.place, person, NOBODY))
    return found


def _item(reference: Any) -> Program[str]:
    if not isinstance(reference, str):
        return ""
    shown = yield from views.shown(views.BY_ID, NOBODY, record_id=bytes.fromhex(reference))
    return str(shown[0].view.values.get("name") or "") if shown else ""


_HANDED = select(schema.handed.c.case).where(
    schema.handed.c.centre == bindparam("centre_id"), schema.handed.c.handover == bindparam("handover_id")
)


def named(centre: bytes, handover: bytes) -> Program[dict[str, bytes]]:
    """The cases of a handover's note by their signs."""
    found = yield from rows(_HANDED, centre_id=centre, handover_id=handover)
    return {sign_of(handover, case): case for (case,) in found}


def opinions(centre: bytes, person: bytes) -> Program[list[Answer]]:
    """Opinions to which somebody owes an answer, those due first before others."""
    return [Answer(*row) for row in (yield from rows(_OPINIONS, centre_id=centre, person_id=person))]


def receptions(centre: bytes, person: bytes) -> Program[list[Answer]]:
    """Receptions that somebody answers for and that have come to nothing yet: no answer, no case, not sent on."""
    return [Answer(*row) for row in (yield from rows(_RECEPTIONS, centre_id=centre, person_id=person))]


def visits(centre: bytes, person: bytes, since: int, until: int) -> Program[list[Mapping[str, Any]]]:
    """Visits that were promised for somebody between two moments."""
    found = yield from rows(_VISITS, centre_id=centre, person_id=person, since=since, until=until)
    return [
        {"visit": visit.hex(), "place": place.hex(), "start": start, "end": end, "accepted": bool(accepted)}
        for visit, place, start, end, accepted in found
    ]


def owed(centre: bytes, person: bytes) -> Program[list[Mapping[str, Any]]]:
    """Replies that a cadre owes."""
    found = yield from rows(_OWED, centre_id=centre, person_id=person)
    return [
        {"obligation": id_.hex(), "case": case.hex(), "household": home.hex(), "due": due, "state": state}
        for id_, case, home, due, state in found
    ]


def devices(person: bytes) -> Program[list[Mapping[str, Any]]]:
    """Somebody's phones that may still have work; `synced_at` is when they were last heard of, `handed_in` whether it
    said that nothing is left, `warning` what is lost with one that did not."""
    found = yield from rows(_DEVICES, person_id=person)
    return [
        {
            "device": id_.hex(),
            "name": name,
            "synced_at": at,
            "handed_in": state == "handed_in",
            "warning": "" if state == "handed_in" else not_handed_in(name, at),
        }
        for id_, name, at, state in found
    ]
