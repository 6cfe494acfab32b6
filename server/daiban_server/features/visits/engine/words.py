"""Reasons in words: for the resident on the telephone, and for the clerk when nobody can come."""

from collections.abc import Mapping, Sequence

from .answers import Refusal
from .model import Agent, Visit, Week, day_of
from .schedule import Gap

_WEEKDAYS = "一二三四五六日"

REFUSALS = {
    "territory": "不负责这个地方",
    "skill": "不办这个事项",
    "off_duty": "这几个时段不上班",
    "absent": "这几个时段请假",
    "full": "这几天的上门已排满",
    "no_gap": "这几个时段排不开",
    "no_partner": "有空，但没有第二个人能同去",
}


def refusal(agent: Agent, code: str) -> Refusal:
    """Why this agent cannot come, as a sentence."""
    return Refusal(agent.id, code, f"{agent.name} {REFUSALS[code]}")


def kept(agent: Agent, code: str, start: int) -> str:
    """What keeps agent A from coming, told to the resident."""
    if code == "absent":
        day = day_of(start)
        return f"{agent.name} {day.month}月{day.day}日请假"
    return f"{agent.name} {REFUSALS[code]}"


def when(moment: int) -> str:
    """A moment as people say it: 11月25日 周三 上午 9:20."""
    day = day_of(moment)
    hour, minute = divmod(moment // 60 % 1440, 60)
    half = "上午" if hour < 12 else "下午"
    return f"{day.month}月{day.day}日 周{_WEEKDAYS[day.weekday()]} {half} {hour}:{minute:02}"


def reason(week: Week, visit: Visit, gaps: Sequence[Gap], *, away: str | None, moved: int) -> str:
    """Why these agents at this time. `away` says why agent A does not come, None where A does."""
    names = "、".join(gap.route.agent.name for gap in gaps)
    if away is not None:
        who = f"{away}，由 {names} 代岗上门"
    elif len(gaps) > 1:
        who = f"{names} 两人同去"
    else:
        who = f"{names} 是本村代办员"
    parts = [who, _where(week, visit, gaps[0]), _road(sum(gap.detour for gap in gaps))]
    if moved:
        parts.append(f"另有 {moved} 户的时间要稍作调整")
    return "，".join(part for part in parts if part)


def _where(week: Week, visit: Visit, gap: Gap) -> str:
    """Where the agent is around that time: the neighbour in the route who is nearer by road."""
    route, index = gap.route, gap.at
    neighbours = [(gap.to, route.stops[index - 1])] if index else []
    if index < len(route.stops):
        neighbours.append((gap.onward, route.stops[index]))
    if not neighbours:
        return "专程前往"
    place = min(neighbours, key=lambda neighbour: neighbour[0])[1].visit.place
    if place == visit.place:
        return "当天已在本村"
    return f"当天已在{week.places.get(place, '邻村')}"


def _road(detour: int) -> str:
    minutes = (detour + 30) // 60
    return f"多走 {minutes} 分钟" if minutes > 0 else "不用绕路"


def changed(
    week: Week,
    names: Mapping[str, str],
    visit: Visit,
    old: Sequence[str],
    was: int,
    new: Sequence[str] | None,
    now: int | None,
) -> str:
    """What became of a standing visit whose agent dropped out, for the clerk who calls the resident."""
    before = f"原定 {'、'.join(names[one] for one in old)} {when(was)}"
    place = week.places.get(visit.place, "")
    if new is None or now is None:
        return f"{place}{before}，没有人能去，请与住户另约"
    who = "、".join(names[one] for one in new)
    return f"{place}{before}，改由 {who} {'按原时间上门' if now == was else when(now)}"
