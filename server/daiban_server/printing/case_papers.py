"""What the applicant of a case is handed, made of the case's file. What has not happened yet cannot be printed:
``print.not_yet``."""

import datetime
from collections.abc import Callable, Iterator, Sequence
from typing import Literal

from msgspec.structs import replace

from daiban_server.features.affairs.board import RESULTS
from daiban_server.features.cases.arriving import TIME_TO_BRING
from daiban_server.features.papers.documents import (
    AcceptanceNotice,
    CollectionSlip,
    Document,
    ExtensionNotice,
    NonAcceptanceNotice,
    Notice,
    OneTimeNotice,
    Paper,
    PauseNotice,
    Receipt,
    Refusal,
    Remedy,
    ResultSlip,
)
from daiban_server.limits.sentences import length_words
from daiban_server.printing.acts import Act, expected
from daiban_server.printing.case_file import CaseFile, missing_of
from daiban_server.spine.refusal import Refusal as Refused

ENDS = {**RESULTS, "withdrawn": "申请人撤回"}
"""What a case without a result of its own came to; `RESULTS` are those that are public."""
RECEIVING = ("receive", "notify", "accept", "decline", "finish", "refuse", "withdraw")
"""Acts with which a case is received, if it was not before."""
ACCEPTING = ("accept", "finish")
REVIEW, COURT = "区人民政府", "区人民法院"


def slip(file: CaseFile, size: Literal["roll", "a5"] = "roll") -> Document:
    """收件凭证, for papers that were collected."""
    arrived = _arrived(file)
    file = file.then(arrived) if arrived else file
    number = (file.values.get("slip") or {}).get("number") or file.values.get("number") or ""
    return CollectionSlip(
        office=file.office,
        issued=file.came,
        number=number,
        code=file.code,
        applicant=file.applicant,
        item=file.matter,
        agent=next((act.who for act in file.acts if act.position == arrived), file.owner),
        place=file.village,
        papers=file.named(_taken_then(file)),
        missing=_missing_then(file),
        qr=file.qr,
        size=size,
    )


def _arrived(file: CaseFile) -> int | None:
    """Where the act stands that `CaseFile.came` is the day of."""
    done = {act.name: act.position for act in reversed(file.acts)}
    numbered = [done[name] for name in RECEIVING if name in done] if file.values.get("received_at") else []
    return done.get("collected") or min(numbered, default=done.get("submit"))


def _taken_then(file: CaseFile) -> Sequence[str]:
    """The names of the papers that were taken when the slip was written."""
    collected: Sequence[str] | None = next(
        (act.told.get("papers") for act in file.acts if act.name == "collected"), None
    )
    return file.values.get("papers") or () if collected is None else collected


def _missing_then(file: CaseFile) -> tuple[Paper, ...]:
    """What was told to be missing when the slip was written: at the home, or at the counter on the day of its receipt.
    What the centre missed later stands in its own notice."""
    at_home = [act for act in file.acts if act.name == "notified"]
    told = at_home or [act for act in file.acts if act.name == "notify" and act.day == file.came]
    return missing_of(told[-1].told) if told else ()


def notices(file: CaseFile) -> list[Document]:
    """一次性告知书, one for each time that something was told to be missing: more than one is the centre's fault."""
    return [
        OneTimeNotice(
            office=file.office,
            issued=act.day,
            number=file.number,
            applicant=then.applicant,
            item=then.matter,
            received=min(file.came, act.day),
            missing=missing_of(act.told),
            handler=act.by,
            until=_until(act),
        )
        for act, then in told(file, "notify", "notified")
    ]


def told(file: CaseFile, *names: str) -> Iterator[tuple[Act, CaseFile]]:
    """Each act of these names, with the case as it stood then."""
    return ((act, file.then(act.position)) for act in file.acts if act.name in names)


def _until(act: Act) -> datetime.date:
    """The last day to bring it: as was said, else as many days later as is usual."""
    if day := act.told.get("until"):
        return datetime.date.fromisoformat(day)
    return act.day + datetime.timedelta(days=act.told.get("days") or TIME_TO_BRING)


def acceptance(file: CaseFile) -> Document:
    """受理通知书."""
    file = file.when(*ACCEPTING)
    return AcceptanceNotice(
        office=file.office,
        issued=file.day("accepted_at"),
        number=file.number,
        applicant=file.applicant,
        item=file.matter,
        received=file.came,
        accepted=file.day("accepted_at"),
        papers=file.papers(),
        limit=file.limit,
        handler=file.who(*ACCEPTING, otherwise=file.handler).name,
        due=file.first_due,
        uncounted=tuple(one["name"] for one in file.item.get("special_steps") or () if not one.get("counted")),
        deemed=file.deemed,
        papers_until=file.papers_later,
        code=file.code,
        qr=file.qr,
    )


