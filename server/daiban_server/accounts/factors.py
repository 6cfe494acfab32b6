"""Second factors of a person together: an app's codes, passkeys, recovery codes for both.

Whoever has one is asked for it at every sign-in, whatever the role; some roles must have one
(`Settings.second_factor`).
"""

from collections.abc import Sequence

from daiban_server.accounts import events, passkeys, recovery, sessions, totp
from daiban_server.accounts.oidc import links
from daiban_server.db.program import Program
from daiban_server.http.problems import ProblemError
from daiban_server.keystore import ServerKeys


def has_any(person: bytes) -> Program[bool]:
    """Whether somebody has a second factor."""
    return (yield from totp.has(person)) or bool((yield from passkeys.mine(person)))


def take(person: bytes, code: str, keys: ServerKeys, now: int) -> Program[bool]:
    """Whether a code is good, of the app or for recovery; it is so once."""
    digits = "".join(code.split())
    if digits.isascii() and digits.isdigit() and len(digits) == 6:
        return (yield from totp.take(person, digits, keys, now))
    if not (yield from recovery.take(person, code, keys, now)):
        return False
    yield from events.note(person, person, "recovery.used", now)
    return True


def first_codes(person: bytes, keys: ServerKeys) -> Program[Sequence[str]]:
    """Recovery codes for who has just got his first factor; none where there are some."""
    return [] if (yield from recovery.left(person)) else (yield from recovery.make(person, keys))


def check_last(person: bytes, role: str, must: frozenset[str]) -> Program[None]:
    """Raise `ProblemError("factor.last")` where somebody who must have a factor has none left; otherwise let the codes
    go with the last one."""
    if (yield from has_any(person)):
        return
    if role in must:
        raise ProblemError("factor.last")
    yield from recovery.remove(person)


def forget(person: bytes) -> Program[None]:
    """Somebody left: nothing is kept by which he could show who he is. What he signed has its keys beside it."""
    yield from totp.remove(person)
    yield from passkeys.remove_all(person)
    yield from recovery.remove(person)
    yield from links.remove(person)
    yield from sessions.end_all(person)


def reset(person: bytes, by: bytes, now: int) -> Program[None]:
    """Take all of somebody's factors away, because he has lost them; he is signed out everywhere, and told."""
    yield from totp.remove(person)
    yield from passkeys.remove_all(person)
    yield from recovery.remove(person)
    yield from sessions.end_all(person)
    yield from events.note(person, by, "factor.reset", now)
