"""查看记录: who was shown what, when, and why; and whether the record of it is whole."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from litestar import get
from litestar.response import Template
from sqlalchemy import bindparam, or_, select

from daiban_schemas.labels import MODES
from daiban_server.audit import ACTS
from daiban_server.console import words
from daiban_server.console.languages.retelling import retold
from daiban_server.console.languages.spoken import say
from daiban_server.console.pages import Asked, show
from daiban_server.console.words import Moment
from daiban_server.db import schema
from daiban_server.db.program import Program, rows
from daiban_server.features.figures.tables import narrowed_to
from daiban_server.http.auditing import AuditLine, narrowed, shown, unpacked
from daiban_server.http.problems import ProblemError
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.reasons import REASONS
from daiban_server.services import GivenServices
from daiban_sync.ids import NOBODY

LISTED = 50
_FILTERS = ("act", "person", "centre", "first", "last")
_p, _c = schema.person.c, schema.centre.c
_PEOPLE = (
    select(_p.id, _p.name, _c.name)
    .select_from(schema.person.join(schema.centre, _c.id == _p.centre))
    .where(or_(bindparam("everywhere") == 1, _p.centre == bindparam("centre_id")), _p.login.is_not(None))
    .order_by(_c.name, _p.name)
)
_CENTRES = select(_c.id, _c.name).where(_c.id != NOBODY).order_by(_c.name)


_NARROWED = re.compile(r" (window|mode|item|place|person|owner)=(\S*)")
"""How the log once said what a file of figures was narrowed to."""


class Line(NamedTuple):
    """An act as the page shows it."""

    at: Moment
    centre: str
    name: str
    label: str
    told: str
    reason: str
    number: int


@get("/audit", opt={"action": "audit.read"})
async def audit_page(request: Asked, session: GivenSession, services: GivenServices) -> Template:
    """The acts that fit the filters, newest first. ``check=1`` goes through every chain too."""
    asked = {name: request.query_params.get(name, "").strip() for name in _FILTERS}
    cursor, checked = request.query_params.get("cursor", ""), request.query_params.get("check") == "1"
    wrong, behind = "", unpacked(cursor)
    try:
        wanted = narrowed(session, **asked, subject="")
    except ProblemError:
        wrong = "日期、人员或中心不对，下面没有按它们筛选。"
        wanted = narrowed(session, **dict.fromkeys(_FILTERS, ""), subject="")

    def program() -> Program[Mapping[str, Any]]:
        found = yield from shown(wanted, behind, LISTED, checked=checked)
        people = yield from rows(_PEOPLE, everywhere=int(_anywhere(session)), centre_id=session.clerk.centre)
        centres = (yield from rows(_CENTRES)) if _anywhere(session) else []
        named = {id_.hex(): name for id_, name in centres} | {NOBODY.hex(): "区"}
        return {
            "lines": [_line(one, services.now()) for one in found.lines],
            "more": _address(asked, found.next) if found.next else "",
            "people": [(id_.hex(), name, centre if centres else "") for id_, name, centre in people],
            "centres": [(id_.hex(), name) for id_, name in centres],
            "broken": None
            if found.broken is None
            else [(named.get(one.centre, ""), one.number) for one in found.broken],
        }

    return await show(
        "audit",
        services,
        session,
        program(),
        here="audit",
        title="查看记录",
        asked=asked,
        acts=ACTS,
        wrong=wrong,
        first_page=not cursor,
        check=_address(asked, "", check="1"),
        everywhere=_anywhere(session),
    )


def _anywhere(session: SignedIn) -> bool:
    return session.role == "auditor"


def _address(asked: Mapping[str, str], cursor: str, **more: str) -> str:
    query = {name: value for name, value in {**asked, "cursor": cursor, **more}.items() if value}
    return f"/audit?{urlencode(query)}"


def _line(one: AuditLine, now: int) -> Line:
    at = words.moment(one.at, now)
    told = retold(_NARROWED.sub(_in_words, one.told) if one.act == "figures.export" else one.told)
    return Line(at, one.centre_name, one.name or "系统", one.label, told, _why(one.reason), one.number)


def _in_words(found: re.Match[str]) -> str:
    return "，" + narrowed_to(found[1], MODES.get(found[2], found[2]))


def _why(reason: str) -> str:
    """A reason as it is kept (`reasons.in_words`): what was chosen, and what somebody added."""
    chosen, _, added = reason.partition("：")
    return say("{0}：{1}", chosen, added) if added and chosen in (*REASONS.values(), "其他") else reason
