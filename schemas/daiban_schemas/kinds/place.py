"""A place: centre, station, village point. Types and labels are data."""

from daiban_schemas.kind import Field, Kind, roles
from daiban_schemas.types import Point, Reference, Text

KIND = Kind(
    "place",
    "地点",
    [
        Field("code", "编码", Text(20)),
        Field("name", "名称", Text(60)),
        Field("type", "类型", Text(20)),
        Field("type_label", "类型名", Text(20)),
        Field("under", "上级", Reference("place")),
        Field("centre", "便民服务中心", Reference("centre")),
        Field("point", "位置", Point()),
    ],
    written_by=roles("district"),
)
