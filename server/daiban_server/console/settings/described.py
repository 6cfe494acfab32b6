"""What may be chosen: the name, the words, the unit, the bounds, and in one sentence what it does."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from daiban_server.console.languages.spoken import say
from daiban_server.features.visits.settings import HEAVIEST


class Number(NamedTuple):
    """A number from `least` to `most` in `unit`; `decimals` says that it need not be whole."""

    name: str
    label: str
    unit: str
    least: int | float
    most: int | float
    what: str
    decimals: bool = False


class Line(NamedTuple):
    """A line of text of at most `most` characters."""

    name: str
    label: str
    most: int
    what: str


class Yes(NamedTuple):
    """Something that is done or not."""

    name: str
    label: str
    what: str


OFFICE: Sequence[Line] = (
    Line("phone", "服务电话", 30, "印在预约单、告知书和公示栏上，群众打这个电话找中心。"),
    Line("supervision", "监督举报电话", 30, "印在公示栏和意见箱旁，群众投诉举报打这个电话。"),
    Line("address", "地址", 100, "印在告知书和公示栏上。"),
    Line("hours", "对外办公时间", 60, "公示给群众看的，如“周一至周五 8:30—12:00，14:00—17:30”。排上门不看这里。"),
)
VISITS: Sequence[Number] = (
    Number("daily_cap", "每人每天上门", "次", 1, 40, "一名代办员一天最多排几次上门，排满了就不再约给他。"),
    Number("notice_minutes", "最早提前", "分钟", 0, 1440, "从打电话时算，至少隔这么久才能上门。"),
    Number("sway_minutes", "允许挪动", "分钟", 0, 15, "告诉过住户的时间，排班时最多前后挪这么久。"),
    Number("hold_minutes", "时间给住户留", "分钟", 1, 60, "报出的时间留这么久，过了别人就能约。"),
    Number("horizon_days", "可约到", "天以后", 1, 60, "约上门和统一排班最远看到这么多天以后。"),
    Number("speed", "路上速度", "公里/小时", 0.1, 120, "没有实测路程的两地，按这个速度算路上时间。", decimals=True),
    Number("detour", "绕路倍数", "倍", 1, 10, "山路不是直线：直线距离乘上这个倍数才是路程。", decimals=True),
    Number("plan_seconds", "统一排班最多算", "秒", 1, 600, "算得久一点，安排会好一点，也更占机器。"),
)
NIGHTLY = Yes(
    "nightly",
    "每晚自动算一次统一排班",
    "夜里 1 点到 5 点之间排，排好就采用：告诉过住户的，早晚不超过“允许挪动”；代办员确认过的不动。",
)
WEIGHTS: Sequence[Number] = (
    Number("travel", "路上每一秒", "秒", 0, HEAVIEST, "别的各项都和它比：数越大越要避免。"),
    Number("delay", "住户多等一天", "秒", 0, HEAVIEST, "越大，越宁可多跑路也不让住户多等。"),
    Number("stand_in", "由B岗去", "秒", 0, HEAVIEST, "越大，越少让顶岗的人去。"),
    Number("unfamiliar", "换一个没去过的人", "秒", 0, HEAVIEST, "越大，越是上次谁去这次还谁去。"),
    Number("moved", "挪动一家的时间", "秒", 0, HEAVIEST, "越大，约好的越不去动它。"),
    Number("sway", "挪动的每一秒", "秒", 0, HEAVIEST, "越大，挪得越少。"),
    Number("load", "同一天再加一次", "秒", 0, HEAVIEST, "越大，几个人之间分得越匀。"),
)
CHOICES: Sequence[Number] = (
    Number("reply_every", "定期回复间隔", "天", 1, 400, "事项自己没有写间隔的，包联干部每隔这么久回复一次。"),
    Number("reply_reminder", "到期前提醒", "天", 0, 30, "回复到期前这么久提醒包联干部。"),
    Number("escalate_head", "超期报中心负责人", "天后", 0, 60, "回复欠了这么久，告诉中心负责人。"),
    Number("escalate_leader", "超期报分管领导", "天后", 0, 60, "回复欠了这么久，告诉分管领导；不能早于报中心负责人。"),
    Number("follow_up_attempts", "回访联系不上", "天", 1, 10, "在这么多个不同的日子都没联系上，才可以结束回访。"),
    Number("reveals_an_hour", "查看完整号码", "次/小时", 1, 1000, "一个人一小时内最多查看这么多次完整的身份证号等。"),
)
PROXIED = Yes("reply_for_proxied", "代为办理的也要定期回复", "勾上以后，代办件和上门件一样，由包联干部定期回复。")


def numbers(of: Sequence[Number], form: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """What a form says, and what is wrong with it, by name."""
    values, errors = {}, {}
    for one in of:
        value = _number(form.get(one.name, "").strip(), one)
        if value is None or not one.least <= value <= one.most:
            errors[one.name] = say("“{0}”要在 {1} 到 {2} {3}之间。", one.label, one.least, one.most, one.unit)
        else:
            values[one.name] = value
    return values, errors


def _number(text: str, one: Number) -> int | float | None:
    """A number as people write it; None for what is none."""
    plain = text.replace(".", "", 1) if one.decimals else text
    if not (plain.isascii() and plain.isdecimal()) or len(text) > 9:
        return None
    return float(text) if one.decimals else int(text)


def lines(of: Sequence[Line], form: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """As `numbers`, of texts."""
    values = {one.name: form.get(one.name, "").strip() for one in of}
    errors = {
        one.name: say("“{0}”请写在 {1} 字以内，一行写完。", one.label, one.most)
        for one in of
        if len(values[one.name]) > one.most or "\n" in values[one.name]
    }
    return values, errors
