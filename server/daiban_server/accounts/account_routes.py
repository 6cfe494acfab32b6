"""One's own account by the JSON API: password, app, recovery codes."""

from collections.abc import Sequence
from typing import Annotated

from litestar import Response, delete, get, post
from litestar.params import JSONBody
from msgspec import Meta, Struct

from daiban_server.accounts import changing, entering, events, passkeys, recovery, totp
from daiban_server.accounts.changing import ENROLLING, Risen
from daiban_server.accounts.session_routes import Asked, CodeIn, browser_of, check_fresh, entered
from daiban_server.accounts.sessions import CHANGE, FULL, SignedIn
from daiban_server.db.program import Program
from daiban_server.http.session import GivenSession, secret_of
from daiban_server.services import GivenServices

Text = Annotated[str, Meta(max_length=4096)]


class NewPassword(Struct, forbid_unknown_fields=True):
    """One's own password, and the one that is to be."""

    old: Text
    new: Text


class AccountOut(Struct, frozen=True):
    """How one shows who one is. Times in Unix milliseconds; `must_have_second` says that the role asks for it."""

    app: bool
    passkeys: int
    recovery_codes: int
    must_have_second: bool
    fresh: bool
    events: Sequence[events.Event]


class EnrolmentOut(Struct, frozen=True):
    """A new secret for an app: as text, and as the address of a QR code. It is shown this once."""

    secret: str
    uri: str


class CodesOut(Struct, frozen=True):
    """Recovery codes, shown this once; none where those of before stand. `csrf` is the token from now on."""

    codes: Sequence[str]
    csrf: str


@get("/v1/account", opt={"action": "account.own"})
async def account(session: GivenSession, services: GivenServices) -> AccountOut:
    """What there is of it."""
    person = session.clerk.person

    def look() -> Program[AccountOut]:
        has, keys = (yield from totp.has(person)), (yield from passkeys.mine(person))
        left, done = (yield from recovery.left(person)), (yield from events.latest(person))
        must = session.role in services.settings.second_factor
        return AccountOut(has, len(keys), left, must, session.is_fresh(services.now()), done)

    return await services.database.read(look())


@post("/v1/account/password", opt={"action": "account.own", "stages": (FULL, CHANGE)}, status_code=200)
async def change_password(
    data: JSONBody[NewPassword], request: Asked, session: GivenSession, services: GivenServices
) -> Response[SignedIn]:
    """Change one's own password; all one's other sessions end."""
    secret, browser = secret_of(request, services), browser_of(request)
    opened = await entering.change_password(secret, session, data.old, data.new, browser, services)
    return entered(opened, request, services)


@post("/v1/account/app", opt={"action": "account.own", "stages": ENROLLING}, status_code=200)
async def begin_app(session: GivenSession, services: GivenServices) -> EnrolmentOut:
    """A new secret, to be confirmed within a quarter of an hour; an app in use goes on until then."""
    check_fresh(session, services)
    begun = await changing.begin_app(session, services)
    return EnrolmentOut(*begun)


@post("/v1/account/app/confirm", opt={"action": "account.own", "stages": ENROLLING}, status_code=200)
async def confirm_app(
    data: JSONBody[CodeIn], request: Asked, session: GivenSession, services: GivenServices
) -> Response[CodesOut]:
    """Take the app into use by its first code."""
    check_fresh(session, services)
    secret, browser = secret_of(request, services), browser_of(request)
    return codes_out(await changing.confirm_app(secret, session, data.code, browser, services), request, services)


@delete("/v1/account/app", opt={"action": "account.own"}, status_code=204)
async def remove_app(session: GivenSession, services: GivenServices) -> None:
    """No app any more. Raises `ProblemError("factor.last")` for who must have a factor and has no passkey."""
    check_fresh(session, services)
    await changing.remove_app(session, services)


@post("/v1/account/recovery-codes", opt={"action": "account.own"}, status_code=200)
async def new_codes(session: GivenSession, services: GivenServices) -> CodesOut:
    """Ten new recovery codes; those of before are worth nothing. Raises `ProblemError("factor.none")`."""
    check_fresh(session, services)
    return CodesOut(await changing.new_codes(session, services), session.csrf)


def codes_out(risen: Risen, request: Asked, services: GivenServices) -> Response[CodesOut]:
    """The answer to the first of a factor's codes, with the session that is made anew."""
    cookies = entering.cookies_of(risen.opened, request.cookies, services)
    return Response(CodesOut(risen.codes, risen.opened.session.csrf), cookies=cookies)
