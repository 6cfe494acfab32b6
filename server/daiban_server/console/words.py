"""Words of the console: moments as people say them, states with a shape, who somebody is.

Times come as Unix milliseconds and are told in China's time.
"""

import datetime
import re
from typing import NamedTuple

from daiban_schemas.labels import MONTHS, WEEKDAYS
from daiban_schemas.problem import words as known
from daiban_schemas.zone import SHANGHAI
from daiban_server.console.languages.spoken import language, say, translated

DAY = 86_400_000
"""Milliseconds."""
CLOCK_OFF = 120_000
"""Milliseconds by which a phone's clock may be off before people are told."""

_NARROW = re.compile(r"(?<=[\u4e00-\u9fff0-9])[,;:](?=[\u4e00-\u9fff])")
_NEAR = {-2: "前天", -1: "昨天", 0: "今天", 1: "明天", 2: "后天"}

ROLES = {
    "agent": "代办员",
    "clerk": "窗口",
    "cadre": "包联干部",
    "head": "中心负责人",
    "leader": "分管领导",
    "chief": "党政一把手",
    "district": "区政务办",
    "auditor": "审计员",
    "server": "系统",
}


class Moment(NamedTuple):
    """A moment: `said` as people say it, `exact` the date beside it, `clock` its time of day, `iso` for machines.
    `told`: the date is plain from what is said."""

    said: str
    exact: str
    clock: str
    iso: str
    told: bool = True


class Mark(NamedTuple):
    """A state: its word and the shape before it. `urgent` is kept for what is overdue or destroyed."""

    word: str
    shape: str
    urgent: bool = False


def local(milliseconds: int) -> datetime.datetime:
    """The moment on China's clock."""
    return datetime.datetime.fromtimestamp(milliseconds / 1000, SHANGHAI)


def day_start(milliseconds: int) -> int:
    """Unix milliseconds of the midnight, in China, before a moment."""
    return int(local(milliseconds).replace(hour=0, minute=0, second=0, microsecond=0).timestamp() * 1000)


def date(day: datetime.date, today: datetime.date) -> str:
    """11月24日 周二, with the year where it is another."""
    month = MONTHS[day.month - 1]
    if day.year == today.year:
        return say("{0}{1}日 {2}", month, day.day, weekday(day))
    return say("{0}年{1}{2}日 {3}", day.year, month, day.day, weekday(day))


def calendar_day(day: datetime.date, today: datetime.date | None = None) -> str:
    """2026年11月24日; without its year if that is today's."""
    month = MONTHS[day.month - 1]
    if today and day.year == today.year:
        return say("{0}{1}日", month, day.day)
    return say("{0}年{1}{2}日", day.year, month, day.day)


def weekday(day: datetime.date) -> str:
    """周二."""
    return translated(WEEKDAYS[day.weekday()])


def day_name(day: datetime.date, today: datetime.date) -> str:
    """今天, 明天 …; "" for a day that has no such name."""
    return _NEAR.get((day - today).days, "")


def moment(milliseconds: int, now: int) -> Moment:
    """今天 09:10 with 11月24日 周二 beside it; a day far away is told by its date alone."""
    at, today = local(milliseconds), local(now).date()
    exact = date(at.date(), today)
    clock = f"{at:%H:%M}"
    near = translated(day_name(at.date(), today))
    iso = at.isoformat(timespec="seconds")
    return Moment(f"{near or exact} {clock}", exact, clock, iso, told=not near or at.date() == today)


