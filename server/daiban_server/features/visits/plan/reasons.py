"""Why a visit is not made: the first hurdle that it fails at, as a code and as a sentence for the clerk."""

from collections.abc import Sequence

from .answer import Unserved
from .draft import Draft
from .insertion import price, rooms
from .network import Network
from .problem import Stop, Visit
from .start import standing

REASONS = {
    "no_time": "可选的时段太短，放不下这次上门",
    "not_allowed": "没有负责这个地方的代办员",
    "skill": "负责的代办员都不办这个事项",
    "off_shift": "可选的时段里，能办的人都不上班",
    "too_far": "上班时间内来不及往返",
    "no_partner": "需要两人同去，可选的时段里凑不齐两个人",
    "full": "能去的人当天都已排满",
    "no_gap": "能去的人都排不开",
    "not_worth": "不是必须上门的，专程去一趟代价太大",
}
"""By code, in the order in which they are asked."""


def unserved(net: Network, stops: Sequence[Stop]) -> tuple[Unserved, ...]:
    """Every visit that these stops leave out, and why; in the order of the file."""
    made = {stop.visit for stop in stops}
    left = [v for v, visit in enumerate(net.visits) if visit.id not in made]
    draft = standing(net, stops) if left else Draft(net)
    return tuple(_told(net.visits[v], why_not(draft, v)) for v in left)


def _told(visit: Visit, code: str) -> Unserved:
    return Unserved(visit.id, code, f"{visit.label}：{REASONS[code]}")


def why_not(draft: Draft, v: int) -> str:
    """The code of the first hurdle; the draft holds everything else."""
    net = draft.net
    visit = net.visits[v]
    if not net.spans[v]:
        return "no_time"
    allowed = [one for one in net.vehicles if visit.allowed is None or one.id in visit.allowed]
    if not allowed:
        return "not_allowed"
    able = {one.id for one in allowed if visit.skills <= one.skills}
    if not able:
        return "skill"
    rows = [row for row in net.shifts if net.vehicles[row.vehicle].id in able]
    if not any(first < row.end and row.start <= last for row in rows for first, last in net.spans[v]):
        return "off_shift"
    if not net.worth[v]:
        return "too_far"
    return _beside(draft, v)


def _beside(draft: Draft, v: int) -> str:
    """It could be made in an empty week; why not in this one."""
    net = draft.net
    two = net.visits[v].crew == 2
    if two and len({net.shifts[shift].vehicle for shift in net.worth[v]}) < 2:
        return "no_partner"
    open_to = [shift for shift in net.worth[v] if not draft.full(shift)]
    if not open_to:
        return "full"
    found = [room for shift in open_to for room in rooms(net, draft.routes[shift], v)]
    if not found:
        return "no_gap"
    if two and not any(
        max(a.first, b.first) <= min(a.last, b.last)
        and net.shifts[a.gap.shift].vehicle != net.shifts[b.gap.shift].vehicle
        for a in found
        for b in found
    ):
        return "no_partner"
    cheap = min(room.gap.detour + net.worth[v][room.gap.shift] + price(draft, room.gap.shift) for room in found)
    return "not_worth" if cheap >= net.lost[v] else "no_gap"
