"""我的账号: how one signs in, and where one is signed in."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from daiban_server.accounts import changing, entering, events, passkeys, passwords, recovery, sessions, totp
from daiban_server.accounts.changing import ENROLLING, ISSUER, Risen
from daiban_server.accounts.oidc import links
from daiban_server.accounts.session_routes import browser_of, check_fresh
from daiban_server.accounts.sessions import SignedIn
from daiban_server.console import words
from daiban_server.console.devices.listing import picture
from daiban_server.console.door import entered
from daiban_server.console.pages import Asked, go, onward, page, said_in, show, signed_form
from daiban_server.console.steps import password_changed, said_of
from daiban_server.console.words import Moment
from daiban_server.db.program import Program
from daiban_server.http.problems import ProblemError
from daiban_server.http.session import GivenSession, secret_of
from daiban_server.services import GivenServices, Services
from daiban_sync.ids import is_id

OWN = {"action": "account.own", "csrf_in_form": True}
ENROL = {**OWN, "stages": ENROLLING}


class Key(NamedTuple):
    """A passkey as its owner sees it."""

    id: str
    name: str
    made: Moment
    used: Moment | None


class Place(NamedTuple):
    """A session as its owner sees it."""

    id: str
    browser: str
    created: Moment
    seen: Moment
    here: bool


class Done(NamedTuple):
    """Something that was done to the account; `by` is "" for oneself."""

    text: str
    by: str
    at: Moment


@get("/account", opt={"action": "account.own"})
async def account(request: Asked, session: GivenSession, services: GivenServices) -> Template:
    """Everything of one's own account on one page."""
    return await _account(session, services, said=said_in(request))


async def _account(
    session: SignedIn, services: Services, *, said: str = "", errors: Mapping[str, str] | None = None
) -> Template:
    return await show(
        "account",
        services,
        session,
        _look(session, services),
        422 if errors else 200,
        here="account",
        title="我的账号",
        said=said,
        errors=errors or {},
        shortest=passwords.SHORTEST,
    )


def _look(session: SignedIn, services: Services) -> Program[Mapping[str, Any]]:
    person, now, provider = session.clerk.person, services.now(), services.provider
    issuer = provider.settings.issuer if provider else ""
    linked = (yield from links.linked_since(issuer, person)) if issuer else None
    keys, places = (yield from passkeys.mine(person)), (yield from sessions.mine(person, now))
    return {
        "login": (yield from passwords.login_of(person)),
        "app": (yield from totp.has(person)),
        "must": session.role in services.settings.second_factor,
        "codes": (yield from recovery.left(person)),
        "passkeys": [_key(one, now) for one in keys],
        "places": [_place(one, session, now) for one in places],
        "done": [_done(one, session, now) for one in (yield from events.latest(person))],
        "provider": provider.settings.name if provider else "",
        "linked": words.moment(linked, now) if linked else None,
    }


def _key(one: passkeys.Passkey, now: int) -> Key:
    used = words.moment(one.used, now) if one.used else None
    return Key(one.id.hex(), one.name, words.moment(one.made, now), used)


def _place(one: sessions.Line, session: SignedIn, now: int) -> Place:
    created, seen = words.moment(one.created, now), words.moment(one.seen, now)
    return Place(one.id, words.browser(one.browser), created, seen, here=one.id == session.id)


def _done(one: events.Event, session: SignedIn, now: int) -> Done:
    by = "" if one.by == session.name else one.by
    return Done(words.ACCOUNT.get(one.code, one.code), by, words.moment(one.at, now))


@post("/account/password", opt=OWN)
async def change_password(request: Asked, session: GivenSession, services: GivenServices) -> Response[Any]:
    """One's own new password."""
    form = await signed_form(request, session)
    opened, errors = await password_changed(form, request, session, services)
    if opened is None:
        return await _account(session, services, errors=errors)
    return entered(opened, "/account?said=password", request, services)


# Showing once more who one is --------------------------------------------------------------------------------------


@get("/account/proof", opt={"action": "account.own"})
async def proof_page(session: GivenSession) -> Template:
    """Asks for the password once more."""
    return page("proof", {"title": "确认本人", "session": session, "error": "", "here": "account"})


@post("/account/proof", opt=OWN)
async def prove(request: Asked, session: GivenSession, services: GivenServices) -> Response[Any]:
    """Takes it: for ten minutes one may change how one signs in."""
    form = await signed_form(request, session)
    try:
        await entering.show_again(secret_of(request, services), session, form.get("password", ""), services)
    except ProblemError as error:
        if error.code not in ("session.refused", "session.too_many"):
            raise
        told = said_of(error) if error.code == "session.too_many" else "密码不对，请重新输入。"
        context = {"title": "确认本人", "session": session, "error": told, "here": "account"}
        return page("proof", context, 422, error.headers)
    return go("/account", "proved")


# The app and recovery codes ----------------------------------------------------------------------------------------


