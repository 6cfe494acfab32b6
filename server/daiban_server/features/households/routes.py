"""One household: everything that is pending there, the last promise, the last reply (一户一页)."""

import secrets
from collections.abc import Sequence
from typing import Any

from litestar import get, post
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import Struct
from sqlalchemy import bindparam, or_, select

from daiban_schemas.kinds import KINDS
from daiban_schemas.kinds.reply import COUNTED
from daiban_schemas.masking import in_text
from daiban_server import homes
from daiban_server.authorship import authorship
from daiban_server.db import schema
from daiban_server.db.program import Program, Row, rows
from daiban_server.features.households.finding import Found, found
from daiban_server.features.households.merging import Join, join
from daiban_server.http.bodies import Whole
from daiban_server.http.people import names_of
from daiban_server.http.problems import ProblemError, checked_id
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.services import GivenServices, Services
from daiban_server.spine import views
from daiban_server.spine.views import Shown
from daiban_sync.ids import NOBODY

_s, _o, _r = schema.case_sheet.c, schema.obligation.c, schema.record.c
_h = schema.case_sheet.alias("of_home").c
# SQLite reads the whole centre for what it can find by an index, unless the index holds all that is asked of it.
_OF_HOME = select(_h.id).where(_h.centre == bindparam("centre_id"), _h.household.in_(homes.joined("home_id")))
_CASES = (
    select(_s.id, _s.number, _s.item_name, _s.status, _s.owner, _s.due, _s.ended)
    .where(_s.centre == bindparam("centre_id"), _s.id.in_(_OF_HOME))
    .order_by(_s.ended.is_not(None), _s.due, _s.submitted.desc())
    .limit(100)
)
_OWED = (
    select(_o.application, _o.cadre, _o.due, _o.state)
    .where(
        _o.centre == bindparam("centre_id"),
        _o.household.in_(homes.joined("home_id")),
        _o.reply.is_(None),
        or_(_o.state == "due", _o.state == "late"),
    )
    .order_by(_o.due)
)
_UNDER = (
    select(_r.id)
    .where(
        _r.centre == bindparam("centre_id"),
        _r.parent.in_(homes.joined("home_id")),
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
    """A visit that is still to come, or that nobody has reported yet; `status` in words, `state` as its code."""

    record: str
    purpose: str
    status: str
    state: str
    start: int | None
    end: int | None
    agent: str


class JoinedLine(Struct, frozen=True):
    """A household that was merged into this one, or into one that was: when (Unix milliseconds), by whom and why.
    `changed` says that somebody, such as a phone that had not heard of it, wrote in it since."""

    record: str
    head: str
    address: str
    into: str
    at: int
    by: str
    reason: str
    changed: bool


class HouseholdOut(Struct, frozen=True):
    """A household: cases that run before those that ended, what is owed, the newest replies first; with all of the
    households that were merged into it, which are named in `joined`. Asked for one of those, it is the one that stays.
    """

    record: str
    head: str
    address: str
    phone: str
    cases: list[CaseLine]
    owed: list[OwedLine]
    replies: list[ReplyLine]
    visits: list[VisitLine]
    joined: list[JoinedLine]


class MergeIn(Struct):
    """Into which household this one goes, and why; `seen` are the positions of this one and of that as they were shown,
    `values` fields of that which are changed with it."""

    into: str
    reason: str
    seen: tuple[Whole, Whole]
    values: dict[str, Any] = {}


@get("/v1/households/{record:str}", opt={"action": "household.read"})
async def household(record: FromPath[str], session: GivenSession, services: GivenServices) -> HouseholdOut:
    """Everything about one household that somebody at its door should know."""
    return await services.database.read(whole(session.clerk.centre, checked_id(record, "record.unknown")))


@get("/v1/households", opt={"action": "household.read"})
async def households(session: GivenSession, services: GivenServices, q: FromQuery[str] = "") -> list[Found]:
    """The households whose head, members, telephone or address fit `q`, also in pinyin; at most fifty."""
    return await found(session.clerk.centre, q[:LONGEST], services.database, services.keys)


@post("/v1/households/{record:str}/merge", opt={"action": "household.merge"}, status_code=200)
async def merge(
    record: FromPath[str], data: JSONBody[MergeIn], session: GivenSession, services: GivenServices
) -> HouseholdOut:
    """Merge this household into another (并户), all of it or nothing; gives the one that stays. It is taken back by the
    command ``separate``."""
    into = checked_id(data.into, "record.unknown")
    await merge_into(
        Join(checked_id(record, "record.unknown"), into, data.reason, data.seen, data.values), session, services
    )
    return await services.database.read(whole(session.clerk.centre, into))


async def merge_into(wanted: Join, session: SignedIn, services: Services) -> None:
    """Do it for whoever is signed in. Raises `Refusal` as `merging.join`."""
    clerk, now, secret = session.clerk, services.now(), secrets.token_bytes(32)
    await services.database.write(
        clerk.centre, lambda: join(wanted, clerk, services.keys, services.effects, now, secret)
    )


def whole(centre: bytes, home: bytes) -> Program[HouseholdOut]:
    """A household of a centre. Raises `ProblemError("record.unknown")`."""
    home, *others = yield from homes.all_of(centre, home)
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
        joined=(yield from _joined(centre, others)),
    )


def _joined(centre: bytes, others: Sequence[bytes]) -> Program[list[JoinedLine]]:
    lines = []
    for id_ in others:
        for one in (yield from views.shown(views.BY_ID, centre, record_id=id_)):
            values, told = one.view.values, one.view.values["merged"]
            head, address = (str(values.get(name) or "") for name in ("head", "address"))
            act = told["at"], told["by"], told["reason"]
            lines.append(JoinedLine(one.view.record, head, address, values["merged_into"], *act, _since(one)))
    return sorted(lines, key=lambda line: line.at, reverse=True)


def _since(one: Shown) -> bool:
    """Whether somebody wrote in a household since it was merged."""
    merged = one.view.fields["merged"][0].position
    return any(change.position > merged and change.device != NOBODY for change in one.view.written)


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
            state, times = KINDS["visit"].states.get(one.status or "", ""), (values.get("start"), values.get("end"))
            lines.append(VisitLine(one.view.record, purpose, state, one.status or "", *times, agent))
    return sorted(lines, key=lambda line: line.start or 0)
