"""Who came: a household is looked for by whatever one knows of it; a new one is entered with the form."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from litestar import get
from litestar.response import Template

from daiban_server.console.pages import Asked, nothing, said_in, show
from daiban_server.db.program import Program
from daiban_server.features.affairs import board
from daiban_server.features.households.finding import found
from daiban_server.http.session import GivenSession
from daiban_server.services import GivenServices
from daiban_sync.ids import is_id

LONGEST = 60


class Offered(NamedTuple):
    """An item that somebody may have come for, with the form's address."""

    name: str
    path: str


@get("/receive", opt={"action": "case.receive"})
async def receive(request: Asked, session: GivenSession, services: GivenServices) -> Template:
    """The households that fit `q`."""
    query = request.query_params.get("q", "").strip()[:LONGEST]
    households = await found(session.clerk.centre, query, services.database, services.keys)
    return await show(
        "reception/who" if not request.headers.get("hx-request") else "reception/found",
        services,
        session,
        nothing(),
        here="receive",
        title="接待",
        query=query,
        households=households,
        said=said_in(request),
    )


@get("/receive/item", opt={"action": "case.receive"})
async def items(request: Asked, session: GivenSession, services: GivenServices) -> Template:
    """What for: the items by window, or nothing but advice."""
    household = request.query_params.get("household", "")
    chosen = {"household": household} if is_id(household) else {}
    return await show(
        "reception/items",
        services,
        session,
        _items(chosen, request.query_params.get("q", "").strip()[:LONGEST]),
        here="receive",
        title="办什么事",
        query=request.query_params.get("q", "").strip()[:LONGEST],
        household=chosen.get("household", ""),
        advice=f"/receive/form?{urlencode({**chosen, 'advice': 'yes'})}",
    )


def _items(chosen: Mapping[str, str], query: str) -> Program[Mapping[str, Any]]:
    windows = []
    for window, offered in (yield from board.newest()).items():
        fitting = [
            Offered(str(one.get("name")), f"/receive/form?{urlencode({**chosen, 'item': record})}")
            for record, one in offered
            if query.lower() in str(one.get("name")).lower()
        ]
        if fitting:
            windows.append((window or "其他", fitting))
    return {"windows": windows}
