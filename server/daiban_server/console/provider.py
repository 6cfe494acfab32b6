"""By way of a sign-in provider: there, back, and linking oneself to it."""

from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect

from daiban_server.accounts import entering, events, sessions
from daiban_server.accounts.oidc import flow, links
from daiban_server.accounts.oidc.flow import Flow
from daiban_server.accounts.oidc.provider import Identity, Provider
from daiban_server.accounts.session_routes import browser_of, check_fresh
from daiban_server.accounts.sessions import OIDC, Opened
from daiban_server.console import words
from daiban_server.console.door import entered, sign_in_form
from daiban_server.console.pages import Asked, go, page, safe, signed_form
from daiban_server.db.program import Program
from daiban_server.http.problems import ProblemError
from daiban_server.http.session import GivenSession, find_session, secret_of
from daiban_server.permissions import may
from daiban_server.services import GivenServices, Services

CALLBACK = "/sign-in/provider/back"
"""Where the provider sends a browser back to; registered there under this server's address."""


@get("/sign-in/provider")
async def to_provider(request: Asked, services: GivenServices) -> Response[Any]:
    """To the provider, for signing in."""
    wanted = safe(request.query_params.get("next", ""))
    try:
        way = flow.begin(services.now(), wanted)
        answer = Redirect(await _provider(services).address(way), status_code=303)
    except ProblemError as error:
        return _refused(error, wanted, services)
    answer.set_cookie(flow.cookie(way, services.settings, services.keys))
    return answer


@get(CALLBACK)
async def back(request: Asked, services: GivenServices) -> Response[Any]:
    """Back from the provider: whom it vouches for is signed in, or linked to who is signed in here already."""
    try:
        way, who = await _vouched(request, services)
        answer = await _link(request, way, who, services) if way.person else await _enter(request, way, who, services)
    except ProblemError as error:
        answer = _refused(error, "/summary", services)
    answer.delete_cookie(flow.cookie_name(services.settings), "/")
    return answer


async def _vouched(request: Asked, services: Services) -> tuple[Flow, Identity]:
    """The way that this browser is on, and whom the provider vouches for. Raises `ProblemError`."""
    provider, told = _provider(services), request.query_params
    carried = request.cookies.get(flow.cookie_name(services.settings), "")
    way = flow.opened(carried, told.get("state", ""), services.keys, services.now())
    # Whose answer it is (RFC 9207), where the provider says so.
    if told.get("iss", provider.settings.issuer) != provider.settings.issuer or not told.get("code"):
        raise ProblemError("oidc.refused")
    return way, await provider.exchanged(told["code"], way, services.now())


async def _enter(request: Asked, way: Flow, who: Identity, services: Services) -> Response[Any]:
    issuer, now, browser = _provider(services).settings.issuer, services.now(), browser_of(request)

    def step() -> Program[Opened]:
        found = yield from links.person_of(issuer, who, now)
        if found is None:
            raise ProblemError("oidc.unlinked")
        person, role = found
        if not may(role, "summary.read"):
            raise ProblemError("oidc.no_desk")
        yield from sessions.end(secret_of(request, services))
        stage = yield from entering.next_stage(person, role, services, second=who.second, door=OIDC)
        return (yield from sessions.begin(person, stage, second=who.second, door=OIDC, browser=browser, now=now))

    return entered(await services.database.write("session", step), safe(way.next), request, services)


async def _link(request: Asked, way: Flow, who: Identity, services: Services) -> Response[Any]:
    """Link whoever set out from his own account, and is still signed in there."""
    session, issuer, now = await find_session(request, services), _provider(services).settings.issuer, services.now()
    if session is None or session.person != way.person or session.stage != sessions.FULL:
        raise ProblemError("oidc.state")
    person = session.clerk.person
    await services.database.write("account", lambda: links.link(issuer, person, who.subject, now))
    return go("/account", "linked")


def _refused(error: ProblemError, wanted: str, services: Services) -> Response[Any]:
    return sign_in_form("", wanted, services, {"provider": words.wrong(error.code)}, 403)


@post("/account/provider", opt={"action": "account.own", "csrf_in_form": True}, status_code=200)
async def link(request: Asked, session: GivenSession, services: GivenServices) -> Response[Any]:
    """The way to the provider, for linking oneself: a link to follow, since no form of ours may lead to elsewhere."""
    await signed_form(request, session)
    check_fresh(session, services)
    provider = _provider(services)
    way = flow.begin(services.now(), person=session.person)
    context = {"title": "绑定登录方式", "session": session, "here": "account", "provider": provider.settings.name}
    answer = page("link", {**context, "there": await provider.address(way)})
    answer.set_cookie(flow.cookie(way, services.settings, services.keys))
    return answer


@post("/account/provider/remove", opt={"action": "account.own", "csrf_in_form": True})
async def unlink(request: Asked, session: GivenSession, services: GivenServices) -> Redirect:
    """Sign in there no more."""
    await signed_form(request, session)
    check_fresh(session, services)
    person, now = session.clerk.person, services.now()

    def step() -> Program[None]:
        yield from links.remove(person)
        yield from events.note(person, person, "oidc.removed", now)

    await services.database.write("account", step)
    return go("/account", "unlinked")


def _provider(services: Services) -> Provider:
    if services.provider is None:
        raise ProblemError("oidc.none")
    return services.provider
