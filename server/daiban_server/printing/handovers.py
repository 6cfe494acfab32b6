"""工作交接清单 of a handover: what was handed, or before it begins what would be."""

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import bindparam, select

from daiban_schemas.kinds import KINDS
from daiban_server.db import schema
from daiban_server.db.program import Program, first
from daiban_server.features.papers.documents import Document, HandedCase, HandoverList
from daiban_server.features.posts import open_work
from daiban_server.features.posts.words import TYPES
from daiban_server.printing.case_file import agent_of, office_of
from daiban_server.spine import views
from daiban_server.spine.refusal import Refusal

_s = schema.case_sheet.c
_APPLICANT = select(_s.applicant).where(_s.centre == bindparam("centre_id"), _s.id == bindparam("case_id"))
BY_KIN = "回避，另行移交"
"""What stands beside a case that the one who takes over may not have."""


def handover(centre: bytes, record: bytes, supervisor: str, today: datetime.date) -> Program[Document]:
    """The list of one handover, with what was said and what is at the places. Raises `Refusal("record.unknown")`, and
    ``handover.nobody`` for one that was not arranged."""
    found = yield from views.shown(views.BY_ID, centre, record_id=record)
    if not found or found[0].view.kind != "handover":
        raise Refusal("record.unknown")
    values = found[0].view.values
    arranged = values.get("arranged")
    if not arranged:
        raise Refusal("handover.nobody", ("to",))
    cases = yield from _handed(centre, record, values, bytes.fromhex(arranged["person"]))
    answers = yield from _answers(centre, values, bytes.fromhex(arranged["person"]))
    return HandoverList(
        office=(yield from office_of(centre)),
        issued=today,
        giver=(yield from agent_of(arranged["person"])),
        taker=(yield from agent_of(arranged["to"])),
        post="、".join(values.get("place_names") or ()),
        reason="，".join(filter(None, (TYPES[arranged["type"]], values.get("reason")))),
        cases=tuple(cases),
        things=(*answers, *(values.get("note") or "").splitlines()),
        supervisor=supervisor,
    )


def _handed(centre: bytes, record: bytes, values: Mapping[str, Any], giver: bytes) -> Program[list[HandedCase]]:
    """The cases of the note, or before it begins those that would stand in it. What a later stand-in may not have
    stands in both of its parts, and is on paper once."""
    if values.get("cases") is None:
        opened = yield from open_work.cases(centre, giver)
        return (yield from _cases(centre, [(one.id, one.told()) for one in opened], ""))
    ids = yield from open_work.named(centre, record)
    over, kept = ([(ids[one["sign"]], one) for one in values.get(name) or ()] for name in ("cases", "kept"))
    over = [one for one in over if one[0] not in dict(kept)]
    return (yield from _cases(centre, over, "")) + (yield from _cases(centre, kept, BY_KIN))


def _answers(centre: bytes, values: Mapping[str, Any], giver: bytes) -> Program[list[str]]:
    """Receptions and opinions that wait for an answer, a line each: of the note, or before it begins those that would
    stand in it."""
    receptions, opinions = values.get("receptions"), values.get("opinions")
    if values.get("cases") is None:
        receptions = [one.noted() for one in (yield from open_work.receptions(centre, giver))]
        opinions = [one.noted() for one in (yield from open_work.opinions(centre, giver))]
    return [f"接待{one['number']}：还没有结果" for one in receptions or ()] + [
        f"意见反映{one['number']}：待答复，期限{one.get('due') or '未定'}" for one in opinions or ()
    ]


def _cases(centre: bytes, told: Iterable[tuple[bytes, Mapping[str, Any]]], note: str) -> Program[list[HandedCase]]:
    states, made = KINDS["application"].states, []
    for case, one in told:
        row = yield from first(_APPLICANT, centre_id=centre, case_id=case)
        due = datetime.date.fromisoformat(one["due"]) if one.get("due") else None
        made.append(
            HandedCase(
                number=one.get("number") or "",
                applicant=row[0] if row else (yield from _of_record(centre, case)),
                item=one.get("item") or "",
                status=states.get(one.get("status") or "", ""),
                due=due,
                note=note,
            )
        )
    return made


def _of_record(centre: bytes, case: bytes) -> Program[str]:
    """The applicant of a case that the centre was not handed yet."""
    found = yield from views.shown(views.BY_ID, centre, record_id=case)
    return str(found[0].view.values.get("applicant") or "") if found else ""
