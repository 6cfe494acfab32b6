"""A post (岗位) of a centre, with whoever holds it and whoever stands in (AB岗). Badges print these facts."""

from daiban_schemas.kind import Field, Kind
from daiban_schemas.types import Choice, List, Phone, Reference, Struct, Text

HOLDER = Struct({"person": Reference("person"), "name": Text(30)}, {"phone": Phone(), "badge": Text(20)})

KIND = Kind(
    "post",
    "岗位",
    [
        Field("title", "岗位名称", Text(60)),
        Field("role", "角色", Choice("agent", "clerk", "cadre", "head")),
        Field("centre", "便民服务中心", Reference("centre")),
        Field("window", "窗口", Text(20)),
        Field("places", "服务范围", List(Reference("place"), 300)),
        Field("a", "A岗", HOLDER),
        Field("b", "B岗", HOLDER),
        Field("promise", "服务承诺", Text(200)),
    ],
    pulled_only=True,
)
