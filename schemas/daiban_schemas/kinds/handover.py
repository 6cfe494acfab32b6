"""A handover (交接): somebody is away for a time and another stands in (顶岗), moves to other places (调岗), or leaves
for good (离岗).

It is asked for by anybody, offline too, and arranged by the head; what was arranged is frozen in `arranged`. From
`begin` on the other one has the places on the phone and the open cases by name; `note` says what a list of cases
cannot. Everybody of the centre can read it, so it says nothing about a resident's or an agent's health.
"""

from daiban_schemas.kind import Command, Field, Kind, roles
from daiban_schemas.types import Anything, Choice, Flag, Instant, List, Reference, Text

TYPES = ("absence", "transfer", "leaving")
_PLACES = List(Reference("place"), 300)
_HEAD = roles("head")
_OPEN = frozenset({"asked", "arranged"})

_BEGUN = frozenset({"begun", "ended"})
_HELD = dict.fromkeys(("type", "person", "to", "since", "until", "places"), _BEGUN | {"arranged"})
_HELD |= dict.fromkeys(("reason", "note"), _BEGUN)
"""What was arranged, and then what was said, stays what it was; what is written later stands beside it."""

KIND = Kind(
    "handover",
    "工作交接",
    [
        Field("type", "交接类型", Choice(*TYPES)),
        Field("person", "移交人", Reference("person")),
        Field("to", "接手人", Reference("person")),
        Field("since", "开始时间", Instant()),
        Field("until", "预计返岗", Instant()),
        Field("reason", "事由", Text(100)),
        Field("places", "移交的地方", _PLACES),
        Field("note", "交接说明", Text(2000, lines=True)),
        Field("arranged", "安排", Anything(), "server"),
        Field("cases", "移交的在办件", List(Anything(), 500), "server"),
        Field("kept", "须另行移交的件", List(Anything(), 500), "server"),
        Field("receptions", "没有结果的接待", List(Anything(), 500), "server"),
        Field("opinions", "待答复的意见反映", List(Anything(), 500), "server"),
        Field("visits", "受影响的上门", List(Anything(), 200), "server"),
        Field("given", "顶岗带到手机上的地方", _PLACES, "server"),
        Field("place_names", "移交的地方", List(Text(60), 300), "server"),
        Field("posts", "涉及的岗位", List(Reference("post"), 50), "server"),
        Field("begun_at", "交接时间", Instant(), "server"),
        Field("ended_at", "结束时间", Instant(), "server"),
        Field("meanwhile", "其间办过的件", List(Anything(), 500), "server"),
        Field("devices", "待交回的手机", List(Reference("device"), 20), "server"),
        Field("given_up", "未交清即停用的手机", List(Anything(), 20), "server"),
    ],
    states=[
        ("asked", "待安排"),
        ("arranged", "已安排"),
        ("begun", "已交接"),
        ("ended", "已结束"),
        ("cancelled", "已取消"),
    ],
    commands=[
        Command(
            "arrange",
            "安排顶岗",
            _HEAD,
            _OPEN,
            "arranged",
            {"to": Reference("person"), "since": Instant(), "until": Instant()},
        ),
        Command("begin", "开始交接", _HEAD, frozenset({"arranged"}), "begun"),
        Command("prolong", "延长", _HEAD, frozenset({"arranged", "begun"}), None, {"until": Instant()}),
        Command(
            "replace",
            "换人顶岗",
            _HEAD,
            frozenset({"begun"}),
            None,
            {"to": Reference("person")},
            frozenset({"to"}),
        ),
        Command("return", "返岗", roles("agent", "clerk", "cadre", "head"), frozenset({"begun"}), "ended"),
        Command(
            "give_up",
            "停用未交清的手机",
            _HEAD,
            frozenset({"begun"}),
            None,
            {"device": Reference("device"), "reason": Text(200), "lost": Flag()},
            frozenset({"device", "reason"}),
        ),
        Command("cancel", "取消", roles("agent", "clerk", "cadre", "head"), _OPEN, "cancelled"),
    ],
    held=_HELD,
)
