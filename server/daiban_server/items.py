"""The edition of an item that a case pins: what every rule about the case asks first."""

from collections.abc import Mapping
from typing import Any

from daiban_server.db.program import Program
from daiban_server.spine import views
from daiban_server.spine.ledger import Ledger
from daiban_server.spine.refusal import Refusal
from daiban_sync.ids import NOBODY

Item = Mapping[str, Any]


def item_of(ledger: Ledger, reference: Any) -> Program[Item]:
    """The fields of an item's edition, read once in a transaction. Raises `Refusal`: ``item.unknown``."""
    if not isinstance(reference, str):
        raise Refusal("item.unknown", ("item",))
    key = ("item", reference)
    if key not in ledger.memo:
        found = yield from views.shown(views.BY_ID, NOBODY, record_id=bytes.fromhex(reference))
        if not found or found[0].view.kind != "item":
            raise Refusal("item.unknown", ("item",))
        ledger.memo[key] = found[0].view.values
    item: Item = ledger.memo[key]
    return item


def item_if_any(ledger: Ledger, reference: Any) -> Program[Item]:
    """As `item_of`; nothing where there is no such item."""
    try:
        return (yield from item_of(ledger, reference))
    except Refusal:
        return {}
