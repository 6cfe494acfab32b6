"""One household: everything that is pending there, the last promise, the last reply (一户一页)."""

from litestar import get
from litestar.params import FromPath, FromQuery
from msgspec import Struct
from sqlalchemy import bindparam, or_, select

from daiban_schemas.kinds import KINDS
from daiban_schemas.kinds.reply import COUNTED
from daiban_schemas.masking import in_text
from daiban_server.authorship import authorship
from daiban_server.db import schema
from daiban_server.db.program import Program, Row, rows
from daiban_server.features.households.finding import Found, found
from daiban_server.http.people import names_of
from daiban_server.http.problems import ProblemError, checked_id
from daiban_server.http.session import GivenSession
from daiban_server.services import GivenServices
from daiban_server.spine import views
from daiban_sync.ids import NOBODY

_s, _o, _r = schema.case_sheet.c, schema.obligation.c, schema.record.c
_CASES = (
    select(_s.id, _s.number, _s.item_name, _s.status, _s.owner, _s.due, _s.ended)
    .where(_s.centre == bindparam("centre_id"), _s.household == bindparam("home_id"))
    .order_by(_s.ended.is_not(None), _s.due, _s.submitted.desc())
    .limit(100)
)
_OWED = (
    select(_o.application, _o.cadre, _o.due, _o.state)
    .where(
        _o.centre == bindparam("centre_id"),
        _o.household == bindparam("home_id"),
        _o.reply.is_(None),
        or_(_o.state == "due", _o.state == "late"),
    )
    .order_by(_o.due)
)
_UNDER = (
    select(_r.id)
    .where(
        _r.centre == bindparam("centre_id"),
        _r.parent == bindparam("home_id"),
        _r.kind == bindparam("wanted_kind"),
        _r.deleted.is_(False),
    )
    .order_by(_r.id.desc())
    .limit(20)
)
LONGEST = 60
"""Characters of a search that are looked at."""
ENDED = frozenset({"finished", "cancelled"})


class CaseLine(Struct, frozen=True):
    """A case: `status` in words, `state` as its code; `due` is the promised day, `ended` in Unix milliseconds."""

    record: str
    number: str
    item: str
    status: str
    state: str
    owner: str
    due: str | None
    ended: int | None


class OwedLine(Struct, frozen=True):
    """A reply that is owed; `due` in Unix milliseconds."""

    case: str
    cadre: str
    due: int
    state: str


class ReplyLine(Struct, frozen=True):
    """A reply that was given; `by` wrote it. `counted` says that it met what its cadre owed: his own reply, or one on
    his behalf."""

    record: str
    text: str
    outcome: str | None
    spoke_to: str | None
    how: str | None
    at: int
    by: str
    on_behalf_of: str | None
    counted: bool


class VisitLine(Struct, frozen=True):
    """A visit that is still to come; `status` in words, `state` as its code."""

    record: str
    purpose: str
    status: str
    state: str
    start: int | None
    agent: str


class HouseholdOut(Struct, frozen=True):
    """A household: cases that run before those that ended, what is owed, the newest replies first."""

    record: str
    head: str
    address: str
    phone: str
    cases: list[CaseLine]
    owed: list[OwedLine]
    replies: list[ReplyLine]
    visits: list[VisitLine]


@get("/v1/households/{record:str}", opt={"action": "household.read"})
async def household(record: FromPath[str], session: GivenSession, services: GivenServices) -> HouseholdOut:
    """Everything about one household that somebody at its door should know."""
    return await services.database.read(whole(session.clerk.centre, checked_id(record, "record.unknown")))


@get("/v1/households", opt={"action": "household.read"})
async def households(session: GivenSession, services: GivenServices, q: FromQuery[str] = "") -> list[Found]:
    """The households whose head, members, telephone or address fit `q`, also in pinyin; at most fifty."""
    return await found(session.clerk.centre, q[:LONGEST], services.database)


def whole(centre: bytes, home: bytes) -> Program[HouseholdOut]:
    """A household of a centre. Raises `ProblemError("record.unknown")`."""
    found = yield from views.shown(views.BY_ID, centre, record_id=home)
    if not found or found[0].view.kind != "household":
        raise ProblemError("record.unknown")
    values, whose = found[0].view.values, {"centre_id": centre, "home_id": home}
    cases, owed = (yield from rows(_CASES, **whose)), (yield from rows(_OWED, **whose))
    names = yield from names_of({row[4].hex() for row in cases} | {row[1].hex() for row in owed})
    names["0" * 32] = ""
    return HouseholdOut(
        **{name: values.get(name) or "" for name in ("head", "address", "phone")},
        record=home.hex(),
        cases=[_case(row, names) for row in cases],
        owed=[OwedLine(case.hex(), names.get(cadre.hex(), ""), due, state) for case, cadre, due, state in owed],
        replies=(yield from _replies(centre, home)),
        visits=(yield from _visits(centre, home)),
    )


def _case(row: Row, names: dict[str, str]) -> CaseLine:
    id_, number, item, status, owner, due, ended = row
    return CaseLine(id_.hex(), number, item, _state(status), status, names.get(owner.hex(), ""), due, ended)


def _state(status: str) -> str:
    return KINDS["application"].states.get(status, status)


def _under(centre: bytes, home: bytes, kind: str) -> Program[list[views.Shown]]:
    shown = []
    for (id_,) in (yield from rows(_UNDER, centre_id=centre, home_id=home, wanted_kind=kind)):
        shown += yield from views.shown(views.BY_ID, centre, record_id=id_)
    return shown


def _replies(centre: bytes, home: bytes) -> Program[list[ReplyLine]]:
    shown = yield from _under(centre, home, "reply")
    written = [(one, authorship(one.view)) for one in shown if "text" in one.view.fields]
    names = yield from names_of({person for _, given in written for person in (given.author, given.behalf)})
    lines = []
    for one, given in written:
        values = one.view.values
        told = (
            one.view.record,
            in_text(values.get("text") or "", "handling"),
            values.get("outcome"),
            values.get("spoke_to"),
            values.get("how"),
        )
        behalf = None if given.behalf == NOBODY.hex() else names.get(given.behalf)
        lines.append(ReplyLine(*told, given.at, names.get(given.author, ""), behalf, one.status == COUNTED))
    return sorted(lines, key=lambda line: line.at, reverse=True)


def _visits(centre: bytes, home: bytes) -> Program[list[VisitLine]]:
    lines = []
    for one in (yield from _under(centre, home, "visit")):
        values = one.view.values
        if one.status not in ENDED:
            purpose, agent = values.get("purpose") or "", values.get("agent_name") or ""
            state = KINDS["visit"].states.get(one.status or "", "")
            lines.append(VisitLine(one.view.record, purpose, state, one.status or "", values.get("start"), agent))
    return sorted(lines, key=lambda line: line.start or 0)
