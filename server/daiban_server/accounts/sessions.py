"""Sessions: rows behind a cookie, made anew whenever what they may do rises.

The cookie holds a random secret, the database its SHA-256. A session ends by itself after a working day, after an hour
in which nobody did anything, and when its owner leaves, changes role, or has the password changed. Until everything is
shown that a person has to show, it is one of a lower stage, which may do nothing else and lasts some minutes.
"""

import hashlib
import secrets
from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from msgspec import Struct
from sqlalchemy import bindparam, delete, or_, select, update

from daiban_server.db import schema
from daiban_server.db.program import Program, Write, first, rows, run
from daiban_server.http.problems import ProblemError
from daiban_server.services import Services
from daiban_server.spine.desk import Clerk
from daiban_sync import ids

LIFE = 12 * 3_600_000
"""Milliseconds that a session lasts: a working day."""
IDLE = 3_600_000
"""Milliseconds without a request after which it ends: longer than a talk at the counter, shorter than the lunch break
in which a desk stands open to the hall."""
HALF_LIFE = 900_000
"""Milliseconds for showing the rest: a code, a new password, a first second factor."""
FRESH = 600_000
"""Milliseconds for which who showed who he is may change how he shows it."""
SKEW = 60_000
"""Milliseconds by which workers' clocks may differ. What lies further ahead was written while a clock was wrong: it
counts for nothing, or a session of then would last until that year comes."""
_TOUCH = 60_000
"""Milliseconds between notes of "last seen": reading pages writes at most once a minute."""
LONGEST_BROWSER = 200

FULL, SECOND, CHANGE, ENROL = "full", "second", "change", "enrol"
PASSWORD, OIDC = "password", "oidc"
"""Doors that people come in by."""

_p, _s, _c, _n = schema.person.c, schema.session.c, schema.centre.c, schema.counter.c
_ROLE = select(_p.role).where(_p.id == bindparam("person_id"))
_FIND = (
    select(_p.id, _p.name, _p.role, _p.centre, _p.active, _s.id, _s.csrf, _s.role, _s.stage)
    .add_columns(_s.second, _s.door, _s.proved, _s.seen, _s.expires, _c.name, _n.position)
    .select_from(
        schema.session.join(schema.person, _s.person == _p.id)
        .outerjoin(schema.centre, _c.id == _p.centre)
        .outerjoin(schema.counter, _n.centre == _p.centre)
    )
    .where(_s.digest == bindparam("session_digest"))
)
_SEEN = update(schema.session).where(_s.digest == bindparam("session_digest")).values(seen=bindparam("now"))
_PROVED = update(schema.session).where(_s.digest == bindparam("session_digest")).values(proved=bindparam("now"))
_END = delete(schema.session).where(_s.digest == bindparam("session_digest"))
_TAKE = _END.returning(_s.person, _s.second, _s.door)
_END_ONE = (
    delete(schema.session).where(_s.person == bindparam("person_id"), _s.id == bindparam("session_id")).returning(_s.id)
)
_END_OTHERS = delete(schema.session).where(_s.person == bindparam("person_id"), _s.id != bindparam("session_id"))
_END_ALL = delete(schema.session).where(_s.person == bindparam("person_id"))
_EXPIRED = delete(schema.session).where(
    or_(_s.expires <= bindparam("now"), _s.expires > bindparam("too_late"), _s.seen <= bindparam("idle_since"))
)
_MINE = (
    select(_s.id, _s.browser, _s.created, _s.seen)
    .where(_s.person == bindparam("person_id"), _s.expires > bindparam("now"), _s.seen > bindparam("idle_since"))
    .order_by(_s.seen.desc(), _s.id)
)


class SignedIn(Struct, frozen=True):
    """Whose session this is. `csrf` goes into the ``X-CSRF-Token`` header of every change. `stage` is ``full``, or what
    is still to be shown: ``second`` factor, ``change`` of a first password, ``enrol`` a second factor. `position` is
    how far the centre was when the session was looked up, so before anything was read for an answer."""

    person: str
    name: str
    role: str
    centre: str
    csrf: str
    stage: str = FULL
    id: str = ""
    second: bool = False
    door: str = PASSWORD
    proved: int = 0
    centre_name: str = ""
    position: int = 0

    @property
    def clerk(self) -> Clerk:
        """The signed-in person as an author."""
        return Clerk(bytes.fromhex(self.person), self.role, bytes.fromhex(self.centre))

    def is_fresh(self, now: int) -> bool:
        """Whether the person showed who he is within ten minutes: a desk that was left open does not."""
        return -SKEW <= now - self.proved < FRESH


