"""Publishing the catalogue: one record for each edition of an item, in the district's feed."""

import csv
import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from daiban_schemas import entry
from daiban_server.db.program import Program
from daiban_server.keystore import ServerKeys
from daiban_server.spine import desk
from daiban_server.spine.effects import Effects
from daiban_sync.ids import NOBODY

_FOLDER = Path(__file__).parent
DISTRICT = desk.Clerk(NOBODY, "district", NOBODY)
"""Who publishes, where no person does."""


def item_id(code: str, edition: int = 1) -> bytes:
    """The record of an item's edition: the same wherever the catalogue is published."""
    return hashlib.sha256(f"daiban item 1\n{code}\n{edition}".encode()).digest()[:16]


def catalogue() -> Iterator[tuple[bytes, dict[str, Any]]]:
    """Each item's record id and fields."""
    forms = json.loads((_FOLDER / "forms.json").read_text(encoding="utf-8"))
    with (_FOLDER / "items.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield item_id(row["code"]), _fields(row, forms.get(row["code"], []))


def _fields(row: Mapping[str, str], form: list[Mapping[str, Any]]) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "code": row["code"],
        "edition": 1,
        "window": row["window"],
        "name": row["name"],
        "modes": row["modes"].split(";"),
        "papers": [{"name": name} for name in row["papers"].split(";")],
        "promised_limit": {"days": int(row["promised_days"]), "unit": row["promised_unit"]},
        "fee": row["fee"],
        "fee_basis": row["fee_basis"],
        "crew": int(row["crew"]),
        "form": form,
    }
    if row["legal_days"]:
        fields["legal_limit"] = {"days": int(row["legal_days"]), "unit": row["legal_unit"]}
    if row["note"]:
        fields["note"] = row["note"]
    return fields


def publish_catalogue(keys: ServerKeys, effects: Effects, now: int, secret: bytes) -> Program[int]:
    """Put every item into the district's feed; gives how many. `secret` is 32 random bytes."""
    bodies = [entry.change(id_.hex(), "item", fields, seen=0, at=now) for id_, fields in catalogue()]
    yield from desk.write(DISTRICT, bodies, keys, effects, now, secret)
    return len(bodies)
