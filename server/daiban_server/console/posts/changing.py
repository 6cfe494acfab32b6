"""The head makes a post, says what it is, appoints A and B, and does away with it."""

from collections.abc import Mapping
from typing import Any

from litestar import Response, post
from litestar.params import FromPath

from daiban_schemas import entry
from daiban_schemas.kinds import KINDS
from daiban_server.console import words
from daiban_server.console.languages.spoken import say
from daiban_server.console.pages import Asked, go, signed_form
from daiban_server.console.posts.reading import HOLDING, listed, post_of, whole
from daiban_server.console.staff.changing import MOST_PLACES
from daiban_server.http.problems import ProblemError, checked_id
from daiban_server.http.records import hand_in
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.services import GivenServices, Services
from daiban_server.spine import views
from daiban_sync import ids

KIND = KINDS["post"]
LONGEST = {"title": 60, "window": 20, "promise": 200}
NAMES = {"title": "岗位名称", "window": "窗口", "promise": "服务承诺"}
CHANGE = {"action": "post.change", "csrf_in_form": True}


@post("/posts", opt=CHANGE)
async def make(request: Asked, session: GivenSession, services: GivenServices) -> Response[Any]:
    """A post that nobody holds yet. The page brings its id along, so a form that is sent twice makes one."""
    form = await signed_form(request, session)
    record, centre = form.get("record", ""), session.clerk.centre
    id_ = checked_id(record, "request.invalid")
    if await services.database.read(views.shown(views.BY_ID, centre, record_id=id_)):
        return go(f"/posts/{record}", "post-before")
    fields, errors = _facts(form)
    if not errors:
        errors = await _written(record, fields, 0, session, services)
    if errors:
        return await listed(session, services, given=form, errors=errors)
    return go(f"/posts/{record}", "post-made")


@post("/posts/{record:str}/facts", opt=CHANGE)
async def describe(
    record: FromPath[str], request: Asked, session: GivenSession, services: GivenServices
) -> Response[Any]:
    """What the post is and what its badge promises."""
    form = await signed_form(request, session)
    await _exists(record, session, services)
    fields, errors = _facts(form)
    seen = form.get("seen", "")
    if not errors:
        position = int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 19 else 0
        errors = await _written(record, fields, position, session, services)
    if errors:
        return await whole(record, session, services, given=form, errors=errors)
    return go(f"/posts/{record}", "post-changed")


@post("/posts/{record:str}/appoint", opt=CHANGE)
async def appoint(
    record: FromPath[str], request: Asked, session: GivenSession, services: GivenServices
) -> Response[Any]:
    """Name A and B and the villages; both have them on their phones."""
    form = await signed_form(request, session, MOST_PLACES)
    await _exists(record, session, services)
    a, b = form.get("a", ""), form.get("b", "")
    places = [name.removeprefix("place-") for name in form if name.startswith("place-")]
    if not all(map(ids.is_id, [*places, *filter(None, (b,))])):
        raise ProblemError("request.invalid")
    if not ids.is_id(a):
        return await whole(record, session, services, given=form, errors={"a": "请选A岗。"})
    arguments = {"a": a, "places": places, **({"b": b} if b else {})}
    return await _command(record, "appoint", arguments, form, session, services)


@post("/posts/{record:str}/close", opt=CHANGE)
async def close(record: FromPath[str], request: Asked, session: GivenSession, services: GivenServices) -> Response[Any]:
    """The post is no more."""
    form = await signed_form(request, session)
    await _exists(record, session, services)
    return await _command(record, "close", None, form, session, services)


async def _exists(record: str, session: SignedIn, services: Services) -> None:
    await services.database.read(post_of(checked_id(record, "record.unknown"), session.clerk.centre))


async def _command(
    record: str,
    name: str,
    arguments: dict[str, Any] | None,
    form: Mapping[str, str],
    session: SignedIn,
    services: Services,
) -> Response[Any]:
    seen = form.get("expected", "")
    expected = int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 9 else None
    body = entry.command(record, "post", name, arguments, expected=expected, at=services.now(), by=session.person)
    try:
        await hand_in(body, record, session, services)
    except ProblemError as error:
        at = "b" if error.code == "post.pair" else next(iter(error.members.get("fields", ())), "a")
        return await whole(record, session, services, given=form, errors={at: words.wrong(error.code)})
    return go("/posts", "closed-post") if name == "close" else go(f"/posts/{record}", "appointed")


def _facts(form: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """What a form says of a post, and what is wrong with it by field."""
    given = {name: form.get(name, "").strip() for name in LONGEST}
    errors = {
        name: say("“{0}”请写在 {1} 字以内。", NAMES[name], most)
        for name, most in LONGEST.items()
        if len(given[name]) > most
    }
    if not given["title"]:
        errors["title"] = "请填岗位名称。"
    if form.get("role") not in HOLDING:
        errors["role"] = "请选一个角色。"
    return {**{name: text or None for name, text in given.items()}, "role": form.get("role")}, errors


async def _written(
    record: str, fields: Mapping[str, Any], seen: int, session: SignedIn, services: Services
) -> dict[str, str]:
    """Write what differs; gives what is wrong by field."""
    if not seen:
        fields = {name: value for name, value in fields.items() if value is not None}
    body = entry.change(record, "post", dict(fields), seen=seen, at=services.now(), by=session.person)
    try:
        await hand_in(body, record, session, services)
    except ProblemError as error:
        return {"title": words.wrong(error.code)}
    return {}


HANDLERS: list[Any] = [make, describe, appoint, close]
