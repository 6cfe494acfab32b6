"""The form under a field in dispute: it comes from the summary or from a case, and leads back there."""

from typing import Any

from litestar import Response, post
from litestar.params import FromPath

from daiban_server.console import summary
from daiban_server.console.cases import one
from daiban_server.console.pages import Asked, go, signed_form
from daiban_server.console.settling import Failed, settle
from daiban_server.http.session import GivenSession
from daiban_server.services import GivenServices
from daiban_sync.ids import is_id


@post("/disputes/{record:str}", opt={"action": "record.write", "csrf_in_form": True})
async def settled(
    record: FromPath[str], request: Asked, session: GivenSession, services: GivenServices
) -> Response[Any]:
    """Settle one field. `case` says on which case's page that was; "" for the summary."""
    form = await signed_form(request, session)
    case = form.get("case", "")
    became = await settle(record, form, session, services)
    if isinstance(became, Failed):
        if is_id(case):
            return await one.whole(case, session, services, unsettled=became)
        return await summary.whole(session, services, failed=became)
    return go(f"/cases/{case}" if is_id(case) else "/summary", became.said, became.anchor)
