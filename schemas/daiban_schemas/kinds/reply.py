"""A reply (定期回复): what a liaison cadre told a household, or heard there. A reply is never edited away: it is a
record of its own, so two cadres' replies never conflict, and nobody changes what another said. Once it was counted for
a case, what it says is held: a correction stands beside it.

`on_behalf_of` says whose reply it is where another than the cadre wrote it: without it, it is the writer's own. Who
does not know the cadre says `on_behalf`, and the server names him when it counts the reply.
"""

from daiban_schemas.kind import Field, Kind
from daiban_schemas.types import Choice, Flag, Instant, List, Reference, Text

COUNTED = "counted"
_WORDS = (
    Field("household", "家庭", Reference("household")),
    Field("application", "申请", Reference("application")),
    Field("also", "一并回复的申请", List(Reference("application"), 20)),
    Field("text", "回复内容", Text(2000, lines=True)),
    Field("outcome", "结果", Choice("satisfied", "progressing", "waiting", "problem", "not_reached")),
    Field("spoke_to", "回复对象", Text(30)),
    Field("how", "方式", Choice("visit", "telephone", "message")),
    Field("replied_at", "回复时间", Instant()),
    Field("on_behalf_of", "代谁回复", Reference("person")),
    Field("on_behalf", "代包联干部回复", Flag()),
)

KIND = Kind(
    "reply",
    "定期回复",
    [
        *_WORDS,
        Field("writer", "登记人", Reference("person"), "server"),
        Field("given_at", "计入的回复时间", Instant(), "server"),
    ],
    parent="household",
    states=[("logged", "已登记"), (COUNTED, "已计入")],
    held={field.name: frozenset({COUNTED}) for field in _WORDS},
    word_of="on_behalf_of",
)
