"""The papers of a case, each made of its file. What has not happened yet cannot be printed: ``print.not_yet``."""

import datetime
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

from daiban_schemas.labels import MODES, SOURCES
from daiban_server.features.papers.documents import (
    AcceptanceNotice,
    CollectionSlip,
    DeliveryRecord,
    Document,
    Mandate,
    NonAcceptanceNotice,
    OneTimeNotice,
    Party,
    Receipt,
    Refusal,
    Remedy,
    Signer,
    Step,
    WorkOrder,
)
from daiban_server.limits.calendar import local_day
from daiban_server.limits.sentences import length_words
from daiban_server.printing.case_file import CaseFile, day_of, veiled
from daiban_server.spine.refusal import Refusal as Refused

HOW = {"hand": "当面交付", "home": "送办上门", "post": "邮寄", "message": "电子送达", "left": "留置送达"}
REVIEW, COURT = "区人民政府", "区人民法院"


def slip(file: CaseFile, size: Literal["roll", "a5"] = "roll") -> Document:
    """收件凭证, for papers that were collected."""
    number = (file.values.get("slip") or {}).get("number") or file.values.get("number") or ""
    return CollectionSlip(
        office=file.office,
        issued=file.came,
        number=number,
        code=file.code,
        applicant=_applicant(file),
        item=_item(file),
        agent=file.owner,
        place=file.village,
        papers=file.papers(),
        missing=file.missing(),
        qr=file.qr,
        size=size,
    )


def notice(file: CaseFile) -> Document:
    """一次性告知书."""
    told = file.values.get("notice")
    if not told:
        raise Refused("print.not_yet")
    until = told.get("until")
    return OneTimeNotice(
        office=file.office,
        issued=local_day(told["at"]),
        number=_number(file),
        applicant=_applicant(file),
        item=_item(file),
        received=file.came,
        missing=file.missing(),
        handler=told.get("by") or file.handler.name,
        until=datetime.date.fromisoformat(until) if until else None,
    )


def acceptance(file: CaseFile) -> Document:
    """受理通知书."""
    return AcceptanceNotice(
        office=file.office,
        issued=file.day("accepted_at"),
        number=_number(file),
        applicant=_applicant(file),
        item=_item(file),
        received=file.came,
        accepted=file.day("accepted_at"),
        papers=file.papers(),
        limit=file.limit,
        handler=file.handler.name,
        due=file.due,
        uncounted=tuple(one["name"] for one in file.item.get("special_steps") or () if not one.get("counted")),
        code=file.code,
        qr=file.qr,
    )


def receipt(file: CaseFile, size: Literal["roll", "a5"] = "a5") -> Document:
    """办件回执."""
    return Receipt(
        office=file.office,
        issued=file.day("accepted_at"),
        number=_number(file),
        code=file.code,
        applicant=_applicant(file),
        item=_item(file),
        window=file.values.get("window") or "",
        accepted=file.day("accepted_at"),
        limit=file.limit,
        due=file.due,
        qr=file.qr,
        size=size,
    )


def non_acceptance(file: CaseFile) -> Document:
    """不予受理通知书."""
    _only(file, "not_accepted")
    return NonAcceptanceNotice(
        office=file.office,
        issued=file.day("ended_at"),
        number=_number(file),
        applicant=_applicant(file),
        item=_item(file),
        received=file.came,
        reason=file.values.get("reason") or "",
        elsewhere=_elsewhere(file),
        basis=file.item.get("basis") or "",
        remedy=_remedy(file),
    )


def refusal(file: CaseFile) -> Document:
    """不予办理决定书; for a licence 不予许可决定书."""
    _only(file, "refused")
    return Refusal(
        office=file.office,
        issued=file.day("ended_at"),
        number=_number(file),
        applicant=_applicant(file),
        item=_item(file),
        accepted=day_of(file.values.get("accepted_at") or file.values.get("received_at")),
        reason=file.values.get("reason") or "",
        elsewhere=_elsewhere(file),
        basis=file.item.get("basis") or "",
        remedy=_remedy(file),
    )


def work_order(file: CaseFile) -> Document:
    """承办单."""
    values, sent = file.values, file.values.get("sent_up") or {}
    limit = file.item.get("send_up_limit")
    return WorkOrder(
        office=file.office,
        issued=file.today,
        number=_number(file),
        case=_number(file),
        applicant=_applicant(file),
        item=_item(file),
        source=SOURCES.get(values.get("source") or "", ""),
        mode=MODES["home" if values.get("source") == "home" else values.get("mode") or "limited"],
        accepted=file.day("accepted_at"),
        lead_window=values.get("window") or "",
        owner=values.get("owner") or "",
        handler=values.get("handler") or "",
        limit=file.limit,
        steps=tuple(_steps(file)),
        phone=values.get("phone") or "",
        village=file.village,
        due=file.due,
        sent_up_to=sent.get("to") or "",
        send_up_limit=length_words(limit["days"], limit["unit"]) if limit else "未规定" if sent else "",
        result=values.get("result") or "",
    )


