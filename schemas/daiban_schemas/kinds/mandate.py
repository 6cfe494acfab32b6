"""A mandate (委托书): who empowers whom, for what, until when, and by which sign.

The drawn signature is evidence, not a "reliable electronic signature" (电子签名法 §13): no text may claim more.
Several family members may sign at different times and places, each with the photo of the sign under the mandate.
`text_sha256` is the hash of the text that was read out (see `daiban_schemas.mandate`), so what was signed can be shown.

A mandate lives apart from the application: the principal may suspend, renew or end it at any time (民法典 173), which
somebody records with a reason; every such act stands in `changes`. What was signed is held from the first signature
on: an edit of it would be the principal's word without his sign. Whoever needs another one ends it and gives anew.
"""

from daiban_schemas.kind import Command, Field, Kind, Rule, roles
from daiban_schemas.mandate import SIGNED, text_fits, witnessed
from daiban_schemas.types import (
    Anything,
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
    {"relation": Text(20), "photo": Reference("photo"), "witness": Text(30), "place": Text(100), "point": Point()},
)
_WHO = roles("agent", "clerk", "head")
_REASON = {"reason": Text(500)}
_WHY = frozenset({"reason"})

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
        Field("renewed_until", "续期至", Date(), "server"),
        Field("changes", "委托变更", List(Anything(), 50), "server"),
    ],
    parent="application",
    states=[("standing", "有效"), ("suspended", "已暂停"), ("ended", "已终止")],
    commands=[
        Command("suspend", "暂停委托", _WHO, frozenset({"standing"}), "suspended", _REASON, _WHY),
        Command("resume", "恢复委托", _WHO, frozenset({"suspended"}), "standing", _REASON, _WHY),
        Command(
            "renew",
            "续期",
            _WHO,
            frozenset({"standing", "suspended"}),
            "standing",
            {"until": Date(), "signer": SIGNER, **_REASON},
            frozenset({"until", "signer", "reason"}),
        ),
        Command("end", "终止委托", _WHO, frozenset({"standing", "suspended"}), "ended", _REASON, _WHY),
    ],
    rules=[
        Rule(
            "mandate.term",
            ("valid_from", "valid_until"),
            lambda v: not (v["valid_from"] and v["valid_until"]) or v["valid_from"] <= v["valid_until"],
        ),
        Rule("mandate.text", ("text_version", "text_sha256"), text_fits),
        Rule("mandate.witness", ("agent", "signers"), witnessed),
    ],
    held={name: frozenset({"standing", "suspended", "ended"}) for name in SIGNED},
    held_once="signers",
)
