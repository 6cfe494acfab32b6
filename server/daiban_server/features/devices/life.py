"""What is done with a device, each act once and written down with who, when and why.

===========  =========================  ===========  ==================================================
act          of a device that is        becomes      means
===========  =========================  ===========  ==================================================
reject       pending                    rejected     it was not the right phone, or the digits differed
suspend      active, leaving            suspended    nobody knows where it is: it neither takes nor gives
reinstate    suspended                  active       it was found
revoke       whatever may still speak   revoked      it is lost or broken; for ever: enrol anew
freeze       (the server by itself)     frozen       one key signed two histories
===========  =========================  ===========  ==================================================

A suspended phone keeps what it has and hands it in when it is found. What a revoked or frozen one hands in is kept
apart (`spine.quarantine`), and so is what somebody carried in of it that still waits for what came before.
"""

from collections.abc import Mapping

from msgspec import Struct
from sqlalchemy import bindparam, select, update

from daiban_server import audit
from daiban_server.db import schema
from daiban_server.db.program import Program, first, rows
from daiban_server.http.problems import ProblemError
from daiban_server.spine import log, waiting
from daiban_server.spine.acts import Told, write_down
from daiban_server.spine.apply import blank
from daiban_server.spine.opening import Sender
from daiban_sync.ids import NOBODY

REASON_LENGTH = 500
"""Characters of a reason."""
_SPEAKING = frozenset({"active", "suspended", "leaving", "handed_in", "frozen", "pending"})
FROM: Mapping[str, frozenset[str]] = {
    "reject": frozenset({"pending"}),
    "suspend": frozenset({"active", "leaving", "handed_in"}),
    "reinstate": frozenset({"suspended"}),
    "revoke": _SPEAKING,
}
_BECOMES = {"reject": "rejected", "suspend": "suspended", "revoke": "revoked"}

_d, _p, _a, _e = schema.device.c, schema.person.c, schema.device_act.c, schema.envelope.c
_DEVICE = (
    select(_d.state, _d.key, _p.active, _d.name, _p.name)
    .select_from(schema.device.join(schema.person, _d.person == _p.id))
    .where(_d.id == bindparam("device_id"), _d.centre == bindparam("centre_id"))
)
_SET = update(schema.device).where(_d.id == bindparam("device_id")).values(state=bindparam("becomes")).returning(_d.id)
_ACTS = (
    select(_a.at, _a.act, _p.name, _a.reason, _a.sequence, _a.reported_at, _a.lost_at)
    .select_from(schema.device_act.outerjoin(schema.person, _a.by == _p.id))
    .where(_a.centre == bindparam("centre_id"), _a.device == bindparam("device_id"))
    .order_by(_a.at.desc())
)
_SINCE = (
    select(_e.sequence, _e.received, _e.first, _e.last)
    .where(
        _e.centre == bindparam("centre_id"), _e.device == bindparam("device_id"), _e.received >= bindparam("since_time")
    )
    .order_by(_e.sequence)
    .limit(200)
)


def told(reason: str, now: int, lost_at: int | None = None) -> Told:
    """What somebody says, checked. Raises `ProblemError("request.invalid")`."""
    if lost_at is not None and not 0 < lost_at <= now:
        raise ProblemError("request.invalid", detail="a phone was lost before now")
    return Told(checked_reason(reason), now, lost_at)


def checked_reason(reason: str) -> str:
    """A reason that is one. Raises `ProblemError("request.invalid")`."""
    if blank(reason) or len(reason) > REASON_LENGTH or "\x00" in reason:
        raise ProblemError("request.invalid", detail="a reason is wanted")
    return reason.strip()


class Act(Struct, frozen=True):
    """An act as it was written down; `sequence` is the last batch that had a receipt then."""

    at: int
    act: str
    by: str
    reason: str
    sequence: int
    reported_at: int
    lost_at: int | None


class Between(Struct, frozen=True):
    """A batch that came in after the phone was lost and before anybody said so: entries `first` to `last`."""

    sequence: int
    received: int
    first: int
    last: int


def act(centre: bytes, device: bytes, name: str, told: Told, who: bytes, now: int) -> Program[str]:
    """Do an act of the table above; gives the state that the device then has. The centre's lock is held, so nothing of
    the device's is half taken in. Raises `ProblemError`: ``device.unknown``, ``device.not_active``."""
    yield from log.lock(centre)
    row = yield from first(_DEVICE, device_id=device, centre_id=centre)
    if row is None or row[0] == "desk":
        raise ProblemError("device.unknown")
    state, key, works_here, called, owner = row
    if state not in FROM[name]:
        raise ProblemError("device.not_active")
    becomes = _BECOMES.get(name) or ("active" if works_here else "leaving")
    yield from first(_SET, device_id=device, becomes=becomes)
    yield from write_down(centre, device, name, key, told, who, now)
    if name == "revoke":
        yield from waiting.leave_apart(Sender(device, centre, NOBODY, "", key), now)
    if name in ("revoke", "suspend"):
        yield from audit.note(centre, who, f"device.{name}", device, told.reason, now, f"{called}（{owner}）")
    return becomes


def acts(centre: bytes, device: bytes) -> Program[list[Act]]:
    """What was done with a device, newest first."""
    found = yield from rows(_ACTS, centre_id=centre, device_id=device)
    return [Act(at, act, by or "", *rest) for at, act, by, *rest in found]


def between(centre: bytes, device: bytes) -> Program[list[Between]]:
    """What came in since the phone was lost, as the newest such act says: a thief may have handed it in. At most
    200."""
    lost = [one.lost_at for one in (yield from acts(centre, device)) if one.lost_at is not None]
    if not lost:
        return []
    found = yield from rows(_SINCE, centre_id=centre, device_id=device, since_time=lost[0])
    return [Between(*row) for row in found]
