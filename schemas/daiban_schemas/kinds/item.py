"""An item of the catalogue (事项), one record for each published edition: a draft pins its edition by naming it."""

from daiban_schemas.forms import QuestionType
from daiban_schemas.kind import Field, Kind, roles
from daiban_schemas.types import Choice, Date, Flag, Integer, List, Struct, Text

TYPES = ("permit", "payment", "confirmation", "reward", "ruling", "levy", "other", "public_service")
"""许可, 给付, 确认, 奖励, 裁决, 征收, 其他, 公共服务."""
MODES = ("direct", "limited", "proxy", "home")

PAPER = Struct({"name": Text(200)}, {"form": Choice("original", "copy"), "shared": Flag(), "note": Text(200)})
"""A paper; `shared` says that offices can get it from each other, so nobody need bring it."""
LIMIT = Struct({"days": Integer(0, 400), "unit": Choice("working", "calendar")})
STEP = Struct({"name": Text(60)}, {"who": Text(60), "note": Text(200)})
"""A step of the flow chart."""
SPECIAL_STEP = Struct({"name": Text(60), "counted": Flag()}, {"limit": LIMIT, "note": Text(200)})
"""A special step (特殊环节): a public notice, a check on the spot. One that is not `counted` pauses the limit."""

KIND = Kind(
    "item",
    "事项",
    [
        Field("code", "事项编码", Text(20)),
        Field("edition", "版本", Integer(1)),
        Field("window", "窗口", Text(20)),
        Field("order", "排序", Integer(0, 10_000)),
        Field("name", "事项名称", Text(100)),
        Field("type", "事项类型", Choice(*TYPES)),
        Field("basis", "设定依据", Text(1000, lines=True)),
        Field("body", "实施主体", Text(100)),
        Field("conditions", "受理条件", Text(1000, lines=True)),
        Field("audience", "服务对象", Text(200)),
        Field("modes", "办理方式", List(Choice(*MODES), 4)),
        Field("papers", "申请材料", List(PAPER, 40)),
        Field("legal_limit", "法定办结时限", LIMIT),
        Field("promised_limit", "承诺办结时限", LIMIT),
        Field("accept_limit", "受理时限", LIMIT),
        Field("notice_limit", "一次性告知时限", LIMIT),
        Field("send_up_limit", "上报时限", LIMIT),
        Field("trips", "到现场次数", Integer(0, 9)),
        Field("fee", "收费标准", Text(100)),
        Field("fee_basis", "收费依据", Text(200)),
        Field("flow", "办理流程", List(STEP, 20)),
        Field("special_steps", "特殊环节", List(SPECIAL_STEP, 10)),
        Field("note", "说明", Text(1000, lines=True)),
        Field("crew", "到场人数", Integer(1, 2)),
        Field("minutes", "上门时长（分钟）", Integer(5, 480)),
        Field("person_must_come", "须本人到场", Flag()),
        Field("paper_mandate_only", "须纸质委托书", Flag()),
        Field("reply_every", "定期回复间隔（天）", Integer(1, 400)),
        Field("ages", "关键年龄", List(Integer(0, 150), 20)),
        Field("form", "表单", List(QuestionType(), 100)),
        Field("published_on", "发布日期", Date()),
        Field("usable_until", "旧版可用至", Date()),
    ],
    written_by=roles("district"),
)
