"""A limit in one Chinese sentence: what it was counted from, what was left out, the last day, how it stands.

The last day is always told as the last day (最迟), since 「某日前」 may be read without that day.
"""

import datetime
from collections.abc import Iterator, Sequence

from daiban_server.limits.calendar import Calendar, Unit, local_day
from daiban_server.limits.clock import Extension, Pause, merged
from daiban_server.limits.deadline import Deadline, Event, Ground, Kind

LABELS: dict[Kind, str] = {
    "notice": "一次性告知时限",
    "accept": "受理时限",
    "complement": "补正期限",
    "promise": "承诺办结时限",
    "statutory": "法定办结时限",
    "send_up": "上报时限",
    "answer_above": "上级答复时限",
    "pause": "暂停计时期限",
    "papers": "补交材料期限",
    "delivery": "送达时限",
    "follow_up": "回访时限",
    "archive": "归档时限",
    "opinion": "意见答复时限",
    "contact": "差评联系时限",
    "mend": "差评整改时限",
}
"""What each limit is called on a page."""

_ACTS: dict[Kind, str] = {
    "notice": "一次性告知",
    "accept": "决定是否受理",
    "complement": "由申请人补齐材料",
    "promise": "办结",
    "statutory": "依法办结",
    "send_up": "上报",
    "answer_above": "答复",
    "pause": "恢复计时",
    "papers": "由申请人补交材料",
    "delivery": "送达",
    "follow_up": "回访",
    "archive": "归档",
    "opinion": "答复",
    "contact": "联系评价人",
    "mend": "整改并答复",
}
_DONE: dict[Kind, str] = {
    "notice": "告知",
    "accept": "作出决定",
    "complement": "补齐",
    "promise": "办结",
    "statutory": "办结",
    "send_up": "上报",
    "answer_above": "收到答复",
    "pause": "恢复计时",
    "papers": "补交",
    "delivery": "送达",
    "follow_up": "回访",
    "archive": "归档",
    "opinion": "答复",
    "contact": "联系",
    "mend": "整改并答复",
}
_EVENTS: dict[Event, str] = {
    "home": "上门收齐材料",
    "papers": "收到材料",
    "complemented": "补正收齐",
    "notice": "一次性告知",
    "accepted": "受理",
    "deemed": "视为受理",
    "sent_up": "上报",
    "paused": "开始",
    "completed": "办结",
    "refused": "决定不予办理",
    "not_accepted": "决定不予受理",
    "delivered": "送达",
    "withdrawn": "申请人撤回",
    "said": "登记意见",
    "said_again": "再次反映",
    "rated": "收到差评",
}
_GROUNDS: dict[Ground, str] = {
    "withdrawn": "申请人撤回",
    "ended": "已有办理结果",
    "accepted": "已受理",
    "deemed": "视为受理",
    "unreached": "多次联系不上",
    "archived": "已归档",
}
_WEEKDAYS = "一二三四五六日"
_MOST_NAMED = 3
"""So many pauses or days off are told one by one; more are told as a sum, or a sentence of a long case has no end."""
_ONE = datetime.timedelta(days=1)


def day_words(day: datetime.date, today: datetime.date) -> str:
    """12月15日（周二）, with the year where it is not today's."""
    return f"{_date(day, today)}（周{_WEEKDAYS[day.weekday()]}）"


def length_words(days: int, unit: Unit) -> str:
    """10 个工作日, 60 个自然日."""
    return f"{days} 个{'工作日' if unit == 'working' else '自然日'}"


def sentence(deadline: Deadline, calendar: Calendar, today: datetime.date) -> str:
    """The whole limit, as `deadlines` gave it for the same calendar and day, with its warnings; at most 500
    characters."""
    counted = "，".join([*_counted(deadline, calendar, today), _last_day(deadline, today)])
    return "；".join([counted, standing(deadline, calendar, today), *_warnings(deadline, calendar, today)]) + "。"


def standing(deadline: Deadline, calendar: Calendar, today: datetime.date) -> str:
    """How it stands: 还剩 3 个工作日, 今日到期, 已超期 2 个工作日."""
    if deadline.closed is not None:
        return _closed(deadline, calendar, deadline.closed, today)
    if deadline.state == "paused":
        return "等候申请人补正，暂停计时" if deadline.why.waiting_since else "暂停计时"
    if deadline.state == "due_today":
        return "今日到期"
    if deadline.state == "overdue":
        return f"已超期{_over(deadline, calendar, today)}"
    left = length_words(calendar.days_left(today, deadline.due, deadline.unit), deadline.unit)
    return f"还剩 {left}，即将到期" if deadline.state == "due_soon" else f"还剩 {left}"


def _closed(deadline: Deadline, calendar: Calendar, day: datetime.date, today: datetime.date) -> str:
    late = f"超期{_over(deadline, calendar, day)}" if day > deadline.due else ""
    if deadline.why.ground is None:
        return f"已于 {day_words(day, today)}{_DONE[deadline.kind]}，{late or '未超期'}"
    if deadline.kind == "notice" and deadline.why.ground == "accepted":
        return f"材料齐全，已受理（{_date(day, today)}），无需告知"
    words = f"{_GROUNDS[deadline.why.ground]}（{_date(day, today)}），不再计时"
    return f"{words}，当时已{late}" if late else words


