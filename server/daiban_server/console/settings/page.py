"""The page of settings: the head's for his centre, the district's for all."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.response import Template

from daiban_server import choices, offices
from daiban_server.choices import Choices
from daiban_server.console.pages import Asked, go, said_in, show, signed_form
from daiban_server.console.settings import described
from daiban_server.db.program import Program
from daiban_server.features.visits import settings as visiting
from daiban_server.features.visits.routes import change_settings
from daiban_server.features.visits.settings import HalfDay, VisitSettings
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.offices import Reached
from daiban_server.permissions import may
from daiban_server.printing.case_routes import change_office
from daiban_server.services import GivenServices, Services

SPANS = 4
"""Spans of one day that the form takes."""
_TIME = re.compile(r"([01]\d|2[0-4]):([0-5]\d)\Z")
_HOURS = "每段都要写起止，后一段不能早于前一段结束，至少写一段。"


@get("/settings", opt={"action": "setting.read"})
async def settings(request: Asked, session: GivenSession, services: GivenServices) -> Template:
    """What stands."""
    return await _shown(session, services, said=said_in(request))


async def _shown(
    session: SignedIn,
    services: Services,
    *,
    said: str = "",
    part: str = "",
    given: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> Template:
    return await show(
        "settings/page",
        services,
        session,
        _read(session.clerk.centre, part, given or {}),
        422 if errors else 200,
        here="settings",
        title="设置",
        said=said,
        failed=part,
        errors=errors or {},
        described=described,
        may_office=may(session.role, "office.change"),
        may_visits=may(session.role, "visit.settings"),
        may_choose=may(session.role, "choice.change"),
        may_weigh=may(session.role, "figure.weigh"),
    )


def _read(centre: bytes, part: str, given: Mapping[str, str]) -> Program[Mapping[str, Any]]:
    reached, visits = (yield from offices.reached(centre)), (yield from visiting.settings_of(centre))
    found = {
        "office": msgspec.structs.asdict(reached),
        "visits": _of_visits(visits),
        "choices": _of_choices((yield from choices.chosen())),
    }
    if part:
        ticks = {one.name: False for one in (described.NIGHTLY, described.PROXIED)}
        found[part] = {**found[part], **ticks, **given}
    return {"values": found, "roads": len(visits.roads.places) if visits.roads else 0, "spans": range(SPANS)}


def _of_visits(settings: VisitSettings) -> dict[str, Any]:
    hours: dict[str, str] = {}
    for n, half in enumerate(settings.hours[:SPANS]):
        hours |= {f"from-{n}": _clock(half.start), f"to-{n}": _clock(half.end)}
    plain = {name: _plain(value) for name, value in msgspec.structs.asdict(settings).items()}
    return {**plain, **msgspec.structs.asdict(settings.weights), **hours}


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _of_choices(chosen: Choices) -> dict[str, Any]:
    head, leader = chosen.reply_escalation
    return {**msgspec.structs.asdict(chosen), "escalate_head": head, "escalate_leader": leader}


@post("/settings/office", opt={"action": "office.change", "csrf_in_form": True})
async def office(request: Asked, session: GivenSession, services: GivenServices) -> Response[Any]:
    """How the centre can be reached."""
    form = await signed_form(request, session)
    values, errors = described.lines(described.OFFICE, form)
    if errors:
        return await _shown(session, services, part="office", given=form, errors=errors)
    await change_office.fn(data=Reached(**values), session=session, services=services)
    return go("/settings", "chosen")


@post("/settings/visits", opt={"action": "visit.settings", "csrf_in_form": True})
async def visits(request: Asked, session: GivenSession, services: GivenServices) -> Response[Any]:
    """How visits are offered and planned; the measured roads stay what they are."""
    form = await signed_form(request, session)
    values, errors = described.numbers(described.VISITS, form)
    weights, wrong = described.numbers(described.WEIGHTS, form)
    hours, errors = _hours(form), {**errors, **wrong}
    if hours is None:
        errors["from-0"] = _HOURS
    stands = await services.database.read(visiting.settings_of(session.clerk.centre))
    if not errors:
        weighed = msgspec.structs.replace(stands.weights, **weights)
        told = {**values, "hours": hours, "nightly": form.get("nightly") == "yes", "weights": weighed}
        chosen = msgspec.structs.replace(stands, **told)
        errors = {"from-0": _HOURS} if "hours" in chosen.faults() else {}
    if errors:
        return await _shown(session, services, part="visits", given=form, errors=errors)
    await change_settings.fn(data=chosen, session=session, services=services)
    return go("/settings", "chosen")


def _hours(form: Mapping[str, str]) -> list[HalfDay] | None:
    """The spans of a form; None where one is half, or wrong."""
    found = []
    for n in range(SPANS):
        pair = form.get(f"from-{n}", "").strip(), form.get(f"to-{n}", "").strip()
        if any(pair):
            times = [_TIME.match(text) for text in pair]
            if not all(times):
                return None
            found.append(HalfDay(*(int(one[1]) * 60 + int(one[2]) for one in times if one)))
    return found if all(half.end <= 1440 for half in found) else None


@post("/settings/choices", opt={"action": "choice.change", "csrf_in_form": True})
async def choose(request: Asked, session: GivenSession, services: GivenServices) -> Response[Any]:
    """What holds for every centre."""
    form = await signed_form(request, session)
    values, errors = described.numbers(described.CHOICES, form)
    if not errors and values["escalate_leader"] < values["escalate_head"]:
        errors["escalate_leader"] = "报分管领导不能早于报中心负责人。"
    if errors:
        return await _shown(session, services, part="choices", given=form, errors=errors)
    escalation: Sequence[int] = (values.pop("escalate_head"), values.pop("escalate_leader"))
    changed = {**values, "reply_escalation": escalation, "reply_for_proxied": form.get("reply_for_proxied") == "yes"}
    await services.database.write("choices", lambda: choices.choose(**changed))
    return go("/settings", "chosen")


HANDLERS: list[Any] = [settings, office, visits, choose]
