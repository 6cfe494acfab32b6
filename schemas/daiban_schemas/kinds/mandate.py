"""A mandate (委托书): who empowers whom, for what, until when, and by which sign.

The drawn signature is evidence, not a "reliable electronic signature" (电子签名法 §13): no text may claim more.
Several family members may sign at different times and places, so signers are photo records under the mandate.
"""

from daiban_schemas.kind import Field, Kind, Rule
from daiban_schemas.types import (
    Choice,
    Date,
    Digest,
    IdentityNumber,
    Instant,
    List,
    Phone,
    Point,
    Reference,
    Struct,
    Text,
)

PERSON = Struct({"name": Text(30)}, {"identity_number": IdentityNumber(), "phone": Phone(), "relation": Text(20)})
SIGNER = Struct(
    {"name": Text(30), "mark": Choice("drawn", "fingerprint", "paper"), "at": Instant()},
    {"relation": Text(20), "photo": Reference("photo"), "witness": Text(30), "point": Point()},
)

KIND = Kind(
    "mandate",
    "委托书",
    [
        Field("application", "申请", Reference("application")),
        Field("text_version", "文本版本", Text(40)),
        Field("text_sha256", "文本摘要", Digest()),
        Field("principal", "委托人", PERSON, "private"),
        Field("agent", "受托人", Text(30)),
        Field("matter", "委托事项", Text(200)),
        Field("powers", "权限", List(Text(100), 20)),
        Field("valid_from", "起", Date()),
        Field("valid_until", "止", Date()),
        Field("signers", "签名", List(SIGNER, 20)),
        Field("place", "签署地点", Text(100)),
        Field("note", "备注", Text(500)),
    ],
    parent="application",
    rules=[
        Rule(
            "mandate.term",
            ("valid_from", "valid_until"),
            lambda v: not (v["valid_from"] and v["valid_until"]) or v["valid_from"] <= v["valid_until"],
        )
    ],
)