def span(milliseconds: int) -> str:
    """A length of time in its largest unit: 4 分钟, 3 小时, 7 年."""
    seconds = max(0, milliseconds) // 1000
    for text, length in (("{0} 年", 365 * 86_400), ("{0} 天", 86_400), ("{0} 小时", 3_600), ("{0} 分钟", 60)):
        if seconds >= length:
            return say(text, seconds // length)
    return say("{0} 秒", seconds)


def wait(seconds: int) -> str:
    """How long to wait, in full: 2 分 5 秒."""
    minutes, rest = divmod(seconds, 60)
    if not minutes:
        return say("{0} 秒", rest)
    return say("{0} 分 {1} 秒", minutes, rest) if rest else say("{0} 分钟", minutes)


def wrong_clock(offset: int | None) -> str:
    """What is wrong with a phone's clock; "" where it is right or unknown. `offset` is server time minus phone time."""
    if offset is None or abs(offset) < CLOCK_OFF:
        return ""
    text = "手机时间慢 {0}，请提醒改准" if offset > 0 else "手机时间快 {0}，请提醒改准"
    return say(text, span(abs(offset)))


def problem(code: str) -> tuple[str, str]:
    """Title and advice of a problem's code, in the language."""
    return known(code, language())


def wrong(code: str) -> str:
    """A problem in one sentence with what to do about it."""
    title, advice = problem(code)
    return say("{0}，{1}。", title, advice) if advice else say("{0}。", title)


def full_width(text: str) -> str:
    """What somebody typed, or what was kept by an earlier version, with commas, semicolons and colons as wide as its
    characters."""
    return _NARROW.sub(lambda found: {",": "，", ";": "；", ":": "："}[found[0]], text)


APPLICATION = {
    "draft": Mark("草稿", "empty"),
    "collected": Mark("已上门收件", "quarter"),
    "submitted": Mark("已提交", "half"),
    "received": Mark("已收件", "three"),
    "awaiting": Mark("待补正", "diamond"),
    "accepted": Mark("已受理", "full"),
    "sent_up": Mark("已上报", "full"),
    "completed": Mark("已办结", "check"),
    "refused": Mark("不予办理", "cross"),
    "not_accepted": Mark("不予受理", "cross"),
    "delivered": Mark("已送达", "check"),
    "followed_up": Mark("已回访", "check"),
    "unreached": Mark("回访未联系上", "cross"),
    "archived": Mark("已归档", "check"),
    "withdrawn": Mark("申请人撤回", "cross"),
}
VISIT = {
    "requested": Mark("待安排", "empty"),
    "proposed": Mark("待告知住户", "diamond"),
    "assigned": Mark("已安排", "half"),
    "accepted": Mark("代办员已确认", "three"),
    "started": Mark("上门中", "full"),
    "finished": Mark("已上门", "check"),
    "nobody_home": Mark("无人在家", "cross"),
    "cancelled": Mark("已取消", "cross"),
}
DEVICE = {
    "pending": Mark("待审核", "diamond"),
    "active": Mark("在用", "full"),
    "leaving": Mark("离岗未交清", "half"),
    "handed_in": Mark("离岗已交清", "check"),
    "suspended": Mark("已挂失", "diamond"),
    "frozen": Mark("已冻结", "cross", urgent=True),
    "revoked": Mark("已停用", "cross"),
    "rejected": Mark("未通过", "cross"),
}
_STAND_IN = {
    "absent": "A岗请假",
    "full": "A岗当天已排满",
    "off_duty": "A岗不上班",
    "no_gap": "A岗排不开",
    "no_partner": "A岗少一个人同去",
    "skill": "A岗不办这个事项",
    "territory": "本村没有A岗",
    "planned": "A岗另有安排",
}


def stand_in(code: str) -> str:
    """Why B goes, from the engine's code such as ``stand_in_absent``."""
    return _STAND_IN.get(code.removeprefix("stand_in_"), "A岗去不了")


def answered(state: str, due: int, now: int, replied: bool) -> Mark:
    """How a reply stands to its due time (see `features.replies.effects.judged`)."""
    if state == "met":
        return Mark("已回复", "check")
    if state == "met_received_late":
        return Mark("按时回复、晚收到", "check")
    if replied:
        return Mark("超期后已回复", "late")
    if due < now:
        return Mark(say("超期 {0}", span(now - due)), "late", urgent=True)
    left = (local(due).date() - local(now).date()).days
    return Mark({0: "今天到期", 1: "明天到期"}.get(left, say("还有 {0} 天", left)), "half")


def due_day(day: str, now: int) -> Mark:
    """How a day by which something is owed stands to today."""
    left = (datetime.date.fromisoformat(day) - local(now).date()).days
    if left < 0:
        return Mark(say("已超期 {0} 天", -left), "late", urgent=True)
    if left == 0:
        return Mark("今日到期", "diamond", urgent=True)
    return Mark(say("还有 {0} 天", left), "half")


ACCOUNT = {
    "password.changed": "改了密码",
    "password.set": "重设了密码",
    "app.added": "启用了验证器",
    "app.removed": "停用了验证器",
    "passkey.added": "添加了通行密钥",
    "passkey.removed": "删除了通行密钥",
    "recovery.made": "换了一组备用码",
    "recovery.used": "用备用码登录",
    "factor.reset": "取消了第二步验证",
    "oidc.linked": "绑定了统一身份认证",
    "oidc.allowed": "准许绑定统一身份认证",
    "oidc.removed": "解除了统一身份认证",
}
"""What was done to an account (see `accounts.events`)."""
MARKS = {
    "on": Mark("已启用", "check"),
    "off": Mark("未启用", "empty"),
    "key": Mark("用通行密钥", "check"),
    "linked": Mark("已绑定", "check"),
}
"""How an account is guarded."""
_BROWSERS = {"Edg": "Edge", "MicroMessenger": "微信", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
_SYSTEMS = {
    "Windows": "Windows 电脑",
    "Android": "安卓手机",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Mac OS": "苹果电脑",
    "Linux": "Linux 电脑",
}
"""Signs in the order in which they tell: most browsers call themselves Chrome and Safari too."""


def browser(told: str) -> str:
    """A browser's own description in a few words; what describes itself otherwise is some program."""
    name = next((word for sign, word in _BROWSERS.items() if sign in told), "")
    system = next((word for sign, word in _SYSTEMS.items() if sign in told), "")
    if not name:
        return system or "其他程序"
    return say("{0}，{1} 浏览器", system, name) if system else say("{0} 浏览器", name)
