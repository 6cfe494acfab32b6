"""One phone: its fingerprint to be compared, what was done with it, and what may be done now."""

import datetime
from collections.abc import Mapping
from typing import Any, NamedTuple

from litestar import Response, get, post
from litestar.params import FromPath

from daiban_schemas.zone import SHANGHAI
from daiban_server import offices
from daiban_server.console import words
from daiban_server.console.devices import listing
from daiban_server.console.languages.spoken import say
from daiban_server.console.pages import Asked, go, said_in, show, signed_form
from daiban_server.console.words import Mark, Moment
from daiban_server.db.program import Program
from daiban_server.features.devices import life
from daiban_server.features.devices.life import FROM
from daiban_server.http.enrolment import approve_device
from daiban_server.http.problems import ProblemError
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.permissions import may
from daiban_server.services import GivenServices, Services
from daiban_server.spine.acts import Told
from daiban_sync.ids import is_id

REASONS = ("手机丢了", "手机被盗", "手机坏了", "手机换新", "人走了没交手机", "联系不上本人")
NOTE_LENGTH = 200
_NEEDS = {
    "suspend": "device.suspend",
    "reinstate": "device.revoke",
    "revoke": "device.revoke",
    "reject": "device.approve",
}
_ACTS = {
    "suspend": Mark("挂失", "diamond"),
    "reinstate": Mark("恢复使用", "check"),
    "revoke": Mark("永久停用", "cross"),
    "reject": Mark("审核不通过", "cross"),
    "freeze": Mark("系统冻结", "cross", urgent=True),
    "new_key": Mark("换了密钥", "check"),
}


class Done(NamedTuple):
    """Something that was done with a phone. `sequence` is the last batch that had a receipt then."""

    at: Moment
    mark: Mark
    by: str
    reason: str
    sequence: int
    lost: Moment | None


class Suspicious(NamedTuple):
    """A batch that came in while the phone was missing and nobody had said so."""

    at: Moment
    entries: int


@get("/devices/{device:str}", opt={"action": "device.read"})
async def device(
    device: FromPath[str], request: Asked, session: GivenSession, services: GivenServices
) -> Response[Any]:
    """One phone. One that waits shows its fingerprint, large, to be compared."""
    return await _page(device, session, services, said=said_in(request))


async def _page(
    device: str,
    session: SignedIn,
    services: Services,
    *,
    said: str = "",
    errors: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
) -> Response[Any]:
    found = next((one for one in await listing.lines(session, services) if one.id == device), None)
    if found is None:
        return go("/devices", "gone")
    asked = {"act": "", "reason": "", "note": "", "lost": "", **(form or {})}
    acts = [act for act, needed in _NEEDS.items() if found.state in FROM[act] and may(session.role, needed)]
    return await show(
        "device",
        services,
        session,
        _story(bytes.fromhex(device), session, services.now()),
        422 if errors else 200,
        here="devices",
        title="核对手机" if found.state == "pending" else say("{0}的手机", found.person),
        device=found,
        acts=acts,
        reasons=REASONS,
        longest=NOTE_LENGTH,
        latest=f"{words.local(services.now()):%Y-%m-%dT%H:%M}",
        may_approve=may(session.role, "device.approve"),
        said=said,
        errors=errors or {},
        listed=[(f"{asked['act']}-{field}" if field else "", text) for field, text in (errors or {}).items()],
        form=asked,
    )


def _story(device: bytes, session: SignedIn, now: int) -> Program[Mapping[str, Any]]:
    centre = session.clerk.centre
    acts, between = (yield from life.acts(centre, device)), (yield from life.between(centre, device))
    return {
        "done": [_done(one, now) for one in acts],
        "between": [Suspicious(words.moment(one.received, now), one.last - one.first + 1) for one in between],
        "reached": (yield from offices.reached(centre)),
    }


def _done(one: life.Act, now: int) -> Done:
    lost = words.moment(one.lost_at, now) if one.lost_at else None
    mark = _ACTS.get(one.act, Mark(one.act, "empty"))
    return Done(words.moment(one.at, now), mark, one.by or "系统", one.reason, one.sequence, lost)


# What is done with it ---------------------------------------------------------------------------------------------


