"""Visits in words: when, how their time changed, and what the clerk says on the telephone."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from daiban_server.console import words
from daiban_server.console.asking import HOW
from daiban_server.console.languages.retelling import retold
from daiban_server.console.languages.spoken import listed, say
from daiban_server.console.words import Mark, Moment
from daiban_server.features.papers.documents import VisitSlip

Fields = Mapping[str, Any]
CHANGES: Mapping[str, str] = {
    "proposed": "先排了时间",
    "planned": "统一排班",
    "assigned": "自动安排",
    "booked": "约好时间",
    "confirmed": "已告知住户",
    "rebooked": "改约",
    "swayed": "微调时间",
    "repaired": "换人按时去",
    "held": "换人另约时间",
    "lost": "没有人能去",
    "cancelled": "取消",
    "withdrawn": "撤回",
    "nobody_home": "无人在家",
    "asked_other_time": "住户要求改约",
    "done_by_another": "由别人上门",
    "also_reported": "别人也报来了",
}
"""What became of a visit's time, by the code in its story."""
HOW_AGREED = {"telephone": "电话", "in_person": "当面", "message": "短信"}


class Step(NamedTuple):
    """A change of a visit's time. `was` and `now` say when and who comes; "" for no time."""

    label: str
    at: Moment
    by: str
    why: str
    was: str
    now: str
    agreed: str


def mark_of(status: str, end: int | None, now: int) -> Mark:
    """How a visit stands, by word and shape; what was promised, went by and was not reported is said so."""
    mark = words.VISIT.get(status, Mark(status, "empty"))
    if end and end < now and status in ("assigned", "accepted"):
        return Mark("约定时间已过，手机还没报来结果", mark.shape)
    return mark


def hours(start: int, end: int) -> str:
    """09:10–09:50."""
    return f"{words.local(start):%H:%M}–{words.local(end):%H:%M}"


def when(start: int, end: int, now: int) -> str:
    """11月30日 周一 09:10–09:50."""
    return f"{words.date(words.local(start).date(), words.local(now).date())} {hours(start, end)}"


def story(changes: Sequence[Fields], now: int) -> list[Step]:
    """How a visit's time changed, the latest first."""
    return [_step(one, now) for one in reversed(changes)]


def _step(one: Fields, now: int) -> Step:
    consent = one.get("consent")
    how = HOW_AGREED.get(consent["how"], HOW.get(consent["how"], "")) if consent else ""
    agreed = say("{0}同意（{1}）", consent["who"], how) if consent else ""
    why = CHANGES.get(one.get("why") or "", retold(one.get("why") or ""))
    label = CHANGES.get(one["what"], one["what"])
    return Step(label, words.moment(one["at"], now), one.get("by") or "", why, *_times(one, now), agreed)


def _times(one: Fields, now: int) -> tuple[str, str]:
    was, is_ = (_time(one.get(side), now) for side in ("was", "now"))
    return ("", is_) if was == is_ else (was, is_)


def _time(time: Fields | None, now: int) -> str:
    if not time:
        return ""
    return f"{when(time['start'], time.get('end') or time['start'], now)} {time.get('agent_name') or ''}".rstrip()


def sentence(slip: VisitSlip) -> str:
    """What the resident is told on the telephone, in one breath."""
    crew = listed(one.name for one in slip.agents)
    phone = next((one.phone for one in slip.agents if one.phone), "")
    text = say("{0}{1}，代办员{2}到您家上门", retold(slip.day), retold(slip.time), crew)
    if phone:
        text = say("{0}，电话 {1}", text, phone)
    if slip.papers:
        text = say("{0}；请把{1}准备好", text, listed(one.name for one in slip.papers))
    return say("{0}。代办不收费。", text)
