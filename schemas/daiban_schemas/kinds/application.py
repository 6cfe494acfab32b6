"""An application: one matter of one household, collected anywhere, handled at the centre.

Its answers are fields ``answers.<question>``; the item's form knows their types (see `forms`). Where it was collected
(`source`) and how it is handled (`mode`) are two facts; the four modes of the statistics are a label made of both.

Everything that a limit is counted from stands in the record as a field of the server: whoever pulls it can say why it
is due when it is.
"""

from collections.abc import Mapping

from daiban_schemas.kind import Command, Field, Kind, Report, roles
from daiban_schemas.types import (
    Account,
    Anything,
    Choice,
    Date,
    Flag,
    IdentityNumber,
    Instant,
    Integer,
    List,
    Phone,
    Reference,
    Struct,
    Text,
    Type,
)

ATTEMPTS = 40
"""So many attempts to reach somebody for a follow-up are kept, the latest."""
MODES = ("direct", "limited", "proxy")
ENDS = ("completed", "refused", "not_accepted", "withdrawn")
SOURCES = ("counter", "home", "telephone", "village_point", "hotline", "opinion_box", "round")
ACCOUNT = Struct({"bank": Text(40), "number": Account()}, {"holder": Text(30)})
SLIP = Struct({"number": Text(30), "code": Text(12)})
"""The collection slip (收件凭证) that a device wrote at the home: its number, and the code that opens the look-up."""
MISSING = List(Struct({"name": Text(100)}, {"note": Text(200)}), 40)
KIN = Struct({"person": Reference("person"), "relation": Text(20)})

_LINES = Text(1000, lines=True)
_DESK = roles("clerk", "head")
_ANYONE = roles("agent", "clerk", "cadre", "head")
_ARRIVED = frozenset({"submitted", "received", "awaiting"})
_HANDLED = frozenset({"accepted", "sent_up"})
_ENDED = frozenset({"completed", "refused", "not_accepted"})
_RUNNING = frozenset({"draft", "collected"}) | _ARRIVED | _HANDLED
_AFTER = frozenset({"delivered", "followed_up", "unreached"})
_CLOSED = _AFTER | {"archived", "withdrawn"}
_ACCEPTED = _HANDLED | _ENDED | _CLOSED
_RECEIVED = _ACCEPTED | {"received", "awaiting"}

HELD: Mapping[str, Type] = {
    "item": Reference("item"),
    "source": Choice(*SOURCES),
    "mode": Choice(*MODES),
    "household": Reference("household"),
    "applicant": Text(30),
    "identity_number": IdentityNumber(),
    "account": ACCOUNT,
    "entitled_from": Date(),
}
"""What the centre took in hand and promised about: moved by `correct` alone, which gives the new values. Limits and
registers go by item and source from the receipt on; how it is handled and whose it is the window decides when it
accepts."""


