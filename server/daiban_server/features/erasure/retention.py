"""How long records of each class are kept, and which are due to go.

=========== ================================================ ==========
class       kept from                                        days
=========== ================================================ ==========
draft       an application that was never handed in, made        365
case        filed (归档), withdrawn, or not taken up           3,650
reception   received                                           1,095
opinion     answered                                           1,825
household   entered, and nothing of it is kept any more      3,650
=========== ================================================ ==========

The law names no periods for these papers of a township; they are the district's to set, and never under a year for what
was decided about somebody.
"""

from collections.abc import Iterator, Mapping

import msgspec
from msgspec import Struct
from sqlalchemy import bindparam, or_, select

from daiban_schemas.kinds.household import CURRENT, MERGED
from daiban_server import todo
from daiban_server.db import schema, setting
from daiban_server.db.program import Program, rows
from daiban_sync import ids

DAY = 86_400_000
DEFAULT: Mapping[str, int] = {"draft": 365, "case": 3650, "reception": 1095, "opinion": 1825, "household": 3650}
SHORTEST: Mapping[str, int] = {"draft": 30, "case": 365, "reception": 90, "opinion": 365, "household": 365}
LISTED = 500
SETTING = "retention"

_r, _s, _o, _x = schema.record.c, schema.case_sheet.c, schema.opinion_sheet.c, schema.erasure.c
_c = schema.reception_sheet.c
_CENTRES = select(schema.counter.c.centre).where(schema.counter.c.centre != ids.NOBODY)
_CASES = (
    select(_s.id, _s.kept_from)
    .where(_s.centre == bindparam("centre_id"), _s.kept_from < bindparam("kept_since"))
    .order_by(_s.kept_from)
    .limit(LISTED)
)
_RECEPTIONS = (
    select(_c.id)
    .where(_c.centre == bindparam("centre_id"), _c.id < bindparam("made_before"))
    .order_by(_c.id)
    .limit(LISTED)
)
_DRAFTS = (
    select(_r.id)
    .where(
        _r.centre == bindparam("centre_id"),
        _r.kind == "application",
        _r.status == "draft",
        _r.id < bindparam("made_before"),
        ~select(_x.record).where(_x.centre == _r.centre, _x.record == _r.id).exists(),
    )
    .order_by(_r.id)
    .limit(LISTED)
)
_i = schema.household_merge.c
_under = schema.record.alias("under")
_HOUSEHOLDS = (
    select(_r.id)
    .where(
        _r.centre == bindparam("centre_id"),
        _r.kind == "household",
        or_(_r.status == CURRENT, _r.status == MERGED),
        _r.id < bindparam("made_before"),
        ~select(_x.record).where(_x.centre == _r.centre, _x.record == _r.id).exists(),
        ~select(_under.c.id)
        .where(
            _under.c.centre == _r.centre,
            _under.c.parent == _r.id,
            ~select(_x.record).where(_x.centre == _under.c.centre, _x.record == _under.c.id).exists(),
        )
        .exists(),
        ~select(_i.id).where(_i.centre == _r.centre, _i.into == _r.id).exists(),
    )
    .order_by(_r.id)
    .limit(LISTED)
)
"""Households of which nothing is left: no case, visit or reply, and no other that was merged into them."""
_OPINIONS = (
    select(_o.id, _o.answered)
    .where(
        _o.centre == bindparam("centre_id"),
        _o.answered < bindparam("kept_since"),
        ~select(_x.record).where(_x.centre == _o.centre, _x.record == _o.id).exists(),
    )
    .order_by(_o.answered)
    .limit(LISTED)
)


class Due(Struct, frozen=True):
    """A record whose retention is over: its class, and since when it was kept (Unix milliseconds)."""

    record: str
    of: str
    since: int


def days() -> Program[dict[str, int]]:
    """How many days each class is kept, as the district set it."""
    held = yield from setting.held(SETTING)
    return {**DEFAULT, **(msgspec.json.decode(held, type=dict[str, int]) if held else {})}


def keep(chosen: Mapping[str, int]) -> Program[None]:
    """Set how many days classes are kept."""
    yield from setting.hold(SETTING, msgspec.json.encode(dict(chosen)).decode())


def problems(chosen: Mapping[str, int]) -> Iterator[str]:
    """Classes that are unknown, or would be kept too short."""
    for of, count in chosen.items():
        if of not in SHORTEST or not SHORTEST[of] <= count <= 36_500:
            yield of


def due(centre: bytes, now: int) -> Program[list[Due]]:
    """A centre's records whose retention is over, at most `LISTED` of each class."""
    kept = yield from days()
    before = {of: now - count * DAY for of, count in kept.items()}
    found = []
    for id_, since in (yield from rows(_CASES, centre_id=centre, kept_since=before["case"])):
        found.append(Due(id_.hex(), "case", since))
    for id_, since in (yield from rows(_OPINIONS, centre_id=centre, kept_since=before["opinion"])):
        found.append(Due(id_.hex(), "opinion", since))
    for of, asked in (("draft", _DRAFTS), ("reception", _RECEPTIONS), ("household", _HOUSEHOLDS)):
        # Ids begin with the time at which the record was made, as its maker's clock told it.
        limit = ids.uuid7(max(0, before[of]), bytes(10))
        for (id_,) in (yield from rows(asked, centre_id=centre, made_before=limit)):
            found.append(Due(id_.hex(), of, _made(id_)))
    return found


def _made(id_: bytes) -> int:
    return int.from_bytes(id_[:6], "big")


def centres() -> Program[list[bytes]]:
    """All centres but the district, which keeps no cases."""
    return [row[0] for row in (yield from rows(_CENTRES))]


def look(centre: bytes, now: int) -> Program[None]:
    """Tell the head, once a month, that something is due."""
    if (yield from due(centre, now)):
        yield from todo.for_head(centre, centre, "retention.due", f"retention {now // (30 * DAY)}", now)
