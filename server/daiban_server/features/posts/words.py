"""Handovers in words."""

from collections.abc import Mapping

from daiban_server.limits.calendar import local_day

TYPES: Mapping[str, str] = {"absence": "请假", "transfer": "调岗", "leaving": "离岗"}
"""As a sentence goes on after a name."""


def day(milliseconds: int) -> str:
    """A day as people say it."""
    on = local_day(milliseconds)
    return f"{on.month}月{on.day}日"


def not_handed_in(phone: str, heard: int | None) -> str:
    """What is at stake with a phone that did not say that nothing is left on it; `heard` is when it last spoke."""
    last = f"{day(heard)}最后联系" if heard else "从未联系"
    return f"“{phone}”{last}，里面没交来的记录和照片，停用后就再也没有了。"


def span(since: int, until: int | None) -> str:
    """From when to when."""
    return f"自{day(since)}起" + (f"至{day(until)}" if until else "")
