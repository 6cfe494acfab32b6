"""The door of a training server: be somebody by a button, without a password.

A real server has none of these handlers (`routes.PRACTICE`).
"""

from typing import Any

from litestar import Response, post
from sqlalchemy import bindparam, select

from daiban_server.accounts import sessions
from daiban_server.accounts.session_routes import browser_of
from daiban_server.accounts.sessions import FULL, PASSWORD, Opened
from daiban_server.console.door import entered
from daiban_server.console.pages import Asked, home_of, read_form, safe
from daiban_server.console.training.exercises import PATH
from daiban_server.db import schema
from daiban_server.db.program import Program, first
from daiban_server.http.problems import ProblemError, checked_id
from daiban_server.http.session import secret_of
from daiban_server.services import GivenServices

_p = schema.person.c
_ROLE = select(_p.role).where(_p.id == bindparam("person_id"), _p.active)


@post("/sign-in/practice")
async def enter(request: Asked, services: GivenServices) -> Response[Any]:
    """Be somebody, and begin with the exercises. Whoever asks is let in: nothing here is anybody's."""
    form = await read_form(request)
    person, wanted = checked_id(form.get("person", ""), "person.unknown"), safe(form.get("next", ""))

    def opened() -> Program[Opened]:
        row = yield from first(_ROLE, person_id=person)
        if row is None or not home_of(row[0]):
            raise ProblemError("person.unknown")
        yield from sessions.end(secret_of(request, services))
        browser, now = browser_of(request), services.now()
        return (yield from sessions.begin(person, FULL, second=True, door=PASSWORD, browser=browser, now=now))

    session = await services.database.write("session", opened)
    return entered(session, PATH if wanted == "/summary" else wanted, request, services)
