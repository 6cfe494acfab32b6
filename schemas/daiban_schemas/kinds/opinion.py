"""An opinion (意见): from the box, the hotline, the "cannot get it done" desk, or a complaint. Each is owed an answer,
by somebody other than whom it is about: he states what he knows, another answers and closes."""

from daiban_schemas.kind import Command, Field, Kind, Report, roles
from daiban_schemas.types import Anything, Choice, Date, Instant, Integer, List, Phone, Reference, Text

CHANNELS = ("opinion_box", "hotline", "stuck", "complaint", "rating")
COMPLAINANT = frozenset({"person", "phone", "contacts"})
"""Who said it, and who spoke with whom about it: never shown to whom it is about."""
_LINES = Text(1000, lines=True)

KIND = Kind(
    "opinion",
    "意见反映",
    [
        Field("place", "地点", Reference("place")),
        Field("channel", "渠道", Choice(*CHANNELS)),
        Field("text", "反映内容", Text(2000, lines=True)),
        Field("person", "反映人", Text(30)),
        Field("phone", "联系电话", Phone()),
        Field("application", "涉及办件", Reference("application")),
        Field("about", "涉及人员", Reference("person")),
        Field("came_at", "反映时间", Instant()),
        Field("number", "登记号", Text(40), "server"),
        Field("concerned", "涉及的人", List(Reference("person"), 20), "server"),
        Field("answerer", "答复责任人", Reference("person"), "server"),
        Field("answerer_name", "答复责任人", Text(40), "server"),
        Field("handovers", "工作交接", List(Anything(), 50), "server"),
        Field("said_at", "登记时间", Instant(), "server"),
        Field("counted_at", "期限起算时间", Instant(), "server"),
        Field("due", "答复期限", Date(), "server"),
        Field("contact_due", "联系期限", Date(), "server"),
        Field("contacted_at", "联系到反映人的时间", Instant(), "server"),
        Field("prolonged", "延期整改", Anything(), "server"),
        Field("contacts", "联系反映人", List(Anything(), 40), "server"),
        Field("statements", "情况说明", List(Anything(), 40), "server"),
        Field("answer", "答复内容", Text(2000, lines=True), "server"),
        Field("answered_at", "答复时间", Instant(), "server"),
    ],
    parent="place",
    states=[("open", "待答复"), ("answered", "已答复"), ("closed", "已办结")],
    commands=[
        Command(
            "assign",
            "指定答复人",
            roles("head"),
            frozenset({"open"}),
            None,
            {"to": Reference("person")},
            frozenset({"to"}),
        ),
        Command(
            "answer",
            "答复",
            roles("clerk", "cadre", "head", "leader", "chief"),
            frozenset({"open"}),
            "answered",
            {"text": _LINES},
            frozenset({"text"}),
        ),
        Command(
            "prolong",
            "批准延期整改",
            roles("head", "leader", "chief"),
            frozenset({"open"}),
            None,
            {"days": Integer(6, 15), "reason": _LINES},
            frozenset({"days", "reason"}),
        ),
        Command("reopen", "再次反映", roles("clerk", "head"), frozenset({"answered"}), "open", {"reason": _LINES}),
        Command("close", "办结", roles("clerk", "head", "leader", "chief"), frozenset({"answered"}), "closed"),
    ],
    reports=[
        Report(
            "contacted",
            "已联系反映人",
            {state: state for state in ("open", "answered", "closed")},
            {"spoke_to": Text(30), "outcome": Choice("reached", "not_reached"), "note": Text(500)},
        ),
        Report(
            "stated",
            "情况说明",
            {state: state for state in ("open", "answered", "closed")},
            {"text": _LINES},
            frozenset({"text"}),
        ),
    ],
    # What was registered stays what was said, and who is to be called: whoever it is about has a hand on the keys too.
    held=dict.fromkeys(("text", "channel", "person", "phone"), frozenset({"open", "answered", "closed"})),
    at_desk=True,
)
