"""Why somebody is shown a whole number: the reasons that there are."""

from collections.abc import Mapping

OTHER = "other"
REASONS: Mapping[str, str] = {
    "compare": "与原件核对",
    "conflict": "处理填写不一致",
    "send_up": "上报、录入上级系统",
    "pay": "核对发放账户",
    "resident": "本人或监护人查询",
    OTHER: "其他（请写明）",
}
"""Codes, and what people choose from. `OTHER` says nothing by itself: it wants words beside it."""


def in_words(code: str, note: str) -> str:
    """A reason as it is kept."""
    chosen = "其他" if code == OTHER else REASONS[code]
    return f"{chosen}：{note}" if note else chosen
