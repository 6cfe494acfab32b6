"""Opinions and ratings that a centre received, newest first, narrowed by what people ask.

A bad rating is an opinion (see `rating`), so it stands here once, as that; a good one is owed nothing.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from litestar import get
from litestar.params import FromQuery
from msgspec import Struct
from sqlalchemy import Select, bindparam, func, select

from daiban_schemas.masking import in_text
from daiban_server.db import schema
from daiban_server.db.program import Program, Row, first, rows
from daiban_server.features.affairs.rating import BAD
from daiban_server.http.people import names_of
from daiban_server.http.problems import ProblemError
from daiban_server.http.session import GivenSession
from daiban_server.services import GivenServices
from daiban_server.spine.ledger import Ledger
from daiban_sync.ids import NOBODY, is_id

MOST = 200
LONGEST = 40
_OPINION, _RATING = "opinion", "rating"
_o, _g, _s = schema.opinion_sheet.c, schema.rating.c, schema.case_sheet.c
_OPINIONS = (
    select(_o.id, _o.place, _o.application, _o.answerer, _o.due, _o.answered, _g.level, _s.number, _s.window)
    .select_from(
        schema.opinion_sheet.outerjoin(
            schema.rating, (_g.centre == _o.centre) & (_g.id == _o.application) & (_o.channel == "rating")
        ).outerjoin(schema.case_sheet, (_s.centre == _o.centre) & (_s.id == _o.application))
    )
    .where(_o.centre == bindparam("centre_id"))
    .order_by(_o.id.desc())
    .limit(bindparam("page"))
)
_RATINGS = (
    select(_g.id, _s.place, _g.level, _g.text, _g.at, _s.number, _s.window)
    .select_from(schema.rating.outerjoin(schema.case_sheet, (_s.centre == _g.centre) & (_s.id == _g.id)))
    .where(_g.centre == bindparam("centre_id"), _g.level > BAD)
    .order_by(_g.at.desc(), _g.id.desc())
    .limit(bindparam("page"))
)
_NARROWED = {"window": _s.window == bindparam("window_name"), "stars": _g.level == bindparam("stars")}
_OPINIONS_NARROWED = {"place": _o.place == bindparam("place_id"), "unanswered": _o.answered.is_(None), **_NARROWED}
_RATINGS_NARROWED = {"place": _s.place == bindparam("place_id"), **_NARROWED}
_WAITING = select(func.count()).where(_o.centre == bindparam("centre_id"), _o.answered.is_(None))


class Wanted(Struct, frozen=True):
    """What the list is narrowed to: a `place` by its id, a `window` by its name, `stars` from 1 to 5 (0: any), and
    what still waits for an answer."""

    place: str = ""
    window: str = ""
    stars: int = 0
    unanswered: bool = False


class OpinionLine(Struct, frozen=True):
    """An opinion, or a rating that is none (`record` is ""). `at` in Unix milliseconds, `due` a day or ""; `stars` is 0
    without a rating, `status` "" where nothing is owed."""

    record: str
    number: str
    channel: str
    at: int
    place: str
    text: str
    case: str
    case_number: str
    window: str
    stars: int
    status: str
    answerer: str
    due: str
    answer: str


@get("/v1/opinions", opt={"action": "opinion.read"})
async def opinions(
    session: GivenSession,
    services: GivenServices,
    place: FromQuery[str] = "",
    window: FromQuery[str] = "",
    stars: FromQuery[int] = 0,
    unanswered: FromQuery[bool] = False,
) -> list[OpinionLine]:
    """The last 200 that fit, newest first, without who said it."""
    if (place and not is_id(place)) or not 0 <= stars <= 5 or "\x00" in window:
        raise ProblemError("request.invalid")
    wanted = Wanted(place, window[:LONGEST], stars, unanswered)
    return (await services.database.read(received_by(session.clerk.centre, wanted, services.now())))[0]


def waiting(centre: bytes) -> Program[int]:
    """How many opinions of a centre wait for an answer."""
    row = yield from first(_WAITING, centre_id=centre)
    return int(row[0]) if row else 0


def received_by(
    centre: bytes, wanted: Wanted, now: int, limit: int = MOST, skip: int = 0
) -> Program[tuple[list[OpinionLine], bool]]:
    """What a centre received, newest first, and whether more follows.

    Opinions and ratings are two tables: of each, whatever could stand on the page is asked for, and records are read
    of those alone that do."""
    opinions, ratings = _narrowed(frozenset(name for name in _OPINIONS_NARROWED if getattr(wanted, name)))
    place = bytes.fromhex(wanted.place) if wanted.place else NOBODY
    given = {"centre_id": centre, "place_id": place, "window_name": wanted.window, "stars": wanted.stars}
    said = yield from rows(opinions, **given, page=skip + limit + 1)
    rated = [] if wanted.unanswered else (yield from rows(ratings, **given, page=skip + limit + 1))
    both = [*((_made(row[0]), _OPINION, row) for row in said), *((row[4], _RATING, row) for row in rated)]
    both.sort(key=lambda one: one[0], reverse=True)
    page = both[skip : skip + limit]
    found = yield from _opinions(Ledger(centre, now, 0), [row for _, which, row in page if which is _OPINION])
    found += [_rating(row) for _, which, row in page if which is _RATING]
    return sorted(found, key=lambda one: one.at, reverse=True), len(both) > skip + limit


def _made(opinion: bytes) -> int:
    """When an opinion was made, by its id: the server makes it as it takes the opinion in."""
    return int.from_bytes(opinion[:6], "big")


@lru_cache(maxsize=16)  # as many as there are sets of what may be asked
def _narrowed(asked: frozenset[str]) -> tuple[Select[Any], Select[Any]]:
    """Opinions, and ratings. Only what is asked stands in a statement, as in `features.cases.narrowing`."""
    return (
        _OPINIONS.where(*(_OPINIONS_NARROWED[name] for name in sorted(asked))),
        _RATINGS.where(*(_RATINGS_NARROWED[name] for name in sorted(asked & _RATINGS_NARROWED.keys()))),
    )


def _opinions(ledger: Ledger, said: Sequence[Row]) -> Program[list[OpinionLine]]:
    yield from ledger.load(row[0] for row in said)
    known = [record for row in said if (record := ledger.records.get(row[0]))]
    yield from ledger.load_entries(head.position for record in known for head in ledger.heads(record))
    names = yield from names_of({row[3].hex() for row in said})
    found = []
    for id_, place, case, answerer, due, _, level, case_number, window in said:
        record = ledger.records.get(id_)
        if record is None or record.deleted:
            continue
        values = (yield from ledger.view(record)).values
        found.append(
            OpinionLine(
                id_.hex(),
                values.get("number") or "",
                values.get("channel") or "",
                values.get("said_at") or 0,
                place.hex(),
                in_text(values.get("text") or ""),
                case.hex() if case != NOBODY else "",
                case_number or "",
                window or "",
                level or 0,
                record.status or "open",
                "" if answerer == NOBODY else names.get(answerer.hex(), ""),
                due,
                in_text(values.get("answer") or ""),
            )
        )
    return found


def _rating(row: Row) -> OpinionLine:
    case, place, level, text, at, number, window = row
    told = ("", "", "rating", at, place.hex() if place else "", in_text(text))
    return OpinionLine(*told, case.hex(), number or "", window or "", level, "", "", "", "")
