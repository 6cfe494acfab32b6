"""Offers for a visit and the centre's settings, for whoever has the resident on the telephone."""

import secrets

from litestar import delete, get, post, put
from litestar.params import FromPath, JSONBody
from msgspec import Struct

from daiban_schemas.kinds.visit import KIND
from daiban_server.db.program import Program
from daiban_server.features.visits import holds, offering
from daiban_server.features.visits import settings as chosen
from daiban_server.features.visits.offering import Found
from daiban_server.features.visits.settings import VisitSettings
from daiban_server.features.visits.terms import to_milliseconds
from daiban_server.http.bodies import Whole
from daiban_server.http.people import names_of
from daiban_server.http.problems import ProblemError, checked_id
from daiban_server.http.session import GivenSession
from daiban_server.services import GivenServices
from daiban_sync import ids


class WindowIn(Struct, rename={"start": "from", "end": "to"}):
    """A time that suits the resident, Unix milliseconds."""

    start: int
    end: int


class Wanted(Struct):
    """What is asked for: the time of a `visit` that was asked for, or a `household`'s visit of so many minutes in one
    of the windows (none: any time in two weeks). What is not given follows the `item`. With `hold` the offers are kept
    for some minutes."""

    visit: str | None = None
    household: str | None = None
    item: str | None = None
    minutes: Whole | None = None
    windows: list[WindowIn] = []
    deadline: int | None = None
    crew: Whole | None = None
    priority: Whole = 0
    count: Whole = 3
    hold: bool = True


class OfferOut(Struct, frozen=True):
    """A slot that can be promised; `agent` and `start` go into the ``book`` command. Times in Unix milliseconds. `held`
    says that it is kept for this household until `expires`, `moves` is how many neighbours would come a little earlier
    or later."""

    agent: str
    agents: list[str]
    names: list[str]
    start: Whole
    end: Whole
    code: str
    reason: str
    cost: int
    moves: int
    held: bool


class RefusalOut(Struct, frozen=True):
    """Why an agent cannot come."""

    agent: str | None
    code: str
    reason: str


class Answer(Struct, frozen=True):
    """The best offers, or why there is none, agent by agent. `hold` names what is kept until `expires` (0: nothing),
    under a `version` of the plan."""

    offers: list[OfferOut]
    refusals: list[RefusalOut]
    hold: str | None
    expires: int
    version: int


@post("/v1/visits/offers", opt={"action": "visit.offer"}, status_code=200)
async def offers(data: JSONBody[Wanted], session: GivenSession, services: GivenServices) -> Answer:
    """The best few slots across days and agents, with the reason in words. They are kept for some minutes, and nothing
    is promised by asking.

    Raises `ProblemError`: ``request.invalid``, ``record.unknown``, ``visit.place_unknown``.
    """
    if (data.visit is None) == (data.household is None):
        raise ProblemError("request.invalid")
    subject = checked_id(data.visit or data.household or "", "record.unknown")
    values = None if data.visit else _values(data)
    now, hold = services.now(), ids.uuid7(services.now(), secrets.token_bytes(10)) if data.hold else b""
    count, clerk = max(1, min(data.count, 20)), session.clerk
    found = await services.database.write(clerk.centre, lambda: offering.find(clerk, subject, values, count, hold, now))
    names = await services.database.read(names_of({one for offer in found.offers for one in offer.crew}))
    return _answer(found, names)


@delete("/v1/visits/holds/{hold:str}", opt={"action": "visit.offer"})
async def let_go(hold: FromPath[str], session: GivenSession, services: GivenServices) -> None:
    """Let go of offers that nobody wants."""
    id_, centre = checked_id(hold, "request.not_found"), session.clerk.centre
    await services.database.write(centre, lambda: holds.drop(centre, id_))


@get("/v1/visits/settings", opt={"action": "visit.offer"})
async def settings(session: GivenSession, services: GivenServices) -> VisitSettings:
    """What the centre chose: roads, hours, promises, and what is worth how much."""
    return await services.database.read(chosen.settings_of(session.clerk.centre))


@put("/v1/visits/settings", opt={"action": "visit.settings"}, status_code=204)
async def change_settings(data: JSONBody[VisitSettings], session: GivenSession, services: GivenServices) -> None:
    """Choose others. Raises `ProblemError`: ``request.invalid`` with the `fields` that make no sense."""
    if faults := data.faults():
        raise ProblemError("request.invalid", fields=faults)
    centre = session.clerk.centre
    await services.database.write(centre, lambda: _chosen(centre, data))


def _chosen(centre: bytes, settings: VisitSettings) -> Program[None]:
    """With other hours or roads the plan is another: what was offered before is looked at again."""
    yield from chosen.choose(centre, settings)
    yield from holds.count_up(centre)


def _values(data: Wanted) -> dict[str, object]:
    """What is asked for, under the rules of a visit's own fields. Raises `ProblemError`: ``request.invalid``."""
    given: dict[str, object] = {
        "item": data.item,
        "windows": [{"from": window.start, "to": window.end} for window in data.windows],
        "minutes": data.minutes,
        "deadline": data.deadline,
        "crew": data.crew,
        "priority": data.priority,
    }
    wrong = [name for name, value in given.items() if value is not None and KIND.fields[name].type.problem(value)]
    if wrong:
        raise ProblemError("request.invalid", fields=wrong)
    return given


def _answer(found: Found, names: dict[str, str]) -> Answer:
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
                len(offer.moves),
                held,
            )
            for offer, held in zip(found.offers, found.kept, strict=True)
        ],
        [RefusalOut(refusal.agent, refusal.code, refusal.reason) for refusal in found.refusals],
        found.hold.hex() or None,
        found.expires,
        found.version,
    )
