"""Values of fields as people read them, with what is not shown here masked.

An identity number shows its first and last character, whatever field or note it stands in: in a village six digits
and a date of birth identify a person. A bank card is masked the same way.
"""

import datetime
from collections.abc import Callable, Mapping
from typing import Any

from daiban_schemas.labels import MODES, SOURCES
from daiban_schemas.masking import as_shown, in_text
from daiban_schemas.types import Choice, Date, Flag, Instant, List, Point, Reference, Struct, Type
from daiban_server.console import words
from daiban_server.console.languages.spoken import listed, say, translated
from daiban_server.console.meaning import Money

CHOICES: Mapping[str, str] = {
    **MODES,
    **SOURCES,
    "ordinary": "一般家庭",
    "low_income": "低保家庭",
    "extreme_hardship": "特困家庭",
    "watched": "监测对象",
    "satisfied": "满意",
    "progressing": "办理中",
    "waiting": "等待中",
    "problem": "有困难",
    "not_reached": "没联系上",
    "visit": "上门",
    "message": "短信",
    "drawn": "手写签名",
    "fingerprint": "捺印",
    "paper": "纸质",
}
_MEMBERS = {
    "bank": "银行",
    "number": "账号",
    "holder": "户名",
    "name": "姓名",
    "relation": "关系",
    "identity_number": "身份证号",
    "phone": "电话",
    "note": "备注",
    "from": "从",
    "to": "到",
}
Names = Callable[[str], str]
"""The name of a person, place or record by its id in hexadecimal."""


def safe_text(text: str) -> str:
    """A text with every identity or card number in it masked."""
    return in_text(text, "handling")


def told(value: Any, of: Type | None, names: Names, now: int, *, whole: bool = False) -> str:
    """A value in words. `of` is its type, None where only a form or a newer version knows it. What is sensitive is
    masked unless it is to be shown `whole`."""
    if not whole:
        value = as_shown(value, of, "handling")
    return _told(value, of, names, now)


def _told(value: Any, of: Type | None, names: Names, now: int) -> str:
    if value is None:
        return "（清空）"
    if isinstance(of, Flag) or isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(of, List) and isinstance(value, list):
        return listed(_told(part, of.of, names, now) for part in value) or "（空）"
    if isinstance(of, Struct) and isinstance(value, dict):
        return _struct(value, of, names, now)
    if isinstance(value, str):
        return _text(value, of, names)
    if isinstance(of, Money) and isinstance(value, int):
        return say("{0} 元", f"{value / 100:.2f}")
    if isinstance(of, Instant) and isinstance(value, int):
        at = words.moment(value, now)
        return f"{at.exact} {at.clock}"
    if isinstance(of, Point) and isinstance(value, dict):
        return say("东经 {0}°，北纬 {1}°", *(f"{value.get(axis, 0) / 1e6:.5f}" for axis in ("lon", "lat")))
    if isinstance(value, list):
        return listed(_told(part, None, names, now) for part in value) or "（空）"
    if isinstance(value, dict):
        return translated("，").join(f"{name} {_told(part, None, names, now)}" for name, part in value.items())
    return str(value)


def _struct(value: Mapping[str, Any], of: Struct, names: Names, now: int) -> str:
    known = [(name, part) for name, part in value.items() if part is not None]
    parts = [(name, _told(part, of.members.get(name), names, now)) for name, part in known]
    return translated("，").join(f"{translated(_MEMBERS.get(name, name))} {translated(part)}" for name, part in parts)


def _text(value: str, of: Type | None, names: Names) -> str:
    if isinstance(of, Reference):
        return names(value) or "（没有名称的记录）"
    if isinstance(of, Choice):
        return CHOICES.get(value, value)
    if isinstance(of, Date):
        return _date(value)
    return value or "（空）"


def _date(value: str) -> str:
    try:
        day = datetime.date.fromisoformat(value)
    except ValueError:
        return value
    return words.calendar_day(day)
