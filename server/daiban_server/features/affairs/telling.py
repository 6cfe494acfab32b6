"""The resident is told the result, with the secret that rates it, on the telephone that stands in the case."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from daiban_schemas.kinds import KINDS
from daiban_schemas.telephone import same
from daiban_server.db import schema
from daiban_server.db.program import Program, rows
from daiban_server.items import item_if_any
from daiban_server.outbound import queue
from daiban_server.rating_secret import RATES, may_rate
from daiban_server.spine.effects import Asked, Effects
from daiban_server.spine.ledger import Ledger

Fields = Mapping[str, Any]
LONGEST = 100
"""Characters of a result or reason that the message tells; the look-up tells all."""
_p = schema.person.c
_STAFF = select(_p.phone).where(_p.phone != "").distinct()


def result(ledger: Ledger, asked: Asked, fields: Fields) -> Program[Fields]:
    """Tell it when the case ends; it adds no field. A telephone of somebody who works here gets nothing: it would be
    the handler's way to the secret."""
    if "ended_at" not in fields:
        return {}
    values = {**(yield from ledger.view(asked.record)).values, **fields}
    phone = values.get("phone")
    if not phone or not may_rate(values) or (yield from of_staff(phone)):
        return {}
    item = yield from item_if_any(ledger, values.get("item"))
    case = asked.record.id
    told = {"number": values.get("number"), "end": values["end"], RATES: case.hex()}
    text, key = _words(values, str(item.get("name") or "")), f"result/{case.hex()}"
    yield from queue.tell(
        ledger.centre, None, "case.result", text, ledger.now, key=key, record=case, phone=phone, told=told
    )
    return {}


def of_staff(phone: str) -> Program[bool]:
    """Whether a telephone is that of somebody who works in the district, however either was written."""
    return any(same(phone, row[0]) for row in (yield from rows(_STAFF)))


def _words(values: Fields, item: str) -> str:
    end = KINDS["application"].states[values["end"]]
    said = str(values.get("result") or values.get("reason") or "")
    short = said if len(said) <= LONGEST else said[: LONGEST - 1] + "…"
    return f"您申请的{item}（编号 {values.get('number')}）{end}：{short.rstrip('。')}。"


EFFECTS = Effects(moved={"application": (result,)})
