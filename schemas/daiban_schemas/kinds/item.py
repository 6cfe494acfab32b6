"""An item of the catalogue (事项), one record for each published version: a draft pins its version by naming it."""

from daiban_schemas.forms import QuestionType
from daiban_schemas.kind import Field, Kind
from daiban_schemas.types import Choice, Date, Integer, List, Struct, Text

PAPER = Struct({"name": Text(200)}, {"form": Choice("original", "copy"), "note": Text(200)})
LIMIT = Struct({"days": Integer(0, 400), "unit": Choice("working", "calendar")})
MODES = ("direct", "limited", "proxy", "home")

KIND = Kind(
    "item",
    "事项",
    [
        Field("code", "事项编码", Text(20)),
        Field("edition", "版本", Integer(1)),
        Field("window", "窗口", Text(20)),
        Field("name", "事项名称", Text(100)),
        Field("modes", "办理方式", List(Choice(*MODES), 4)),
        Field("papers", "申请材料", List(PAPER, 40)),
        Field("legal_limit", "法定办结时限", LIMIT),
        Field("promised_limit", "承诺办结时限", LIMIT),
        Field("fee", "收费标准", Text(100)),
        Field("fee_basis", "收费依据", Text(200)),
        Field("note", "说明", Text(1000)),
        Field("crew", "到场人数", Integer(1, 2)),
        Field("form", "表单", List(QuestionType(), 100)),
        Field("usable_until", "旧版可用至", Date()),
    ],
    pulled_only=True,
)
