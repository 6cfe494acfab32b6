"""The account ends of somebody who has nothing to hand over: who stands above the centre, or is of the district.

Whoever works on cases leaves by a handover (`leaving.py`), which needs a successor of the same role; of a leader, or of
an auditor, there is often one alone. It is for good, as a handover is: who comes back is taken on anew."""

from typing import Annotated

from litestar import post
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct
from sqlalchemy import bindparam, select

from daiban_server import audit
from daiban_server.accounts.session_routes import check_fresh
from daiban_server.db import schema
from daiban_server.db.program import Program, first
from daiban_server.features.posts import leaving, open_work, territory
from daiban_server.features.posts.hiring import HIRES
from daiban_server.http.problems import ProblemError, checked_id
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.services import GivenServices
from daiban_server.spine import log, scope
from daiban_server.spine.refusal import Refusal
from daiban_server.staff import holders

CLOSES = frozenset({"leader", "chief", "district", "auditor"})
"""Roles that hold no post and no case."""

_p = schema.person.c
_ONE = select(_p.role, _p.login).where(_p.id == bindparam("person_id"), _p.centre == bindparam("centre_id"), _p.active)


_CLOSED = select(_p.role).where(
    _p.id == bindparam("person_id"), _p.centre == bindparam("centre_id"), _p.active.is_(False)
)


class CloseIn(Struct, forbid_unknown_fields=True):
    """Why an account ends."""

    reason: Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00]*\S[^\x00]*$")]


def closes(session: SignedIn, person: str, role: str) -> bool:
    """Whether this one may end the account of somebody of his own centre."""
    return role in HIRES.get(session.role, ()) and role in CLOSES and person != session.person


def is_closed(session: SignedIn, person: bytes) -> Program[bool]:
    """Whether somebody whom this one may let go is gone already."""
    row = yield from first(_CLOSED, centre_id=session.clerk.centre, person_id=person)
    return row is not None and closes(session, person.hex(), row[0])


@post("/v1/people/{person:str}/closing", opt={"action": "person.hire"}, status_code=204)
async def close(person: FromPath[str], data: JSONBody[CloseIn], session: GivenSession, services: GivenServices) -> None:
    """Somebody of one's own centre, whom one takes on, signs in no more. Raises `ProblemError`: ``session.stale``,
    ``person.unknown``, ``person.close_own``, ``person.hands_over``, ``person.owes_answers``, ``person.close_last``."""
    check_fresh(session, services)
    id_, now = checked_id(person, "person.unknown"), services.now()
    if id_ == session.clerk.person:
        raise ProblemError("person.close_own")
    await services.database.write(session.clerk.centre, lambda: _close(session, id_, data.reason.strip(), now))


def _close(session: SignedIn, person: bytes, reason: str, now: int) -> Program[None]:
    """The centre's lock is held: no opinion is given to him meanwhile, nor do two officers end each other."""
    centre, by = session.clerk.centre, session.clerk.person
    yield from log.lock(centre)
    row = yield from first(_ONE, person_id=person, centre_id=centre)
    if row is None:
        raise Refusal("person.unknown")
    if not closes(session, person.hex(), row[0]):
        raise Refusal("person.hands_over")
    if (yield from open_work.opinions(centre, person)):
        raise Refusal("person.owes_answers")
    if row[0] == "district" and len((yield from holders(centre, "district"))) == 1:
        raise Refusal("person.close_last")
    for place in sorted((yield from territory.held(person))):
        yield from scope.withdraw(centre, person, place, now)
    yield from leaving.end(person)
    yield from audit.note(centre, by, "account.close", person, reason, now, told=f"账号 {row[1]}" if row[1] else "")
