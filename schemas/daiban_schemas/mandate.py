"""The mandate's text by version, and what makes a mandate one: who signs, with what mark, before whom.

A version that was ever signed stays here for ever, letter by letter: a mandate states the SHA-256 of the text that was
read out and signed, so a later reader can tell which it was. Sources: Civil Code 163 to 165 and 173 (民法典);
Electronic Signature Law 3 and 13 (电子签名法). The drawn signature is evidence of a signing and never called reliable
(可靠的电子签名). The blanks are fields of the mandate.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

TEXTS: Mapping[str, str] = {
    "2026-1": """代办服务委托书

一、本人（委托人）委托受托人代办本委托书写明的事项。受托人是本乡镇、村（社区）的代办员，代办不收费。
二、受托人只能在写明的权限内，以本人的名义办理；未写明的，应另行取得本人同意。
三、委托从写明的起日到止日有效。期间本人可以随时暂停、续期或者终止委托，告知受托人或便民服务中心即可，不影响已经提交的申请。
四、受托人应如实转交本人提供的材料，及时告知办理进展和结果，保守本人的个人信息。
五、本人可以手写签名。不能写字的，可以按捺指印，并由受托人以外的见证人在场见证。法律规定须用纸质文书的事项，以及须本人到场的事项，不用屏幕手写签名。
六、屏幕手写签名只作为当时签署情况的记录，不作为可靠的电子签名。
七、本委托书已向本人读给、讲明，本人清楚其内容，系自愿签署。
""",
}
"""Texts by version."""
SIGNED = (
    "application",
    "principal",
    "agent",
    "matter",
    "powers",
    "valid_from",
    "valid_until",
    "text_version",
    "text_sha256",
)
"""The fields that whoever signs puts his sign under."""
NEWEST = "2026-1"
"""The version that is put before people now."""


def sha256_of(version: str) -> str | None:
    """The hash of a text, in hexadecimal; None for a version that is not known."""
    text = TEXTS.get(version)
    return None if text is None else hashlib.sha256(text.encode()).hexdigest()


def stands(status: str | None, values: Mapping[str, Any], day: str) -> bool:
    """Whether a mandate is in force on a day (``YYYY-MM-DD``): signed, neither suspended nor ended, and within its
    term. One that has had no act yet has no state, and one without a term ends when it is ended."""
    until = max(str(values.get("valid_until") or ""), str(values.get("renewed_until") or ""))
    begun = str(values.get("valid_from") or day) <= day
    return bool(values.get("signers")) and status in (None, "", "standing") and begun and day <= (until or day)


def text_fits(values: Mapping[str, Any]) -> bool:
    """Whether the stated hash is that of the stated version; of a version that is not known nobody can tell."""
    known = sha256_of(str(values.get("text_version") or ""))
    return known is None or values.get("text_sha256") in (None, known)


def witnessed(values: Mapping[str, Any]) -> bool:
    """Whether each fingerprint was pressed before a witness who is neither the agent nor who pressed it."""
    return all(_witnessed(signer, str(values.get("agent") or "")) for signer in values.get("signers") or ())


def _witnessed(signer: Mapping[str, Any], agent: str) -> bool:
    if signer.get("mark") != "fingerprint":
        return True
    witness = str(signer.get("witness") or "").strip()
    return bool(witness) and witness not in (agent.strip(), str(signer.get("name") or "").strip())


def drawn_only(signers: Sequence[Mapping[str, Any]]) -> bool:
    """Whether somebody drew a signature and nobody signed on paper."""
    marks = {signer.get("mark") for signer in signers}
    return "drawn" in marks and "paper" not in marks


def fault(values: Mapping[str, Any], item: Mapping[str, Any]) -> str | None:
    """The code of what stands against a mandate for an item, whoever looks: ``mandate.text``, ``mandate.witness`` or
    ``mandate.drawn`` (marriage, adoption, inheritance want paper, and some items the person)."""
    if not text_fits(values):
        return "mandate.text"
    if not witnessed(values):
        return "mandate.witness"
    strict = item.get("paper_mandate_only") or item.get("person_must_come")
    return "mandate.drawn" if strict and drawn_only(values.get("signers") or ()) else None
