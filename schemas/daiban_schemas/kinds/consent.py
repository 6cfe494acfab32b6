"""A consent (知情同意): that somebody was told by the notice, or agreed by the separate consent, in which words, for
which application, by whom and by which sign.

Each text that somebody heard is a record of its own, and what it says is held from the start: whoever agreed to more or
to other words signs anew. Withdrawing does not undo what was done; it stops what would follow.
"""

import datetime
from collections.abc import Mapping
from typing import Any

from daiban_schemas import texts
from daiban_schemas.identity import age, birthday
from daiban_schemas.kind import Command, Field, Kind, Rule, roles
from daiban_schemas.telephone import same
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
from daiban_schemas.zone import SHANGHAI

ADULT_AT = 14
"""Below this age in years the guardian is told, and agrees (个保法 31)."""
PERSON = Struct({"name": Text(30)}, {"identity_number": IdentityNumber(), "born": Date()})
GUARDIAN = Struct({"name": Text(30), "relation": Text(20)}, {"phone": Phone()})
TAKER = Struct({"id": Reference("person"), "name": Text(40)}, {"phone": Text(40)})

_LINES = Text(1000, lines=True)
_WORDS = (
    Field("about", "当事人", PERSON, "private"),
    Field("text", "文本", Choice(texts.NOTICE, texts.SENSITIVE)),
    Field("text_version", "文本版本", Text(40)),
    Field("text_sha256", "文本摘要", Digest()),
    Field("purpose", "用途", Text(200)),
    Field("scope", "信息种类", List(Text(60), 20)),
    Field("given_by", "同意方式", Choice("self", "guardian", "oral")),
    Field("guardian", "监护人", GUARDIAN),
    Field("mark", "签署方式", Choice("drawn", "fingerprint", "paper", "photo", "spoken")),
    Field("photo", "签署照片", Reference("photo")),
    Field("witness", "见证人", Text(30)),
    Field("given_at", "签署时间", Instant()),
    Field("place", "签署地点", Text(100)),
    Field("point", "位置", Point()),
)


def born(person: Mapping[str, Any] | None) -> datetime.date | None:
    """The day of somebody's birth, from the identity number or as it was stated."""
    if not person:
        return None
    found = birthday(str(person.get("identity_number") or ""))
    return found or (datetime.date.fromisoformat(person["born"]) if person.get("born") else None)


def is_child(person: Mapping[str, Any] | None, day: datetime.date) -> bool:
    """Whether the guardian decides for somebody on a day; an unknown age is nobody's child."""
    since = born(person)
    return since is not None and since <= day and age(since, day) < ADULT_AT


def by_guardian(values: Mapping[str, Any]) -> bool:
    """Whether a guardian gave it, himself or by word of mouth."""
    return bool(values.get("guardian")) and values.get("given_by") in ("guardian", "oral")


def _day(at: int) -> datetime.date:
    return datetime.datetime.fromtimestamp(at / 1000, SHANGHAI).date()


def _whose(values: Mapping[str, Any]) -> bool:
    """Of a child's consent the guardian is named."""
    if values["given_by"] == "guardian" and not values["guardian"]:
        return False
    return not is_child(values["about"], _day(values["given_at"] or 0)) or by_guardian(values)


def wants_witness(values: Mapping[str, Any]) -> bool:
    """Whether nothing but somebody's word says that it was given."""
    return values.get("given_by") == "oral" or values.get("mark") in ("fingerprint", "spoken")


def witnessed(values: Mapping[str, Any]) -> bool:
    """Whether it was given before a witness where one is wanted: neither who gave it nor who took it down
    (`taken_by`), by name, by telephone or by id."""
    if not wants_witness(values):
        return True
    witness = _plain(values.get("witness"))
    taker = values.get("taken_by") or {}
    gave = [_plain((values.get(name) or {}).get("name")) for name in ("about", "guardian")]
    others = {*gave, _plain(taker.get("name")), _plain(taker.get("id"))}
    return bool(witness) and witness not in others and not same(witness, str(taker.get("phone") or ""))


def _plain(text: Any) -> str:
    return "".join(str(text or "").split())


def _same_text(values: Mapping[str, Any]) -> bool:
    """A version that is known has the words that it is known by; of a newer one nothing can be said here."""
    known = texts.of(values["text"] or "", values["text_version"] or "")
    return known is None or known.sha256 == values["text_sha256"]


KIND = Kind(
    "consent",
    "知情同意",
    [
        Field("application", "申请", Reference("application")),
        *_WORDS,
        Field("note", "备注", Text(500)),
        Field("taken_by", "登记人", TAKER, "server"),
        Field("withdrawn_at", "撤回时间", Instant(), "server"),
        Field("withdrawn_why", "撤回原因", _LINES, "server"),
        Field("withdrawn_by", "撤回登记人", Text(40), "server"),
    ],
    parent="application",
    states=[("given", "已同意"), ("withdrawn", "已撤回")],
    commands=[
        Command(
            "withdraw",
            "撤回同意",
            roles("agent", "clerk", "cadre", "head"),
            frozenset({"given"}),
            "withdrawn",
            {"reason": _LINES},
            frozenset({"reason"}),
        )
    ],
    rules=[
        Rule("consent.guardian", ("about", "given_by", "guardian", "given_at"), _whose),
        Rule("consent.witness", ("given_by", "mark", "witness", "about", "guardian", "taken_by"), witnessed),
        Rule("consent.text", ("text", "text_version", "text_sha256"), _same_text),
    ],
    held={field.name: frozenset({"given", "withdrawn"}) for field in _WORDS},
)