def _fields() -> list[Field]:
    written = [
        Field("household", "家庭", Reference("household")),
        Field("reception", "接待登记", Reference("reception")),
        Field("item", "事项", Reference("item")),
        Field("applicant", "申请人", Text(30)),
        Field("identity_number", "申请人身份证号", IdentityNumber(), "private"),
        Field("phone", "联系电话", Phone()),
        Field("mode", "办理方式", Choice(*MODES)),
        Field("source", "收件渠道", Choice(*SOURCES)),
        Field("account", "收款账户", ACCOUNT, "private"),
        Field("entitled_from", "权益起算日", Date()),
        Field("collected_at", "收件时间", Instant()),
        Field("slip", "收件凭证", SLIP),
        Field("papers", "已收材料", List(Text(100), 40)),
        Field("urgent", "急难先办", Flag()),
        Field("kin", "近亲属申报", KIN),
        Field("note", "备注", Text(2000, lines=True)),
    ]
    served = [
        Field("number", "办件编号", Text(40), "server"),
        Field("code", "查询码", Text(12), "server"),
        Field("window", "主办窗口", Text(20), "server"),
        Field("owner", "首问责任人", Text(40), "server"),
        Field("owner_id", "首问责任人", Reference("person"), "server"),
        Field("handler", "经办人", Text(40), "server"),
        Field("handler_id", "经办人", Reference("person"), "server"),
        Field("started_at", "时限起算依据时间", Instant(), "server"),
        Field("collected_with", "同行人", Text(60), "server"),
        Field("verifications", "入户核验", List(Anything(), 40), "server"),
        Field("submitted_at", "提交时间", Instant(), "server"),
        Field("received_at", "收件登记时间", Instant(), "server"),
        Field("notice", "一次性告知", Anything(), "server"),
        Field("complemented_at", "补正时间", Instant(), "server"),
        Field("accepted_at", "受理时间", Instant(), "server"),
        Field("accepted", "受理的内容", List(Anything(), 200), "server"),
        Field("promised", "承诺时限", Anything(), "server"),
        Field("due", "承诺办结日", Date(), "server"),
        Field("due_why", "期限说明", Text(500), "server"),
        Field("sent_up", "上报", Anything(), "server"),
        Field("sent_up_before", "以前的上报", List(Anything(), 40), "server"),
        Field("extensions", "延期", List(Anything(), 20), "server"),
        Field("pauses", "暂停计时", List(Anything(), 40), "server"),
        Field("papers_due", "补交材料期限", Date(), "server"),
        Field("papers_brought_at", "补交材料时间", Instant(), "server"),
        Field("end", "结束方式", Choice(*ENDS), "server"),
        Field("kin_of", "应回避的人", List(Reference("person"), 20), "server"),
        Field("ended_at", "办结时间", Instant(), "server"),
        Field("result", "办理结果", Text(2000, lines=True), "server"),
        Field("reason", "理由", Text(2000, lines=True), "server"),
        Field("delivery", "送达", Anything(), "server"),
        Field("follow_up", "回访", Anything(), "server"),
        Field("follow_up_attempts", "回访未联系上", List(Anything(), ATTEMPTS), "server"),
        Field("archive", "归档", Anything(), "server"),
        Field("handovers", "工作交接", List(Anything(), 50), "server"),
        Field("reply_moves", "回复责任变更", List(Anything(), 50), "server"),
        Field("correction", "更正说明", Text(2000, lines=True), "server"),
    ]
    return written + served


def _commands() -> list[Command]:
    reason = {"reason": _LINES}
    why = frozenset({"reason"})
    return [
        Command("submit", "提交", _ANYONE, frozenset({"draft", "collected"}), "submitted"),
        Command("receive", "收件登记", _DESK, frozenset({"submitted"}), "received"),
        Command(
            "notify",
            "一次性告知",
            _DESK,
            frozenset({"submitted", "received"}),
            "awaiting",
            {"missing": MISSING, "days": Integer(1, 60), **reason},
            frozenset({"missing"}),
        ),
        Command(
            "complement",
            "补正收齐",
            _DESK,
            frozenset({"awaiting"}),
            "received",
            {"papers": List(Text(100), 40)},
        ),
        Command(
            "accept",
            "受理",
            _DESK,
            frozenset({"submitted", "received"}),
            "accepted",
            {"days": Integer(0, 400), "papers_days": Integer(1, 90), **reason},
        ),
        Command("decline", "不予受理", _DESK, _ARRIVED, "not_accepted", reason, why),
        Command(
            "finish",
            "当场办结",
            _DESK,
            frozenset({"submitted", "received"}),
            "completed",
            {"result": _LINES},
            frozenset({"result"}),
        ),
        Command(
            "send_up",
            "上报",
            _DESK,
            frozenset({"accepted"}),
            "sent_up",
            {"to": Text(60), "days": Integer(1, 400), "window": Text(20)},
            frozenset({"to", "days"}),
        ),
        Command("answered", "上级已答复", _DESK, frozenset({"sent_up"}), "accepted", {"note": _LINES}),
        Command(
            "extend",
            "批准延期",
            roles("head"),
            _HANDLED,
            None,
            {"days": Integer(1, 400), **reason},
            frozenset({"days", "reason"}),
        ),
        Command(
            "pause",
            "暂停计时",
            _DESK,
            _HANDLED,
            None,
            {"step": Text(60), "days": Integer(1, 400), **reason},
            frozenset({"step", "reason"}),
        ),
        Command("resume", "恢复计时", _DESK, _HANDLED, None),
        Command("complete", "办结", _DESK, _HANDLED, "completed", {"result": _LINES, **reason}, frozenset({"result"})),
        Command("refuse", "不予办理", _DESK, _ARRIVED | _HANDLED, "refused", reason, why),
        Command(
            "archive",
            "归档",
            _DESK,
            _ENDED | _AFTER | {"withdrawn"},
            "archived",
            reason,
        ),
        Command(
            "hand_over",
            "移交",
            _DESK,
            _RUNNING | _ENDED,
            None,
            {"to": Reference("person"), **reason},
            frozenset({"to", "reason"}),
        ),
        Command("close_follow_up", "结束回访（未联系上）", _DESK, frozenset({"delivered"}), "unreached", reason),
        Command("correct", "更正", _DESK, _RECEIVED, None, {"values": Struct({}, dict(HELD)), **reason}, why),
        Command("withdraw", "申请人撤回", roles("agent", "clerk", "head"), _RUNNING, "withdrawn", reason, why),
    ]


