"""A post (岗位) of a centre, with whoever holds it (A岗) and whoever stands in (B岗). Badges print these facts.

The head writes what the post is; who holds it and which places belong to it change by appointment only, since the
phones of those people take in and let go of what stands there.
"""

from daiban_schemas.kind import Command, Field, Kind, roles
from daiban_schemas.types import Choice, Instant, List, Phone, Reference, Struct, Text

HOLDER = Struct({"person": Reference("person"), "name": Text(30)}, {"phone": Phone(), "badge": Text(20)})
_PLACES = List(Reference("place"), 300)

KIND = Kind(
    "post",
    "岗位",
    [
        Field("title", "岗位名称", Text(60)),
        Field("role", "角色", Choice("agent", "clerk", "cadre", "head")),
        Field("window", "窗口", Text(20)),
        Field("promise", "服务承诺", Text(200)),
        Field("places", "服务范围", _PLACES, "server"),
        Field("a", "A岗", HOLDER, "server"),
        Field("b", "B岗", HOLDER, "server"),
        Field("on_duty", "现由谁顶岗", HOLDER, "server"),
        Field("on_duty_until", "顶岗到", Instant(), "server"),
    ],
    states=[("vacant", "空缺"), ("held", "在岗"), ("closed", "已撤销")],
    commands=[
        Command(
            "appoint",
            "定岗",
            roles("head"),
            frozenset({"vacant", "held"}),
            "held",
            {"a": Reference("person"), "b": Reference("person"), "places": _PLACES},
            frozenset({"a"}),
        ),
        Command("close", "撤岗", roles("head"), frozenset({"vacant", "held"}), "closed"),
    ],
    written_by=roles("head"),
)
