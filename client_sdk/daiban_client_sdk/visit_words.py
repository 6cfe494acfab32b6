"""The words in which an agent is told what became of visits, in both languages; in braces stands what is filled in."""

import datetime
from collections.abc import Mapping

from daiban_schemas.problem import words
from daiban_schemas.zone import SHANGHAI

_WEEKDAYS = "一二三四五六日"

ACTS: Mapping[str, tuple[str, str]] = {
    "propose": ("先排时间", "asking for a time"),
    "assign": ("自动安排", "asking for a time at once"),
    "book": ("预约", "booking"),
    "confirm": ("已告知住户", "telling the household"),
    "rebook": ("改约", "booking anew"),
    "accept": ("确认", "taking it on"),
    "cancel": ("取消", "calling it off"),
    "started": ("已到家", "being there"),
    "finished": ("已办完", "done"),
    "nobody_home": ("无人在家", "nobody home"),
    "asked_other_time": ("住户要求改约", "another time"),
}
TOLD: Mapping[str, tuple[str, str]] = {
    # What became of one's own acts.
    "waiting": ("“{act}”已记在手机上，同步后才知道结果", "“{act}” is on this phone; a sync says what becomes of it"),
    "parked": ("“{act}”服务器已收，暂时办不了：{problem}", "“{act}” was received and waits: {problem}"),
    "refused": ("“{act}”没有办成：{problem}", "“{act}” was refused: {problem}"),
    "not_yours": (
        "“{act}”没有办成：已改由{who}在{now}去{why}",
        "“{act}” was refused: {who} goes now, at {now}{why}",
    ),
    "accepted": ("已确认，{now}由您去", "Taken on: you go at {now}"),
    "promised": ("已约好{now}，由{who}去", "Promised for {now}; {who} goes"),
    "proposed": ("先排了{now}，由{who}去，还没有告知住户", "Kept for {now}; {who} goes; the household is not told yet"),
    "recorded": ("“{act}”已记下", "“{act}” is recorded"),
    "took_over": (
        "“{act}”已记在您名下；原定{was}由{before}去，已告诉对方不用去了",
        "“{act}” is recorded as yours; {before} was to go at {was} and was told not to",
    ),
    "twice": (
        "“{act}”已记下，但这次上门{who}已经办了，请与对方核对有没有办重",
        "“{act}” is recorded, but {who} made this visit already: ask whether it was done twice",
    ),
    "no_effect": ("“{act}”已记下，上门的状态没有变，有人会核对", "“{act}” is recorded without effect; somebody looks"),
    "promise_stands": (
        "“{act}”已记下；{who}仍按约定的时间去",
        "“{act}” is recorded; {who} still goes at the time that was promised",
    ),
    "freed": (
        "“{act}”已记下；原来的时间已取消，等中心另约",
        "“{act}” is recorded; the old time is free, the centre finds another",
    ),
    # What others, or the server, changed.
    "new": ("{now}安排您去", "You go at {now}"),
    "new_instead": ("替{before}顶岗，{now}去{why}", "You go for {before} at {now}{why}"),
    "other_crew": ("{now}去的人有变：现由{who}去{why}", "Others go along at {now}: {who}{why}"),
    "earlier": ("提前 {minutes} 分钟：原定{was}，现为{now}", "Moved {minutes} minutes earlier: {now} instead of {was}"),
    "later": ("推后 {minutes} 分钟：原定{was}，现为{now}", "Moved {minutes} minutes later: {now} instead of {was}"),
    "moved": ("改期：原定{was}，现为{now}", "Moved: {now} instead of {was}"),
    "given_away": ("原定{was}，已改由{who}在{now}去{why}", "It was {was}; now {who} goes, at {now}{why}"),
    "done_by_another": ("原定{was}，您不用去了{why}", "It was {was}; you need not go{why}"),
    "cancelled": ("原定{was}，已取消{why}", "It was {was}; called off{why}"),
    "off": ("原定{was}的时间已取消{why}，等中心另约", "The time of {was} is free{why}; the centre finds another"),
    "also_reported": (
        "{by}也报来了这次上门，请与对方核对有没有办重",
        "{by} reported this visit too: ask whether it was done twice",
    ),
    "told": ("住户已知道：{now}", "The household knows: {now}"),
}


def sentence(code: str, language: str, values: Mapping[str, object]) -> str:
    """What `code` says, with `values` filled in: moments as Unix milliseconds in ``was`` and ``now``, an act's name in
    ``act``, a problem's code in ``problem``, a reason in ``why``."""
    index = 0 if language == "zh" else 1
    told = {name: _filled(name, value, language) for name, value in values.items()}
    return TOLD[code][index].format(**told)


def _filled(name: str, value: object, language: str) -> object:
    if isinstance(value, int) and name in ("was", "now"):
        return when(value, language)
    if name == "act":
        return ACTS.get(str(value), (str(value), str(value)))[0 if language == "zh" else 1]
    if name == "problem":
        return words(str(value), language)[0]
    if name == "why":
        return (f"（{value}）" if language == "zh" else f" ({value})") if value else ""
    return value


def when(milliseconds: int, language: str) -> str:
    """A moment with its day, which stays true however late it is read: 11月25日 周三 09:30."""
    moment = datetime.datetime.fromtimestamp(milliseconds / 1000, SHANGHAI)
    if language != "zh":
        return moment.strftime("%a %d %b %H:%M")
    return f"{moment.month}月{moment.day}日 周{_WEEKDAYS[moment.weekday()]} {moment:%H:%M}"
