"""An application: one matter of one household, collected anywhere, handled at the centre.

Its answers are fields ``answers.<question>``; the item's form knows their types (see `forms`). Where it was collected
(`source`) and how it is handled (`mode`) are two facts.
"""

from daiban_schemas.kind import Command, Field, Kind, Report, roles
from daiban_schemas.types import (
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
)

MODES = ("direct", "limited", "proxy")
SOURCES = ("counter", "home", "telephone", "village_point", "hotline", "opinion_box", "round")
ACCOUNT = Struct({"bank": Text(40), "number": Text(30)}, {"holder": Text(30)})

_OPEN = frozenset({"draft", "collected", "submitted", "received", "accepted"})

KIND = Kind(
    "application",
    "申请",
    [
        Field("household", "家庭", Reference("household")),
        Field("item", "事项", Reference("item")),
        Field("applicant", "申请人", Text(30)),
        Field("identity_number", "申请人身份证号", IdentityNumber(), "private"),
        Field("phone", "联系电话", Phone()),
        Field("mode", "办理方式", Choice(*MODES)),
        Field("source", "收件渠道", Choice(*SOURCES)),
        Field("account", "收款账户", ACCOUNT, "private"),
        Field("entitled_from", "权益起算日", Date()),
        Field("collected_at", "收件时间", Instant()),
        Field("papers", "已收材料", List(Text(100), 40)),
        Field("urgent", "急难先办", Flag()),
        Field("note", "备注", Text(2000, lines=True)),
        Field("number", "办件编号", Text(40), "server"),
        Field("owner", "首问责任人", Text(40), "server"),
        Field("accepted", "受理的内容", List(Anything(), 200), "server"),
        Field("due", "承诺办结日", Date(), "server"),
        Field("reason", "理由", Text(2000, lines=True), "server"),
        Field("correction", "更正说明", Text(2000, lines=True), "server"),
    ],
    parent="household",
    states=[
        ("draft", "草稿"),
        ("collected", "已上门收件"),
        ("submitted", "已提交"),
        ("received", "已收件"),
        ("accepted", "已受理"),
        ("completed", "已办结"),
        ("refused", "不予办理"),
        ("withdrawn", "申请人撤回"),
    ],
    commands=[
        Command(
            "submit",
            "提交",
            roles("agent", "clerk", "cadre", "head"),
            frozenset({"draft", "collected"}),
            "submitted",
        ),
        Command("receive", "收件", roles("clerk", "head"), frozenset({"submitted"}), "received"),
        Command(
            "accept",
            "受理",
            roles("clerk", "head"),
            frozenset({"submitted", "received"}),
            "accepted",
            {"days": Integer(0, 400), "reason": Text(500)},
        ),
        Command(
            "complete",
            "办结",
            roles("clerk", "head"),
            frozenset({"accepted"}),
            "completed",
            {"result": Text(1000, lines=True)},
            frozenset({"result"}),
        ),
        Command(
            "refuse",
            "不予办理",
            roles("clerk", "head"),
            frozenset({"submitted", "received", "accepted"}),
            "refused",
            {"reason": Text(1000, lines=True)},
            frozenset({"reason"}),
        ),
        Command(
            "withdraw",
            "申请人撤回",
            roles("agent", "clerk", "head"),
            _OPEN,
            "withdrawn",
            {"reason": Text(500)},
            frozenset({"reason"}),
        ),
    ],
    reports=[
        Report(
            "collected",
            "已上门收件",
            {"draft": "collected"},
            {"papers": List(Text(100), 40), "note": Text(500)},
        ),
    ],
    open_prefix="answers.",
)
