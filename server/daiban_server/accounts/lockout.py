"""Lockout with growing pauses: by account and by browser, not by address, since a whole township shares one.

A try is counted before it is judged and forgotten when it was right, so that many at once are no way around. Whoever
tries from a browser that somebody signed in with before counts on that browser alone; everybody else counts on the
account together. So a stranger who hammers an account keeps out strangers, and not its owner at the usual desk.

Questions that anybody may ask about a case, with a code, are counted alike: the case is the account, and what stands
for the browser is the address that asks, in one of `SOURCES` groups. So whoever guesses at a case slows down himself
and who shares his line, not the resident elsewhere. The group is a keyed hash, and no address can be had from it.

The table is bounded: accounts that do not exist share `BUCKETS` rows, browsers are those that signed in, and a row is
swept after a day of calm.
"""

import hashlib
import hmac
from typing import NamedTuple

from sqlalchemy import bindparam, delete, select

from daiban_server.db import schema
from daiban_server.db.program import Program, Write, first, run

PAUSE = 1_000
"""Milliseconds after the last free try; doubled with each further one, up to the budget's longest."""
SKEW = 60_000
"""Milliseconds by which workers' clocks may differ. A failure further ahead is of a clock that was wrong: its pause
begins now, or the account would be shut until that year comes."""
CALM = 86_400_000
"""Milliseconds after which failures are forgotten."""
BUCKETS = 4_096


class Budget(NamedTuple):
    """How many tries are free, and how long a pause may get (milliseconds)."""

    name: str
    free: int
    longest: int


PASSWORD = Budget("password", 4, 300_000)
CODE = Budget("code", 5, 3_600_000)
"""Of six digits three steps are good at once: at one try an hour a guesser needs more than a lifetime, and whoever gets
here has the password already. A browser that counts by itself was let in with a code before, so there are few of them;
without that, whoever has the password could keep its owner out an hour at a time."""
LOOK_UP = Budget("look-up", 4, 300_000)
RATING = Budget("rating", 4, 300_000)
"""The codes have forty bits and the secrets fifty, so `SOURCES` times as many tries are still none."""
SOURCES = 64

_f = schema.failure.c
_FOUND = select(_f.count, _f.since).where(_f.digest == bindparam("tried")).with_for_update()
_CLEAR = delete(schema.failure).where(_f.digest == bindparam("tried"))
_CALM = delete(schema.failure).where(_f.since < bindparam("before"))


def account_key(budget: Budget, person: bytes | None, login: str = "", browser: bytes = b"") -> bytes:
    """What a try counts on: somebody's browser, else the account; where there is no account, a bucket of many. Of a
    question, `person` is the case, `login` its number and `browser` the source."""
    if person is None:
        bucket = int.from_bytes(hashlib.sha256(login.encode()).digest()[:4]) % BUCKETS
        person = b"nobody" + bucket.to_bytes(4)
    return hashlib.sha256(b"\n".join((b"daiban try 1", budget.name.encode(), person.hex().encode(), browser))).digest()


def source_of(address: str, secret: bytes) -> bytes:
    """The group of an address, under a secret of the server's."""
    return bytes([hmac.digest(secret, address.encode(), "sha256")[0] % SOURCES])


def claim(key: bytes, budget: Budget, now: int) -> Program[int]:
    """Count a try that is about to be judged; gives 0, or the milliseconds to wait, and then nothing was counted."""
    # A row to lock, so that of two tries at once on two workers the second sees the first.
    yield Write(schema.failure, [(key, 0, 0)], "ignore")
    count, since = (yield from first(_FOUND, tried=key)) or (0, 0)
    if since > now + SKEW:
        since = now
        yield Write(schema.failure, [(key, count, now)], "replace")
    if now - since > CALM:
        count = 0
    pause = 0 if count < budget.free else min(PAUSE << min(count - budget.free, 30), budget.longest)
    if (wait := since + pause - now) > 0 and pause:
        return int(wait)
    yield Write(schema.failure, [(key, count + 1, now)], "replace")
    return 0


def clear(key: bytes) -> Program[None]:
    """The try was right: what failed before is forgotten."""
    yield from run(_CLEAR, tried=key)


def sweep(now: int) -> Program[None]:
    """Forget failures that a day of calm followed."""
    yield from run(_CALM, before=now - CALM)
