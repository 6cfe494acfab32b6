"""The public board (公示栏): items with everything that is promised, results by surname and village, who is on duty."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from msgspec import Struct
from sqlalchemy import bindparam, select

from daiban_server.db import schema
from daiban_server.db.program import Program, Row, first, rows
from daiban_server.limits.calendar import local_day
from daiban_server.spine import views
from daiban_sync.ids import NOBODY

_c, _s, _pl = schema.centre.c, schema.case_sheet.c, schema.place.c
_CENTRE = select(_c.id, _c.name).where(_c.code == bindparam("wanted_code")).limit(1)
_RESULTS = (
    select(_s.applicant, _pl.name, _s.item_name, _s.end, _s.ended)
    .select_from(schema.case_sheet.outerjoin(schema.place, _pl.id == _s.place))
    .where(
        _s.centre == bindparam("centre_id"),
        _s.ended.is_not(None),
        _s.ended > bindparam("since"),
        _s.end != "withdrawn",
    )
    .order_by(_s.ended.desc())
    .limit(200)
)
_SHOWN = (
    *("code", "name", "type", "basis", "body", "conditions", "audience", "modes", "papers", "legal_limit"),
    *("promised_limit", "trips", "fee", "fee_basis", "flow", "special_steps", "note", "crew", "person_must_come"),
)
DAYS = 30
"""How long a result stands on the board."""
RESULTS: Mapping[str, str] = {"refused": "不予办理", "not_accepted": "不予受理"}


class ResultOut(Struct, frozen=True):
    """A result: surname, village and outcome only; in a village the matter would tell whose it is. `day` is its day."""

    surname: str
    village: str
    result: str
    day: str


class Result(NamedTuple):
    """A result with what it was about, for a list of one item that is printed by name."""

    item: str
    shown: ResultOut


class DutyOut(Struct, frozen=True):
    """Who holds a post, with what stands on the badge; `on_duty` is who is there today in his stead."""

    title: str
    window: str
    name: str
    phone: str
    badge: str
    stand_in: str
    on_duty: str
    promise: str


def centre(code: str) -> Program[tuple[bytes, str] | None]:
    """A centre's id and name by its code."""
    row = yield from first(_CENTRE, wanted_code=code)
    return (row[0], row[1]) if row and row[0] != NOBODY else None


def items() -> Program[dict[str, list[dict[str, Any]]]]:
    """The current edition of every item, by window: what is promised before anybody applies (服务承诺). What an item
    does not state is null, which is not the same as none."""
    found = yield from newest()
    return {window: [{name: item.get(name) for name in _SHOWN} for _, item in ours] for window, ours in found.items()}


def newest() -> Program[dict[str, list[tuple[str, Mapping[str, Any]]]]]:
    """The current edition of every item with its record's id, by window, in the catalogue's order."""
    found = yield from views.shown(views.BY_KIND, NOBODY, kind_name="item", page=5000)
    editions: dict[str, tuple[str, Mapping[str, Any]]] = {}
    for one in found:
        values, code = one.view.values, str(one.view.values.get("code"))
        _, before = editions.get(code, ("", {}))
        if not values.get("usable_until") and values.get("edition", 0) > before.get("edition", 0):
            editions[code] = (one.view.record, values)
    shown: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
    for record, item in sorted(editions.values(), key=lambda one: (one[1].get("order", 0), one[1]["code"])):
        shown.setdefault(str(item.get("window") or ""), []).append((record, item))
    return shown


def results(centre_id: bytes, now: int) -> Program[list[Result]]:
    """What was decided lately."""
    found = yield from rows(_RESULTS, centre_id=centre_id, since=now - DAYS * 86_400_000)
    return [_result(row) for row in found]


def _result(row: Row) -> Result:
    applicant, village, item, end, ended = row
    result = RESULTS.get(end, "已办结")
    return Result(item, ResultOut(applicant[:1] + "某", village or "", result, local_day(ended).isoformat()))


def duty(centre_id: bytes) -> Program[list[DutyOut]]:
    """The posts of a centre that somebody holds."""
    found = yield from views.shown(views.BY_KIND, centre_id, kind_name="post", page=5000)
    posts = [one.view.values for one in found if one.status == "held"]
    return [_duty(post) for post in sorted(posts, key=lambda one: str(one.get("title")))]


def _duty(post: Mapping[str, Any]) -> DutyOut:
    holder, stand_in = post.get("a") or {}, post.get("b") or {}
    return DutyOut(
        post.get("title") or "",
        post.get("window") or "",
        holder.get("name", ""),
        holder.get("phone", ""),
        holder.get("badge", ""),
        stand_in.get("name", ""),
        (post.get("on_duty") or {}).get("name", ""),
        post.get("promise") or "",
    )