@post("/account/app", opt=ENROL)
async def begin_app(request: Asked, session: GivenSession, services: GivenServices) -> Redirect:
    """Make a secret for an app, and show it on the next page."""
    await signed_form(request, session)
    check_fresh(session, services)
    await changing.begin_app(session, services)
    return go("/account/app")


@get("/account/app", opt={"action": "account.own", "stages": ENROLLING})
async def app_page(session: GivenSession, services: GivenServices) -> Response[Any]:
    """The secret that waits for its first code, as a picture and as text."""
    check_fresh(session, services)
    return await _app_page(session, services)


async def _app_page(session: SignedIn, services: Services, error: str = "") -> Response[Any]:
    person, keys, now = session.clerk.person, services.keys, services.now()
    begun = await services.database.read(totp.waiting(person, session.name, ISSUER, keys, now))
    if begun is None:
        return go(onward(session, "/account"))
    groups = [begun.secret[at : at + 4] for at in range(0, len(begun.secret), 4)]
    context = {"title": "启用验证器", "session": session, "error": error, "groups": groups, "here": "account"}
    return page("app", {**context, "picture": picture(begun.uri)}, 422 if error else 200)


@post("/account/app/confirm", opt=ENROL)
async def confirm_app(request: Asked, session: GivenSession, services: GivenServices) -> Response[Any]:
    """Take the app into use by its first code; recovery codes are shown if there were none."""
    form = await signed_form(request, session)
    check_fresh(session, services)
    secret, browser = secret_of(request, services), browser_of(request)
    try:
        risen = await changing.confirm_app(secret, session, form.get("code", ""), browser, services)
    except ProblemError as error:
        if error.code not in ("code.wrong", "session.too_many", "code.nothing_new"):
            raise
        return await _app_page(session, services, said_of(error))
    return _codes_page(risen, request, services)


@post("/account/app/remove", opt=OWN)
async def remove_app(request: Asked, session: GivenSession, services: GivenServices) -> Response[Any]:
    """No app any more."""
    await signed_form(request, session)
    check_fresh(session, services)
    try:
        await changing.remove_app(session, services)
    except ProblemError as error:
        return await _account(session, services, errors={"app": said_of(error)})
    return go("/account", "app-gone")


@post("/account/codes", opt=OWN)
async def new_codes(request: Asked, session: GivenSession, services: GivenServices) -> Response[Any]:
    """Ten new recovery codes, shown this once."""
    await signed_form(request, session)
    check_fresh(session, services)
    try:
        codes = await changing.new_codes(session, services)
    except ProblemError as error:
        return await _account(session, services, errors={"app": said_of(error)})
    return page(
        "codes", {"title": "备用码", "session": session, "codes": codes, "onward": "/account", "here": "account"}
    )


def _codes_page(risen: Risen, request: Asked, services: Services) -> Response[Any]:
    """The codes of a first factor; without any, on."""
    session = risen.opened.session
    if not risen.codes:
        return entered(risen.opened, "/account", request, services)
    context = {"title": "备用码", "session": session, "codes": risen.codes, "onward": onward(session, "/summary")}
    answer = page("codes", context)
    for cookie in entering.cookies_of(risen.opened, request.cookies, services):
        answer.set_cookie(cookie)
    return answer


# Passkeys and sessions ---------------------------------------------------------------------------------------------


@post("/account/passkeys/{key:str}/remove", opt=OWN)
async def remove_passkey(
    key: FromPath[str], request: Asked, session: GivenSession, services: GivenServices
) -> Response[Any]:
    """Forget a passkey."""
    await signed_form(request, session)
    check_fresh(session, services)
    try:
        await changing.remove_passkey(session, bytes.fromhex(key), services)
    except ValueError:
        raise ProblemError("passkey.unknown") from None
    except ProblemError as error:
        return await _account(session, services, errors={"passkeys": said_of(error)})
    return go("/account", "passkey-gone")


@post("/account/sessions/{one:str}", opt=OWN)
async def end_session(one: FromPath[str], request: Asked, session: GivenSession, services: GivenServices) -> Redirect:
    """End one of one's own sessions; one that has ended is gone already."""
    await signed_form(request, session)
    if not is_id(one):
        raise ProblemError("session.unknown")
    person = session.clerk.person
    await services.database.write("session", lambda: sessions.end_one(person, bytes.fromhex(one)))
    return go("/account", "session-gone")


@post("/account/sessions", opt=OWN)
async def end_others(request: Asked, session: GivenSession, services: GivenServices) -> Redirect:
    """End all of one's own sessions but this one."""
    await signed_form(request, session)
    person, own = session.clerk.person, bytes.fromhex(session.id)
    await services.database.write("session", lambda: sessions.end_others(person, own))
    return go("/account", "sessions-gone")


HANDLERS = [
    *(account, change_password, proof_page, prove, begin_app, app_page, confirm_app, remove_app, new_codes),
    *(remove_passkey, end_session, end_others),
]
