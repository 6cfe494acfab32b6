"""Sentences that the server keeps in Chinese, said again in the language of the request.

The sentence of a limit and the reason of a visit are written once, when they are worked out, for paper, telephone and
page alike. They are made of a few turns of phrase (`limits.sentences`, `features.visits.engine.words`): each is known
by its Chinese and said by the catalogue. What is none of them, such as what somebody typed, stays as it is.
"""

import re
from collections.abc import Iterator
from functools import cache

from daiban_schemas.labels import MONTHS, WEEKDAYS
from daiban_server.console.languages.spoken import CHINESE, PLACE, language, listed, say, translated
from daiban_server.console.words import full_width

TURNS = (
    # Which figures left as a file.
    "{0}统计表{1}",
    "{0}日报表{1}",
    "只看{0} {1}",
    # How a limit stands.
    "还剩 {0}",
    "已超期{0}",
    "当时已超期{0}",
    "超期{0}",
    "未超期",
    "即将到期",
    "今日到期",
    "暂停计时",
    "不再计时",
    "无需告知",
    "材料齐全",
    "等候申请人补正",
    "不足 1 个工作日",
    # How it was counted.
    "已于 {0}{1}",
    "最迟 {0}{1}",
    "如今日补齐",
    "如今日恢复",
    "从次日起算 {0}",
    "材料补齐后从次日起重新计算 {0}",
    "当日办理",
    "约定了期限",
    "其中经批准延期 {0} 次共 {1}",
    "其中经{0}批准延期 {1}",
    "扣除特殊环节 {0} 次共 {1} 天",
    "扣除{0} {1} 天（{2}）",
    "{0}起因{1}暂停计时",
    "末日不办公",
    "顺延",
    "调休上班的 {0} 天计入",
    "{0}上班计入",
    "{0}不计",
    "{0}假期",
    "区里安排的休息日",
    "逾期未告知",
    "自 {0}起视为受理",
    "{0}原定 {1}结束",
    "请及时恢复计时",
    "{0} 年放假安排未公布",
    "日期待定",
    # From what.
    "{0}上门收齐材料",
    "{0}收到材料",
    "{0}补正收齐",
    "{0}一次性告知",
    "{0}视为受理",
    "{0}决定不予办理",
    "{0}决定不予受理",
    "{0}受理",
    "{0}上报{1}",
    "{0}开始{1}",
    "{0}办结",
    "{0}送达",
    "{0}申请人撤回",
    "{0}登记意见",
    "{0}再次反映",
    "{0}收到差评",
    "申请人撤回（{0}）",
    "已有办理结果（{0}）",
    "多次联系不上（{0}）",
    "已受理（{0}）",
    "视为受理（{0}）",
    "已归档（{0}）",
    # Why a visit is as it is.
    "由 {0} 代岗上门",
    "由{0}代岗上门",
    "{0} 两人同去",
    "{0} 是本村代办员",
    "{0}是本村代办员",
    "按本周统一安排上门",
    "专程前往",
    "当天已在本村",
    "当天已在{0}",
    "多走 {0} 分钟",
    "不用绕路",
    "另有 {0} 户的时间要稍作调整",
    "没有人能去",
    "请与住户另约",
    "改由 {0} 按原时间上门",
    "改由 {0} {1}",
    "原定 {0} {1}",
    "{0}原定 {1} {2}",
    "{0} 不负责这个地方",
    "{0} 不办这个事项",
    "{0} 这几个时段不上班",
    "{0} 这几个时段请假",
    "{0} 这几天的上门已排满",
    "{0} 这几个时段排不开",
    "{0} 有空",
    "但没有第二个人能同去",
    "{0}另有安排",
    "{0} {1}请假",
    "{0}请假",
    "{0}至{1}",
    "到时间还没有告知住户",
    "{0}已上门",
    "原来的代办员不在",
    "上午 {0}",
    "下午 {0}",
    "住处",
    "上门",
    "未排上",
    "{0}：未排上",
    # What the access log says that was looked at or done.
    "{0}交来的 {1} 条",
    "采用 {0} 条",
    "都不采用",
    "账号 {0}",
    # Lengths, and what else only adds to a word.
    "{0} 个工作日",
    "{0} 个自然日",
    "{0}（{1}）",
)
"""The turns, those that another would also fit first."""
PARTS = (
    *("告知", "作出决定", "补齐", "收到答复", "补交", "答复", "联系", "整改并答复"),
    *("决定是否受理", "由申请人补齐材料", "依法办结", "由申请人补交材料", "联系评价人"),
    *("元旦", "春节", "清明", "劳动节", "端午", "中秋", "国庆", "抗战胜利纪念日", "法定"),
)
"""Words that stand in the places of the turns and nowhere else."""

_DAY = r"(?:(?P<year>\d{4})年)?(?P<month>\d{1,2})月(?P<day>\d{1,2})日(?:（(?P<weekday>周.)）| (?P<bare>周.))?"
_DATE = re.compile(rf"(?P<date>{_DAY})(?: (?P<half>[上下]午))?(?P<hour> \d{{1,2}}:\d\d)?")
_UNNAMED = re.compile(r"\?P<\w+>")
_ANY = rf"({_UNNAMED.sub('?:', _DATE.pattern)}|.+?)"
_MARKS = ("，", "；", "。")
_CLAUSE = re.compile(r"[^，；。]+|[，；。]")


def retold(text: str) -> str:
    """A kept sentence in the language of the request."""
    text = full_width(text)
    if language() == CHINESE:
        return text
    lead, colon, whole = text.rpartition("：")
    known = translated(whole)  # a sentence of several clauses may be one text
    if known != whole:
        return say("{0}：{1}", _said(lead), known) if colon else known
    return "".join(_clauses(text)).strip()


def _clauses(text: str) -> Iterator[str]:
    begins = True
    for found in _CLAUSE.finditer(text):
        if found[0] in _MARKS:
            yield translated(found[0])
            begins = found[0] == _MARKS[-1]
            continue
        said = _said(found[0])
        plain = said[1:2].islower() and said[:3] not in map(translated, WEEKDAYS)
        yield (said[:1].upper() if begins else said[:1].lower()) + said[1:] if plain else said
        begins = False


def _said(part: str) -> str:
    """A clause, or one thing that stands in a place of one."""
    part = part.strip()
    known = translated(part)
    if known != part:
        return known
    date = _DATE.fullmatch(part)
    if date:
        return _moment(date)
    for turn, pattern in _patterns():
        found = pattern.fullmatch(part)
        if found:
            return say(turn, *(_listed(one) for one in found.groups()))
    first, space, rest = part.partition(" ")
    return f"{translated(first)}{space}{rest}"


def _listed(place: str) -> str:
    return listed(_said(one) for one in place.split("、"))


def _moment(date: re.Match[str]) -> str:
    month, weekday = MONTHS[int(date["month"]) - 1], date["weekday"] or date["bare"]
    hour, year = (date["hour"] or "").strip(), date["year"]
    said = say("{0}{1}日 {2}", month, date["day"], weekday) if weekday else say("{0}{1}日", month, date["day"])
    return " ".join(filter(None, (said, year, _on_the_clock(hour, date["half"]))))


def _on_the_clock(hour: str, half: str | None) -> str:
    return translated(half) if half and not hour else hour


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((turn, re.compile(_pattern(turn))) for turn in TURNS)


def _pattern(turn: str) -> str:
    """A turn as a pattern, its places as groups in their order."""
    fixed = PLACE.split(turn)[::4]
    return _ANY.join(re.escape(one) for one in fixed)
