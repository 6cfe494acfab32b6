"""When and how somebody goes to homes (出勤安排): working half-days, visits in a day, what he handles, where he starts
from. One record for each person; who has none works the centre's ordinary hours and handles everything.
"""

from itertools import pairwise
from typing import Any

from daiban_schemas.kind import Field, Kind, roles
from daiban_schemas.types import Integer, List, Point, Reference, Struct, Text

HOURS = Struct({"day": Integer(1, 7), "from": Integer(0, 1440), "to": Integer(0, 1440)})
"""A half-day of the week, Monday is 1; `from` and `to` are minutes after midnight in Shanghai."""


class HalfDays(List):
    """Half-days that do not overlap, each ending after it begins."""

    def __init__(self) -> None:
        super().__init__(HOURS, 21)

    def problem(self, value: Any) -> str | None:
        if (found := super().problem(value)) is not None:
            return found
        spans = sorted((one["day"], one["from"], one["to"]) for one in value)
        apart = all(a[0] != b[0] or a[2] <= b[1] for a, b in pairwise(spans))
        return None if apart and all(begin < end for _, begin, end in spans) else "value.out_of_range"


KIND = Kind(
    "roster",
    "出勤安排",
    [
        Field("person", "姓名", Reference("person")),
        Field("hours", "上班时段", HalfDays()),
        Field("daily_cap", "每天最多上门次数", Integer(1, 40)),
        Field("items", "可办事项", List(Text(20), 200)),
        Field("home", "出发地", Point()),
        Field("note", "备注", Text(200)),
    ],
    written_by=roles("head"),
)
