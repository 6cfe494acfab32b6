"""What a resident sees of a case with its number and code: how it stands, in words, and nothing of anybody else.

The number is the case's or the collection slip's; the code comes with both. Wrong codes make the next try wait
(`accounts.lockout`).
"""

import datetime
import hmac
import unicodedata
from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from sqlalchemy import bindparam, or_, select

from daiban_schemas.kinds import KINDS
from daiban_schemas.slip import code_of
from daiban_server.db import schema
from daiban_server.db.program import Program, rows
from daiban_server.limits.calendar import local_day
from daiban_server.rating_secret import may_rate
from daiban_server.spine import views

_s, _r, _d = schema.case_sheet.c, schema.rating.c, schema.deadline.c
_NUMBERED = (
    select(_s.centre, _s.id)
    .where(or_(_s.number == bindparam("wanted"), _s.slip == bindparam("wanted")), bindparam("wanted") != "")
    .limit(20)
)
_RATED = select(_r.level).where(_r.centre == bindparam("centre_id"), _r.id == bindparam("case_id"))
_PROMISE = select(_d.due, _d.why).where(
    _d.centre == bindparam("centre_id"), _d.case == bindparam("case_id"), _d.kind == "promise"
)
_i = schema.opinion_sheet.c
_ANSWERED = (
    select(_i.id)
    .where(_i.centre == bindparam("centre_id"), _i.application == bindparam("case_id"), _i.answered.is_not(None))
    .order_by(_i.id)
)
LONGEST = 40


class Step(Struct, frozen=True):
    """Something that happened, on a day."""

    day: str
    words: str


class Answer(Struct, frozen=True):
    """What the centre answered, on a day."""

    day: str
    text: str


class Shown(Struct, frozen=True):
    """A case as its applicant may see it. `missing` is what was told to be missing, until `bring_by`; `result` is
    what was decided or why not; `paused` is a step whose days do not count; `rating` the level given, 1 to 5,
    `answers` what the centre answered to whoever has the case."""

    number: str
    item: str
    applicant: str
    status: str
    due: str | None
    due_why: str
    missing: list[str]
    bring_by: str | None
    result: str
    paused: str
    handler: str
    steps: list[Step]
    may_rate: bool
    rating: int | None
    answers: list[Answer]


def find(number: str, code: str) -> Program[tuple[bytes, bytes] | None]:
    """The centre and id of the case that has this number and code."""
    found = yield from numbered(number)
    return next((one for one in found if opens(one[1], code)), None)


def opens(case: bytes, code: str) -> bool:
    """Whether somebody has the code of a case, however he writes it."""
    return hmac.compare_digest(written(code).encode(), code_of(case).encode())


def numbered(number: str) -> Program[list[tuple[bytes, bytes]]]:
    """The cases that have this number, or whose slip has it: one, unless two phones made the same."""
    if not 0 < len(number) <= LONGEST or "\x00" in number:
        return []
    return [(centre, case) for centre, case in (yield from rows(_NUMBERED, wanted=written(number)))]


def written(text: str) -> str:
    """A number or code as slips have it, however somebody typed it: small letters, or full width (ＪＭ－２０２６)."""
    return unicodedata.normalize("NFKC", text).strip().upper()


def show(centre: bytes, case: bytes) -> Program[Shown]:
    """What its applicant may see."""
    (found,) = yield from views.shown(views.BY_ID, centre, record_id=case)
    rated = yield from rows(_RATED, centre_id=centre, case_id=case)
    values, status = found.view.values, found.status or "submitted"
    item = yield from _item_name(values.get("item"))
    waiting = status == "awaiting"
    notice = values.get("notice") or {}
    return Shown(
        values.get("number") or "",
        item,
        veiled(values.get("applicant") or ""),
        KINDS["application"].states[status],
        values.get("due"),
        (yield from _why(centre, case, values)),
        [one["name"] for one in notice.get("missing") or ()] if waiting else [],
        notice.get("until") if waiting else None,
        (values.get("result") or values.get("reason") or "") if values.get("ended_at") else "",
        _paused(values),
        values.get("handler") or "",
        list(_steps(values)),
        may_rate(values) and not rated,
        rated[0][0] if rated else None,
        (yield from _answers(centre, case, values.get("phone"))),
    )


def _answers(centre: bytes, case: bytes, phone: Any) -> Program[list[Answer]]:
    """Answers to the rating, and to opinions about the case from its own telephone: another's is nobody's business."""
    found = []
    for (opinion,) in (yield from rows(_ANSWERED, centre_id=centre, case_id=case)):
        for one in (yield from views.shown(views.BY_ID, centre, record_id=opinion)):
            values = one.view.values
            own = values.get("channel") == "rating" or (phone and values.get("phone") == phone)
            if own and values.get("answer") and values.get("answered_at"):
                found.append(Answer(_day(values["answered_at"]), values["answer"]))
    return found


def _why(centre: bytes, case: bytes, values: Mapping[str, Any]) -> Program[str]:
    """Why the promised day is that day, and how it stands today. What stands in the case was said on the day of the
    promise; where the limit moved since, nothing is said of how it stands."""
    why = str(values.get("due_why") or "")
    for due, today in (yield from rows(_PROMISE, centre_id=centre, case_id=case)):
        if due == values.get("due"):
            return str(today)
    return f"{why.partition('；')[0].rstrip('。')}。" if why else ""


def veiled(name: str) -> str:
    """张桂兰 → 张**: who has the code knows the rest."""
    return name[:1] + "*" * (len(name) - 1)


def _item_name(reference: Any) -> Program[str]:
    if not isinstance(reference, str):
        return ""
    found = yield from views.shown(views.BY_ID, bytes(16), record_id=bytes.fromhex(reference))
    return str(found[0].view.values.get("name") or "") if found else ""


def _steps(values: Mapping[str, Any]) -> list[Step]:
    asked = values.get("follow_up") or {}
    told = [
        (values.get("started_at"), "收件"),
        (values.get("received_at"), "登记编号"),
        ((values.get("notice") or {}).get("at"), "一次性告知缺少的材料"),
        (values.get("complemented_at"), "材料补齐"),
        (values.get("accepted_at"), "受理"),
        ((values.get("sent_up") or {}).get("at"), "上报"),
        (values.get("ended_at"), KINDS["application"].states.get(values.get("end") or "", "办结")),
        ((values.get("delivery") or {}).get("at"), "送达"),
        (asked.get("at"), "回访未联系上" if asked.get("outcome") == "not_reached" else "回访"),
    ]
    # What was done in one act keeps the order in which it stands here.
    return [Step(_day(at), words) for at, words in sorted(((at, words) for at, words in told if at), key=_moment)]


def _moment(step: tuple[int, str]) -> int:
    return step[0]


def _paused(values: Mapping[str, Any]) -> str:
    pauses = values.get("pauses") or []
    return str(pauses[-1].get("step") or "") if pauses and not pauses[-1].get("until") else ""


def _day(at: int) -> str:
    day: datetime.date = local_day(at)
    return day.isoformat()