class Opened(NamedTuple):
    """A session just made; only the browser gets the `secret`."""

    secret: str
    session: SignedIn


class Line(NamedTuple):
    """One of somebody's sessions, as he sees it."""

    id: str
    browser: str
    created: int
    seen: int


def digest(secret: str) -> bytes:
    """What the database knows of a cookie."""
    return hashlib.sha256(secret.encode()).digest()


def begin(person: bytes, stage: str, *, second: bool, door: str, browser: str, now: int) -> Program[Opened]:
    """A new session."""
    secret, csrf, id_ = secrets.token_urlsafe(32), secrets.token_urlsafe(24), ids.uuid7(now, secrets.token_bytes(10))
    role = (yield from first(_ROLE, person_id=person)) or ("",)
    life = LIFE if stage == FULL else HALF_LIFE
    row = (digest(secret), id_, person, csrf, role[0], stage, second, door)
    yield Write(schema.session, [(*row, browser[:LONGEST_BROWSER], now, now, now, now + life)])
    opened = yield from find(secret, now)
    if opened is None:
        raise ProblemError("session.missing")
    return Opened(secret, opened)


def rise(secret: str, stage: str, *, second: bool, browser: str, now: int) -> Program[Opened]:
    """Put a session that may do more in the place of one that could do less. Raises `ProblemError("session.missing")`
    where that one ended in between."""
    row = yield from first(_TAKE, session_digest=digest(secret))
    if row is None:
        raise ProblemError("session.missing")
    return (yield from begin(row[0], stage, second=second or bool(row[1]), door=row[2], browser=browser, now=now))


def find(secret: str, now: int) -> Program[SignedIn | None]:
    """The session of a cookie's secret, of whatever stage, if it still lasts."""
    return (yield from _found(secret, now))[0]


def _found(secret: str, now: int) -> Program[tuple[SignedIn | None, int]]:
    """The session, and when it was last used."""
    row = yield from first(_FIND, session_digest=digest(secret))
    if row is None:
        return None, now
    person, name, role, centre, active, id_, csrf, role_then, stage, second, door, proved, seen, expires = row[:14]
    if not active or role != role_then or not now < expires <= now + LIFE + SKEW or now - seen >= IDLE:
        return None, now
    whose = (person.hex(), name, role, centre.hex(), csrf, stage, id_.hex(), bool(second), door, proved)
    return SignedIn(*whose, centre_name=row[14] or "", position=row[15] or 0), seen


async def look_up(secret: str, services: Services, *, used: bool = True) -> SignedIn | None:
    """The session of a cookie's secret, which counts as used now unless a page asked by itself."""
    now = services.now()
    session, seen = await services.database.read(_found(secret, now))
    if session and used and now - seen >= _TOUCH:
        await services.database.write("session", lambda: run(_SEEN, session_digest=digest(secret), now=now))
    # Whoever practises has no password to show again.
    return msgspec.structs.replace(session, proved=now) if session and services.settings.practice else session


def proved(secret: str, now: int) -> Program[None]:
    """Its owner has just shown again who he is."""
    yield from run(_PROVED, session_digest=digest(secret), now=now)


def end(secret: str) -> Program[None]:
    """Sign out."""
    yield from run(_END, session_digest=digest(secret))


def end_one(person: bytes, session: bytes) -> Program[None]:
    """End one of somebody's sessions. Raises `ProblemError("session.unknown")`."""
    if (yield from first(_END_ONE, person_id=person, session_id=session)) is None:
        raise ProblemError("session.unknown")


def end_others(person: bytes, session: bytes) -> Program[None]:
    """End all of somebody's sessions but one."""
    yield from run(_END_OTHERS, person_id=person, session_id=session)


def end_all(person: bytes) -> Program[None]:
    """Somebody is signed out everywhere."""
    yield from run(_END_ALL, person_id=person)


def mine(person: bytes, now: int) -> Program[Sequence[Line]]:
    """Somebody's sessions that last, the one that was used last first."""
    found = yield from rows(_MINE, person_id=person, now=now, idle_since=now - IDLE)
    return [Line(id_.hex(), *rest) for id_, *rest in found]


def sweep(now: int) -> Program[None]:
    """Forget what ended."""
    yield from run(_EXPIRED, now=now, too_late=now + LIFE + SKEW, idle_since=now - IDLE)
