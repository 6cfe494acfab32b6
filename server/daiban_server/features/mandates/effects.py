"""A mandate is suspended, resumed, renewed and ended, each with a reason; all of it stays readable in `changes`.

Whoever records it says what the principal wants; only a renewal extends a power, so it alone is signed anew.
"""

from typing import Any

from daiban_schemas import mandate
from daiban_server.db.program import Program
from daiban_server.items import item_if_any
from daiban_server.limits.calendar import local_day
from daiban_server.spine.effects import Asked, Effects
from daiban_server.spine.ledger import Ledger
from daiban_server.spine.refusal import Refusal
from daiban_server.staff import by


def changed(ledger: Ledger, asked: Asked) -> Program[dict[str, Any]]:
    """Keep who did what to it, when and why."""
    values = (yield from ledger.view(asked.record)).values
    act = {"act": asked.name, **asked.arguments, **(yield from by(ledger, asked))}
    return {"changes": [*(values.get("changes") or ())[-49:], act]}


def renew(ledger: Ledger, asked: Asked) -> Program[dict[str, Any]]:
    """Go on until a later day, signed anew by the rules of a first signing. Raises `Refusal`: ``mandate.term``,
    ``mandate.witness`` or ``mandate.drawn``."""
    values = (yield from ledger.view(asked.record)).values
    until, signer = asked.arguments["until"], asked.arguments["signer"]
    before = max(str(values.get("valid_until") or ""), str(values.get("renewed_until") or ""))
    if until <= max(before, local_day(ledger.now).isoformat()):
        raise Refusal("mandate.term", ("until",))
    item = yield from _item(ledger, asked)
    if code := mandate.fault({"agent": values.get("agent"), "signers": [signer]}, item):
        raise Refusal(code, ("signer",))
    return {**(yield from changed(ledger, asked)), "renewed_until": until}


def _item(ledger: Ledger, asked: Asked) -> Program[Any]:
    if asked.record.parent is None:
        return {}
    yield from ledger.load([asked.record.parent])
    case = ledger.records[asked.record.parent]
    values = (yield from ledger.view(case)).values if case else {}
    return (yield from item_if_any(ledger, values.get("item")))


EFFECTS = Effects(
    commands={
        ("mandate", "suspend"): changed,
        ("mandate", "resume"): changed,
        ("mandate", "renew"): renew,
        ("mandate", "end"): changed,
    }
)
