"""A reply (定期回复): what a liaison cadre told a household, or heard there. A reply is never edited away: it is a
record of its own, so two cadres' replies never conflict."""

from daiban_schemas.kind import Field, Kind
from daiban_schemas.types import Choice, Instant, List, Reference, Text

KIND = Kind(
    "reply",
    "定期回复",
    [
        Field("household", "家庭", Reference("household")),
        Field("application", "申请", Reference("application")),
        Field("also", "一并回复的申请", List(Reference("application"), 20)),
        Field("text", "回复内容", Text(2000, lines=True)),
        Field("outcome", "结果", Choice("satisfied", "progressing", "waiting", "problem", "not_reached")),
        Field("spoke_to", "回复对象", Text(30)),
        Field("how", "方式", Choice("visit", "telephone", "message")),
        Field("replied_at", "回复时间", Instant()),
        Field("on_behalf_of", "代谁回复", Reference("person")),
    ],
    parent="household",
)
