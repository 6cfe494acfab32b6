"""The catalogue is changed by file: uploaded, its changes read, then published or thrown away."""

import datetime
import secrets
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.exceptions import HTTPException
from litestar.response import Redirect, Template

from daiban_server.console import words
from daiban_server.console.catalogue.item import Fact, told
from daiban_server.console.catalogue.preview import preview
from daiban_server.console.languages.spoken import say
from daiban_server.console.pages import Asked, go, said_in, show, signed_form
from daiban_server.console.words import Mark
from daiban_server.db.program import Program
from daiban_server.features.catalogue import pending
from daiban_server.features.catalogue.catalogue import Catalogue
from daiban_server.features.catalogue.check import canonical
from daiban_server.features.catalogue.difference import Change
from daiban_server.features.catalogue.editions import Plan, Publisher, Standing, planned, replaced, standing
from daiban_server.features.catalogue.opened import FILE_BYTES
from daiban_server.features.catalogue.pending import Draft, digest
from daiban_server.features.catalogue.routes import GRACE, in_force, looked_into
from daiban_server.features.catalogue.workbook_in import read_catalogue
from daiban_server.features.catalogue.xlsform_in import read_form
from daiban_server.http.problems import ProblemError
from daiban_server.http.session import GivenSession, SignedIn, check_csrf
from daiban_server.limits.calendar import local_day
from daiban_server.services import GivenServices, Services
from daiban_server.spine.refusal import Refusal

CHANGE = {"action": "catalogue.change", "csrf_in_form": True}
ROOM = 2**16
"""Bytes of a form around its file."""
WHAT = {
    "added": Mark("新增", "full"),
    "changed": Mark("修改", "half"),
    "ended": Mark("停用", "cross", urgent=True),
}
KINDS_OF = {"item": "事项", "window": "窗口"}


class Row(NamedTuple):
    """What becomes of an item or a window; `form` says that its form is another."""

    kind: str
    code: str
    name: str
    mark: Mark
    found: Sequence[Fact]
    form: bool


@get("/catalogue/change", opt={"action": "catalogue.change"})
async def changing(request: Asked, session: GivenSession, services: GivenServices) -> Template:
    """What was uploaded and waits, or the way to upload something. `item` of the address is whose form is meant."""
    return await _shown(session, services, said=said_in(request), only=request.query_params.get("item", ""))


@post("/catalogue/change", opt=CHANGE, request_max_body_size=FILE_BYTES + ROOM)
async def upload(request: Asked, session: GivenSession, services: GivenServices) -> Response[Any]:
    """Take a workbook, or the XLSForm of the item `item`, and keep it until it is decided about."""
    try:
        form = await request.form()
    except HTTPException:
        raise
    except Exception:
        # The form's reader has errors of its own for each way in which a form can be broken.
        raise ProblemError("request.invalid") from None
    check_csrf(str(form.get("csrf", "")), session)
    file, only = form.get("file"), str(form.get("item", ""))
    if not isinstance(file, UploadFile) or not file.filename:
        return await _shown(session, services, only=only, error="请先选一个文件。")
    data, name = await file.read(), file.filename[:100]
    stands = await services.database.read(standing())
    try:
        wanted = await _read(data, only, stands)
        planned(_plan(wanted, "", services), stands)
    except ProblemError as error:
        return await _shown(session, services, only=only, error=words.wrong(error.code), faults=_faults(error))
    except Refusal as refusal:
        return await _shown(session, services, only=only, error=words.wrong(refusal.code))
    draft = pending.draft_of(wanted, name, only, services.now())
    await services.database.write("catalogue draft", lambda: pending.keep(session.clerk.person, draft))
    return go("/catalogue/change")


