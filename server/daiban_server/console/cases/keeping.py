"""Searches that somebody keeps over the list of cases: kept, renamed, removed, and the one with which it opens."""

from collections.abc import Mapping
from typing import Any

from litestar import Response, post
from litestar.params import FromPath
from litestar.response import Redirect

from daiban_server.console import words
from daiban_server.console.cases.listed import address_of, found, search_in
from daiban_server.console.pages import Asked, signed_form
from daiban_server.db.program import Factory
from daiban_server.features.cases import kept
from daiban_server.features.cases.kept import Search
from daiban_server.features.cases.kept_routes import KeptChange, changed
from daiban_server.http.problems import ProblemError
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.services import GivenServices, Services
from daiban_server.spine.refusal import Refusal


@post("/cases/searches", opt={"action": "case.read", "csrf_in_form": True})
async def keep(request: Asked, session: GivenSession, services: GivenServices) -> Response[Any]:
    """Keep the search that is shown."""
    given, now = await signed_form(request, session), services.now()
    search, name = search_in(given), given.get("name", "")
    return await _done(
        lambda: kept.keep(session.clerk.person, name, search, now),
        *("search-kept", "keep", search, given, session, services),
    )


@post("/cases/searches/{key:str}", opt={"action": "case.read", "csrf_in_form": True})
async def change(key: FromPath[str], request: Asked, session: GivenSession, services: GivenServices) -> Response[Any]:
    """Rename or remove one, or let the list open with it or no longer."""
    given, now, person = await signed_form(request, session), services.now(), session.clerk.person
    changes = {
        "rename": KeptChange(name=given.get("name", "")),
        "open": KeptChange(opens=True),
        "close": KeptChange(opens=False),
    }
    act = given.get("act", "")
    if act != "remove" and act not in changes:
        raise ProblemError("request.invalid")
    return await _done(
        lambda: kept.remove(person, key) if act == "remove" else changed(person, key, changes[act], now),
        *("search-gone" if act == "remove" else "search-changed", key, search_in(given), given, session, services),
    )


async def _done(
    program: Factory[Any],
    said: str,
    field: str,
    search: Search,
    given: Mapping[str, str],
    session: SignedIn,
    services: Services,
) -> Response[Any]:
    """Do it, and lead back to the search that was shown; what was refused is said there, with what was written."""
    try:
        await services.database.write(session.clerk.centre, program)
    except Refusal as refusal:
        if refusal.code == "search.unknown":
            raise
        return await found(search, session, services, errors={field: words.wrong(refusal.code)}, given=given)
    return Redirect(address_of(search, said=said), status_code=303)


HANDLERS: list[Any] = [keep, change]
