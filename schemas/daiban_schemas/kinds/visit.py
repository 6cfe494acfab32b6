"""A home visit: asked for by anyone, assigned by the server alone, carried out by reports.

What is ``proposed`` has a time that nobody told the resident yet; once ``assigned`` it is a promise. An agent's report
is taken in whatever became of the visit meanwhile: it happened.
"""

from collections.abc import Mapping
from typing import Any

from daiban_schemas.kind import Command, Field, Kind, Report, roles
from daiban_schemas.types import Anything, Choice, Flag, Instant, Integer, List, Point, Reference, Struct, Text, Type


class Span(Struct):
    """A time that ends after it begins."""

    def __init__(self) -> None:
        super().__init__({"from": Instant(), "to": Instant()})

    def problem(self, value: Any) -> str | None:
        if (found := super().problem(value)) is not None:
            return found
        return None if value["from"] < value["to"] else "value.out_of_range"


WINDOW = Span()
CONSENT = Struct({"who": Text(30), "how": Choice("telephone", "in_person", "message")}, {"note": Text(200)})
"""Who of the household agreed to a time, and how."""
TIMED = frozenset({"proposed", "assigned", "accepted"})
"""States in which somebody's time is kept for the visit."""
_FREE = frozenset({"requested", "nobody_home"})
_DESK = roles("agent", "clerk", "head", "cadre")
_SLOT: Mapping[str, Type] = {"agent": Reference("person"), "start": Instant()}
_WHENEVER = TIMED | _FREE | {"cancelled"}
_WHERE: Mapping[str, Type] = {"point": Point(), "from": Instant(), "to": Instant(), "note": Text(500)}
"""Where the phone was, and from when to when by its own clock."""

KIND = Kind(
    "visit",
    "上门办理",
    [
        Field("household", "家庭", Reference("household")),
        Field("application", "申请", Reference("application")),
        Field("item", "事项", Reference("item")),
        Field("purpose", "事由", Text(200)),
        Field("minutes", "预计时长（分钟）", Integer(5, 480)),
        Field("windows", "方便的时间", List(WINDOW, 20)),
        Field("crew", "到场人数", Integer(1, 2)),
        Field("priority", "优先级", Integer(0, 3)),
        Field("deadline", "最晚时间", Instant()),
        Field("note", "备注", Text(500)),
        Field("agent", "代办员", Reference("person"), "server"),
        Field("agents", "到场的人", List(Reference("person"), 2), "server"),
        Field("agent_name", "代办员姓名", Text(100), "server"),
        Field("agent_phone", "代办员电话", Text(20), "server"),
        Field("stand_in", "顶岗原因", Text(100), "server"),
        Field("start", "约定时间", Instant(), "server"),
        Field("end", "预计结束", Instant(), "server"),
        Field("promised", "最初约定的时间", Instant(), "server"),
        Field("point", "上门地点", Point(), "server"),
        Field("why", "安排说明", Text(200), "server"),
        Field("again", "住户要求改约", Flag(), "server"),
        Field("changes", "变动经过", List(Anything(), 50), "server"),
    ],
    parent="household",
    states=[
        ("requested", "待安排"),
        ("proposed", "待告知住户"),
        ("assigned", "已安排"),
        ("accepted", "代办员已确认"),
        ("started", "上门中"),
        ("finished", "已上门"),
        ("nobody_home", "无人在家"),
        ("cancelled", "已取消"),
    ],
    commands=[
        Command("propose", "先排时间", _DESK, _FREE, "proposed"),
        Command("assign", "自动安排", _DESK, _FREE | {"proposed"}, "assigned"),
        Command("book", "预约", _DESK, _FREE | {"proposed"}, "assigned", _SLOT, frozenset({"agent", "start"})),
        Command(
            "confirm",
            "已告知住户",
            _DESK,
            frozenset({"proposed"}),
            "assigned",
            {"consent": CONSENT},
            frozenset({"consent"}),
        ),
        Command(
            "rebook",
            "改约",
            _DESK,
            frozenset({"assigned", "accepted"}),
            "assigned",
            {**_SLOT, "consent": CONSENT},
            frozenset({"agent", "start"}),
        ),
        Command("accept", "确认", roles("agent"), frozenset({"assigned"}), "accepted"),
        Command("cancel", "取消", _DESK, TIMED | _FREE, "cancelled", {"reason": Text(200)}, frozenset({"reason"})),
    ],
    reports=[
        Report("started", "已到家", dict.fromkeys(_WHENEVER, "started"), _WHERE),
        Report(
            "finished",
            "已办完",
            dict.fromkeys(_WHENEVER | {"started"}, "finished"),
            {**_WHERE, "outcome": Choice("done", "papers_missing", "refused_by_resident")},
        ),
        Report("nobody_home", "无人在家", dict.fromkeys(TIMED | {"requested", "started"}, "nobody_home"), _WHERE),
        Report(
            "asked_other_time",
            "住户要求改约",
            dict.fromkeys(TIMED | _FREE | {"started"}, "requested"),
            {**_WHERE, "windows": List(WINDOW, 20)},
        ),
    ],
)