def receipt(file: CaseFile, size: Literal["roll", "a5"] = "a5") -> Document:
    """办件回执."""
    file = file.when(*ACCEPTING)
    return Receipt(
        office=file.office,
        issued=file.day("accepted_at"),
        number=file.number,
        code=file.code,
        applicant=file.applicant,
        item=file.matter,
        window=file.values.get("window") or "",
        accepted=file.taken,
        limit=file.limit,
        due=file.first_due,
        qr=file.qr,
        size=size,
    )


def result(file: CaseFile, secret: str, size: Literal["roll", "a5"] = "a5") -> Document:
    """办结回执, with the secret that rates the case for whoever may print it. Raises
    `Refusal("print.not_yet")` before its end."""
    file = file.when("finish", "complete", "decline", "refuse", "withdraw")
    return ResultSlip(
        office=file.office,
        issued=file.day("ended_at"),
        number=file.number,
        code=file.code,
        applicant=file.applicant,
        item=file.matter,
        accepted=file.taken if file.values.get("accepted_at") else None,
        result=str(file.values.get("result") or ENDS.get(file.values.get("end") or "", "已办结")),
        ended=file.day("ended_at"),
        handler=file.values.get("handler") or file.handler.name,
        secret=secret,
        qr=file.qr,
        size=size,
    )


def extensions(file: CaseFile) -> list[Document]:
    """延期告知书, one for each time that the limit was extended."""
    return [
        ExtensionNotice(
            office=file.office,
            issued=act.day,
            number=file.number,
            applicant=then.applicant,
            item=then.matter,
            accepted=then.taken,
            longer=length_words(act.told["days"], file.values["promised"]["unit"]),
            reason=act.told["reason"],
            approved_by=f"中心负责人{act.by}",
            was=act.was,
            due=act.due,
        )
        for act, then in told(file, "extend")
    ]


def pauses(file: CaseFile) -> list[Document]:
    """特殊环节告知书, one for each step that did not count."""
    return [
        PauseNotice(
            office=file.office,
            issued=act.day,
            number=file.number,
            applicant=then.applicant,
            item=then.matter,
            accepted=then.taken,
            step=act.told["step"],
            reason=act.told["reason"],
            handler=act.by,
            length=length_words(act.told["days"], "calendar") if act.told.get("days") else "",
            was=act.due,
            expected=expected(file.acts, file.acts.index(act), then.values, then.item, file.calendar),
        )
        for act, then in told(file, "pause")
    ]


def refusal_title(file: CaseFile) -> str:
    """What a refusal is called: a licence is not permitted (不予许可), anything else not done (不予办理)."""
    return "不予许可决定书" if _remedy(file.when("refuse")) else "不予办理决定书"


def non_acceptance(file: CaseFile) -> Document:
    """不予受理通知书."""
    _only(file, "not_accepted")
    file = file.when("decline")
    return NonAcceptanceNotice(
        office=file.office,
        issued=file.day("ended_at"),
        number=file.number,
        applicant=file.applicant,
        item=file.matter,
        received=file.came,
        reason=file.values.get("reason") or "",
        elsewhere=_elsewhere(file),
        basis=file.item.get("basis") or "",
        remedy=_remedy(file),
    )


def refusal(file: CaseFile) -> Document:
    """不予办理决定书; for a licence 不予许可决定书 (see `refusal_title`)."""
    _only(file, "refused")
    file = file.when("refuse")
    return Refusal(
        office=file.office,
        issued=file.day("ended_at"),
        number=file.number,
        applicant=file.applicant,
        item=file.matter,
        received=file.came,
        accepted=file.taken if file.values.get("accepted_at") else None,
        reason=file.values.get("reason") or "",
        elsewhere=_elsewhere(file),
        basis=file.item.get("basis") or "",
        remedy=_remedy(file),
    )


def _only(file: CaseFile, end: str) -> None:
    if file.values.get("end") != end:
        raise Refused("print.not_yet")


def _remedy(file: CaseFile) -> Remedy | None:
    return Remedy(review=REVIEW, court=COURT) if file.item.get("type") == "permit" else None


def _elsewhere(file: CaseFile) -> str:
    phone = f"（{file.office.phone}）" if file.office.phone else ""
    return f"如有疑问，可向本中心{phone}或“办不成事”反映窗口咨询；条件具备后可以重新申请。"


def latest(made: Callable[[CaseFile], Sequence[Document]]) -> Callable[[CaseFile], Document]:
    """The last of papers of which a case may have several."""

    def one(file: CaseFile) -> Document:
        papers = made(file)
        if not papers:
            raise Refused("print.not_yet")
        return papers[-1]

    return one


def as_reprint(document: Document, today: datetime.date) -> Document:
    """A notice that is printed on a later day than it tells of says so (补打)."""
    if isinstance(document, Notice) and document.issued < today:
        return replace(document, reprinted=today)
    return document
