"""A reception (接待): somebody came, rang or was met. It has none, one or several cases: advice creates none."""

from daiban_schemas.kind import Field, Kind
from daiban_schemas.kinds.application import SOURCES
from daiban_schemas.types import Anything, Choice, Instant, Integer, List, Phone, Reference, Text

KIND = Kind(
    "reception",
    "接待登记",
    [
        Field("place", "地点", Reference("place")),
        Field("visitor", "来访人", Text(30)),
        Field("people", "人次", Integer(1, 500)),
        Field("phone", "联系电话", Phone()),
        Field("village", "所在村（社区）", Text(60)),
        Field("source", "来访渠道", Choice(*SOURCES)),
        Field("window", "窗口", Text(20)),
        Field("item", "事项", Reference("item")),
        Field("about", "来访事由", Text(1000, lines=True)),
        Field("answer", "当场答复", Text(1000, lines=True)),
        Field("outcome", "处理结果", Choice("advice", "case", "referred", "recorded")),
        Field("came_at", "来访时间", Instant()),
        Field("number", "登记号", Text(40), "server"),
        Field("owner", "首问责任人", Text(40), "server"),
        Field("owner_id", "首问责任人", Reference("person"), "server"),
        Field("handovers", "工作交接", List(Anything(), 50), "server"),
    ],
    parent="place",
)
