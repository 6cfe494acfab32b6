"""A window (窗口), or a special desk that a few centres have: data, since centres differ."""

from daiban_schemas.kind import Field, Kind, roles
from daiban_schemas.types import Choice, Flag, Integer, List, Reference, Text

KIND = Kind(
    "window",
    "窗口",
    [
        Field("code", "窗口编码", Text(10)),
        Field("name", "窗口名称", Text(20)),
        Field("desk", "类型", Choice("window", "enquiry", "land", "stuck")),
        Field("centres", "设在", List(Reference("centre"), 100)),
        Field("everywhere", "各中心都有", Flag()),
        Field("order", "排序", Integer(0, 1000)),
        Field("about", "职责", Text(500, lines=True)),
    ],
    written_by=roles("district"),
)
