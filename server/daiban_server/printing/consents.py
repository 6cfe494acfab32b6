"""Notice and separate consent of a case: as they were signed, or to be signed on paper."""

from collections.abc import Iterator
from typing import Any, Literal

from daiban_schemas import texts
from daiban_server.features.papers.documents import InformationNotice, SeparateConsent, Signer
from daiban_server.limits.calendar import local_day
from daiban_server.printing.case_file import CaseFile, Values, veiled

_MARKS: dict[str, Literal["drawn", "fingerprint", "either"]] = {"drawn": "drawn", "fingerprint": "fingerprint"}


def notice(file: CaseFile) -> InformationNotice:
    """个人信息处理告知书."""
    return InformationNotice(**_told(file, texts.NOTICE))


def separate(file: CaseFile) -> SeparateConsent:
    """处理敏感个人信息单独同意书; the box is ticked where somebody signed it."""
    return SeparateConsent(**_told(file, texts.SENSITIVE), agreed=bool(_given(file, texts.SENSITIVE)))


def signed(file: CaseFile) -> Iterator[InformationNotice | SeparateConsent]:
    """Those of the two that somebody signed, for the case's file."""
    if _given(file, texts.NOTICE):
        yield notice(file)
    if _given(file, texts.SENSITIVE):
        yield separate(file)


def _given(file: CaseFile, kind: str) -> Values:
    """The last consent of a text that was not withdrawn, in words that are known; {} where there is none."""
    fitting = [one for one in file.consents if one.get("text") == kind and one.get("status") != "withdrawn"]
    known = [one for one in fitting if texts.of(kind, one.get("text_version") or "")]
    return known[-1] if known else {}


def _told(file: CaseFile, kind: str) -> dict[str, Any]:
    given = _given(file, kind)
    text = texts.of(kind, given.get("text_version") or "") or texts.current(kind)
    about = given.get("about") or {"name": file.applicant, "identity_number": file.values.get("identity_number")}
    return {
        "office": file.office,
        "issued": local_day(given["given_at"]) if given.get("given_at") else file.today,
        "number": file.number,
        "about": about.get("name") or "",
        "identity": veiled(about.get("identity_number")),
        "matter": given.get("purpose") or file.matter,
        "agent": file.owner,
        "title": text.title,
        "text": text.text,
        "version": text.version,
        "digest": text.sha256,
        "signer": _signer(given, about),
        "guardian": _guardian(given.get("guardian") or {}),
        "place": given.get("place") or "",
    }


def _signer(given: Values, about: Values) -> Signer:
    who = given.get("guardian") or about
    return Signer(
        name=who.get("name") or "",
        relation=who.get("relation") or "",
        mark=_MARKS.get(given.get("mark") or "", "either"),
        witness=given.get("witness") or "",
        signed=local_day(given["given_at"]) if given.get("given_at") else None,
    )


def _guardian(who: Values) -> str:
    if not who:
        return ""
    phone = f"　电话 {who['phone']}" if who.get("phone") else ""
    return f"{who.get('name')}（{who.get('relation')}）{phone}"