def _over(deadline: Deadline, calendar: Calendar, day: datetime.date) -> str:
    """By how much `day` is past the last day. On the days off right after it no working day has passed yet."""
    days = -calendar.days_left(day, deadline.due, deadline.unit)
    return f" {length_words(days, deadline.unit)}" if days else "不足 1 个工作日"


def _counted(deadline: Deadline, calendar: Calendar, today: datetime.date) -> Iterator[str]:
    """From what and how it was counted, part by part."""
    why, length = deadline.why, length_words(deadline.days, deadline.unit)
    if why.waiting_since is not None:
        yield f"{day_words(why.waiting_since, today)}一次性告知，材料补齐后从次日起重新计算 {length}"
        return
    yield f"{day_words(deadline.starts, today)}{_EVENTS[why.event]}{why.to}"
    if why.fixed:
        yield "约定了期限"
        return
    yield f"从次日起算 {length}" if deadline.days else "当日办理"
    yield from _extensions(why.extensions, deadline.unit)
    yield from _pauses(deadline, today)
    yield from _days_off(deadline, calendar, today)


def _last_day(deadline: Deadline, today: datetime.date) -> str:
    resumed = ""
    if deadline.state == "paused":
        resumed = "如今日补齐，" if deadline.why.waiting_since else "如今日恢复，"
    return f"{resumed}最迟 {day_words(deadline.due, today)}{_ACTS[deadline.kind]}"


def _extensions(extensions: Sequence[Extension], unit: Unit) -> Iterator[str]:
    """Reasons are long and stand in the notice of the extension."""
    if len(extensions) > _MOST_NAMED:
        days = sum(one.days for one in extensions)
        yield f"其中经批准延期 {len(extensions)} 次共 {length_words(days, unit)}"
        return
    for one in extensions:
        yield f"其中经{one.by}批准延期 {length_words(one.days, unit)}"


def _pauses(deadline: Deadline, today: datetime.date) -> Iterator[str]:
    until = deadline.closed or today
    pauses = [one for one in deadline.why.pauses if not _is_open(one, deadline)]
    if len(pauses) > _MOST_NAMED:
        days = sum((span.last - span.first).days + 1 for span in merged(pauses, until))
        yield f"扣除特殊环节 {len(pauses)} 次共 {days} 天"
        pauses = []
    for one in pauses:
        first, last = one.span(until)
        if first <= last:
            dates = _date(first, today) if first == last else f"{_date(first, today)}至{_date(last, today)}"
            yield f"扣除{one.step} {(last - first).days + 1} 天（{dates}）"
    for one in deadline.why.pauses:
        if _is_open(one, deadline):
            yield f"{_date(local_day(one.since), today)}起因{one.step}暂停计时"


def _is_open(pause: Pause, deadline: Deadline) -> bool:
    return pause.until is None and deadline.closed is None


def _days_off(deadline: Deadline, calendar: Calendar, today: datetime.date) -> Iterator[str]:
    """What somebody who counts on the fingers would stumble over: holidays, make-up working days, a last day moved."""
    spans = merged(deadline.why.pauses, deadline.closed or today)
    days = [
        deadline.starts + _ONE * n
        for n in range(1, (deadline.due - deadline.starts).days + 1)
        if not any(span.first <= deadline.starts + _ONE * n <= span.last for span in spans)
    ]
    if deadline.unit == "calendar":
        if len(days) > deadline.days:
            yield "末日不办公，顺延"
        return
    off = dict.fromkeys(calendar.day_off(day) for day in days if day.weekday() < 5 and not calendar.is_working(day))
    if off:
        yield f"{'、'.join(off)}不计"
    made_up = [day for day in days if day.weekday() >= 5 and calendar.is_working(day)]
    if len(made_up) > _MOST_NAMED:
        yield f"调休上班的 {len(made_up)} 天计入"
    elif made_up:
        yield f"{'、'.join(day_words(day, today) for day in made_up)}上班计入"


def _warnings(deadline: Deadline, calendar: Calendar, today: datetime.date) -> Iterator[str]:
    if deadline.why.deemed and deadline.state != "cancelled":
        yield f"逾期未告知，自 {day_words(deadline.why.deemed, today)}起视为受理"
    for one in deadline.why.pauses:
        if _is_open(one, deadline) and one.days is not None:
            last = local_day(one.since) + _ONE * (one.days - 1)
            if last < today:
                yield f"{one.step}原定 {_date(last, today)}结束，请及时恢复计时"
    if deadline.provisional:
        for year in calendar.awaited(deadline.starts + _ONE, deadline.due):
            yield f"{year} 年放假安排未公布，日期待定"


def _date(day: datetime.date, today: datetime.date) -> str:
    year = "" if day.year == today.year else f"{day.year}年"
    return f"{year}{day.month}月{day.day}日"
