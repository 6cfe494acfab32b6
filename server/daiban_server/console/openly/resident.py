"""The resident's own pages, for a small phone: how a case stands, rating it, and the box for opinions.

Nobody signs in. A case opens with its number and code; it is rated with the secret that came with its result.
"""

import secrets
from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Template

from daiban_schemas.labels import RATINGS
from daiban_server.console import words
from daiban_server.console.openly.hall import centres_of
from daiban_server.console.pages import Asked, page, read_form
from daiban_server.features.affairs import board
from daiban_server.features.affairs.looking_up import Shown
from daiban_server.features.affairs.routes import CaseKey, OpinionIn, RatingIn, look_up, public_opinion, rate
from daiban_server.http.problems import ProblemError
from daiban_server.services import GivenServices, Services
from daiban_server.spine.refusal import Refusal
from daiban_sync import ids

LONGEST = 40
SAID = 1000


@get("/look-up")
async def asking() -> Template:
    """Number and code."""
    return _form({}, "")


@post("/look-up", status_code=200)
async def looked_up(request: Asked, services: GivenServices) -> Template:
    """How the case stands."""
    form = await read_form(request)
    try:
        return _case(await _shown(form, request, services), form)
    except ProblemError as error:
        return _form(form, words.wrong(error.code), error.headers)


def _form(given: Mapping[str, str], wrong: str, headers: Mapping[str, str] | None = None) -> Template:
    context = {"title": "办件查询", "given": given, "wrong": wrong}
    return page("openly/look_up", context, 422 if wrong else 200, headers)


async def _shown(form: Mapping[str, str], request: Asked, services: Services) -> Shown:
    key = CaseKey(form.get("number", "").strip()[:LONGEST], form.get("code", "").strip()[:LONGEST])
    shown: Shown = await look_up.fn(data=key, request=request, services=services)
    return shown


def _case(shown: Shown, form: Mapping[str, str], wrong: str = "", *, rated: bool = False) -> Template:
    context = {
        "title": "办件进度",
        "case": shown,
        "given": form,
        "wrong": wrong,
        "rated": rated,
        "levels": sorted(RATINGS.items(), reverse=True),
        "level_name": RATINGS.get(shown.rating or 0, ""),
    }
    return page("openly/case", context, 422 if wrong else 200)


@post("/look-up/rating", status_code=200)
async def rated(request: Asked, services: GivenServices) -> Template:
    """Keep a rating; the case is shown again with it."""
    form = await read_form(request)
    level, wrong = form.get("level", ""), ""
    try:
        shown = await _shown(form, request, services)
    except ProblemError as error:
        return _form(form, words.wrong(error.code), error.headers)
    if level not in {str(one) for one in RATINGS}:
        return _case(shown, form, "请选一个评价。")
    number, secret = form.get("number", "")[:LONGEST], form.get("secret", "").strip()[:LONGEST]
    given = RatingIn(number.strip(), int(level), secret, form.get("text", "").strip()[:500])
    try:
        await rate.fn(data=given, request=request, services=services)
    except (ProblemError, Refusal) as error:
        wrong = words.wrong(error.code)
    # Of two taps the second finds what the first gave meanwhile.
    return _case(await _shown(form, request, services), form, wrong, rated=not wrong)


@get("/opinions")
async def boxes(services: GivenServices) -> Template:
    """Whose box."""
    centres = await services.database.read(centres_of())
    return page("openly/boxes", {"title": "意见箱", "centres": centres})


@get("/opinions/{code:str}")
async def box(code: FromPath[str], services: GivenServices) -> Template:
    """The box of a centre."""
    return await _box(code, services, {}, "")


@post("/opinions/{code:str}", status_code=200)
async def put_in(code: FromPath[str], request: Asked, services: GivenServices) -> Response[Any]:
    """Put something into it."""
    form = await read_form(request)
    given = {name: form.get(name, "").strip() for name in ("text", "person", "phone", "id")}
    try:
        told = msgspec.convert({**given, "phone": given["phone"].replace(" ", "")}, OpinionIn)
        await public_opinion.fn(code=code, data=told, services=services)
    except msgspec.ValidationError as error:
        if "$.id" in str(error):
            raise ProblemError("request.invalid") from error
        few_or_many = not 2 <= len(given["text"]) <= SAID
        wrong = "请写下您的意见（2 到 1000 个字）。" if few_or_many else "电话号码写得不对；不想留可以空着。"
        return await _box(code, services, form, wrong)
    except ProblemError as error:
        if error.code == "centre.unknown":
            raise
        if error.code == "opinion.other":
            del form["id"]
        return await _box(code, services, form, words.wrong(error.code))
    return await _box(code, services, {}, "", kept=True, answered=bool(given["phone"]))


async def _box(
    code: str,
    services: Services,
    given: Mapping[str, str],
    wrong: str,
    *,
    kept: bool = False,
    answered: bool = False,
) -> Template:
    found = None if "\x00" in code else await services.database.read(board.centre(code))
    if found is None:
        raise ProblemError("centre.unknown")
    fresh = ids.uuid7(services.now(), secrets.token_bytes(10)).hex()
    given = {"id": fresh, **given}
    context = {"title": "意见箱", "centre": found[1], "code": code, "given": given, "wrong": wrong}
    return page("openly/box", {**context, "kept": kept, "answered": answered}, 422 if wrong else 200)


HANDLERS: list[Any] = [asking, looked_up, rated, boxes, box, put_in]
