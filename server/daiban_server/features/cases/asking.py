"""What the commands of a case have in common: its item, its people, who may not handle it."""

from collections.abc import Mapping
from typing import Any

from daiban_server.db.program import Program
from daiban_server.items import item_of
from daiban_server.registers import enter, numbered
from daiban_server.spine.effects import Asked, Effect
from daiban_server.spine.ledger import Ledger
from daiban_server.spine.refusal import Refusal
from daiban_server.staff import person

Fields = Mapping[str, Any]


def series_of(item: Fields) -> str:
    """The series of an item's numbers: its window's, as its code begins."""
    return str(item.get("code") or "QT").partition("-")[0]


def received(ledger: Ledger, asked: Asked, values: Fields) -> Program[dict[str, Any]]:
    """What a case gets when it is first received: number, window, handler, and its line in the register of its window.
    Nothing if it had them."""
    if values.get("number"):
        return {}
    item = yield from item_of(ledger, values.get("item"))
    number = yield from numbered(ledger, series_of(item))
    window = item.get("window") or ""
    told = {name: values.get(name) for name in ("applicant", "phone", "mode", "source", "papers", "owner")}
    author = yield from person(asked.incoming.author)
    told |= {"item": item.get("name"), "handler": author.name if author else ""}
    yield from enter(ledger, window, asked.record.id, {"number": number, **told})
    handler = {"handler": author.name, "handler_id": asked.incoming.author.hex()} if author else {}
    return {"number": number, "window": window, "received_at": ledger.now, **handler}


def unrelated(effect: Effect) -> Effect:
    """A command that nobody gives whose relative the applicant is declared to be: another handles it (近亲属回避)."""

    def given(ledger: Ledger, asked: Asked) -> Program[Fields]:
        values = (yield from ledger.view(asked.record)).values
        if asked.incoming.author.hex() in relatives(values):
            raise Refusal("kin.conflict", ("kin",))
        return (yield from effect(ledger, asked))

    return given


def relatives(values: Fields) -> list[str]:
    """Who was ever seen declared as the applicant's relative: taking the declaration back does not help him."""
    kin = values.get("kin")
    declared = [kin["person"]] if isinstance(kin, dict) and kin.get("person") else []
    return list(dict.fromkeys([*(values.get("kin_of") or ()), *declared]))


def remember_kin(ledger: Ledger, asked: Asked, fields: Fields) -> Program[Fields]:
    """With every act the case remembers whose relative the applicant was declared to be."""
    values = (yield from ledger.view(asked.record)).values
    known = relatives(values)
    return {} if known == (values.get("kin_of") or []) else {"kin_of": known}


def first_asked(ledger: Ledger, asked: Asked, fields: Fields) -> Program[Fields]:
    """With its first act a case gets its owner: whoever was asked first answers for it until it is handed over by name
    (首问负责). That is who wrote the oldest of what stands in it; before the first act the record itself says so."""
    view = yield from ledger.view(asked.record)
    if fields.get("owner_id") or view.values.get("owner_id"):
        return {}
    oldest = min(ledger.heads(asked.record), key=lambda head: head.position)
    author = bytes.fromhex(ledger.written(oldest).author)
    owner = yield from person(author)
    return {"owner": owner.name, "owner_id": author.hex()} if owner else {}
