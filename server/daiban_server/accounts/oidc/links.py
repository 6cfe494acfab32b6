"""Who somebody is at the provider: its own name for him (``sub``), which never changes hands, linked once.

Equal names prove nothing: whoever may choose his name at the provider would else take over the account of the same
name here. So a link is made by the person, signed in here, or with a head's leave, which is good for a week and for one
sign-in under the expected name.
"""

from sqlalchemy import bindparam, delete, select, update

from daiban_server.accounts import events
from daiban_server.accounts.oidc.provider import Identity
from daiban_server.db import schema
from daiban_server.db.program import Program, Write, first, run
from daiban_server.http.problems import ProblemError

LEAVE = 7 * 86_400_000
"""Milliseconds for which a head's leave to link is good."""

_l, _p = schema.oidc_link.c, schema.person.c
_LINKED = (
    select(_p.id, _p.role)
    .select_from(schema.oidc_link.join(schema.person, _p.id == _l.person))
    .where(_l.issuer == bindparam("issuer_name"), _l.subject == bindparam("subject_name"), _p.active)
)
_ALLOWED = (
    select(_p.id, _p.role)
    .select_from(schema.oidc_link.join(schema.person, _p.id == _l.person))
    .where(
        _l.issuer == bindparam("issuer_name"),
        _l.subject.is_(None),
        _p.login == bindparam("login_name"),
        _p.active,
    )
)
_TAKE = (
    update(schema.oidc_link)
    .where(
        _l.issuer == bindparam("issuer_name"),
        _l.person == bindparam("person_id"),
        _l.subject.is_(None),
        _l.until > bindparam("now"),
    )
    .values(subject=bindparam("subject_name"), until=None, at=bindparam("now"))
    .returning(_l.person)
)
_OF = select(_l.subject, _l.at, _l.until).where(
    _l.issuer == bindparam("issuer_name"), _l.person == bindparam("person_id")
)
_ANYBODY = select(_l.person).where(_l.issuer == bindparam("issuer_name"), _l.subject == bindparam("subject_name"))
_REMOVE = delete(schema.oidc_link).where(_l.person == bindparam("person_id"))


def person_of(issuer: str, who: Identity, now: int) -> Program[tuple[bytes, str] | None]:
    """Who it is here, with his role; None for whom nobody linked. A head's leave is used up."""
    linked = yield from first(_LINKED, issuer_name=issuer, subject_name=who.subject)
    if linked is not None:
        return bytes(linked[0]), linked[1]
    if not who.claim or "\x00" in who.claim:
        return None
    allowed = yield from first(_ALLOWED, issuer_name=issuer, login_name=who.claim)
    if allowed is None or (yield from first(_ANYBODY, issuer_name=issuer, subject_name=who.subject)) is not None:
        return None
    taken = {"issuer_name": issuer, "person_id": allowed[0], "subject_name": who.subject, "now": now}
    if (yield from first(_TAKE, **taken)) is None:
        return None
    yield from events.note(allowed[0], allowed[0], "oidc.linked", now)
    return bytes(allowed[0]), allowed[1]


def link(issuer: str, person: bytes, subject: str, now: int) -> Program[None]:
    """Link oneself. Raises `ProblemError("oidc.taken")` where that is somebody else already."""
    taken = yield from first(_ANYBODY, issuer_name=issuer, subject_name=subject)
    if taken is not None and taken[0] != person:
        raise ProblemError("oidc.taken")
    yield Write(schema.oidc_link, [(issuer, person, subject, person, None, now)], "replace")
    yield from events.note(person, person, "oidc.linked", now)


def allow(issuer: str, person: bytes, by: bytes, now: int) -> Program[None]:
    """A head's leave to link within a week; a link that there was ends."""
    yield Write(schema.oidc_link, [(issuer, person, None, by, now + LEAVE, None)], "replace")
    yield from events.note(person, by, "oidc.allowed", now)


def remove(person: bytes) -> Program[None]:
    """No link any more, at no provider, and no leave to make one."""
    yield from run(_REMOVE, person_id=person)


def linked_since(issuer: str, person: bytes) -> Program[int | None]:
    """Since when somebody is linked (Unix milliseconds); None for who is not."""
    row = yield from first(_OF, issuer_name=issuer, person_id=person)
    return row[1] if row else None
