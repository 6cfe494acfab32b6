"""What hangs on the wall, stands on the desk, or is worn: guides, boards, badges."""

import datetime
from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, select

from daiban_schemas.labels import ITEM_TYPES, MODES, PAPER_FORMS
from daiban_server import offices
from daiban_server.db import schema
from daiban_server.db.program import Program, first
from daiban_server.features.affairs import board
from daiban_server.features.papers.documents import (
    Badge,
    DeskPlate,
    Document,
    DutyBoard,
    DutyPost,
    FlowStep,
    Paper,
    PublicResult,
    ResultList,
    WallSheet,
)
from daiban_server.limits.sentences import length_words
from daiban_server.printing.case_file import office_of
from daiban_server.spine import views
from daiban_server.spine.refusal import Refusal

_p = schema.person.c
_PLACE = select(schema.place.c.name).where(schema.place.c.id == bindparam("place_id"))
_PERSON = select(_p.name, _p.role, _p.phone, _p.badge).where(
    _p.id == bindparam("person_id"), _p.centre == bindparam("centre_id"), _p.active
)
ROLES = {"agent": "代办员", "clerk": "窗口工作人员", "cadre": "包联干部", "head": "中心负责人"}
NOT_STATED = "未注明"
"""Of a limit that the catalogue does not know: it does not say that there is none."""
PROMISE = "一次告知、限时办结、代办不收费，来有迎声、问有答声。"


def wall_sheet(centre: bytes, code: str, today: datetime.date) -> Program[Document]:
    """办事指南 of the current edition of an item. Raises `Refusal("item.unknown")`."""
    for window, listed in (yield from board.items()).items():
        for item in listed:
            if item["code"] == code:
                office, how = (yield from office_of(centre)), (yield from offices.reached(centre))
                made = _wall_sheet(item, window)
                return WallSheet(office=office, issued=today, hours=how.hours, **made)
    raise Refusal("item.unknown")


def _wall_sheet(item: Mapping[str, Any], window: str) -> dict[str, Any]:
    special = {one["name"]: one for one in item.get("special_steps") or ()}
    named = [*(item.get("flow") or ()), *(one for name, one in special.items() if not _in(name, item))]
    return {
        "item": item.get("name") or "",
        "code": item["code"],
        "type": ITEM_TYPES.get(item.get("type") or "", ""),
        "body": item.get("body") or "",
        "audience": item.get("audience") or "",
        "basis": item.get("basis") or "",
        "conditions": item.get("conditions") or "",
        "papers": tuple(_paper(one) for one in item.get("papers") or ()),
        "legal_limit": _limit(item.get("legal_limit")) or NOT_STATED,
        "promised_limit": _limit(item.get("promised_limit")) or NOT_STATED,
        "fee": item.get("fee") or "不收费",
        "fee_basis": item.get("fee_basis") or "",
        "flow": tuple(_step(one, special) for one in named),
        "window": window,
        "trips": f"{item['trips']} 次" if "trips" in item else "",
        "modes": "、".join(MODES[mode] for mode in item.get("modes") or () if mode in MODES),
        "note": item.get("note") or "",
    }


def badge(centre: bytes, person: bytes, today: datetime.date, *, plate: bool = False) -> Program[Document]:
    """胸牌 of somebody of the centre, or with `plate` the 座牌. Raises `Refusal("person.unknown")`."""
    row = yield from first(_PERSON, person_id=person, centre_id=centre)
    if row is None:
        raise Refusal("person.unknown")
    name, role, phone, number = row
    post = yield from _post(centre, person)
    told = {
        "office": (yield from office_of(centre)),
        "issued": today,
        "name": name,
        "post": post.get("title") or ROLES.get(role, ""),
        "scope": (yield from _scope(post)) or ROLES.get(role, ""),
        "phone": phone,
        "promise": post.get("promise") or PROMISE,
    }
    return DeskPlate(**told) if plate else Badge(**told, badge=number)


def _scope(post: Mapping[str, Any]) -> Program[str]:
    """What a post serves (服务范围): its window, its places."""
    named = [post.get("window")]
    for place in post.get("places") or ():
        row = yield from first(_PLACE, place_id=bytes.fromhex(place))
        named.append(row[0] if row else None)
    return "、".join(filter(None, named))


def _post(centre: bytes, person: bytes) -> Program[Mapping[str, Any]]:
    """The post that somebody holds as A, else as B."""
    found = yield from views.shown(views.BY_KIND, centre, kind_name="post", page=5000)
    posts = [one.view.values for one in found if one.status == "held"]
    for rank in ("a", "b"):
        for post in posts:
            if (post.get(rank) or {}).get("person") == person.hex():
                return post
    return {}


def duty_board(centre: bytes, since: datetime.date, until: datetime.date) -> Program[Document]:
    """值班公示: every post with A and B."""
    posts = [
        DutyPost(window=one.window or one.title, a=one.name, a_phone=one.phone, b=one.stand_in)
        for one in (yield from board.duty(centre))
    ]
    how = yield from offices.reached(centre)
    office = yield from office_of(centre)
    return DutyBoard(office=office, issued=since, since=since, until=until, posts=tuple(posts), hours=how.hours)


def results(centre: bytes, item: str, since: datetime.date, until: datetime.date, now: int) -> Program[Document]:
    """公示 of what was decided lately about one item: surname, village and result only."""
    shown = [
        PublicResult(surname=one.shown.surname[:1], village=one.shown.village, result=one.shown.result)
        for one in (yield from board.results(centre, now))
        if one.item == item
    ]
    office = yield from office_of(centre)
    return ResultList(office=office, issued=since, item=item, since=since, until=until, rows=tuple(shown))


def _in(name: str, item: Mapping[str, Any]) -> bool:
    return any(step["name"] == name for step in item.get("flow") or ())


def _step(step: Mapping[str, Any], special: Mapping[str, Mapping[str, Any]]) -> FlowStep:
    own = special.get(step["name"])
    return FlowStep(
        name=step["name"],
        who=step.get("who") or "",
        limit=_limit((own or {}).get("limit")) or step.get("note") or "",
        special=own is not None,
        counted=own is None or bool(own.get("counted")),
    )


def _paper(paper: Mapping[str, Any]) -> Paper:
    note = paper.get("note") or ("可由部门共享获取，不用提交" if paper.get("shared") else "")
    return Paper(name=paper["name"], form=PAPER_FORMS.get(paper.get("form") or "", ""), note=note)


def _limit(limit: Any) -> str:
    if not limit:
        return ""
    return length_words(limit["days"], limit["unit"]) if limit["days"] else "当场办结"
