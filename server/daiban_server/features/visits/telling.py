"""What the household and the agents are told when a visit gets a time, another one, or none."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, select

from daiban_server import offices
from daiban_server.db import schema
from daiban_server.db.program import Program, first
from daiban_server.features.visits.engine.words import when
from daiban_server.features.visits.terms import to_moment
from daiban_server.outbound import queue
from daiban_server.spine.ledger import Ledger, Record

Fields = Mapping[str, Any]
_p = schema.person.c
_BADGE = select(_p.badge).where(_p.id == bindparam("person_id"))
SILENT = frozenset({"proposed", "planned", "withdrawn", "done_by_another", "nobody_home", "asked_other_time"})
"""Changes of which the household knows, or hears by whoever promises the time."""


def tell(ledger: Ledger, record: Record, values: Fields) -> Program[None]:
    """Tell of the last change of a visit. `values` are those that it is about to have. What a plan proposes, maybe each
    night anew, stands on the phone and in the calendar; a message is for what somebody promised."""
    change = values["changes"][-1]
    key = f"visit/{record.id.hex()}/{len(values['changes'])}/{change['at']}"
    if change["what"] != "planned":
        yield from _tell_agents(ledger, record, values, change, key)
    if change["what"] not in SILENT:
        yield from _tell_household(ledger, record, values, change, key)


def awaited(changes: Sequence[Fields]) -> bool:
    """Whether the household was told that somebody will call about another time, and has heard nothing since."""
    whats = [change["what"] for change in changes if change["what"] not in ("proposed", "planned")]
    return bool(whats) and whats[-1] in ("held", "lost")


def _tell_household(ledger: Ledger, record: Record, values: Fields, change: Fields, key: str) -> Program[None]:
    home = yield from ledger.values(record.parent)
    if phone := home.get("phone") or (yield from _applicant(ledger, values)):
        text = yield from _to_household(ledger, home, values, change)
        told = {"visit": record.id.hex(), "was": change["was"], "now": change["now"]}
        code = "visit.promised" if change["was"] is None else "visit.changed" if change["now"] else "visit.off"
        yield from queue.tell(
            ledger.centre, None, code, text, ledger.now, key=key, record=record.id, phone=phone, told=told
        )


def _to_household(ledger: Ledger, home: Fields, values: Fields, change: Fields) -> Program[str]:
    office = yield from offices.name_of(ledger.centre)
    calls = (yield from offices.reached(ledger.centre)).phone
    ask = f"如需改约请致电{calls}。" if calls else "如需改约请与代办员联系。"
    was, now = change["was"], change["now"]
    if change["what"] == "confirmed" or (change["what"] == "cancelled" and awaited(values["changes"][:-1])):
        was = None  # what was proposed before was told to nobody
    if change["what"] == "held":
        return f"【{office}】原定{_once(was)}的上门，代办员临时不能去，工作人员会打电话与您另约。{ask}"
    if now is None:
        before = f"原定{when(to_moment(was['start']))}的上门" if was else "您的上门"
        return f"【{office}】{before}{_off(change)}。{ask}"
    who = yield from _who(values)
    if was is None:
        return f"【{office}】已为您约好上门：{when(to_moment(now['start']))}，{who}。代办不收费。{ask}"
    return f"【{office}】您的上门有变动：原定{_once(was)}，现为{when(to_moment(now['start']))}，{who}。{ask}"


def _once(was: Fields) -> str:
    return f"{when(to_moment(was['start']))}（{was['agent_name']}）"


def _off(change: Fields) -> str:
    why = f"（{change['why']}）" if change["why"] else ""
    return f"已取消{why}" if change["what"] == "cancelled" else "须另行安排，我们会再联系您"


def _who(values: Fields) -> Program[str]:
    row = yield from first(_BADGE, person_id=bytes.fromhex(values["agent"]))
    badge = f"（工号{row[0]}）" if row and row[0] else ""
    phone = f"，电话{values['agent_phone']}" if values.get("agent_phone") else ""
    return f"代办员{values['agent_name']}{badge}上门{phone}"


def _tell_agents(ledger: Ledger, record: Record, values: Fields, change: Fields, key: str) -> Program[None]:
    was, now = change["was"] or {}, change["now"] or {}
    home = yield from ledger.values(record.parent)
    at = f"{home.get('head') or ''}家"
    coming, gone = now.get("agents") or [], was.get("agents") or []
    for agent in coming:
        stays = agent in gone
        if stays and now["start"] == was["start"]:
            continue
        time = when(to_moment(now["start"]))
        text = f"{at}的上门由{when(to_moment(was['start']))}改为{time}。" if stays else f"{time}到{at}上门。"
        yield from _note(ledger, record, agent, "visit.moved" if stays else "visit.new", text, key)
    for agent in gone:
        if agent not in coming:
            to = f"改由{now['agent_name']}去" if now else "不去了"
            text = f"原定{when(to_moment(was['start']))}到{at}的上门，{to}{_because(change)}。"
            yield from _note(ledger, record, agent, "visit.gone", text, key)


def _because(change: Fields) -> str:
    return f"（{change['why']}）" if change["why"] else ""


def _note(ledger: Ledger, record: Record, agent: str, code: str, text: str, key: str) -> Program[None]:
    whom = bytes.fromhex(agent)
    yield from queue.tell(ledger.centre, whom, code, text, ledger.now, key=key, record=record.id)


def _applicant(ledger: Ledger, values: Fields) -> Program[str]:
    """The telephone that stands in the case which the visit is for: a household may have none of its own."""
    case = values.get("application")
    found = yield from ledger.values(bytes.fromhex(case) if case else None)
    return str(found.get("phone") or "")
