"""A household: whom an agent visits, and where.

One that was taken down twice is merged (并户) into the other: it keeps its record and all that stands under it, and
says into which it went. What is shown and counted then goes by the one that stays. Of two that only look alike one says
that they are not the same.
"""

from daiban_schemas.kind import Command, Field, Kind, roles
from daiban_schemas.types import (
    Anything,
    Choice,
    Date,
    Flag,
    IdentityNumber,
    Integer,
    List,
    Phone,
    Point,
    Reference,
    Struct,
    Text,
)

MEMBER = Struct(
    {"name": Text(30)},
    {"relation": Text(20), "identity_number": IdentityNumber(), "phone": Phone(), "note": Text(200)},
)

CURRENT, MERGED = "current", "merged"
_DESK = roles("clerk", "head")
_REASON = Text(1000, lines=True)

KIND = Kind(
    "household",
    "家庭",
    [
        Field("place", "所在村（社区）", Reference("place")),
        Field("head", "户主姓名", Text(30)),
        Field("identity_number", "户主身份证号", IdentityNumber(), "private"),
        Field("born", "户主出生日期", Date()),
        Field("phone", "联系电话", Phone()),
        Field("address", "住址", Text(100)),
        Field("point", "位置", Point()),
        Field("members", "家庭成员", List(MEMBER, 30)),
        Field("size", "人口", Integer(1, 50)),
        Field("cannot_move", "行动不便", Flag()),
        Field("standing", "家庭类型", Choice("ordinary", "low_income", "extreme_hardship", "watched")),
        Field("cadre", "包联干部", Reference("person")),
        Field("note", "备注", Text(1000, lines=True)),
        Field("merged_into", "并入的户", Reference("household"), "server"),
        Field("merged", "并户", Anything(), "server"),
        Field("not_same", "已核对不是一户", List(Anything(), 50), "server"),
    ],
    parent="place",
    states=[(CURRENT, "在册"), (MERGED, "已并户")],
    commands=[
        Command(
            "merge",
            "并户",
            _DESK,
            frozenset({CURRENT}),
            MERGED,
            {"into": Reference("household"), "reason": _REASON},
            frozenset({"into", "reason"}),
        ),
        Command("separate", "拆开", _DESK, frozenset({MERGED}), CURRENT, {"reason": _REASON}, frozenset({"reason"})),
        Command(
            "tell_apart",
            "不是一户",
            _DESK,
            frozenset({CURRENT}),
            None,
            {"other": Reference("household"), "reason": _REASON},
            frozenset({"other"}),
        ),
        Command(
            "compare_again",
            "重新核对",
            _DESK,
            frozenset({CURRENT, MERGED}),
            None,
            {"other": Reference("household")},
            frozenset({"other"}),
        ),
    ],
)