def _reports() -> list[Report]:
    # Where help came first its papers come at any time until the file is closed.
    back = {"awaiting": "received"} | {state: state for state in (*_HANDLED, "completed", *_AFTER)}
    told: Mapping[str, Type] = {"missing": MISSING, "until": Date(), "note": Text(500)}
    seen: Mapping[str, Type] = {"met": Text(30), "with": Text(60), "note": Text(500)}
    handed: Mapping[str, Type] = {
        "to": Text(30),
        "how": Choice("hand", "home", "post", "message", "left"),
        "note": Text(500),
    }
    asked: Mapping[str, Type] = {
        "spoke_to": Text(30),
        "how": Choice("visit", "telephone", "message"),
        "outcome": Choice("satisfied", "dissatisfied", "not_reached"),
        "note": Text(500),
    }
    return [
        Report(
            "collected",
            "已上门收件",
            {"draft": "collected"},
            {"papers": List(Text(100), 40), "with": Text(60), "note": Text(500)},
        ),
        Report("verified", "已入户核验", {state: state for state in _RUNNING}, seen, frozenset({"met"})),
        Report(
            "notified", "已当面一次性告知", {"draft": "draft", "collected": "collected"}, told, frozenset({"missing"})
        ),
        Report("brought", "已补交材料", back, {"papers": List(Text(100), 40), "note": Text(500)}),
        Report("delivered", "已送达", dict.fromkeys(_ENDED, "delivered"), handed, frozenset({"to", "how"})),
        Report(
            "followed_up",
            "已回访",
            dict.fromkeys(("delivered", "unreached"), "followed_up"),
            asked,
            frozenset({"outcome"}),
            {"outcome": "not_reached"},
        ),
    ]


KIND = Kind(
    "application",
    "申请",
    _fields(),
    parent="household",
    states=[
        ("draft", "草稿"),
        ("collected", "已上门收件"),
        ("submitted", "已提交"),
        ("received", "已收件"),
        ("awaiting", "待补正"),
        ("accepted", "已受理"),
        ("sent_up", "已上报"),
        ("completed", "已办结"),
        ("refused", "不予办理"),
        ("not_accepted", "不予受理"),
        ("delivered", "已送达"),
        ("followed_up", "已回访"),
        ("unreached", "回访未联系上"),
        ("archived", "已归档"),
        ("withdrawn", "申请人撤回"),
    ],
    commands=_commands(),
    reports=_reports(),
    open_prefix="answers.",
    held={name: _RECEIVED if name in ("item", "source") else _ACCEPTED for name in HELD},
)