def mandate(file: CaseFile) -> Document:
    """代办服务委托书, as it was signed at the home, or to be signed on paper."""
    given = file.mandates[-1] if file.mandates else {}
    since = _date(given.get("valid_from")) or file.today
    principal: Mapping[str, Any] = given.get("principal") or {
        "name": _applicant(file),
        "phone": file.values.get("phone"),
    }
    return Mandate(
        office=file.office,
        issued=since,
        number=_number(file),
        principal=Party(
            name=principal.get("name") or _applicant(file),
            identity=veiled(principal.get("identity_number") or file.values.get("identity_number")),
            phone=principal.get("phone") or "",
            address=" ".join(filter(None, (file.village, file.home.get("address")))),
        ),
        agent=file.owner,
        matter=given.get("matter") or _item(file),
        powers=tuple(given.get("powers") or ("代为递交申请和材料", "代为办理补正", "代为领取结果")),
        valid_from=since,
        valid_until=_date(given.get("valid_until")) or since + datetime.timedelta(days=365),
        signers=tuple(_signer(one) for one in given.get("signers") or ({"name": _applicant(file)},)),
        place=given.get("place") or "",
        note=given.get("note") or "",
    )


def delivery(file: CaseFile) -> Document:
    """送达回证; before the delivery a form that goes along."""
    done = file.values.get("delivery") or {}
    document = {"not_accepted": "不予受理通知书", "refused": "不予办理决定书"}.get(
        file.values.get("end") or "", "办理结果"
    )
    return DeliveryRecord(
        office=file.office,
        issued=file.day("ended_at"),
        number=_number(file),
        case=_number(file),
        item=_item(file),
        recipient=_applicant(file),
        document=document,
        document_number=_number(file),
        how=HOW.get(done.get("how") or "", ""),
        place=file.village,
        signed_by=done.get("to") or "",
        signed=local_day(done["at"]) if done else None,
        deliverers=(file.owner,),
        note=done.get("note") or "",
    )


ONE: Mapping[str, Callable[[CaseFile], Document]] = {
    "slip": slip,
    "slip-a5": lambda file: slip(file, "a5"),
    "notice": notice,
    "acceptance": acceptance,
    "receipt": receipt,
    "receipt-slip": lambda file: receipt(file, "roll"),
    "non-acceptance": non_acceptance,
    "refusal": refusal,
    "work-order": work_order,
    "mandate": mandate,
    "delivery": delivery,
}
"""The papers of a case by the name under which they are asked for."""


def _steps(file: CaseFile) -> Iterator[Step]:
    """What was done, signed by whoever did it, and what is to come, for a pen."""
    values, handler = file.values, file.values.get("handler") or ""
    yield Step(name="受理", opinion="材料齐全，予以受理", signed_by=handler, signed=file.day("accepted_at"))
    if sent := values.get("sent_up"):
        at = local_day(sent["at"])
        limit = length_words(sent["days"], "working")
        yield Step(name="上报", limit=limit, opinion=f"报{sent['to']}", signed_by=sent.get("by") or "", signed=at)
    for pause in values.get("pauses") or ():
        yield Step(name=pause["step"], opinion=pause.get("reason") or "", signed_by=pause.get("by") or "")
    for step in file.item.get("special_steps") or ():
        if step["name"] not in {pause["step"] for pause in values.get("pauses") or ()}:
            yield Step(name=step["name"])
    ended = values.get("ended_at")
    yield Step(name="办结", signed_by=handler if ended else "", signed=local_day(ended) if ended else None)


def _signer(given: Mapping[str, Any]) -> Signer:
    mark = given.get("mark")
    return Signer(
        name=given.get("name") or "",
        relation=given.get("relation") or "",
        mark=mark if mark in ("drawn", "fingerprint") else "either",
        witness=given.get("witness") or "",
        signed=local_day(given["at"]) if given.get("at") else None,
    )


def _only(file: CaseFile, end: str) -> None:
    if file.values.get("end") != end:
        raise Refused("print.not_yet")


def _remedy(file: CaseFile) -> Remedy | None:
    return Remedy(review=REVIEW, court=COURT) if file.item.get("type") == "permit" else None


def _elsewhere(file: CaseFile) -> str:
    phone = f"（{file.office.phone}）" if file.office.phone else ""
    return f"如有疑问，可向本中心{phone}或「办不成事」反映窗口咨询；条件具备后可以重新申请。"


def _applicant(file: CaseFile) -> str:
    return str(file.values.get("applicant") or "")


def _item(file: CaseFile) -> str:
    return str(file.item.get("name") or "")


def _number(file: CaseFile) -> str:
    return str(file.values.get("number") or "")


def _date(text: Any) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None