@post("/catalogue/change/publish", opt=CHANGE)
async def publish(request: Asked, session: GivenSession, services: GivenServices) -> Response[Any]:
    """Put what was shown in force."""
    form = await signed_form(request, session)
    until, seen, now = form.get("until", "").strip(), form.get("seen", ""), services.now()
    try:
        last = datetime.date.fromisoformat(until).isoformat() if until else _grace(services)
    except ValueError:
        return await _shown(session, services, error="请把旧版可用到哪天写成日期。", until=until)
    today = local_day(now).isoformat()
    publisher = Publisher(session.clerk, services.keys, services.effects, now, secrets.token_bytes(32))
    try:
        await services.database.write(
            session.clerk.centre,
            lambda: pending.publish_seen(session.clerk.person, seen, last, today, publisher),
        )
    except Refusal as refusal:
        return await _shown(session, services, error=words.wrong(refusal.code), until=until)
    return go("/catalogue", "published")


@post("/catalogue/change/discard", opt=CHANGE)
async def discard(request: Asked, session: GivenSession, services: GivenServices) -> Redirect:
    """Throw it away; what is in force was never touched."""
    await signed_form(request, session)
    await services.database.write("catalogue draft", lambda: pending.let_go(session.clerk.person))
    return go("/catalogue/change", "discarded")


async def _read(data: bytes, only: str, stands: Standing) -> Catalogue:
    """A file as the catalogue that would be in force."""
    if not only:
        based = stands.catalogue.based
        return await looked_into(lambda: read_catalogue(data, stands.centres, based))
    edition = in_force(stands, only)
    form = await looked_into(lambda: read_form(data, only, edition.number))
    return replaced(stands.catalogue, [canonical({**edition.values, "form": form})])


def _grace(services: Services) -> str:
    return (local_day(services.now()) + datetime.timedelta(days=GRACE)).isoformat()


def _plan(wanted: Catalogue, until: str, services: Services) -> Plan:
    return Plan(wanted, until or _grace(services), local_day(services.now()).isoformat())


def _faults(error: ProblemError) -> list[str]:
    return [str(one["text"]) for one in error.members.get("errors", ())]


async def _shown(
    session: SignedIn,
    services: Services,
    *,
    said: str = "",
    only: str = "",
    error: str = "",
    faults: Sequence[str] = (),
    until: str = "",
) -> Template:
    return await show(
        "catalogue/change",
        services,
        session,
        _waiting(only, session, services),
        422 if error else 200,
        here="catalogue",
        said=said,
        error=error,
        faults=faults,
        until=until or _grace(services),
        today=local_day(services.now()).isoformat(),
        size=FILE_BYTES // 2**20,
    )


def _waiting(only: str, session: SignedIn, services: Services) -> Program[Mapping[str, Any]]:
    stands, draft = (yield from standing()), (yield from pending.kept(session.clerk.person))
    item = stands.editions.get(only)
    name = str(item.values.get("name", "")) if item and not item.ended else ""
    title = say("修改“{0}”的表单", name) if name else "修改事项目录"
    frame: dict[str, Any] = {"only": only if name else "", "only_name": name, "draft": draft, "title": title}
    frame |= {"stale": "", "rows": [], "unchanged": 0, "ends": 0, "seen": "", "forms": {}, "at": None}
    if draft is None:
        return frame
    try:
        changes = planned(_plan(draft.wanted(stands.catalogue), "", services), stands)
    except Refusal as refusal:
        return {**frame, "stale": words.wrong(refusal.code)}
    return {**frame, **_told(draft, changes, services), "title": "看过改动再发布"}


def _told(draft: Draft, changes: Sequence[Change], services: Services) -> Mapping[str, Any]:
    rows = [_row(one) for one in changes if one.what != "unchanged"]
    forms = {item["code"]: item.get("form", ()) for item in draft.items}
    return {
        "rows": rows,
        "unchanged": len(changes) - len(rows),
        "ends": [one.what for one in changes].count("ended"),
        "seen": digest(changes),
        "forms": {one.code: preview(forms[one.code]) for one in rows if one.form and one.code in forms},
        "at": words.moment(draft.at, services.now()),
    }


def _row(one: Change) -> Row:
    form = one.kind == "item" and (one.what == "added" or any(found.field == "form" for found in one.differences))
    return Row(KINDS_OF[one.kind], one.code, one.name, WHAT[one.what], told(one.differences), form)


HANDLERS: list[Any] = [changing, upload, publish, discard]
