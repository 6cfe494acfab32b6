"""The demo's catalogue, and publishing it where a district is set up."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from daiban_server.db.program import Program
from daiban_server.features.catalogue.editions import Plan, Publisher, item_id, publish, replaced, standing
from daiban_server.keystore import ServerKeys
from daiban_server.limits.calendar import local_day
from daiban_server.spine import desk
from daiban_server.spine.effects import Effects
from daiban_sync.ids import NOBODY

__all__ = ["DISTRICT", "catalogue", "item_id", "publish_catalogue", "windows"]

_FOLDER = Path(__file__).parent / "demo"
DISTRICT = desk.Clerk(NOBODY, "district", NOBODY)
"""Who publishes, where no person does."""


def catalogue() -> Iterator[tuple[bytes, dict[str, Any]]]:
    """Each item's record id and fields, in order."""
    items = [item for path in _FOLDER.glob("items_*.json") for item in json.loads(path.read_text(encoding="utf-8"))]
    for fields in sorted(items, key=lambda item: int(item["order"])):
        yield item_id(fields["code"]), fields


def windows() -> list[dict[str, Any]]:
    """The five windows, which every centre has, and the special desks, of which the data does not say where."""
    found: list[dict[str, Any]] = json.loads((_FOLDER / "windows.json").read_text(encoding="utf-8"))
    return found


def publish_catalogue(
    keys: ServerKeys, effects: Effects, now: int, secret: bytes, desks: Mapping[str, Sequence[bytes]] | None = None
) -> Program[int]:
    """Put every item and window into the district's feed; gives how many items. `secret` is 32 random bytes, `desks`
    the centres of the special desks by what kind of desk it is (``enquiry``, ``land``): one that nobody has is not
    published. Items that stand already get a new edition."""
    placed = []
    for window in windows():
        where = [centre.hex() for centre in (desks or {}).get(window["desk"], ())]
        if window.get("everywhere") or where:
            placed.append({**window, **({"centres": where} if where else {})})
    stands = yield from standing()
    items = [fields for _, fields in catalogue()]
    today = local_day(now).isoformat()
    plan = Plan(replaced(stands.catalogue, items, placed), today, today)
    yield from publish(plan, Publisher(DISTRICT, keys, effects, now, secret))
    return len(items)
