"""What the pictures of a plan share: elements of SVG, colours, and the words for days and hours."""

import re
from html import escape

from ..engine.model import day_of
from .problem import DAY, Problem, Stop, Visit

FONT = "'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC',sans-serif"
INK, PALE, RULE, BAND = "#1f2937", "#6b7280", "#d1d5db", "#f1f4f8"
KINDS = {
    "own": ("#3b74b9", "代办员上门"),
    "stand_in": ("#d9822b", "代岗上门"),
    "two": ("#7d5ba6", "两人同去"),
}
"""The colours of bars and what they mean."""
LINES = ("#3b74b9", "#d9822b", "#3f8f5f", "#b5485d", "#7d5ba6", "#8c6d46", "#2b8c96", "#a0527f", "#6b7f2a", "#56637a")
"""Colours of routes, agent by agent, from the first again when they are used up."""
_WALL_CLOCK = 10**8  # moments past this are dates; smaller ones are a problem's own count
_WEEKDAYS = "一二三四五六日"


_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML document may have, not even escaped (XML 1.0, production 2): one such name would break a picture."""


def said(words: str) -> str:
    """Words as they stand in a picture."""
    return escape(_NO_XML.sub("\ufffd", words))


def text(
    x: float, y: float, words: str, *, size: int = 12, fill: str = INK, anchor: str = "start", bold: bool = False
) -> str:
    """A line of words."""
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{fill}" text-anchor="{anchor}"{weight}>'
        f"{said(words)}</text>"
    )


def rect(x: float, y: float, width: float, height: float, fill: str, *, more: str = "", title: str = "") -> str:
    """A rectangle; `title` is shown where a pointer rests."""
    inner = f"<title>{said(title)}</title>" if title else ""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}" {more}>{inner}</rect>'
    )


def line(x1: float, y1: float, x2: float, y2: float, stroke: str, width: float = 1.0, more: str = "") -> str:
    """A straight line."""
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{stroke}" '
        f'stroke-width="{width:g}" {more}/>'
    )


def page(width: float, height: float, body: list[str]) -> str:
    """The whole picture."""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" font-family="{FONT}">'
    )
    return "\n".join([head, rect(0, 0, width, height, "#ffffff"), *body, "</svg>\n"])


def wide(words: str, size: int) -> float:
    """How wide words are, about: a Chinese letter is as wide as it is high, others a little over half."""
    return sum(size if ord(letter) > 0x2E7F else size * 0.6 for letter in words)


def shortened(words: str, width: float, size: int) -> str:
    """As much of the words as `width` holds."""
    room, kept = width, ""
    for letter in words:
        room -= wide(letter, size)
        if room < 0:
            return kept[:-1] + "…" if len(kept) > 2 else ""
        kept += letter
    return kept


def day_name(problem: Problem, day: int) -> str:
    """A date and weekday, or the number of the day in a problem that counts from 0."""
    if abs(day) * DAY < _WALL_CLOCK:
        return f"第 {day - problem.today + 1} 天"
    date = day_of(day * DAY)
    return f"{date.month}月{date.day}日 周{_WEEKDAYS[date.weekday()]}"


def hour(moment: int, day: int) -> str:
    """Hours and minutes since that day began."""
    hours, minutes = divmod((moment - day * DAY) // 60, 60)
    return f"{hours}:{minutes:02}"


def kind_of(visit: Visit, stop: Stop) -> str:
    """Which of `KINDS` a stop is."""
    if visit.crew == 2:
        return "two"
    return "stand_in" if visit.own is not None and not visit.own & set(stop.crew) else "own"