@post("/devices/{device:str}", opt={"action": "device.approve", "csrf_in_form": True})
async def approve(
    device: FromPath[str], request: Asked, session: GivenSession, services: GivenServices
) -> Response[Any]:
    """Approve what was compared: the form carries the fingerprint that the page showed, and the phone must still have
    it."""
    form = await signed_form(request, session)
    clerk, now, compared = session.clerk, services.now(), form.get("fingerprint", "")
    if not is_id(device):
        return go("/devices", "gone")
    try:
        await services.database.write(
            clerk.centre, lambda: approve_device(bytes.fromhex(device), clerk.centre, clerk.person, compared, now)
        )
    except ProblemError as error:
        return await _refused(error, device, session, services, {})
    return go("/devices", "approved")


@post("/devices/{device:str}/suspend", opt={"action": "device.suspend", "csrf_in_form": True})
async def suspend(
    device: FromPath[str], request: Asked, session: GivenSession, services: GivenServices
) -> Response[Any]:
    """Whoever answers the telephone takes a missing phone out of use."""
    return await _act("suspend", device, request, session, services)


@post("/devices/{device:str}/reinstate", opt={"action": "device.revoke", "csrf_in_form": True})
async def reinstate(
    device: FromPath[str], request: Asked, session: GivenSession, services: GivenServices
) -> Response[Any]:
    """It was found."""
    return await _act("reinstate", device, request, session, services)


@post("/devices/{device:str}/revoke", opt={"action": "device.revoke", "csrf_in_form": True})
async def revoke(
    device: FromPath[str], request: Asked, session: GivenSession, services: GivenServices
) -> Response[Any]:
    """It will not be found."""
    return await _act("revoke", device, request, session, services)


@post("/devices/{device:str}/reject", opt={"action": "device.approve", "csrf_in_form": True})
async def reject(
    device: FromPath[str], request: Asked, session: GivenSession, services: GivenServices
) -> Response[Any]:
    """The digits differed, or it is not the right phone."""
    return await _act("reject", device, request, session, services)


async def _act(name: str, device: str, request: Asked, session: SignedIn, services: Services) -> Response[Any]:
    form = await signed_form(request, session)
    if not is_id(device):
        return go("/devices", "gone")
    clerk, now = session.clerk, services.now()
    told, errors = _told(name, form, now)
    if told is None:
        return await _page(device, session, services, errors=errors, form=form)
    try:
        id_ = bytes.fromhex(device)
        await services.database.write(clerk.centre, lambda: life.act(clerk.centre, id_, name, told, clerk.person, now))
    except ProblemError as error:
        return await _refused(error, device, session, services, form)
    return go(f"/devices/{device}", name)


def _told(name: str, form: Mapping[str, str], now: int) -> tuple[Told | None, dict[str, str]]:
    """What a form says, or what is wrong with it by field."""
    errors = {}
    reason, note = form.get("reason", ""), form.get("note", "").strip()
    if name in ("suspend", "revoke"):
        if reason not in REASONS:
            errors["reason"] = "请选一个原因。"
        note = f"{reason}：{note}" if note else reason
    elif not note:
        errors["note"] = "请写一句说明。"
    if len(form.get("note", "")) > NOTE_LENGTH:
        errors["note"] = say("说明请写在 {0} 字以内。", NOTE_LENGTH)
    if name == "revoke" and form.get("sure") != "yes":
        errors["sure"] = "停用以后不能恢复，请勾选确认。"
    lost, known = _moment(form.get("lost", ""))
    if not known or (lost is not None and not 0 < lost <= now):
        errors["lost"] = "时间没有看懂，或者还没到。不知道就空着。"
    return (None, errors) if errors else (life.told(note, now, lost), {})


def _moment(text: str) -> tuple[int | None, bool]:
    """The moment that a browser's field gives, on China's clock; False where it cannot be read."""
    if not text:
        return None, True
    try:
        return round(datetime.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).timestamp() * 1000), True
    except (ValueError, OverflowError):
        return None, False


async def _refused(
    error: ProblemError, device: str, session: SignedIn, services: Services, form: Mapping[str, str]
) -> Response[Any]:
    if error.code == "device.unknown":
        return go("/devices", "gone")
    errors = {"": words.wrong(error.code)}
    return await _page(device, session, services, errors=errors, form=form)


HANDLERS: list[Any] = [device, approve, suspend, reinstate, revoke, reject]
