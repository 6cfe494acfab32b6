"""考核: the centres' scores side by side, with what each was made from; the district sets what weighs how much."""

import asyncio
from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.response import Template
from msgspec import structs

from daiban_server.console.figures.asked import address, asked_in, stretches
from daiban_server.console.figures.page import percent
from daiban_server.console.languages.spoken import say
from daiban_server.console.pages import Asked as Request
from daiban_server.console.pages import go, said_in, show, signed_form
from daiban_server.db.program import Program
from daiban_server.features.figures import assessment
from daiban_server.features.figures.asking import find
from daiban_server.features.figures.assessment import STANDARD, Formula, Part
from daiban_server.features.figures.routes import scores
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.permissions import may
from daiban_server.services import GivenServices, Services

HEAVIEST = 1000


@get("/figures/assessment", opt={"action": "figure.read"})
async def assessed(request: Request, session: GivenSession, services: GivenServices) -> Template:
    """The scores of some days."""
    return await _page(request, session, services)


async def _page(
    request: Request,
    session: SignedIn,
    services: Services,
    errors: Mapping[str, str] | None = None,
    given: Mapping[str, str] | None = None,
) -> Template:
    asked, wrong = asked_in(request.query_params, session, services)
    formula = await services.database.read(assessment.formula())
    found = await services.database.read(find(asked, "centre", figures=formula.figures))
    made = await asyncio.to_thread(scores, asked, found, formula)
    return await show(
        "figures/assessed",
        services,
        session,
        _read(),
        422 if errors else 200,
        here="figures",
        title="考核",
        said=said_in(request),
        wrong=wrong,
        scores=made,
        percent=percent,
        first=asked.span.first.isoformat(),
        last=asked.span.last.isoformat(),
        stretches=[
            one._replace(path=one.path.replace("/figures?", "/figures/assessment?")) for one in stretches(asked, "")
        ],
        back=address("/figures", asked),
        may_weigh=may(session.role, "figure.weigh"),
        errors=errors or {},
        given=given or {},
        heaviest=HEAVIEST,
    )


def _read() -> Program[Mapping[str, Any]]:
    """Every part that may be weighed with its weight; what the district left out weighs nothing."""
    return {"parts": [(part, weight) for part, weight in _parts((yield from assessment.formula())).values()]}


def _parts(held: Formula) -> dict[str, tuple[Part, int]]:
    standard = {part.name: (part, 0) for part in STANDARD.parts}
    return {**standard, **{part.name: (part, part.weight) for part in held.parts}}


@post("/figures/assessment", opt={"action": "figure.weigh", "csrf_in_form": True})
async def weigh(request: Request, session: GivenSession, services: GivenServices) -> Response[Any]:
    """Set what each part weighs; what weighs nothing is left out."""
    given = await signed_form(request, session)
    held = await services.database.read(assessment.formula())
    weights, errors = {}, {}
    parts = [part for part, _ in _parts(held).values()]
    for part in parts:
        text = given.get(f"weight-{part.name}", "").strip()
        if not (text.isascii() and text.isdecimal() and len(text) < 5 and int(text) <= HEAVIEST):
            errors[f"weight-{part.name}"] = say("“{0}”要是 0 到 {1} 的整数。", part.label, HEAVIEST)
        else:
            weights[part.name] = int(text)
    if not errors and not any(weights.values()):
        errors[f"weight-{parts[0].name}"] = "至少要有一项不是 0。"
    if errors:
        return await _page(request, session, services, errors, given)
    chosen = Formula(tuple(structs.replace(part, weight=weights[part.name]) for part in parts if weights[part.name]))
    await services.database.write("settings", lambda: assessment.choose(chosen))
    return go("/figures/assessment", "weighed")
