"""What goes along with a case: mandate, work order, handovers, record of delivery."""

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from daiban_schemas.kinds import KINDS
from daiban_schemas.labels import MODES, SOURCES
from daiban_server.features.papers.documents import (
    Agent,
    DeliveryRecord,
    Document,
    HandedCase,
    HandoverList,
    Mandate,
    Party,
    Signer,
    Step,
    Withdrawal,
    WorkOrder,
)
from daiban_server.limits.calendar import Unit, local_day
from daiban_server.limits.sentences import length_words
from daiban_server.printing import case_papers
from daiban_server.printing.acts import Act
from daiban_server.printing.case_file import CaseFile, veiled
from daiban_server.spine.refusal import Refusal

HOW = {"hand": "当面交付", "home": "送办上门", "post": "邮寄", "message": "电子送达", "left": "留置送达"}
YEAR = datetime.timedelta(days=365)
"""How long a mandate lasts that says nothing of it."""


def work_order(file: CaseFile) -> Document:
    """承办单. Raises `Refusal("print.not_yet")` before the receipt."""
    file.day("received_at")
    accepted = bool(file.values.get("accepted_at"))
    values, above = file.values, [act.told["to"] for act in file.acts if act.name == "send_up"]
    limit = file.item.get("send_up_limit")
    return WorkOrder(
        office=file.office,
        issued=file.today,
        number=file.number,
        case=file.number,
        applicant=file.applicant,
        item=file.matter,
        source=SOURCES.get(values.get("source") or "", ""),
        mode=MODES["home" if values.get("source") == "home" else values.get("mode") or "limited"],
        accepted=file.taken if accepted else None,
        lead_window=values.get("window") or "",
        owner=values.get("owner") or "",
        handler=values.get("handler") or "",
        limit=file.limit if accepted or not file.values.get("ended_at") else "",
        steps=tuple(_steps(file)),
        phone=values.get("phone") or "",
        village=file.village,
        due=file.due,
        sent_up_to="、".join(dict.fromkeys(above)),
        send_up_limit=length_words(limit["days"], limit["unit"]) if limit else "未规定" if above else "",
        result=result_of(file),
        denied=not accepted and bool(values.get("ended_at")),
    )


def result_of(file: CaseFile) -> str:
    """What the case came to; for what was not granted, with the reason."""
    if file.values.get("result") or not file.values.get("ended_at"):
        return file.values.get("result") or ""
    ended = next(one for one in reversed(file.acts) if one.name in ("decline", "refuse", "withdraw"))
    return f"{case_papers.ENDS[file.values['end']]}：{ended.told['reason']}"


def mandate(file: CaseFile) -> Document:
    """代办服务委托书, as it was signed at the home, or to be signed on paper. Under a signature stands what was signed:
    what the case says of the same today is printed on a form for a pen only."""
    given = file.mandates[-1] if file.mandates else {}
    return _as_signed(file, given) if given.get("signers") else _to_sign(file, given)


def _as_signed(file: CaseFile, given: Mapping[str, Any]) -> Mandate:
    agent = given.get("agent") or ""
    named = file.owner if file.owner.name == agent else Agent(name=agent)
    return _mandate(file, given, given.get("principal") or {}, named)


def _to_sign(file: CaseFile, given: Mapping[str, Any]) -> Mandate:
    principal: Mapping[str, Any] = given.get("principal") or {"phone": file.values.get("phone")}
    known = {"name": file.applicant, "identity_number": file.values.get("identity_number")}
    usual = {
        "matter": file.matter,
        "powers": ("代为递交申请和材料", "代为办理补正", "代为领取结果"),
        "signers": ({"name": file.applicant},),
    }
    told = {**usual, **{name: value for name, value in given.items() if value}}
    return _mandate(file, told, {**known, **{name: value for name, value in principal.items() if value}}, file.owner)


def _mandate(file: CaseFile, given: Mapping[str, Any], principal: Mapping[str, Any], agent: Agent) -> Mandate:
    since = _date(given.get("valid_from")) or _signed(given) or file.today
    return Mandate(
        office=file.office,
        issued=since,
        number=file.number,
        principal=Party(
            name=principal.get("name") or "",
            identity=veiled(principal.get("identity_number")),
            phone=principal.get("phone") or "",
            address=_address(file.village, str(file.home.get("address") or "")),
        ),
        agent=agent,
        matter=given.get("matter") or "",
        powers=tuple(given.get("powers") or ()),
        valid_from=since,
        valid_until=_date(given.get("valid_until")) or since + min(YEAR, datetime.date.max - since),
        signers=tuple(map(_signer, given.get("signers") or ())),
        place=given.get("place") or "",
        note=given.get("note") or "",
    )


def _signed(given: Mapping[str, Any]) -> datetime.date | None:
    """The day on which the last of them signed it, if any did."""
    return max((local_day(one["at"]) for one in given.get("signers") or () if one.get("at")), default=None)


def _address(village: str, address: str) -> str:
    return address if address.startswith(village) else f"{village} {address}".rstrip()


