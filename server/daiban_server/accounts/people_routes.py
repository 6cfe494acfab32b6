"""What a head does for somebody's account: take away lost factors, give leave to link, take a link away.

The head does it in his own centre, for others; the district for its own people, and for the heads of all centres, over
whom nobody in the centre could."""

from collections.abc import Callable

from litestar import delete, put
from litestar.params import FromPath
from sqlalchemy import bindparam, select

from daiban_server import audit
from daiban_server.accounts import events, factors, sessions
from daiban_server.accounts.oidc import links
from daiban_server.accounts.session_routes import check_fresh
from daiban_server.accounts.sessions import SignedIn
from daiban_server.db import schema
from daiban_server.db.program import Program, first
from daiban_server.http.problems import ProblemError, checked_id
from daiban_server.http.session import GivenSession
from daiban_server.services import GivenServices, Services

_p = schema.person.c
_WHOSE = select(_p.centre, _p.role, _p.login).where(_p.id == bindparam("person_id"), _p.active, _p.login.is_not(None))


@delete("/v1/people/{person:str}/second-factor", opt={"action": "account.reset"}, status_code=204)
async def reset_factors(person: FromPath[str], session: GivenSession, services: GivenServices) -> None:
    """Take away all of somebody's second factors; he is signed out, and told. Raises `ProblemError`:
    ``person.unknown``, ``factor.own``."""
    now = services.now()
    await entrusted(
        person, session, services, "factor.reset", lambda id_: factors.reset(id_, session.clerk.person, now)
    )


@put("/v1/people/{person:str}/provider", opt={"action": "account.reset"}, status_code=204)
async def allow_link(person: FromPath[str], session: GivenSession, services: GivenServices) -> None:
    """Leave to sign in at the provider: good for a week, and for who is called there as the login here. Raises
    `ProblemError`: ``person.unknown``, ``factor.own``, ``oidc.none``."""
    if services.provider is None:
        raise ProblemError("oidc.none")
    issuer, now = services.provider.settings.issuer, services.now()
    by = session.clerk.person
    await entrusted(person, session, services, "provider.allow", lambda id_: links.allow(issuer, id_, by, now))


@delete("/v1/people/{person:str}/provider", opt={"action": "account.reset"}, status_code=204)
async def remove_link(person: FromPath[str], session: GivenSession, services: GivenServices) -> None:
    """Somebody signs in at the provider no more; he is signed out, and told. Raises `ProblemError`:
    ``person.unknown``, ``factor.own``."""
    now = services.now()

    def step(id_: bytes) -> Program[None]:
        yield from links.remove(id_)
        yield from sessions.end_all(id_)
        yield from events.note(id_, session.clerk.person, "oidc.removed", now)

    await entrusted(person, session, services, "provider.remove", step)


async def entrusted(
    person: str, session: SignedIn, services: Services, act: str, mend: Callable[[bytes], Program[None]]
) -> None:
    """Mend an account that is entrusted to this one; the `act` stands in the audit. Raises `ProblemError`:
    ``person.unknown``, ``factor.own``."""
    id_, clerk, now = checked_id(person, "person.unknown"), session.clerk, services.now()
    check_fresh(session, services)

    def step() -> Program[None]:
        login = yield from _entrusted(session, id_)
        yield from mend(id_)
        yield from audit.note(clerk.centre, clerk.person, act, id_, "", now, told=f"账号 {login}")

    await services.database.write("account", step)


def _entrusted(session: SignedIn, person: bytes) -> Program[str]:
    """The login of a person whose account is his to mend. Raises `ProblemError` for any other."""
    if person == session.clerk.person:
        raise ProblemError("factor.own")
    row = yield from first(_WHOSE, person_id=person)
    own = row is not None and row[0] == session.clerk.centre
    above = row is not None and session.role == "district" and row[1] == "head"
    if row is None or not (own or above):
        raise ProblemError("person.unknown")
    return str(row[2])
