"""Passwords: which may be chosen, and how they change.

Length is what counts, and nothing has to be in them (NIST SP 800-63B-4, 3.1.1.2): ten characters, none of the commonest
and not the account's own words. Whoever gets a password from somebody else changes it before anything else.
"""

from functools import cache
from importlib import resources

from sqlalchemy import bindparam, delete, select, update

from daiban_server.accounts import events, sessions
from daiban_server.db import schema
from daiban_server.db.program import Program, Write, first, run
from daiban_server.http.problems import ProblemError

SHORTEST, LONGEST = 10, 200
"""Characters of a password."""
_FEWEST_DIFFERENT = 5
"""Different characters of a password: fewer are a keyboard that got stuck."""

_p = schema.person.c
_OF = select(_p.password, _p.login, _p.name).where(_p.id == bindparam("person_id"), _p.active)
_SET = (
    update(schema.person)
    .where(_p.id == bindparam("person_id"), _p.password == bindparam("before"))
    .values(password=bindparam("hashed"))
    .returning(_p.id)
)
_IS_FIRST = select(schema.first_password.c.at).where(schema.first_password.c.person == bindparam("person_id"))
_NOT_FIRST = delete(schema.first_password).where(schema.first_password.c.person == bindparam("person_id"))


@cache
def _commonest() -> frozenset[str]:
    text = resources.files("daiban_server.accounts").joinpath("common_passwords.txt").read_text("utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))


def check(password: str, login: str, name: str) -> None:
    """Raise `ProblemError` for a password that nobody should choose: ``password.short``, ``password.long``,
    ``password.common``, ``password.own_name``."""
    plain = password.casefold()
    if len(password) < SHORTEST:
        raise ProblemError("password.short")
    if len(password) > LONGEST:
        raise ProblemError("password.long")
    if plain in _commonest() or len(set(plain)) < _FEWEST_DIFFERENT:
        raise ProblemError("password.common")
    if any(len(own) > 1 and own.casefold() in plain for own in (login, name)):
        raise ProblemError("password.own_name")


def of(person: bytes) -> Program[tuple[str, str, str]]:
    """Hash, login and name of somebody. Raises `ProblemError("session.refused")` for who has no password."""
    row = yield from first(_OF, person_id=person)
    if row is None or not row[0]:
        raise ProblemError("session.refused")
    return row[0], row[1] or "", row[2]


def login_of(person: bytes) -> Program[str]:
    """What somebody signs in as."""
    row = yield from first(_OF, person_id=person)
    return (row[1] or "") if row else ""


def change(person: bytes, before: str, hashed: str, session: bytes, now: int) -> Program[None]:
    """Put one's own new password in the place of the one that was `before`; all one's other sessions end. Raises
    `ProblemError("session.refused")` where it changed in between."""
    if (yield from first(_SET, person_id=person, before=before, hashed=hashed)) is None:
        raise ProblemError("session.refused")
    yield from run(_NOT_FIRST, person_id=person)
    yield from sessions.end_others(person, session)
    yield from events.note(person, person, "password.changed", now)


def given(person: bytes, by: bytes, now: int) -> Program[None]:
    """Somebody else knows the password that a person has now: it must be changed, and every session ends."""
    yield Write(schema.first_password, [(person, by, now)], "replace")
    yield from sessions.end_all(person)


def renew(person: bytes, before: str, hashed: str) -> Program[None]:
    """The same password under a hash that costs more."""
    yield from run(_SET, person_id=person, before=before, hashed=hashed)


def must_change(person: bytes) -> Program[bool]:
    """Whether somebody else knows this password."""
    return (yield from first(_IS_FIRST, person_id=person)) is not None