def delivery(file: CaseFile) -> Document:
    """送达回证; before the delivery a form that goes along. What was withdrawn has nothing to deliver."""
    if file.values.get("end") == "withdrawn":
        raise Refusal("print.not_yet")
    done = file.values.get("delivery") or {}
    titles = {"not_accepted": "不予受理通知书", "refused": case_papers.refusal_title(file)}
    document = titles.get(file.values.get("end") or "", "办理结果")
    file = file.when("delivered")
    return DeliveryRecord(
        office=file.office,
        issued=file.day("ended_at"),
        number=file.number,
        case=file.number,
        item=file.matter,
        recipient=file.applicant,
        document=document,
        document_number=file.number,
        how=HOW.get(done.get("how") or "", ""),
        place=file.village,
        signed_by=done.get("to") or "",
        signed=local_day(done["at"]) if done else None,
        deliverers=(file.who("delivered", otherwise=file.owner),),
        note=done.get("note") or "",
    )


def withdrawal(file: CaseFile) -> Document:
    """撤回申请登记单, of what the applicant withdrew."""
    act = next((one for one in file.acts if one.name == "withdraw"), None)
    if act is None:
        raise Refusal("print.not_yet")
    then = file.then(act.position)
    came = then.values.get("started_at") or then.values.get("received_at")
    return Withdrawal(
        office=file.office,
        issued=act.day,
        number=file.number,
        case=file.number,
        applicant=then.applicant,
        item=then.matter,
        state=KINDS["application"].states[act.before],
        reason=act.told.get("reason") or "",
        taken_by=act.by,
        came=local_day(came) if came else None,
        papers=then.papers(),
    )


def handovers(file: CaseFile) -> list[Document]:
    """工作交接清单 of the case alone, one for each time that it changed hands by name."""
    states, acts = KINDS["application"].states, list(case_papers.told(file, "hand_over"))
    remembered = file.values.get("handovers") or ()  # the last ones, of a case that changed hands more often
    return [
        HandoverList(
            office=file.office,
            issued=act.day,
            number=file.number,
            giver=Agent(name=told.get("from") or ""),
            taker=Agent(name=told.get("to") or ""),
            post=file.values.get("window") or "",
            reason=told.get("reason") or "",
            cases=(
                HandedCase(
                    number=file.number,
                    applicant=then.applicant,
                    item=then.matter,
                    status=states[act.before],
                    due=act.due,
                ),
            ),
        )
        for (act, then), told in zip(acts[len(acts) - len(remembered) :], remembered, strict=True)
    ]


def _steps(file: CaseFile) -> Iterator[Step]:
    """What was done, signed by whoever did it, and what is to come, for a pen."""
    for act in file.acts:
        made = _step(act, file)
        if made is not None:
            yield made
    if file.values.get("ended_at"):
        return
    if not file.values.get("accepted_at"):
        yield Step(name="受理")
    done = {act.told["step"] for act in file.acts if act.name == "pause"}
    for step in file.item.get("special_steps") or ():
        if step["name"] not in done:
            yield Step(name=step["name"])
    yield Step(name="办结")


def _step(act: Act, file: CaseFile) -> Step | None:
    """An act as a line of the work order; None for those that have none."""
    told = act.told
    unit: Unit = "calendar" if (file.values.get("promised") or {}).get("unit") == "calendar" else "working"
    named = {
        "receive": ("收件登记", "", ""),
        "notify": ("一次性告知", "", f"缺{_names(told)}"),
        "notified": ("上门一次性告知", "", f"缺{_names(told)}"),
        "complement": ("补正收齐", "", ""),
        "brought": ("补交材料", "", "、".join(told.get("papers") or ())),
        "accept": ("受理", "", "急难先办，材料后补" if told.get("papers_days") else "材料齐全，予以受理"),
        "finish": ("受理、办结", "", "材料齐全，当场办结"),
        "send_up": ("上报", _length(told, "working"), f"报{told.get('to') or ''}"),
        "answered": ("上级答复", "", told.get("note") or "已答复"),
        "extend": ("批准延期", _length(told, unit), told.get("reason") or ""),
        "pause": (told.get("step") or "", _length(told, "calendar"), told.get("reason") or ""),
        "hand_over": ("移交", "", told.get("reason") or ""),
        "complete": ("办结", "", ""),
        "correct": ("更正", "", told.get("reason") or ""),
        "decline": ("不予受理", "", ""),
        "refuse": ("不予办理", "", ""),
        "withdraw": ("申请人撤回", "", ""),
    }.get(act.name)
    if named is None:
        return None
    name, limit, opinion = named
    return Step(name=name, limit=limit, opinion=opinion, signed_by=act.by, signed=act.day)


def _names(told: Mapping[str, Any]) -> str:
    return "、".join(one["name"] for one in told.get("missing") or ())


def _length(told: Mapping[str, Any], unit: Unit) -> str:
    return length_words(told["days"], unit) if told.get("days") else ""


def _signer(given: Mapping[str, Any]) -> Signer:
    mark = given.get("mark")
    return Signer(
        name=given.get("name") or "",
        relation=given.get("relation") or "",
        mark=mark if mark in ("drawn", "fingerprint") else "either",
        witness=given.get("witness") or "",
        signed=local_day(given["at"]) if given.get("at") else None,
    )


def _date(text: Any) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None
