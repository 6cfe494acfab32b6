"""Replies that are owed: their cadre is reminded, what was missed is marked late, and goes up when nobody moves.

The steps: the cadre a day before and when it is missed, then the centre head, then the leader in charge (分管领导).
Each is told once.
"""

from collections.abc import Sequence

from sqlalchemy import bindparam, case, or_, select, update

from daiban_server import choices
from daiban_server.db import schema
from daiban_server.db.program import Program, Row, rows, run
from daiban_server.limits.calendar import local_day
from daiban_server.outbound import queue
from daiban_server.spine import views
from daiban_sync.ids import NOBODY

DAY = 86_400_000
_o, _p = schema.obligation.c, schema.person.c
_MISS = update(schema.obligation).where(_o.state == "due", _o.due < bindparam("now")).values(state="late")
_STEP = case(
    (_o.due < bindparam("leader_before"), 4),
    (_o.due < bindparam("head_before"), 3),
    (_o.due < bindparam("now"), 2),
    else_=1,
)
_UNTOLD = (
    select(_o.id, _o.centre, _o.cadre, _o.household, _o.application, _o.due, _o.told, _STEP)
    .where(
        or_(_o.state == "due", _o.state == "late"),
        _o.reply.is_(None),
        _o.due < bindparam("remind_before"),
        _o.told < _STEP,
    )
    .order_by(_o.due)
    .limit(200)
)
_TOLD = update(schema.obligation).where(_o.id == bindparam("obligation_id")).values(told=bindparam("step"))
_ABOVE = (
    select(_p.id)
    .where(_p.centre == bindparam("centre_id"), _p.role == bindparam("wanted_role"), _p.active)
    .order_by(_p.id)
)
_REMINDED, _MISSED, _HEAD, _LEADER = 1, 2, 3, 4
_CODES = {_REMINDED: "reply.soon", _MISSED: "reply.late", _HEAD: "reply.escalated", _LEADER: "reply.escalated"}


def look(now: int) -> Program[int]:
    """Mark what was missed, and tell whoever is to be told by now; gives how many were told."""
    yield from run(_MISS, now=now)
    chosen = yield from choices.chosen()
    head, leader = chosen.reply_escalation
    bounds = {"leader_before": now - leader * DAY, "head_before": now - head * DAY, "now": now}
    untold = yield from rows(_UNTOLD, remind_before=now + chosen.reply_reminder * DAY, **bounds)
    for owed in untold:
        yield from _tell(owed, now)
    return len(untold)


def _tell(owed: Row, now: int) -> Program[None]:
    """Every step that was passed meanwhile is told; a reminder that comes too late is left out."""
    id_, centre, cadre, household, application, due, told, step = owed
    home = yield from views.shown(views.BY_ID, centre, record_id=household)
    family = home[0].view.values.get("head", "") if home else ""
    for one in range(max(told + 1, min(step, _MISSED)), step + 1):
        for person in (yield from _whom(one, centre, cadre)):
            key = f"reply/{id_.hex()}/{one}"
            text = _words(one, family, due)
            yield from queue.tell(centre, person, _CODES[one], text, now, key=key, record=application)
    yield from run(_TOLD, obligation_id=id_, step=step)


def _whom(step: int, centre: bytes, cadre: bytes) -> Program[Sequence[bytes]]:
    """Whom a step tells. Where nobody is the cadre, the centre head is told at once: somebody has to be found."""
    if step in (_REMINDED, _MISSED) and cadre != NOBODY:
        return [cadre]
    role = "leader" if step == _LEADER else "head"
    return [row[0] for row in (yield from rows(_ABOVE, centre_id=centre, wanted_role=role))]


def _words(step: int, family: str, due: int) -> str:
    day = local_day(due)
    when = f"{day.month}月{day.day}日"
    if step == _REMINDED:
        return f"{family}家的定期回复应在{when}前完成，请抽空走访或打个电话。"
    if step == _MISSED:
        return f"{family}家的定期回复应在{when}前完成，已经超期，请尽快回复并登记。"
    return f"{family}家的定期回复应在{when}前完成，包联干部还没有回复，请督促。"
