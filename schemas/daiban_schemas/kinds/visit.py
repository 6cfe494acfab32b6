"""A home visit: asked for by anyone, assigned by the server alone, carried out by reports."""

from daiban_schemas.kind import Command, Field, Kind, Report, roles
from daiban_schemas.types import Choice, Instant, Integer, List, Point, Reference, Struct, Text

WINDOW = Struct({"from": Instant(), "to": Instant()})
_HELD = frozenset({"assigned", "accepted"})
_DESK = roles("agent", "clerk", "head", "cadre")

KIND = Kind(
    "visit",
    "上门办理",
    [
        Field("household", "家庭", Reference("household")),
        Field("application", "申请", Reference("application")),
        Field("item", "事项", Reference("item")),
        Field("purpose", "事由", Text(200)),
        Field("minutes", "预计时长(分钟)", Integer(5, 480)),
        Field("windows", "方便的时间", List(WINDOW, 20)),
        Field("crew", "到场人数", Integer(1, 2)),
        Field("priority", "优先级", Integer(0, 3)),
        Field("deadline", "最晚时间", Instant()),
        Field("note", "备注", Text(500)),
        Field("agent", "代办员", Reference("person"), "server"),
        Field("agent_name", "代办员姓名", Text(30), "server"),
        Field("agent_phone", "代办员电话", Text(20), "server"),
        Field("stand_in", "顶岗原因", Text(100), "server"),
        Field("start", "约定时间", Instant(), "server"),
        Field("end", "预计结束", Instant(), "server"),
        Field("why", "安排说明", Text(200), "server"),
    ],
    parent="household",
    states=[
        ("requested", "待安排"),
        ("assigned", "已安排"),
        ("accepted", "代办员已确认"),
        ("started", "上门中"),
        ("finished", "已上门"),
        ("nobody_home", "无人在家"),
        ("cancelled", "已取消"),
    ],
    commands=[
        Command("assign", "自动安排", _DESK, frozenset({"requested", "nobody_home"}), "assigned"),
        Command(
            "book",
            "预约",
            _DESK,
            frozenset({"requested", "nobody_home"}),
            "assigned",
            {"agent": Reference("person"), "start": Instant()},
            frozenset({"agent", "start"}),
        ),
        Command("accept", "确认", roles("agent"), frozenset({"assigned"}), "accepted"),
        Command(
            "cancel",
            "取消",
            _DESK,
            _HELD | {"requested", "nobody_home"},
            "cancelled",
            {"reason": Text(200)},
            frozenset({"reason"}),
        ),
    ],
    reports=[
        Report("started", "已到家", dict.fromkeys(_HELD, "started"), {"point": Point()}),
        Report(
            "finished",
            "已办完",
            dict.fromkeys(_HELD | {"started"}, "finished"),
            {
                "point": Point(),
                "note": Text(500),
                "outcome": Choice("done", "papers_missing", "refused_by_resident"),
            },
        ),
        Report(
            "nobody_home",
            "无人在家",
            dict.fromkeys(_HELD | {"started"}, "nobody_home"),
            {"point": Point(), "note": Text(500)},
        ),
        Report("asked_other_time", "改约", {}, {"windows": List(WINDOW, 20), "note": Text(500)}),
    ],
)
