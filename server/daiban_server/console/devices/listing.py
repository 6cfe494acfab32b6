"""The centre's phones on one page, and enrolling another by a one-time code."""

import secrets
from collections.abc import Mapping
from typing import Any, NamedTuple

import segno
from litestar import get, post
from litestar.response import Template
from markupsafe import Markup
from sqlalchemy import bindparam, func, select

from daiban_server import offices
from daiban_server.console import words
from daiban_server.console.languages.spoken import listed, say
from daiban_server.console.pages import Asked, said_in, show, signed_form
from daiban_server.console.words import Mark, Moment
from daiban_server.db import schema
from daiban_server.db.program import Program, rows
from daiban_server.features.devices import quarantined, unsent
from daiban_server.http import enrolment
from daiban_server.http.enrolment import CODE_LIFE, DeviceRow, code_text, make_code
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.permissions import may
from daiban_server.services import GivenServices, Services
from daiban_sync.ids import is_id

_p, _d = schema.person.c, schema.device.c
_PEOPLE = (
    select(_p.id, _p.name, _p.role, func.count(_d.id))
    .select_from(
        schema.person.outerjoin(
            schema.device, (_d.person == _p.id) & ((_d.state == "active") | (_d.state == "pending"))
        )
    )
    .where(_p.centre == bindparam("centre_id"), _p.active)
    .group_by(_p.id, _p.name, _p.role)
    .order_by(_p.name)
)
_ORDER = ("agent", "cadre", "clerk", "head", "leader", "chief", "district", "auditor")


class DeviceLine(NamedTuple):
    """A phone. `groups` are the six parts of its fingerprint; `heard` is when it was last heard of.
    `holds` is what it said at `held_at` that it has not handed in, "" if it did not say."""

    id: str
    name: str
    person: str
    mark: Mark
    state: str
    groups: list[str]
    enrolled: Moment
    approved: Moment | None
    heard: Moment | None
    clock: str
    version: str
    old: bool
    holds: str
    held_at: Moment | None


class Candidate(NamedTuple):
    """Somebody of the centre to whom a code may be given; `phones` are those that are enrolled."""

    id: str
    name: str
    role: str
    phones: int


@get("/devices", opt={"action": "device.read"})
async def devices(request: Asked, session: GivenSession, services: GivenServices) -> Template:
    """The centre's phones, those that wait first, and the form for a new code."""
    said = said_in(request)
    return await _devices(session, services, said=said)


async def _devices(session: SignedIn, services: Services, *, said: str = "", error: str = "") -> Template:
    found = await lines(session, services)
    return await show(
        "devices",
        services,
        session,
        people(session),
        422 if error else 200,
        here="devices",
        title="手机登记",
        said=said,
        error=error,
        minutes=CODE_LIFE // 60_000,
        may_enrol=may(session.role, "device.enrol"),
        may_approve=may(session.role, "device.approve"),
        pending=[one for one in found if one.state == "pending"],
        others=[one for one in found if one.state != "pending"],
    )


async def lines(session: SignedIn, services: Services) -> list[DeviceLine]:
    found: list[DeviceRow] = await enrolment.devices.fn(session=session, services=services)
    return [_line(one, services.now()) for one in found]


def _line(one: DeviceRow, now: int) -> DeviceLine:
    return DeviceLine(
        one.id,
        one.name,
        one.person,
        words.DEVICE.get(one.state, Mark(one.state, "empty")),
        one.state,
        one.fingerprint.split(" "),
        words.moment(one.enrolled_at, now),
        words.moment(one.approved_at, now) if one.approved_at else None,
        words.moment(one.synced_at, now) if one.synced_at else None,
        words.wrong_clock(one.clock_offset),
        one.client.removeprefix("daiban-sdk/"),
        unsent.is_old(one.client),
        holding(one),
        words.moment(one.unsent_at, now) if one.unsent_at else None,
    )


def holding(one: DeviceRow) -> str:
    """What a phone said that it has not handed in."""
    if one.unsent_at is None:
        return ""
    if not one.unsent_entries and not one.unsent_photos:
        return "没有未交的"
    parts = [say("{0} 条记录", one.unsent_entries)] if one.unsent_entries else []
    parts += [say("{0} 张照片", one.unsent_photos)] if one.unsent_photos else []
    return say("未交 {0}", listed(parts))


def people(session: SignedIn) -> Program[Mapping[str, Any]]:
    found = yield from rows(_PEOPLE, centre_id=session.clerk.centre)
    found_people = [Candidate(id_.hex(), name, role, phones) for id_, name, role, phones in found]
    ordered = sorted(found_people, key=lambda one: (_ORDER.index(one.role), one.phones > 0))
    return {
        "people": ordered,
        "reached": (yield from offices.reached(session.clerk.centre)),
        "apart": (yield from quarantined.waiting(session.clerk.centre)),
    }


# A new code -------------------------------------------------------------------------------------------------------


@post("/devices/code", opt={"action": "device.enrol", "csrf_in_form": True})
async def new_code(request: Asked, session: GivenSession, services: GivenServices) -> Template:
    """Make a one-time code and show it, once: the server keeps only its hash."""
    form = await signed_form(request, session)
    chosen, clerk, now = form.get("person", ""), session.clerk, services.now()
    secret = secrets.token_bytes(16)
    made = is_id(chosen) and await services.database.write(
        clerk.centre, lambda: make_code(secret, clerk.centre, bytes.fromhex(chosen), clerk.person, now)
    )
    if not made:
        return await _devices(session, services, error="请选一位本中心的工作人员。")
    text = code_text(services.settings, services.keys, secret)
    return await show(
        "code",
        services,
        session,
        people(session),
        here="devices",
        title="登记码",
        chosen=chosen,
        code=text,
        picture=picture(text),
        minutes=CODE_LIFE // 60_000,
        until=words.moment(now + CODE_LIFE, now),
    )


def picture(text: str) -> Markup:
    """A text as a QR code: inline SVG without styles or scripts."""
    drawn = segno.make(text, error="m", micro=False).svg_inline(omitsize=True, border=4, light="#fff", svgclass="qr")
    return Markup(drawn)  # noqa: S704 - drawn by the library from modules, no text in it
