"""Finding cases: the list with its filters, one case with its story, and what may be done with it now."""

import heapq
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import bindparam, func, select, union

from daiban_schemas.kind import Command, Report
from daiban_schemas.kinds import KINDS
from daiban_schemas.masking import as_shown
from daiban_server import homes
from daiban_server.db import schema
from daiban_server.db.program import Lookup, Program, Row, rows
from daiban_server.features.cases.asking import kin_refuses
from daiban_server.features.cases.facts import tried_on
from daiban_server.features.cases.narrowing import CLOSEST, Wanted, parameters, statements
from daiban_server.features.cases.replying import replies
from daiban_server.http.people import names_of
from daiban_sync.ids import NOBODY

LONGEST = 500
"""Cases of a page, at most."""
_s, _e = schema.case_sheet.c, schema.case_event.c
_COLUMNS = tuple(schema.case_sheet.c.keys())
_ID = _COLUMNS.index("id")
_COUNTS = select(_s.status, func.count()).where(_s.centre == bindparam("centre_id")).group_by(_s.status)
_WINDOWS = select(_s.window).where(_s.centre == bindparam("centre_id")).distinct().order_by(_s.window)
_ONE = select(schema.case_sheet).where(_s.centre == bindparam("centre_id"), _s.id == bindparam("case_id"))
_THEIRS = union(
    select(_s.id).where(_s.centre == bindparam("centre_id"), _s.household.in_(homes.joined("household"))),
    select(_s.id).where(_s.centre == bindparam("centre_id"), _s.applicant == bindparam("applicant")),
)
_ALIKE = select(schema.case_sheet).where(
    _s.centre == bindparam("centre_id"),
    _s.id.in_(_THEIRS),
    _s.item_name == bindparam("name_of_item"),
    _s.id != bindparam("case_id"),
    _s.status != "withdrawn",
    _s.submitted > bindparam("since"),
)
_STORY = (
    select(_e.name, _e.before, _e.after, _e.at, _e.effective, _e.author, _e.told)
    .where(_e.centre == bindparam("centre_id"), _e.case == bindparam("case_id"))
    .order_by(_e.position)
)
ALIKE = 366 * 86_400_000
"""Milliseconds within which the same matter of the same household is shown as a possible duplicate (疑似重复)."""


class CaseOut(Struct, frozen=True):
    """A case in a list. `label` is the mode of the statistics; `due` is a day; times are Unix milliseconds."""

    record: str
    number: str
    item: str
    item_name: str
    window: str
    label: str
    source: str
    household: str
    place: str
    applicant: str
    status: str
    status_label: str
    owner: str
    handler: str
    submitted: int
    received: int | None
    accepted: int | None
    due: str | None
    ended: int | None
    archived: int | None
    urgent: bool
    kin: bool


class EventOut(Struct, frozen=True):
    """An act that took effect: `at` is when the server took it in, `effective` what is believed of when it was done."""

    name: str
    label: str
    before: str
    after: str
    at: int
    effective: int
    by: str
    told: dict[str, Any]


class ActOut(Struct, frozen=True):
    """A command, and whether it may be given now; `why_not` is the code of what stands against it."""

    name: str
    label: str
    legal: bool
    why_not: str | None
    required: list[str]


def found(centre: bytes, wanted: Wanted) -> Program[list[CaseOut]]:
    """The cases of a centre that fit, those due first before others."""
    asked, given = statements(wanted), (yield from parameters(centre, wanted))
    page, skip = max(1, min(wanted.limit, LONGEST)), wanted.skip
    ids = yield from rows(asked.open, **given, page=page, skipped=skip)
    if len(ids) < page:
        before = (yield from rows(asked.how_many_open, **given))[0][0] if skip else len(ids)
        rest = {"page": page - len(ids), "skipped": max(0, skip - before)}
        ids = [*ids, *(yield from rows(asked.over, **given, **rest))]
    return (yield from _in_turn(centre, ids))


def closest(centre: bytes, query: str, limit: int) -> Program[list[CaseOut]]:
    """The cases that a text fits, for whoever looks for one: first those of which the number, the name as it is written
    or spelt, or the telephone begins so; of these what is open by what is due, and then what ended last."""
    given = yield from parameters(centre, Wanted(query=query))
    return (yield from _in_turn(centre, (yield from rows(CLOSEST, **given, page=limit))))


def _in_turn(centre: bytes, ids: Sequence[Row]) -> Program[list[CaseOut]]:
    sheets = yield Lookup(schema.case_sheet, ("centre", "id"), _COLUMNS, [(centre, id_) for (id_,) in ids])
    by_id = {row[_ID]: row for row in sheets}
    return (yield from _named([by_id[id_] for (id_,) in ids]))


