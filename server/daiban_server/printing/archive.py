"""The file of a finished case (代办资料归档): cover, contents and closing sheet around its papers, in binding order."""

import datetime
from collections.abc import Callable
from typing import NamedTuple

from daiban_schemas.labels import RATINGS
from daiban_server.features.papers.documents import (
    ArchiveContents,
    ArchiveCover,
    ClosingSheet,
    Document,
    Leaf,
    filed,
)
from daiban_server.features.papers.documents.archive import Part
from daiban_server.limits.calendar import local_day
from daiban_server.printing import case_papers
from daiban_server.printing.case_file import CaseFile
from daiban_server.spine.refusal import Refusal

KEEP = "30 年"


class _Bound(NamedTuple):
    """A paper of the file: what prints it, if the system does."""

    part: Part
    title: str
    dated: datetime.date | None
    author: str = ""
    document: Document | None = None
    note: str = ""


def file_of(file: CaseFile) -> list[Document]:
    """All papers of an archived case, the cover first. Raises `Refusal("print.not_yet")` before the archive."""
    archive = file.values.get("archive")
    if not archive:
        raise Refusal("print.not_yet")
    bound = _bound(file)
    leaves = filed(
        Leaf(
            part=one.part,
            title=one.title,
            pages=str(n),
            author=one.author,
            dated=one.dated,
            note=one.note,
            number=str(file.values.get("number") or ""),
        )
        for n, one in enumerate(bound, 1)
    )
    by, issued = archive.get("by") or "", local_day(archive["at"])
    pieces = len(bound)
    cover = ArchiveCover(
        office=file.office,
        issued=issued,
        title=file.title,
        category=file.values.get("window") or "",
        applicant=file.values.get("applicant") or "",
        case=file.values.get("number") or "",
        accepted=local_day(file.values.get("accepted_at") or file.values.get("received_at") or archive["at"]),
        ended=file.day("ended_at"),
        result=file.values.get("result") or file.values.get("reason") or "",
        keep=KEEP,
        pieces=pieces,
        pages=pieces,
        filed_by=by,
    )
    contents = ArchiveContents(office=file.office, issued=issued, title=file.title, leaves=leaves)
    closing = ClosingSheet(
        office=file.office,
        issued=issued,
        title=file.title,
        pieces=pieces,
        pages=pieces,
        remarks=f"材料照片 {len(file.photos)} 件存于系统，其余已装订。",
        filed_by=by,
        undelivered="" if file.values.get("delivery") else archive.get("reason") or "",
    )
    return [cover, contents, *(one.document for one in bound if one.document is not None), closing]


def _bound(file: CaseFile) -> list[_Bound]:
    values, handler = file.values, file.handler.name
    found: list[_Bound] = []

    def printed(part: Part, title: str, make: Callable[[CaseFile], Document]) -> None:
        try:
            document = make(file)
        except Refusal:
            return
        found.append(_Bound(part, title, document.issued, handler, document))

    printed("acceptance", "受理通知书", case_papers.acceptance)
    printed("acceptance", "不予受理通知书", case_papers.non_acceptance)
    if file.mandates:
        printed("mandate", "代办服务委托书", case_papers.mandate)
    printed("missing", "一次性告知书", case_papers.notice)
    if back := values.get("complemented_at"):
        found.append(_Bound("missing", "补正材料", local_day(back), values.get("applicant") or ""))
    found += [
        _Bound("application", photo.get("paper") or "材料照片", _taken(photo), note="照片存于系统")
        for photo in file.photos
    ]
    printed("work_order", "承办单", case_papers.work_order)
    printed("result", "不予办理决定书", case_papers.refusal)
    if values.get("delivery"):
        printed("delivery", "送达回证", case_papers.delivery)
    if asked := values.get("follow_up"):
        found.append(_Bound("follow_up", "回访记录", local_day(asked["at"]), asked.get("by") or ""))
    if file.rating:
        found.append(_Bound("follow_up", f"群众评价:{RATINGS[file.rating[0]]}", file.rating[1]))
    return found


def _taken(photo: object) -> datetime.date | None:
    at = photo.get("taken_at") if isinstance(photo, dict) else None
    return local_day(at) if at else None
