"""What everybody may ask without signing in."""

import functools
import secrets
from collections.abc import Sequence
from typing import Annotated, Any

from litestar import Request, get, post
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from daiban_server import rating_secret
from daiban_server.accounts import lockout
from daiban_server.accounts.entering import claim
from daiban_server.accounts.lockout import Budget
from daiban_server.features.affairs import board, box, looking_up, rating
from daiban_server.features.affairs.board import DutyOut, ResultOut
from daiban_server.features.affairs.looking_up import Shown
from daiban_server.http.problems import ProblemError
from daiban_server.http.session import secret_of
from daiban_server.services import GivenServices, Services
from daiban_server.spine.apply import blank
from daiban_sync import ids

Short = Annotated[str, Meta(max_length=40)]


class CaseKey(Struct):
    """The number of a case or of its slip, and the code that came with it."""

    number: Short
    code: Short


class RatingIn(Struct):
    """The number of a case or of its slip, and the `secret` that came with the result (see `rating_secret`); the
    look-up's code does not rate, since whoever handles the case can know it. `level`: 5 非常满意, 4 满意, 3 基本满意,
    2 不满意, 1 非常不满意."""

    number: Short
    level: Annotated[int, Meta(ge=1, le=5)]
    secret: Short = ""
    text: Annotated[str, Meta(max_length=500)] = ""


class OpinionIn(Struct):
    """What somebody wants to say; a name and a telephone if there shall be an answer. What comes again with the same
    `id`, a UUIDv7 that the sender makes up, is one opinion."""

    text: Annotated[str, Meta(min_length=2, max_length=1000)]
    person: Annotated[str, Meta(max_length=30)] = ""
    phone: Annotated[str, Meta(pattern=r"^(1[3-9][0-9]{9}|0[0-9]{2,3}-?[0-9]{7,8})?$")] = ""
    id: Annotated[str, Meta(pattern=r"^([0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15})?$", max_length=32)] = ""


@get("/v1/public/{code:str}/items")
async def public_items(code: FromPath[str], services: GivenServices) -> dict[str, list[dict[str, Any]]]:
    """Every item by window: basis, conditions, papers, limits, fees, flow."""
    await _centre(code, services)
    return await services.database.read(board.items())


@get("/v1/public/{code:str}/results")
async def public_results(code: FromPath[str], services: GivenServices) -> list[ResultOut]:
    """The results of the last thirty days."""
    centre, _ = await _centre(code, services)
    found = await services.database.read(board.results(centre, services.now()))
    return [one.shown for one in found]


@get("/v1/public/{code:str}/duty")
async def public_duty(code: FromPath[str], services: GivenServices) -> list[DutyOut]:
    """Who is on duty."""
    centre, _ = await _centre(code, services)
    return await services.database.read(board.duty(centre))


@post("/v1/public/{code:str}/opinions", status_code=201)
async def public_opinion(code: FromPath[str], data: JSONBody[OpinionIn], services: GivenServices) -> None:
    """Put something into the opinion box (意见箱)."""
    centre, _ = await _centre(code, services)
    if blank(data.text):
        raise ProblemError("value.incomplete")
    said = {"channel": "opinion_box", "text": data.text}
    said |= {name: getattr(data, name) for name in ("person", "phone") if getattr(data, name)}
    now, secret = services.now(), secrets.token_bytes(32)
    record = bytes.fromhex(data.id) if data.id else ids.uuid7(now, secrets.token_bytes(10))
    if not await services.database.read(box.received(centre, record, said, now)):
        await services.database.write(centre, functools.partial(box.put_in, centre, record, said, services, secret))


@post("/v1/public/look-up", status_code=200)
async def look_up(data: JSONBody[CaseKey], request: Request[Any, Any, Any], services: GivenServices) -> Shown:
    """How a case stands."""
    return await services.database.read(looking_up.show(*await _case(data, request, services)))


@post("/v1/public/rating", status_code=204)
async def rate(data: JSONBody[RatingIn], request: Request[Any, Any, Any], services: GivenServices) -> None:
    """Rate a case that has ended. Nobody who is signed in rates: a rating is never given on the handler's device. Wrong
    secrets make the next try wait, as wrong codes do."""
    if secret_of(request, services):
        raise ProblemError("rating.own_device")
    centre, case = await _rated(data, request, services)
    await services.database.write(
        centre, functools.partial(rating.rate, centre, case, data.level, data.text.strip(), services)
    )


async def _centre(code: str, services: Services) -> tuple[bytes, str]:
    found = None if "\x00" in code else await services.database.read(board.centre(code))
    if found is None:
        raise ProblemError("centre.unknown")
    return found


async def _rated(data: RatingIn, request: Request[Any, Any, Any], services: Services) -> tuple[bytes, bytes]:
    """The case that number and secret name together. Raises `ProblemError`: ``session.too_many``, ``case.not_found``,
    ``rating.secret``."""
    found = await services.database.read(looking_up.numbered(data.number))
    key = await _tried(lockout.RATING, data.number, found, request, services)
    for centre, case in found:
        if rating_secret.fits(services.keys, case, data.secret):
            await services.database.write("lockout", lambda: lockout.clear(key))
            return centre, case
    raise ProblemError("rating.secret" if found else "case.not_found")


async def _case(data: CaseKey, request: Request[Any, Any, Any], services: Services) -> tuple[bytes, bytes]:
    """The case that number and code name together. Raises `ProblemError`: ``session.too_many``, ``case.not_found``."""
    found = await services.database.read(looking_up.numbered(data.number))
    key = await _tried(lockout.LOOK_UP, data.number, found, request, services)
    for centre, case in found:
        if looking_up.opens(case, data.code):
            await services.database.write("lockout", lambda: lockout.clear(key))
            return centre, case
    raise ProblemError("case.not_found")


async def _tried(
    budget: Budget,
    number: str,
    found: Sequence[tuple[bytes, bytes]],
    request: Request[Any, Any, Any],
    services: Services,
) -> bytes:
    """Count a try, on the case and on where it comes from; numbers that no case has share a few rows. Gives what it
    counts on. Raises `ProblemError("session.too_many")`."""
    address = request.client.host if request.client else ""
    source = lockout.source_of(address, services.keys.derived("question")) if found else b""
    case = min((case for _, case in found), default=None)
    key = lockout.account_key(budget, case, looking_up.written(number), source)
    await claim(key, budget, services)
    return key
