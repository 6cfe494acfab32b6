"""A household: whom an agent visits, and where."""

from daiban_schemas.kind import Field, Kind
from daiban_schemas.types import (
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

KIND = Kind(
    "household",
    "家庭",
    [
        Field("place", "所在村(社区)", Reference("place")),
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
    ],
    parent="place",
)
