"""Recovery codes: ten, shown once, each good once, for the day on which the telephone lies in the river."""

import hmac
import secrets
from collections.abc import Sequence

from sqlalchemy import bindparam, delete, func, select, update

from daiban_server.db import schema
from daiban_server.db.program import Program, Write, first, run
from daiban_server.keystore import ServerKeys

COUNT = 10
_SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"
"""No 0, 1, l, i, o: they are copied by hand."""
_LENGTH = 10
"""Signs of a code: 49 bits, of which the database knows a MAC under the server's key."""

_r = schema.recovery_code.c
_ALL_GONE = delete(schema.recovery_code).where(_r.person == bindparam("person_id"))
_USE = (
    update(schema.recovery_code)
    .where(_r.person == bindparam("person_id"), _r.digest == bindparam("code_digest"), _r.used.is_(None))
    .values(used=bindparam("now"))
    .returning(_r.person)
)
_LEFT = select(func.count()).where(_r.person == bindparam("person_id"), _r.used.is_(None))


def make(person: bytes, keys: ServerKeys) -> Program[Sequence[str]]:
    """Ten new codes; those of before are worth nothing any more."""
    codes = ["".join(secrets.choice(_SIGNS) for _ in range(_LENGTH)) for _ in range(COUNT)]
    yield from remove(person)
    yield Write(schema.recovery_code, [(person, _digest(code, person, keys), None) for code in codes])
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def take(person: bytes, text: str, keys: ServerKeys, now: int) -> Program[bool]:
    """Whether a code is good; it is so once. Spaces, dashes and capitals do not matter."""
    code = "".join(text.split()).replace("-", "").lower()
    found = yield from first(_USE, person_id=person, code_digest=_digest(code, person, keys), now=now)
    return found is not None


def left(person: bytes) -> Program[int]:
    """How many are still good."""
    row = yield from first(_LEFT, person_id=person)
    return int(row[0]) if row else 0


def remove(person: bytes) -> Program[None]:
    """None is good any more."""
    yield from run(_ALL_GONE, person_id=person)


def _digest(code: str, person: bytes, keys: ServerKeys) -> bytes:
    return hmac.digest(keys.derived("recovery"), person + code.encode(), "sha256")