def how_many(centre: bytes, wanted: Wanted) -> Program[int]:
    """How many cases of a centre fit, whatever the length of a page."""
    return int((yield from rows(statements(wanted).how_many, **(yield from parameters(centre, wanted))))[0][0])


def counts(centre: bytes) -> Program[dict[str, int]]:
    """How many cases are in each state."""
    return dict((yield from rows(_COUNTS, centre_id=centre)))


def windows(centre: bytes) -> Program[list[str]]:
    """The windows that have a case."""
    return [row[0] for row in (yield from rows(_WINDOWS, centre_id=centre))]


def one(centre: bytes, case: bytes) -> Program[CaseOut | None]:
    """A case's sheet; None before it was submitted."""
    named = yield from _named((yield from rows(_ONE, centre_id=centre, case_id=case)))
    return named[0] if named else None


def alike(centre: bytes, case: CaseOut) -> Program[list[CaseOut]]:
    """Cases that may be the same matter."""
    household = yield from homes.kept(centre, bytes.fromhex(case.household))
    given = {"name_of_item": case.item_name, "applicant": case.applicant, "household": household}
    since = case.submitted - ALIKE
    likely = yield from rows(_ALIKE, centre_id=centre, case_id=bytes.fromhex(case.record), since=since, **given)
    return (yield from _named(likely))


def story(centre: bytes, case: bytes, household: bytes) -> Program[list[EventOut]]:
    """What happened to a case, in order: its acts, and the replies that were given for it (``replied``), in whose
    `told` stand their words, whose they are, and whether they were `counted`."""
    told = yield from rows(_STORY, centre_id=centre, case_id=case)
    names = yield from names_of({row[5].hex() for row in told})
    replied = yield from replies(centre, case, household)
    given = sorted((EventOut("replied", before="", after="", **one) for one in replied), key=_taken_in)
    # Acts keep the order of their entries, whatever the server's clock did.
    return list(heapq.merge((_event(row, names) for row in told), given, key=_taken_in))


def _taken_in(event: EventOut) -> int:
    return event.at


def acts(status: str, role: str, person: str, values: Mapping[str, Any], attempts: int) -> list[ActOut]:
    """What somebody may do with a case now, and what stands against the rest: for his role's and his own sake by the
    same rules, in the same order, as the act itself. `attempts` is on how many days somebody must have been tried
    before his follow-up is closed."""
    made = []
    for command in KINDS["application"].commands.values():
        code = None
        if role not in command.roles:
            code = "command.not_your_role"
        elif status not in command.source:
            code = "command.not_now"
        elif kin_refuses(person, command.name, values):
            code = "kin.conflict"
        elif command.name in ("pause", "resume"):
            code = _of_a_pause(command.name, values)
        elif command.name == "close_follow_up" and tried_on(values) < attempts:
            code = "follow_up.attempts"
        made.append(ActOut(command.name, command.label, code is None, code, sorted(command.required)))
    return made


def _of_a_pause(name: str, values: Mapping[str, Any]) -> str | None:
    pauses = values.get("pauses") or []
    paused = bool(pauses) and not pauses[-1].get("until")
    if name == "pause":
        return "pause.open" if paused else None
    return None if paused else "pause.none"


def _named(sheets: list[Row]) -> Program[list[CaseOut]]:
    at = {column.name: i for i, column in enumerate(schema.case_sheet.columns)}
    names = yield from names_of({row[at[who]].hex() for row in sheets for who in ("owner", "handler")})
    names[NOBODY.hex()] = ""
    return [_case({name: row[i] for name, i in at.items()}, names) for row in sheets]


def _case(sheet: Mapping[str, Any], names: Mapping[str, str]) -> CaseOut:
    same = {name: sheet[name] for name in CaseOut.__struct_fields__ if name in sheet}
    named = {who: names.get(sheet[who].hex(), "") for who in ("owner", "handler")}
    ids = {name: sheet[name].hex() for name in ("item", "household", "place")}
    flags = {name: bool(sheet[name]) for name in ("urgent", "kin")}
    label = KINDS["application"].states.get(sheet["status"], sheet["status"])
    return CaseOut(**{**same, **named, **ids, **flags, "record": sheet["id"].hex(), "status_label": label})


def _told(act: Command | Report | None, packed: bytes) -> dict[str, Any]:
    """What was said with an act, as whoever handles the case sees it."""
    types = act.arguments if isinstance(act, Command) else act.facts if act else {}
    told = msgspec.json.decode(packed)
    return {name: as_shown(value, types.get(name), "handling") for name, value in told.items()}


def _event(row: Row, names: Mapping[str, str]) -> EventOut:
    name, before, after, at, effective, author, told = row
    kind = KINDS["application"]
    act = kind.commands.get(name) or kind.reports.get(name)
    label = act.label if act else name
    return EventOut(name, label, before, after, at, effective, names.get(author.hex(), ""), _told(act, told))
