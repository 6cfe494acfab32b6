"""The district's centres side by side: counts of today and of what is open, one query for each column."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import bindparam, func, select

from daiban_server.console import words
from daiban_server.console.reading.arrivals import BATCHES
from daiban_server.db import schema
from daiban_server.db.program import Program, Row, rows
from daiban_server.features.deadlines.running import RUNNING
from daiban_server.features.replies.following import STILL_OWED
from daiban_server.services import Presence
from daiban_sync.ids import NOBODY

_c, _d, _r, _s = schema.centre.c, schema.device.c, schema.record.c, schema.slot.c
_o, _t = schema.obligation.c, schema.task.c
_l, _p = schema.deadline.c, schema.person.c
_CENTRES = select(_c.id, _c.name).where(_c.id != bindparam("district_id")).order_by(_c.code, _c.name)
_DEVICES = select(_d.centre, _d.id, _d.state, _d.synced_at).where(_d.state != "desk", _d.state != "revoked")
_DISPUTES = select(_r.centre, func.sum(_r.conflicts)).where(_r.conflicts > 0).group_by(_r.centre)
_VISITS = (
    select(_s.centre, func.count(_s.visit.distinct()))
    .where(_s.start >= bindparam("since"), _s.start < bindparam("until"))
    .group_by(_s.centre)
)
_OWED = select(_o.centre, func.count()).where(*STILL_OWED).group_by(_o.centre)
_OVERDUE = _OWED.where(_o.due < bindparam("now"))
_LATE = (
    select(_l.centre, func.count(_l.case.distinct())).where(*RUNNING, _l.due < bindparam("today")).group_by(_l.centre)
)
_HEADS = select(_p.centre, _p.name, _p.phone).where(_p.role == "head", _p.active).order_by(_p.id.desc())
_TASKS = select(_t.centre, func.count()).where(_t.done_at.is_(None)).group_by(_t.centre)

COLUMNS = (
    "在用手机",
    "今天联系过",
    "待审核",
    "今天收到",
    "超期办件",
    "填写不一致",
    "今天上门",
    "待回复",
    "超期未回复",
    "待办",
)


LATE, UNANSWERED = COLUMNS.index("超期办件"), COLUMNS.index("超期未回复")


class CentreLine(NamedTuple):
    """A centre with its counts, in the order of `COLUMNS`, and its head with his telephone."""

    name: str
    counts: list[int]
    head: str
    phone: str

    @property
    def late(self) -> int:
        """What is over: cases and replies."""
        return self.counts[LATE] + self.counts[UNANSWERED]


class District(NamedTuple):
    """All centres, and the sums of their columns."""

    lines: list[CentreLine]
    sums: list[int]

    @property
    def pressing(self) -> list[CentreLine]:
        """The centres in which something is over, the most first."""
        return sorted((line for line in self.lines if line.late), key=lambda line: -line.late)


def district(now: int, presence: Mapping[bytes, Presence]) -> Program[District]:
    """Counts for every centre."""
    since = words.day_start(now)
    today = words.local(now).date().isoformat()
    centres = yield from rows(_CENTRES, district_id=NOBODY)
    heads = {centre: (name, phone) for centre, name, phone in (yield from rows(_HEADS))}
    columns = [
        *_devices((yield from rows(_DEVICES)), since, presence),
        _entries((yield from rows(BATCHES, since=since))),
        dict((yield from rows(_LATE, today=today))),
        dict((yield from rows(_DISPUTES))),
        dict((yield from rows(_VISITS, since=since, until=since + words.DAY))),
        dict((yield from rows(_OWED))),
        dict((yield from rows(_OVERDUE, now=now))),
        dict((yield from rows(_TASKS))),
    ]
    lines = [
        CentreLine(name, [column.get(id_, 0) for column in columns], *heads.get(id_, ("", ""))) for id_, name in centres
    ]
    return District(lines, [sum(line.counts[n] for line in lines) for n in range(len(COLUMNS))])


def _devices(
    found: list[tuple[bytes, bytes, str, int | None]], since: int, presence: Mapping[bytes, Presence]
) -> list[Mapping[bytes, int]]:
    active, heard, pending = Counter[bytes](), Counter[bytes](), Counter[bytes]()
    for centre, device, state, synced in found:
        at = presence[device].synced_at if device in presence else synced or 0
        active[centre] += state == "active"
        heard[centre] += state == "active" and at >= since
        pending[centre] += state == "pending"
    return [active, heard, pending]


def _entries(batches: list[Row]) -> Mapping[bytes, int]:
    total: dict[bytes, int] = defaultdict(int)
    for centre, _, first, last, *_ in batches:
        total[centre] += last - first + 1
    return total
