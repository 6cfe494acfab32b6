"""An extension and an uncounted step are told to the applicant: in writing (see `printing`), and by a message.

The message goes to the telephone that stands in the case, in the transaction of the act. Whoever answers for the case
(首问责任人) is told as well, since the paper has to be handed over, and by word of mouth where there is no telephone.
"""

import datetime
from collections.abc import Mapping
from typing import Any

from daiban_server import offices
from daiban_server.db.program import Program
from daiban_server.items import item_if_any
from daiban_server.limits.calendar import Unit, local_day
from daiban_server.limits.sentences import day_words, length_words
from daiban_server.outbound import queue
from daiban_server.spine.effects import Asked, Effects
from daiban_server.spine.ledger import Ledger

Fields = Mapping[str, Any]
LONGEST_REASON = 60
"""Characters of a reason that a message carries; the paper has it whole."""
_PAPERS = {"extend": "《延期告知书》", "pause": "《特殊环节告知书》"}
CODES = {"extend": "case.extended", "pause": "case.paused"}


def told(ledger: Ledger, asked: Asked, fields: Fields) -> Program[Fields]:
    """Tell of an extension or a pause; adds no field."""
    if asked.name not in CODES:
        return {}
    values = (yield from ledger.view(asked.record)).values
    item = yield from item_if_any(ledger, values.get("item"))
    office = yield from offices.name_of(ledger.centre)
    how = yield from offices.reached(ledger.centre)
    what = _what(asked, values, fields, local_day(ledger.now))
    case = f"“{item.get('name') or ''}”（办件编号 {values.get('number') or ''}）"
    calls = "，".join(f"{name} {number}" for name, number in (("咨询", how.phone), ("监督", how.supervision)) if number)
    end = f"{calls}。" if calls else ""
    phone = values.get("phone") or ""
    if phone:
        text = f"【{office}】您申请的{case}{what}书面告知见{_PAPERS[asked.name]}。{end}"
        yield from _tell(ledger, asked, None, text, phone)
    if owner := values.get("owner_id"):
        reached = "" if phone else "申请人没有留电话，请当面告知。"
        text = f"{values.get('applicant') or ''}的{case}{what}请打印{_PAPERS[asked.name]}交申请人签收。{reached}"
        yield from _tell(ledger, asked, bytes.fromhex(owner), text)
    return {}


def _tell(ledger: Ledger, asked: Asked, person: bytes | None, text: str, phone: str = "") -> Program[None]:
    code, case = CODES[asked.name], asked.record.id
    key = f"{code}/{case.hex()}/{asked.position}"
    yield from queue.tell(ledger.centre, person, code, text, ledger.now, key=key, record=case, phone=phone)


def _what(asked: Asked, values: Fields, fields: Fields, today: datetime.date) -> str:
    """What happened, in sentences that fit whoever reads them."""
    said, was, due = asked.arguments, values.get("due"), fields.get("due") or values.get("due")
    reason = _short(said["reason"])
    before = f"原承诺最迟 {_day(was, today)}办结，" if was else ""
    if asked.name == "extend":
        unit: Unit = "calendar" if (values.get("promised") or {}).get("unit") == "calendar" else "working"
        after = f"现延至最迟 {_day(due, today)}办结" if due else "承诺办结日相应顺延"
        return f"经中心负责人批准，办理时限延长 {length_words(said['days'], unit)}，{before}{after}。理由：{reason}。"
    length = f"，预计 {length_words(said['days'], 'calendar')}" if said.get("days") else ""
    began = f"今日起进入“{said['step']}”环节{length}，所需时间不计入办理时限"
    return f"{began}，{before}该环节结束后相应顺延。理由：{reason}。"


def _short(reason: str) -> str:
    line = " ".join(reason.split()).rstrip("。")
    return line if len(line) <= LONGEST_REASON else f"{line[:LONGEST_REASON]}…"


def _day(day: str, today: datetime.date) -> str:
    return day_words(datetime.date.fromisoformat(day), today)


EFFECTS = Effects(moved={"application": (told,)})
