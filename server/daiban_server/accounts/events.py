"""What was done to an account, and by whom: kept, shown to its owner, and told where somebody else did it."""

import secrets
from collections.abc import Mapping, Sequence

from msgspec import Struct
from sqlalchemy import bindparam, select

from daiban_server.db import schema
from daiban_server.db.program import Program, Write, first, rows
from daiban_server.outbound import queue
from daiban_sync import ids

TOLD: Mapping[str, str] = {
    "password.set": "{by}给您设了新密码，您已在各处退出登录。下次登录后请马上改成自己的密码。",
    "factor.reset": "{by}取消了您的第二步验证。如果不是您请他办的，请马上告诉区政务办。",
    "oidc.allowed": "{by}准许您用统一身份认证登录，七天内首次登录时生效。如果您没有提过，请马上告诉他。",
    "oidc.removed": "{by}取消了您的统一身份认证登录。",
}
"""What somebody hears of what another did to his account."""

_e = schema.account_event.c
_NAME = select(schema.person.c.name, schema.person.c.centre).where(schema.person.c.id == bindparam("person_id"))
_LATEST = (
    select(_e.code, schema.person.c.name, _e.at)
    .select_from(schema.account_event.join(schema.person, schema.person.c.id == _e.by))
    .where(_e.person == bindparam("person_id"))
    .order_by(_e.at.desc(), _e.id.desc())
    .limit(12)
)


class Event(Struct, frozen=True):
    """`code` was done by somebody at a time (Unix milliseconds)."""

    code: str
    by: str
    at: int


def note(person: bytes, by: bytes, code: str, now: int) -> Program[None]:
    """Keep what was done; somebody else's act is told to the owner."""
    id_ = ids.uuid7(now, secrets.token_bytes(10))
    yield Write(schema.account_event, [(id_, person, by, code, now)])
    if by == person or code not in TOLD:
        return
    who, owner = (yield from first(_NAME, person_id=by)), (yield from first(_NAME, person_id=person))
    text = TOLD[code].format(by=who[0] if who else "系统")
    if owner:
        yield from queue.tell(owner[1], person, f"post.account.{code}", text, now, key=f"account/{id_.hex()}")


def latest(person: bytes) -> Program[Sequence[Event]]:
    """The last dozen, newest first."""
    return [Event(*row) for row in (yield from rows(_LATEST, person_id=person))]
