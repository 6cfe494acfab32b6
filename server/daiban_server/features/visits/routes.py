"""Offers for a visit, for whoever has the resident on the telephone."""

from litestar import post
from litestar.params import JSONBody
from msgspec import Struct
from sqlalchemy import bindparam, select

from daiban_server.db import schema
from daiban_server.db.program import Program, first
from daiban_server.features.visits.engine.model import ProblemError as ModelError
from daiban_server.features.visits.engine.offers import offers as find_offers
from daiban_server.features.visits.standing import load_week, point, to_milliseconds, wanted
from daiban_server.http.people import names_of
from daiban_server.http.problems import ProblemError
from daiban_server.http.session import GivenSession
from daiban_server.services import GivenServices, Services
from daiban_server.spine import views
from daiban_sync.ids import is_id

_PLACE = select(schema.place.c.lon, schema.place.c.lat).where(schema.place.c.id == bindparam("place_id"))


class WindowIn(Struct, rename={"start": "from", "end": "to"}):
    """A time that suits the resident, Unix milliseconds."""

    start: int
    end: int


class Wanted(Struct):
    """What is asked for: a household's visit of so many minutes in one of the windows (none: any time in two weeks)."""

    household: str
    minutes: int = 30
    windows: list[WindowIn] = []
    deadline: int | None = None
    crew: int = 1
    priority: int = 0
    count: int = 3


class OfferOut(Struct, frozen=True):
    """A slot that can be promised; `agent` and `start` go into the ``book`` command. Times in Unix milliseconds."""

    agent: str
    agents: list[str]
    names: list[str]
    start: int
    end: int
    code: str
    reason: str
    cost: int


class RefusalOut(Struct, frozen=True):
    """Why an agent cannot come."""

    agent: str | None
    code: str
    reason: str


class Answer(Struct, frozen=True):
    """The best offers, or why there is none, agent by agent."""

    offers: list[OfferOut]
    refusals: list[RefusalOut]


@post("/v1/visits/offers", opt={"action": "visit.offer"}, status_code=200)
async def offers(data: JSONBody[Wanted], session: GivenSession, services: GivenServices) -> Answer:
    """The best few slots across days and agents, with the reason in words. Nothing is held or promised by asking."""
    if not is_id(data.household) or not 5 <= data.minutes <= 480 or data.crew not in (1, 2):
        raise ProblemError("request.invalid")
    return await services.database.read(_offers(data, session.clerk.centre, services))


def _offers(data: Wanted, centre: bytes, services: Services) -> Program[Answer]:
    household, now = bytes.fromhex(data.household), services.now()
    found = yield from views.shown(views.BY_ID, centre, record_id=household)
    if not found or found[0].view.kind != "household":
        raise ProblemError("record.unknown")
    where, place = found[0].view.values.get("point"), found[0].place or b""
    if where is None:
        row = yield from first(_PLACE, place_id=place)
        if row is None or row[0] is None:
            raise ProblemError("visit.place_unknown")
        where = {"lon": row[0], "lat": row[1]}
    values = {
        "windows": [{"from": window.start, "to": window.end} for window in data.windows],
        "minutes": data.minutes,
        "deadline": data.deadline,
        "crew": data.crew,
        "priority": data.priority,
    }
    week = yield from load_week(centre, now)
    try:
        visit = wanted("", household, place, point(where["lon"], where["lat"]), values, now)
        answer = find_offers(week, visit, max(1, min(data.count, 20)))
    except ModelError as error:
        raise ProblemError("request.invalid", detail=error.code) from None
    names = yield from names_of({one for offer in answer.offers for one in offer.crew})
    return Answer(
        [
            OfferOut(
                offer.crew[0],
                list(offer.crew),
                [names[one] for one in offer.crew],
                to_milliseconds(offer.start),
                to_milliseconds(offer.end),
                offer.code,
                offer.reason,
                offer.cost,
            )
            for offer in answer.offers
        ],
        [RefusalOut(refusal.agent, refusal.code, refusal.reason) for refusal in answer.refusals],
    )
