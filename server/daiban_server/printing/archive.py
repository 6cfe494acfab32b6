"""The file of a finished case (代办资料归档): cover, contents and closing sheet around its papers, in binding order.

What the system prints is bound and its pages are numbered through, from the first paper after the contents; cover,
contents and closing sheet have no number, as archives do it. Photographs stay in the system, and what was done without
a paper (a sending-up, a follow-up) stands in the work order or the system: both have a line in the contents, no page.
"""

import datetime
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from daiban_schemas.labels import RATINGS
from daiban_server.features.cases.handling import papers_owed
from daiban_server.features.papers.documents import (
    ArchiveContents,
    ArchiveCover,
    ClosingSheet,
    Document,
    Leaf,
    in_order,
)
from daiban_server.features.papers.documents.archive import Part
from daiban_server.features.papers.render import lengths
from daiban_server.limits.calendar import local_day
from daiban_server.printing import application, case_papers, casework, consents
from daiban_server.printing.case_file import CaseFile
from daiban_server.spine.refusal import Refusal

KEEP = "30 年"
ROOM = 80
"""Characters of the result on the cover: with the longest title and names that a case may have it is still one page."""
_IN_THE_SYSTEM, _IN_THE_ORDER = "存于系统", "见承办单"
_WITHDRAWN = "撤回申请登记单"


class Volume(NamedTuple):
    """A file's documents; their pages are numbered through from `first` (an index) up to the closing sheet."""

    documents: list[Document]
    first: int


class _Bound(NamedTuple):
    """A paper of the file, and what prints it, if the system does."""

    leaf: Leaf
    document: Document | None = None


def file_of(file: CaseFile) -> Volume:
    """All papers of an archived case, the cover first. Raises `Refusal("print.not_yet")` before the archive. Sets them
    once to count their pages, so it takes as long as printing them."""
    archive = file.values.get("archive")
    if not archive:
        raise Refusal("print.not_yet")
    file = _as_closed(file)
    bound = in_order(_bound(file), lambda one: one.leaf)
    documents = [one.document for one in bound if one.document is not None]
    leaves, pages = _numbered(bound, iter(lengths(documents)) if documents else iter(()))
    by, issued = archive.get("by") or "", local_day(archive["at"])
    cover = ArchiveCover(
        office=file.office,
        issued=issued,
        title=file.title,
        category=file.values.get("window") or "",
        applicant=file.applicant,
        case=file.number,
        accepted=_begun(file),
        ended=file.day("ended_at"),
        result=_in_short(file),
        keep=KEEP,
        pieces=len(documents),
        pages=pages,
        filed_by=by,
    )
    contents = ArchiveContents(office=file.office, issued=issued, title=file.title, leaves=leaves)
    closing = ClosingSheet(
        office=file.office,
        issued=issued,
        title=file.title,
        pieces=len(documents),
        pages=pages,
        remarks=_remarks(file),
        filed_by=by,
        undelivered="" if file.values.get("delivery") else archive.get("reason") or "",
    )
    return Volume([cover, contents, *documents, closing], 2)


def _as_closed(file: CaseFile) -> CaseFile:
    """As the file was closed, however late it is printed: the work order is dated by its day, what was corrected
    since is told by papers of today, and what a cadre says since is in the system."""
    closing = next(one for one in reversed(file.acts) if one.name == "archive")
    acts = [one for one in file.acts if one.position <= closing.position]
    replies = [one for one in file.replies if one["at"] <= closing.at]
    closed = {"acts": acts, "replies": replies, "past": file.past.until(closing.position), "today": closing.day}
    return file.then(closing.position)._replace(**closed)


def _in_short(file: CaseFile) -> str:
    """The result as the cover has room for it: the cover is one page, and says where the whole text stands."""
    text = " ".join(casework.result_of(file).split())
    where = _IN_THE_ORDER if file.values.get("received_at") else f"见{_WITHDRAWN}"
    return text if len(text) <= ROOM else f"{text[: ROOM - 25]}……（全文{where}）"


def _begun(file: CaseFile) -> datetime.date:
    """The day on which the centre had it, as far as it came."""
    moments = (file.values.get(name) for name in ("accepted_at", "received_at", "submitted_at", "ended_at"))
    return local_day(next(filter(None, moments)))


def _numbered(bound: Sequence[_Bound], counts: Iterable[int]) -> tuple[tuple[Leaf, ...], int]:
    """The leaves with their pages in the file, and how many pages there are."""
    counted, last = iter(counts), 0
    leaves = []
    for leaf, document in bound:
        if document is None:
            leaves.append(leaf)
            continue
        first, last = last + 1, last + next(counted)
        leaves.append(replace(leaf, pages=str(first) if first == last else f"{first}-{last}"))
    return tuple(leaves), last


def _remarks(file: CaseFile) -> str:
    photos = f"材料照片 {len(file.photos)} 件存于系统。" if file.photos else ""
    why = str(file.values["archive"].get("reason") or "").strip().rstrip("。")
    owed = f"急难先办的材料未补交，原因：{why}。" if why and papers_owed(file.values) else ""
    return f"{photos}{owed}卷内目录所列有页号的文书均已装订；申请人交来的纸质材料附后，不编入上列页数。"


def _bound(file: CaseFile) -> list[_Bound]:
    return [
        *_of_arrival(file),
        *_of_the_application(file),
        *_of_visits(file),
        *_of_handling(file),
        *_of_the_end(file),
    ]


def _of_arrival(file: CaseFile) -> Iterable[_Bound]:
    yield from _made(file, "acceptance", "受理通知书", case_papers.acceptance, *case_papers.ACCEPTING)
    yield from _made(file, "acceptance", "不予受理通知书", case_papers.non_acceptance, "decline")
    if file.mandates:
        yield from _made(file, "mandate", "代办服务委托书", casework.mandate, "collected")
    for consent in consents.signed(file):
        yield _paper(consent, "mandate", consent.title, file.applicant)
    told = [one.by for one in file.acts if one.name in ("notify", "notified")]
    for notice, by in zip(case_papers.notices(file), told, strict=True):
        yield _paper(notice, "missing", "一次性告知书", by)
    if back := file.values.get("complemented_at"):
        yield _told("missing", "补正材料", local_day(back), file.applicant)


def _of_the_application(file: CaseFile) -> Iterable[_Bound]:
    yield _paper(application.application(file), "application", "申请表", file.applicant)
    # Where nothing was accepted it is the only paper that says that anything was handed in.
    if file.values.get("slip") or file.values.get("started_at") or not file.values.get("accepted_at"):
        yield from _made(file, "application", "收件凭证", lambda file: case_papers.slip(file, "a5"), "collected")
    for photo in file.photos:
        at = photo.get("taken_at")
        day = local_day(at) if at else None
        yield _told("application", photo.get("paper") or "材料照片", day, file.applicant, _IN_THE_SYSTEM)


def _of_visits(file: CaseFile) -> Iterable[_Bound]:
    for visit in file.visits:
        day = local_day(visit["start"]) if visit.get("start") else None
        yield _told("verification", "上门办理记录", day, visit.get("agent_name") or "", _IN_THE_SYSTEM)
    for seen in file.values.get("verifications") or ():
        people = "、".join(filter(None, (seen.get("by"), seen.get("with"))))
        yield _told("verification", "入户核验记录", local_day(seen["at"]), people, _IN_THE_SYSTEM)


def _of_handling(file: CaseFile) -> Iterable[_Bound]:
    """The work order, and behind it what happened to its limit and its people, in order of time."""
    yield from _made(file, "work_order", "承办单", casework.work_order, "accept")
    later = [
        *_several(file, "extend", "延期告知书", case_papers.extensions(file)),
        *_several(file, "pause", "特殊环节告知书", case_papers.pauses(file)),
        *_several(file, "hand_over", "工作交接清单", casework.handovers(file)),
        *(
            _told("work_order", f"报{act.told['to']}", act.day, act.by, _IN_THE_ORDER)
            for act in file.acts
            if act.name == "send_up"
        ),
    ]
    yield from sorted(later, key=lambda one: one.leaf.dated or file.today)


def _of_the_end(file: CaseFile) -> Iterable[_Bound]:
    yield from _made(file, "result", case_papers.refusal_title(file), case_papers.refusal, "refuse")
    yield from _made(file, "result", _WITHDRAWN, casework.withdrawal, "withdraw")
    if file.values.get("delivery"):
        yield from _made(file, "delivery", "送达回证", casework.delivery, "delivered")
    for reply in file.replies:
        behalf = reply["told"]["on_behalf_of"]
        by = f"{reply['by']}（代{behalf}）" if behalf else reply["by"]
        yield _told("follow_up", "定期回复", local_day(reply["effective"]), by, _IN_THE_SYSTEM)
    yield from _of_the_follow_up(file)
    if file.rating:
        level, day = file.rating
        yield _told("follow_up", f"群众评价：{RATINGS[level]}", day, file.applicant, _IN_THE_SYSTEM)


def _of_the_follow_up(file: CaseFile) -> Iterable[_Bound]:
    """Each day on which somebody tried in vain, and what the follow-up came to."""
    missed = {(local_day(one["at"]), one.get("by") or "") for one in file.values.get("follow_up_attempts") or ()}
    for day, by in sorted(missed):
        yield _told("follow_up", "回访记录（未联系上）", day, by, _IN_THE_SYSTEM)
    if asked := file.values.get("follow_up"):
        title = "结束回访（未联系上）" if asked.get("outcome") == "not_reached" else "回访记录"
        yield _told("follow_up", title, local_day(asked["at"]), asked.get("by") or "", _IN_THE_SYSTEM)


def _several(file: CaseFile, act: str, title: str, documents: Sequence[Document]) -> Iterable[_Bound]:
    """A paper for each time that something was done, by whoever did it."""
    authors = [one.by for one in file.acts if one.name == act]
    return (_paper(one, "work_order", title, by) for one, by in zip(documents, authors, strict=True))


def _made(file: CaseFile, part: Part, title: str, make: Callable[[CaseFile], Document], *acts: str) -> Iterable[_Bound]:
    """A paper if it can be printed; whoever did the act that it tells of is responsible for it (责任者)."""
    try:
        document = make(file)
    except Refusal:
        return
    yield _paper(document, part, title, file.who(*acts, otherwise=file.handler).name)


def _paper(document: Document, part: Part, title: str, author: str) -> _Bound:
    leaf = Leaf(part=part, title=title, pages="", number=document.number, author=author, dated=document.issued)
    return _Bound(leaf, document)


def _told(part: Part, title: str, dated: datetime.date | None, author: str, note: str = "") -> _Bound:
    return _Bound(Leaf(part=part, title=title, pages="", author=author, dated=dated, note=note))
